import { type AuditHead, type AuditVerdict, verifyAudit } from '../db/audit.ts'
import { openDatabase } from '../db/database.ts'
import { BAD, type Given, GOOD, Misuse, print, text } from './command.ts'
import { onData } from './data.ts'

export async function auditVerify(given: Given): Promise<number> {
  const head = text(given, 'head')
  const known = head === undefined ? undefined : readHead(head)
  const verdict = await onData(async (url) => {
    const db = await openDatabase(url, { poolSize: 1 })
    return verifyAudit(db, known).finally(() => db.close())
  })
  print(given, asJson(verdict), `${inWords(verdict)}\n`)
  return verdict.ok ? GOOD : BAD
}

/** As `audit verify` and the daily card print it. Record 0 is nobody's: a head of it would prove nothing. */
function readHead(head: string): AuditHead {
  const [, seq, hash] = /^([1-9]\d{0,9}):([0-9a-f]{64})$/i.exec(head.trim()) ?? []
  if (!seq || !hash) throw new Misuse(`--head: expected the number of a record, a colon and its 64 hex digits; got "${head.slice(0, 100)}"`)
  return { seq: Number(seq), hash: hash.toLowerCase() }
}

export const headText = ({ seq, hash }: AuditHead): string => `${seq}:${hash}`

export const inWords = (verdict: AuditVerdict): string =>
  verdict.ok
    ? `ok, ${verdict.head.seq} records, head ${headText(verdict.head)}`
    : `NOT ok at record ${verdict.at}, ${verdict.what}: ${verdict.text}`

const asJson = (verdict: AuditVerdict): object =>
  verdict.ok
    ? { ok: true, records: verdict.head.seq, head: headText(verdict.head) }
    : { ok: false, record: verdict.at, flaw: verdict.what, text: verdict.text }
