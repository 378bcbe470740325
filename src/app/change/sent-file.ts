import { createHash } from 'node:crypto'
import { quiet, whisper } from '../../cards/words.ts'
import { mayCheck, standingOf } from '../../core/change/patch-files.ts'
import type { ChangeState, PatchFileResult } from '../../core/change/state.ts'
import type { Person } from '../../core/policy.ts'
import type { Doubt, Outcome } from '../../ports.ts'
import type { House } from '../house.ts'
import { checksOfLook, howToLook, lookAndNote, type Seen } from './patch-file.ts'
import { readChange } from './rows.ts'

/** What is asked as mail or bulletin is no patch file, wherever it is sent. */
const OTHERS = /\.(?:eml|json|asc|sha256|sha512)$/i

/** Somebody waits; what an archive does not answer by then is not known. */
const MOST_MS = 60_000

/** As many of one message. */
const MOST = 5

/**
 * Patch files that somebody sent for a change: in its thread, or with `patch-file 12`. They are checked as those that are fetched are, and
 * the result stands where theirs does. Null: they were not sent for a change, or not by somebody who checks its files.
 */
export async function checkSentFiles(house: House, actor: Person, doubt: Doubt): Promise<Outcome | null> {
  const files = doubt.files.slice(0, MOST)
  if (files.length === 0 || files.length < doubt.files.length || files.some(({ name }) => OTHERS.test(name))) return null
  const named = numberIn(doubt.words)
  const state = await stateOf(house, named ?? (await changeOfThread(house, doubt)))
  if (!state) return null
  const { policy, hash, approved } = house.inForce
  const now = house.clock.now().toISOString()
  const may = mayCheck(state, { now, actor, policy, policyHash: hash, policyApproved: approved, acceptable: [] })
  // Whoever only asks whether it is real, in a thread, is answered that.
  if (!may.ok) return named === null ? null : may
  const results: PatchFileResult[] = []
  for (const file of files) {
    const noted = await lookAndNote(
      house,
      state.id,
      () => checked(house, state.id, actor, file),
      () => actor,
    )
    if (!noted) return null
    if (!noted.ruled.ok) return noted.ruled
    results.push({ ...noted.seen, at: now })
  }
  return { ok: true, cards: [answer(state, results)] }
}

const numberIn = (words: string): number | null => {
  const [, number] = /^\s*patch-file\s+#?(\d{1,9})\b/i.exec(words) ?? []
  return number === undefined ? null : Number(number)
}

const stateOf = async (house: House, change: number | null): Promise<ChangeState | null> =>
  change === null ? null : ((await readChange(house.db, change)) ?? null)

/** The change that a thread is about: by the message that it hangs under, and by what we said in it ourselves. */
async function changeOfThread(house: House, { place, thread }: Doubt): Promise<number | null> {
  if (place === null || thread === undefined) return null
  const root = { path: ['message'], equals: thread }
  const posts = await house.db.post.findMany({
    where: { placeId: place, subject: { startsWith: 'change:' }, OR: [{ ref: root }, { parent: { ref: root } }] },
    select: { subject: true },
    distinct: ['subject'],
    take: 2,
  })
  // A card that several changes share says of none of them which it is.
  const [, number] = /^change:(\d+)$/.exec(posts.length === 1 ? (posts[0]?.subject ?? '') : '') ?? []
  return number === undefined ? null : Number(number)
}

/** A file without an address is told apart by what is in it. */
async function checked(house: House, change: number, actor: Person, { name, bytes }: Doubt['files'][number]): Promise<Seen> {
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const sent = { url: `sent:${sha256}`, host: `a message of ${actor.name}`, name, bytes: bytes.length, sha256 }
  const signal = AbortSignal.timeout(MOST_MS)
  try {
    const { how, bulletins } = await howToLook(house, change, signal)
    const look = await house.patchFiles.lookAt({ name, bytes }, how)
    return { ...sent, name: look.file.name, checks: checksOfLook(look, bulletins) }
  } catch (error) {
    if (!signal.aborted) throw error
    return {
      ...sent,
      checks: [
        { name: 'patch-hash', outcome: 'unavailable', evidence: 'It was not looked at to the end in time: nothing is known of it.' },
      ],
    }
  }
}

const WORDS = { bad: 'FAILED its check', proved: 'is the file that the bulletin names', 'not proved': 'is not proved' } as const

const answer = ({ id }: ChangeState, results: readonly PatchFileResult[]) =>
  whisper(results.length === 1 ? 'The file was checked' : `${results.length} files were checked`, [
    {
      kind: 'list',
      items: results.map((file) => [`${file.name} ${WORDS[standingOf(file)]}. ${file.checks.map(({ evidence }) => evidence).join(' ')}`]),
    },
    quiet(`The answer stands in the thread of change ${id}, and on its decision card. The file was not kept.`),
  ])
