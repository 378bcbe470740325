import type { ImapFlow } from 'imapflow'
import { Fault } from '../../../src/core/fault.ts'
import type { Position } from './cursor.ts'

/** Of a folder that was never read: the latest so many mails. */
const FIRST = 100
/** Of one whose numbers have begun anew: more, for what came in the meantime must not be missed. What is known is recognised. */
const ANEW = 2_000

/** A folder as it stands, and what in it was not looked at yet. */
export interface Folder {
  readonly validity: string
  /** Mails in it. */
  readonly listed: number
  /** Numbers of mails that were not looked at, lowest first. */
  readonly fresh: readonly number[]
}

/** Opens a folder for reading only: nothing in it is marked, moved or deleted. */
export async function openFolder(client: ImapFlow, path: string, before: Position | null): Promise<Folder> {
  const { uidValidity, exists } = await client.mailboxOpen(path, { readOnly: true })
  if (!uidValidity)
    throw new Fault('SOURCE_FAILED', 'The mail server does not say whether its mails still have their numbers (UIDVALIDITY).')
  const validity = String(uidValidity)
  if (exists === 0) return { validity, listed: 0, fresh: [] }
  const known = before?.validity === validity ? before.last : null
  const query = known === null ? { seq: `${Math.max(1, exists - (before === null ? FIRST : ANEW) + 1)}:*` } : { uid: `${known + 1}:*` }
  const found = await client.search(query, { uid: true })
  // It answers with no list where the server refuses: that is not the same as nothing new.
  if (!Array.isArray(found)) throw new Fault('SOURCE_FAILED', 'The mail server does not say which mails are in the folder.')
  // `N:*` always names the last mail, also when its number is below N.
  const fresh = found.filter((uid) => uid > (known ?? 0))
  return { validity, listed: exists, fresh: fresh.toSorted((a, b) => a - b) }
}

/** A mail as it lies there; `bytes` null: it is larger than what is fetched. */
export interface Lying {
  readonly size: number
  readonly bytes: Uint8Array | null
}

/** One mail, at most `most` bytes of it. Its size is asked first, and not believed. Null: it is gone. */
export async function fetchMail(client: ImapFlow, uid: number, most: number): Promise<Lying | null> {
  const head = await client.fetchOne(String(uid), { uid: true, size: true }, { uid: true })
  if (head === false) return null
  const size = head.size ?? 0
  if (size > most) return { size, bytes: null }
  const whole = await client.fetchOne(String(uid), { uid: true, source: { start: 0, maxLength: most + 1 } }, { uid: true })
  if (whole === false) return null
  const bytes = whole.source ?? new Uint8Array()
  return bytes.length > most ? { size: bytes.length, bytes: null } : { size: bytes.length, bytes }
}
