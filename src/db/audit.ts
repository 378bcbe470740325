import { canonicalJson, sha256Hex } from '../core/canonical.ts'
import type { Database, Tx } from './database.ts'

/** One thing that was done. `detail` holds what a reader needs to judge it, as JSON. */
export interface AuditEntry {
  readonly at: Date
  /** A person's id, or a name of ours such as `system`. */
  readonly actor: string
  /** A verb, e.g. `approve`. */
  readonly action: string
  /** Kind and number, e.g. `change:12`. */
  readonly subject: string
  readonly detail: unknown
}

/** The end of the chain. Kept outside the database it proves that no record behind it is gone. */
export interface AuditHead {
  readonly seq: number
  readonly hash: string
}

export type AuditFlaw = 'edited' | 'missing' | 'swapped' | 'head missing' | 'rewritten'

export type AuditVerdict =
  | { readonly ok: true; readonly head: AuditHead }
  | { readonly ok: false; readonly at: number; readonly what: AuditFlaw; readonly text: string }

const PAGE = 1000
const ORIGIN: AuditHead = { seq: 0, hash: '0'.repeat(64) }

/**
 * Appends one record, in one round trip. Call it as the LAST statement of the transaction: from here to the commit no
 * other transaction can append. For transactions at READ COMMITTED, PostgreSQL's and Prisma's default: at a stricter level
 * a concurrent append fails. hash = SHA-256 of the previous record's hash followed by the canonical text.
 */
export async function appendAudit(tx: Tx, entry: AuditEntry): Promise<AuditHead> {
  const [head] = await tx.$queryRaw<AuditHead[]>`SELECT "seq", "hash" FROM "append_audit"(${auditText(entry)})`
  if (!head) throw new TypeError('append_audit answered no row')
  return head
}

/** The canonical text of a record, as it is hashed and kept. */
export const auditText = ({ at, actor, action, subject, detail }: AuditEntry): string =>
  canonicalJson({ at, actor, action, subject, detail })

/** Reads the whole chain, page by page, and answers its head or its first flaw. `known` is a head noted down earlier. */
export async function verifyAudit(db: Database | Tx, known?: AuditHead): Promise<AuditVerdict> {
  let last = ORIGIN
  for (;;) {
    const page = await db.auditRecord.findMany({ where: { seq: { gt: last.seq } }, orderBy: { seq: 'asc' }, take: PAGE })
    for (const record of page) {
      const flaw = flawOf(record, last, known)
      if (flaw) return flaw
      last = record
    }
    if (page.length < PAGE) break
  }
  if (known && known.seq > last.seq)
    return flawed(last.seq + 1, 'head missing', `the chain ends at ${last.seq}, but record ${known.seq} is known to have been there`)
  return { ok: true, head: { seq: last.seq, hash: last.hash } }
}

interface Link extends AuditHead {
  readonly body: string
  readonly previous: string
}

function flawOf(record: Link, last: AuditHead, known: AuditHead | undefined): AuditVerdict | null {
  const { seq } = record
  if (seq !== last.seq + 1) return flawed(last.seq + 1, 'missing', `record ${last.seq + 1} is missing; the next one there is ${seq}`)
  if (sha256Hex(record.previous + record.body) !== record.hash)
    return flawed(seq, 'edited', `record ${seq} was edited: its text does not give its hash`)
  if (record.previous !== last.hash)
    return flawed(seq, 'swapped', `record ${seq} does not follow record ${last.seq}: it was moved, or put there later`)
  if (known?.seq === seq && known.hash !== record.hash)
    return flawed(seq, 'rewritten', `record ${seq} is not the known one: the chain was written anew`)
  return null
}

const flawed = (at: number, what: AuditFlaw, text: string): AuditVerdict => ({ ok: false, at, what, text })
