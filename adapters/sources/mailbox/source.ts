import { createHash } from 'node:crypto'
import type { Checked } from '../../../src/core/identify/judge.ts'
import type { Owned } from '../../../src/core/identify/lookalike.ts'
import type { SourceRuleOf } from '../../../src/core/policy.ts'
import type { Batch, BulletinSource, Clock, Doubted, MailReader, RawDocument } from '../../../src/ports.ts'
import { digestOf } from './bulletin.ts'
import { connect, mailFault, placeOf, type Way } from './connect.ts'
import { readPosition, writePosition } from './cursor.ts'
import { fetchMail, type Lying, openFolder } from './folder.ts'
import { fileNameOf } from './ids.ts'
import { weigh } from './weigh.ts'

export interface MailboxDeps {
  /** Reads mails where they hold nobody up; asks the DNS for the keys of their signatures. */
  readonly mails: MailReader
  readonly clock: Clock
  readonly way: Way
  /** Whose hosts count as somebody's own by the policy. */
  readonly owned: readonly Owned[]
  readonly limits?: Partial<Limits>
}

/** What one look may take; the rest waits for the next. */
export interface Limits {
  readonly mails: number
  readonly bytes: number
  readonly ms: number
}

const LIMITS: Limits = { mails: 100, bytes: 50_000_000, ms: 120_000 }
/** Of a mail that does not count so much is kept. */
const MOST_KEPT = 1_000_000

type Rule = SourceRuleOf<'mailbox'>

/**
 * A mailbox where notices arrive. Mails that are proved are documents, all others are doubted; nothing in the mailbox is changed. What
 * came before a connection was lost counts, and the next look goes on behind it. Throws Fault SOURCE_FAILED or HTTP_... when nothing came.
 */
export function createMailboxSource(rule: Rule, deps: MailboxDeps): BulletinSource {
  return { id: rule.id, fetch: (cursor, signal) => look(rule, deps, cursor, signal), check: (raw, now) => checkMail(rule, deps, raw, now) }
}

async function look(rule: Rule, deps: MailboxDeps, cursor: string | null, signal: AbortSignal): Promise<Batch> {
  const limits = { ...LIMITS, ...deps.limits }
  const overdue = AbortSignal.timeout(limits.ms)
  const both = AbortSignal.any([signal, overdue])
  const before = readPosition(cursor)
  const client = await connect(rule, deps.way, both).catch((error: unknown) => {
    signal.throwIfAborted()
    throw mailFault(error, rule)
  })
  try {
    const folder = await openFolder(client, rule.folder, before)
    const found: { documents: RawDocument[]; doubted: Doubted[] } = { documents: [], doubted: [] }
    let last = before?.validity === folder.validity ? before.last : 0
    let [bytes, concern] = [0, '']
    for (const [i, uid] of folder.fresh.slice(0, limits.mails).entries()) {
      if (bytes >= limits.bytes || (i > 0 && both.aborted)) break
      const mail = await fetchMail(client, uid, rule.maxMegabytes * 1_000_000).catch((error: unknown) => mailFault(error, rule))
      signal.throwIfAborted()
      if (mail instanceof Error) {
        if (i === 0) throw mail
        concern = `${mail.message} ${i} mails had come before; the next look goes on behind them.`
        break
      }
      if (mail !== null) await sort(rule, deps, `${folder.validity}/${uid}`, mail, found)
      bytes += mail?.bytes?.length ?? 0
      last = uid
    }
    const position = { validity: folder.validity, last }
    return { ...found, dropped: [], cursor: writePosition(position), listed: folder.listed, ...(concern === '' ? {} : { concern }) }
  } catch (error) {
    signal.throwIfAborted()
    throw mailFault(error, rule)
  } finally {
    client.close()
  }
}

/** A mail goes to one side or the other. */
async function sort(
  rule: Rule,
  { mails, clock, owned }: MailboxDeps,
  number: string,
  { bytes, size }: Lying,
  to: { readonly documents: RawDocument[]; readonly doubted: Doubted[] },
): Promise<void> {
  if (bytes === null) {
    const reason = `It has ${size} bytes, more than the ${rule.maxMegabytes} MB that are fetched.`
    to.doubted.push({ name: `mail ${number}`, reason, digest: sha256(Buffer.from(`${rule.id} ${number}`)), bytes: new Uint8Array() })
    return
  }
  const reading = await mails.read(bytes, clock.now())
  const weighed = weigh(reading, rule, owned, clock.now())
  if (weighed.ok && reading.ok)
    to.documents.push({ fileName: fileNameOf(weighed.bulletin.vendorId), url: `imaps://${placeOf(rule)}`, bytes, dns: reading.dns })
  else if (!weighed.ok)
    to.doubted.push({ name: weighed.name, reason: weighed.reason, digest: sha256(bytes), bytes: bytes.slice(0, MOST_KEPT) })
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** All checks of one mail by the answers that the DNS gave when it came. Without a proof it is held, and counts for nothing. */
async function checkMail(rule: Rule, { mails, owned }: MailboxDeps, raw: RawDocument, now: Date): Promise<Checked> {
  const dns = raw.dns ?? []
  const reading = await mails.read(raw.bytes, now, dns)
  const weighed = weigh(reading, rule, owned, now)
  if (!weighed.ok || !reading.ok) {
    const evidence = weighed.ok ? 'It cannot be read.' : weighed.reason
    return { bulletin: null, digest: sha256(raw.bytes), checks: [{ name: 'schema', outcome: 'fail', evidence }] }
  }
  return { bulletin: weighed.bulletin, digest: digestOf(reading.mail), checks: weighed.checks, sent: { dns, owned } }
}
