import { basename } from 'node:path'
import { createMailReader, realResolver, storedResolver } from '../../../adapters/mail/index.ts'
import type { Owned } from '../../core/identify/lookalike.ts'
import type { DnsAnswer } from '../../core/identify/mail.ts'
import { mailChecks } from '../../core/identify/mail-checks.ts'
import { confirmation } from '../../core/identify/sent.ts'
import type { Check } from '../../core/identify/verification.ts'
import type { Given } from '../command.ts'
import { bytesOf } from '../files.ts'
import { FACTS, tell } from './told.ts'

/** A raw mail. The DNS is asked for the keys of its signatures; nothing in it is followed. */
export async function verifyMail(given: Given, file: string): Promise<number> {
  const bytes = await bytesOf(file)
  const now = new Date()
  const { checks, dns } = await mailFacts(bytes, now, [], null)
  const facts = {
    ...FACTS,
    kind: 'mail',
    name: basename(file),
    bytes: bytes.toString('base64'),
    dns,
    checkedAt: now.toISOString(),
    checks,
  } as const
  return tell(given, facts, null)
}

/** The checks of a mail; with `stored` no network is used. */
export async function mailFacts(
  bytes: Uint8Array,
  now: Date,
  owned: readonly Owned[],
  stored: readonly DnsAnswer[] | null,
): Promise<{ readonly checks: readonly Check[]; readonly dns: readonly DnsAnswer[] }> {
  const reader = createMailReader({ resolver: stored === null ? realResolver() : storedResolver(stored) })
  const reading = await reader.read(bytes, now)
  if (!reading.ok) return { checks: [{ name: 'size', outcome: 'unavailable', evidence: reading.problem }], dns: [] }
  return { checks: [...mailChecks(reading.mail, owned), confirmation([])], dns: reading.dns }
}
