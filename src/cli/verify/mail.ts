import { basename } from 'node:path'
import { createMailReader, realResolver, storedResolver } from '../../../adapters/mail/index.ts'
import type { SentProof } from '../../core/identify/evidence.ts'
import type { Owned } from '../../core/identify/lookalike.ts'
import type { DnsAnswer } from '../../core/identify/mail.ts'
import { mailChecks } from '../../core/identify/mail-checks.ts'
import { confirmation } from '../../core/identify/sent.ts'
import type { Check } from '../../core/identify/verification.ts'
import { type Given, Misuse, text, texts } from '../command.ts'
import { bytesOf } from '../files.ts'
import { FACTS, tell } from './told.ts'

/** A raw mail. The DNS is asked for the keys of its signatures; nothing in it is followed. */
export async function verifyMail(given: Given, file: string): Promise<number> {
  const bytes = await bytesOf(file)
  const now = new Date()
  const openpgp = await pinned(given)
  const { checks, dns } = await mailFacts(bytes, now, { owned: [], stored: null, openpgp })
  const facts = {
    ...FACTS,
    kind: 'mail',
    name: basename(file),
    bytes: bytes.toString('base64'),
    dns,
    ...(openpgp === undefined ? {} : { openpgp }),
    checkedAt: now.toISOString(),
    checks,
  } as const
  return tell(given, facts, null)
}

/** The keys that were given for the hosts of its sender; undefined: none. */
async function pinned(given: Given): Promise<SentProof['openpgp']> {
  const [file, fingerprint, hosts] = [text(given, 'key'), text(given, 'fingerprint')?.toLowerCase(), texts(given, 'namespace')]
  if (file === undefined && fingerprint === undefined && hosts.length === 0) return undefined
  if (file === undefined || fingerprint === undefined || hosts.length === 0)
    throw new Misuse('expected --key FILE, --fingerprint HEX and --namespace HOST (of the sender) together, or none of them')
  const [key, owner] = [(await bytesOf(file)).toString('utf8'), `the key of ${basename(file)}`]
  return { keys: hosts.map((from) => ({ from, fingerprint, owner, key })), judged: 'all' }
}

/** What the checks of a mail rest on beside its bytes; `stored` null: the DNS is asked. */
interface Beside {
  readonly owned: readonly Owned[]
  readonly stored: readonly DnsAnswer[] | null
  readonly openpgp: SentProof['openpgp']
}

/** The checks of a mail; with `stored` no network is used. */
export async function mailFacts(
  bytes: Uint8Array,
  now: Date,
  { owned, stored, openpgp }: Beside,
): Promise<{ readonly checks: readonly Check[]; readonly dns: readonly DnsAnswer[] }> {
  const reader = createMailReader({ resolver: stored === null ? realResolver() : storedResolver(stored) })
  const reading = await reader.read(bytes, now, null, openpgp?.keys)
  if (!reading.ok) return { checks: [{ name: 'size', outcome: 'unavailable', evidence: reading.problem }], dns: [] }
  return { checks: [...mailChecks(reading.mail, owned, openpgp?.judged), confirmation([])], dns: reading.dns }
}
