import { quiet, whisper } from '../../cards/words.ts'
import type { Context } from '../../core/change/command.ts'
import { filesOfBulletins, mayCheck } from '../../core/change/patch-files.ts'
import type { ChangeState, PatchFileResult } from '../../core/change/state.ts'
import { Fault } from '../../core/fault.ts'
import { linksIn } from '../../core/identify/address.ts'
import type { Bulletin } from '../../core/identify/bulletin.ts'
import { type NamedFile, namedHashes } from '../../core/identify/named-files.ts'
import { type BulletinHashes, patchHashOf } from '../../core/identify/patch.ts'
import { type Publisher, signerCheck } from '../../core/identify/signer.ts'
import type { Check, Verdict } from '../../core/identify/verification.ts'
import type { Intent } from '../../core/intent.ts'
import type { Person } from '../../core/policy.ts'
import type { Ruled } from '../../core/result.ts'
import type { Outcome, PatchFileAsking, PatchFileLook } from '../../ports.ts'
import { readSubject } from '../doors/subject.ts'
import { type House, transact, type Unit } from '../house.ts'
import { patchFileQueue } from '../jobs.ts'
import { changeSubject, lockChange, readChange } from './rows.ts'
import { runCommand } from './run-command.ts'

const no = (code: string, text: string, field?: string): Outcome => ({ ok: false, refusal: { code, text }, ...(field ? { field } : {}) })

/** Somebody names a file: its check is a job, because a file may take minutes. The result comes in the thread. */
export async function askPatchFile(unit: Unit, intent: Intent, actor: Person): Promise<Outcome> {
  const state = await checkable(unit, intent, actor)
  if ('ok' in state) return state
  const [url] = linksIn((intent.inputs.url ?? '').slice(0, 2_000))
  if (!url?.startsWith('https://')) return no('ADDRESS_NEEDED', 'Please give the address of the file; it begins with https://.', 'url')
  return check(unit, state, actor, [{ name: '', url }])
}

/** The files that the bulletins themselves name, all at one press: nobody has to find their links. */
export async function askNamedFiles(unit: Unit, intent: Intent, actor: Person): Promise<Outcome> {
  const state = await checkable(unit, intent, actor)
  if ('ok' in state) return state
  const files = filesOfBulletins(state)
  if (files.length === 0)
    return no('NO_FILES_NAMED', 'No AUTHENTIC bulletin of this change names a file with a hash and a link. Please give the link yourself.')
  return check(unit, state, actor, files)
}

async function checkable(unit: Unit, intent: Intent, actor: Person): Promise<ChangeState | Outcome> {
  const subject = readSubject(intent.subject, ['change'])
  if (!subject.ok) return subject
  const state = await lockChange(unit.tx, subject.value.number)
  if (!state) return no('CHANGE_UNKNOWN', `There is no change ${subject.value.number}. Try \`changes\`.`)
  const { policy, hash, approved } = unit.house.inForce
  const ctx: Context = { now: unit.now.toISOString(), actor, policy, policyHash: hash, policyApproved: approved, acceptable: [] }
  const may = mayCheck(state, ctx)
  return may.ok ? state : no(may.refusal.code, may.refusal.text)
}

async function check(unit: Unit, { id }: ChangeState, actor: Person, files: readonly NamedFile[]): Promise<Outcome> {
  for (const { url } of files) await unit.house.boss.send(unit.tx, patchFileQueue, { change: id, url, by: actor.id })
  const urls = files.map(({ url }) => url)
  unit.audit({
    actor: actor.id,
    action: 'check-patch-file',
    subject: changeSubject(id),
    detail: files.length === 1 ? { url: urls[0] } : { urls },
  })
  const title = files.length === 1 ? 'The file is being fetched and checked' : `${files.length} files are being fetched and checked`
  return {
    ok: true,
    cards: [
      whisper(title, [
        { kind: 'list', items: urls.map((url) => [url]) },
        quiet('The answer comes in the thread of the alert, and on the decision card.'),
      ]),
    ],
  }
}

/** The job. Killed at any moment it is done again; the same result twice is saved once. Rejects when `signal` aborts. */
export async function checkPatchFile(
  house: House,
  { change, url, by }: { readonly change: number; readonly url: string; readonly by: string },
  signal: AbortSignal,
): Promise<void> {
  const actorOf = (unit: Unit): Person | null => unit.house.inForce.policy.people.find(({ id }) => id === by) ?? null
  const seen = await lookAndNote(house, change, () => fetched(house, change, url, signal), actorOf)
  if (seen && !seen.ruled.ok) house.log.warn({ change, code: seen.ruled.refusal.code }, 'the result of a patch file was not taken')
}

