import { createHash } from 'node:crypto'
import type { ImapFlow } from 'imapflow'
import { Fault } from '../../../src/core/fault.ts'
import type { SourceRuleOf } from '../../../src/core/policy.ts'
import type { Batch, Doubted, RawDocument } from '../../../src/ports.ts'
import { connect, mailFault, type Way } from './connect.ts'
import { type Position, readPosition, writePosition } from './cursor.ts'
import { type Folder, fetchMail, type Lying, openFolder } from './folder.ts'

/** What one look may take; the rest waits for the next. */
export interface Limits {
  readonly mails: number
  readonly bytes: number
  readonly ms: number
}

export const LIMITS: Limits = { mails: 300, bytes: 50_000_000, ms: 120_000 }
/** So often a mail is tried that cannot be fetched, or whose sender the DNS says nothing about: a day, at ten minutes a look. */
const MOST_TRIES = 144
/** So many wait at most. */
const MOST_WAITING = 50

/** To which side a mail goes; `waits`: why nothing can be said of it yet. */
export type Side =
  | { readonly to: 'documents'; readonly document: RawDocument }
  | { readonly to: 'doubted'; readonly doubted: Doubted; readonly waits: string | null }

interface Look {
  readonly rule: SourceRuleOf<'mailbox'>
  readonly way: Way
  readonly limits: Limits
  readonly sideOf: (number: string, mail: Lying) => Promise<Side>
  readonly cursor: string | null
  readonly signal: AbortSignal
}

/** What a look has found so far. */
interface Found {
  readonly documents: RawDocument[]
  readonly doubted: Doubted[]
  readonly dropped: { readonly fileName: string; readonly reason: string }[]
  readonly waiting: Map<number, number>
  last: number
  /** Mails that were looked at, and their bytes. */
  mails: number
  bytes: number
}

/** One look at the mailbox. Throws Fault, or the reason of `signal`. */
export async function look({ rule, way, limits, sideOf, cursor, signal }: Look): Promise<Batch> {
  const over = AbortSignal.any([signal, AbortSignal.timeout(limits.ms)])
  const before = readPosition(cursor)
  let client: ImapFlow | null = null
  try {
    client = await connect(rule, way, over)
    const folder = await openFolder(client, rule.folder, before)
    const found = beginning(before, folder)
    const lost = await through(client, folder, found, { rule, limits, sideOf, over })
    // Asked to end: what came is asked for again.
    signal.throwIfAborted()
    if (lost !== null && found.mails === 0) throw lost
    return batchOf(folder, found, lost)
  } catch (error) {
    signal.throwIfAborted()
    throw mailFault(error, rule)
  } finally {
    client?.close()
  }
}

/** What waits under other numbers means nothing any more; those mails are found anew. */
function beginning(before: Position | null, { validity }: Folder): Found {
  const known = before?.validity === validity ? before : null
  return {
    documents: [],
    doubted: [],
    dropped: [],
    waiting: new Map(known?.waiting),
    last: known?.last ?? 0,
    mails: 0,
    bytes: 0,
  }
}

/** Those that wait come last: one that breaks the connection each time must not keep the others away. */
const inTurn = ({ waiting }: Found, fresh: readonly number[], most: number): readonly number[] => [
  ...fresh.slice(0, Math.max(1, most - waiting.size)),
  ...waiting.keys(),
]

/** Takes one mail after the other until a limit is reached; answers what broke the connection, null: nothing did. */
async function through(
  client: ImapFlow,
  { validity, fresh }: Folder,
  found: Found,
  { rule, limits, sideOf, over }: Pick<Look, 'rule' | 'limits' | 'sideOf'> & { readonly over: AbortSignal },
): Promise<Fault | null> {
  for (const uid of inTurn(found, fresh, limits.mails)) {
    if (found.bytes >= limits.bytes || (found.mails > 0 && over.aborted)) return null
    const number = `${validity}/${uid}`
    const mail = await fetchMail(client, uid, rule.maxMegabytes * 1_000_000).catch((error: unknown) => mailFault(error, rule))
    if (mail instanceof Fault) {
      // Where too many wait already it is an outage: nothing is put aside, and nothing passed over.
      if (!found.waiting.has(uid) && found.waiting.size >= MOST_WAITING) return mail
      sort(found, uid, withheld(number))
      found.mails += 1
      found.last = Math.max(found.last, uid)
      if (!client.usable) return mail
      continue
    }
    if (mail === null) found.waiting.delete(uid)
    else sort(found, uid, await sideOf(number, mail))
    found.mails += 1
    found.bytes += mail?.bytes?.length ?? 0
    found.last = Math.max(found.last, uid)
  }
  return null
}

/** A mail that the server lists and does not give: anybody may have sent it, and the ones behind it must come all the same. */
const withheld = (number: string): Side => ({
  to: 'doubted',
  doubted: {
    name: `mail ${number}`,
    reason: 'The mail server lists it and did not give it.',
    digest: createHash('sha256').update(number).digest('hex'),
    bytes: new Uint8Array(),
  },
  waits: 'the mail server did not give it; it is asked for again',
})

function sort(found: Found, uid: number, side: Side): void {
  const tries = found.waiting.get(uid) ?? 0
  const mayWait = tries < MOST_TRIES && (tries > 0 || found.waiting.size < MOST_WAITING)
  if (side.to === 'doubted' && side.waits !== null && mayWait) {
    found.waiting.set(uid, tries + 1)
    found.dropped.push({ fileName: side.doubted.name, reason: side.waits })
    return
  }
  found.waiting.delete(uid)
  if (side.to === 'documents') found.documents.push(side.document)
  else found.doubted.push(side.doubted)
}

const batchOf = ({ validity, listed }: Folder, { documents, doubted, dropped, last, waiting }: Found, lost: Fault | null): Batch => ({
  documents,
  doubted,
  dropped,
  cursor: writePosition({ validity, last, waiting }),
  listed,
  ...(lost === null ? {} : { concern: `${lost.message} What had come before counts; the next look goes on behind it.` }),
})
