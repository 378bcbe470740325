import type { DnsAnswer, MailReading, SigningKey } from '../../src/core/identify/mail.ts'
import type { MailReader } from '../../src/ports.ts'
import { createReader, type ReaderLimits } from '../reader.ts'

export interface MailJob {
  readonly bytes: Uint8Array
  /** An instant. */
  readonly now: string
  /** Answers of the DNS that were stored; null: the machine's own is asked. */
  readonly dns: readonly DnsAnswer[] | null
  /** Keys that are pinned for senders; null: OpenPGP is not looked at. */
  readonly keys: readonly SigningKey[] | null
}

export interface MailProcess extends MailReader {
  close(): Promise<void>
}

/**
 * Reads mails in a process of its own, which starts with the first one and ends when there is nothing to read: a mail of 10 MB takes
 * seconds to parse and to hash, and nobody who presses a button may wait for that. Close it at the end.
 */
export const createMailProcess = (dns: readonly DnsAnswer[] | null = null, limits: ReaderLimits = {}): MailProcess => {
  const reader = createReader<MailJob, MailReading>({
    timeLimitMs: 30_000,
    memoryLimitMb: 512,
    idleMs: 20_000,
    ...limits,
    entry: new URL('./child.ts', import.meta.url),
    lost: (problem) => ({ ok: false, problem: problem.replace('The document', 'The mail').replace('a document', 'a mail') }),
  })
  return {
    read: (bytes, now, stored, keys) => reader.read({ bytes, now: now.toISOString(), dns: stored ?? dns, keys: keys ?? null }),
    close: () => reader.close(),
  }
}