/**
 * Looks at a file of a change and saves what was seen, once. A look takes minutes, and a bulletin may be revised meanwhile: what it said before
 * proves nothing any more, so the look is taken again. Null: there is no such change.
 */
export async function lookAndNote(
  house: House,
  change: number,
  look: () => Promise<Seen>,
  actorOf: (unit: Unit) => Person | null,
): Promise<{ readonly ruled: Ruled<ChangeState>; readonly seen: Seen } | null> {
  if (!(await readChange(house.db, change))) return null
  const before = await revisionsOf(house.db, change)
  const seen = await look()
  const ruled = await transact(house, async (unit) => {
    const now = await lockChange(unit.tx, change)
    if ((await revisionsOf(unit.tx, change)) !== before) return 'revised'
    return now && runCommand(unit, now, { kind: 'note-patch-file', file: { ...seen, at: unit.now.toISOString() } }, actorOf(unit))
  })
  if (ruled === 'revised') return lookAndNote(house, change, look, actorOf)
  return ruled && { ruled, seen }
}

/** How a file of a change is looked at, and what its bulletins say of files. */
export async function howToLook(
  house: House,
  change: number,
  signal: AbortSignal,
): Promise<{ readonly how: PatchFileAsking; readonly bulletins: readonly Spoken[] }> {
  const bulletins = await bulletinsFor(house, change)
  const rules = [...new Set(bulletins.map(({ source }) => source))].flatMap((source) => ruleOf(house, source) ?? [])
  const trust = rules.map(({ packageKeys = [], archives = [], packageKeyFile, codeRootsFile }) => ({
    packageKeys,
    archives,
    packageKeyFile,
    codeRootsFile,
  }))
  const allowNetworks = rules.flatMap((rule) => rule.allowNetworks)
  return { how: { allowNetworks, signal, now: house.clock.now(), trust }, bulletins }
}

/** Which revisions of bulletins a change has, and what each is worth. */
async function revisionsOf(db: Pick<Unit['tx'], 'bulletin'>, change: number): Promise<string> {
  const rows = await db.bulletin.findMany({
    where: { changeId: change, current: true },
    orderBy: { id: 'asc' },
    select: { id: true, verdict: true },
  })
  return JSON.stringify(rows)
}

/** What was seen of a file. */
export type Seen = Omit<PatchFileResult, 'at'>

async function fetched(house: House, change: number, url: string, signal: AbortSignal): Promise<Seen> {
  try {
    const { how, bulletins } = await howToLook(house, change, signal)
    const look = await house.patchFiles.look(url, how)
    const { name, bytes, sha256 } = look.file
    return { url, host: look.host, name, bytes, sha256, checks: checksOfLook(look, bulletins) }
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof Fault)) throw error
    return { url, host: '', name: house.patchFiles.nameOf(url), bytes: 0, sha256: '', checks: [notFetched(error)] }
  }
}

/** What is asked of a file: its hash, its signature, whether the right one signed it, and its archive. */
export function checksOfLook({ file, signature, signer, archive }: PatchFileLook, bulletins: readonly Spoken[]): readonly Check[] {
  const hash = patchHashOf(file, bulletins)
  const publishers = bulletins.map(({ publisher }) => publisher)
  return [hash, signature, ...(signer ? [signerCheck(signer, publishers, hash.outcome === 'pass')] : []), ...(archive ? [archive] : [])]
}

const ruleOf = (house: House, source: string) => house.inForce.policy.sources.find(({ id }) => id === source)

const notFetched = ({ message }: Fault): Check => ({
  name: 'patch-hash',
  outcome: 'unavailable',
  evidence: `It could not be fetched, so nothing was checked: ${message}`,
})

/** What a bulletin says of files, with its verdict (of the very bytes that were judged), and whose it is. */
export interface Spoken extends BulletinHashes {
  readonly source: string
  readonly publisher: Publisher
}

async function bulletinsFor(house: House, change: number): Promise<readonly Spoken[]> {
  const rows = await house.db.bulletin.findMany({
    where: { changeId: change, current: true },
    select: { vendorId: true, verdict: true, raw: true, source: true, document: true },
  })
  return rows.map(({ vendorId, verdict, raw, source, document }) => {
    const { publisher } = (document ?? {}) as Partial<Bulletin>
    const { name = '', namespace = '' } = publisher ?? {}
    const packageKeys = ruleOf(house, source)?.packageKeys ?? []
    return { source, vendorId, verdict: verdict as Verdict, hashes: hashesIn(raw), publisher: { name, namespace, packageKeys } }
  })
}

/** A bulletin that is no JSON names no file. */
function hashesIn(raw: Uint8Array): BulletinHashes['hashes'] {
  try {
    return namedHashes(JSON.parse(new TextDecoder().decode(raw)))
  } catch {
    return []
  }
}
