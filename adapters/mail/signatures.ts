import { dkimVerify } from 'mailauth/lib/dkim/verify.js'
import { dmarc } from 'mailauth/lib/dmarc/index.js'
import { z } from 'zod'
import type { DkimSignature } from '../../src/core/identify/mail.ts'
import type { Resolve } from './resolver.ts'

const signature = z.object({
  signingDomain: z.string().default(''),
  selector: z.string().default(''),
  status: z.object({ result: z.string(), comment: z.union([z.string(), z.literal(false)]).optional() }),
  canonBodyLengthLimited: z.boolean().default(false),
  modulusLength: z.number().optional(),
  signatureTimeValid: z.boolean().default(true),
  signingHeaders: z.object({ keys: z.string().default('') }).optional(),
})
const verified = z.object({ results: z.array(z.unknown()).default([]) })

/** The weakest RSA key that is taken, in bits (RFC 8301). */
const FEWEST_BITS = 1024

/** The DKIM signatures of a mail (RFC 6376), checked with keys from the resolver. ARC and SPF prove nothing to whom a file was given. */
export async function readSignatures(bytes: Uint8Array, resolver: Resolve, now: Date): Promise<readonly DkimSignature[]> {
  const { rest, limited } = withoutLimited(bytes)
  const answer = await dkimVerify(rest, { resolver, minBitLength: FEWEST_BITS, curTime: now })
  const good = verified.parse(answer).results.flatMap((one) => {
    const read = signature.safeParse(one)
    return read.success && read.data.signingDomain !== '' ? [ours(read.data)] : []
  })
  return [...good, ...limited]
}

/** The head of a mail ends at the first empty line. */
const HEAD_END = /\r?\n\r?\n/
const HEADER = /[^\r\n]+(?:\r?\n[ \t][^\r\n]*)*(?:\r?\n|$)/g

/**
 * A signature with `l=` proves nothing and is not even checked; ARC chains prove nothing to whom a file was given, and would only make
 * questions to the DNS. What is left of the mail is byte for byte as it came.
 */
function withoutLimited(bytes: Uint8Array): { readonly rest: Buffer; readonly limited: readonly DkimSignature[] } {
  const text = Buffer.from(bytes).toString('latin1')
  const end = HEAD_END.exec(text)?.index ?? text.length
  const limited: DkimSignature[] = []
  const head = text.slice(0, end).replace(HEADER, (header) => {
    if (/^arc-/i.test(header)) return ''
    if (!/^dkim-signature\s*:/i.test(header) || !/[;:]\s*l\s*=/i.test(header)) return header
    limited.push(refused(header))
    return ''
  })
  return limited.length === 0 && head.length === end
    ? { rest: Buffer.from(bytes), limited }
    : { rest: Buffer.from(head + text.slice(end), 'latin1'), limited }
}

const tag = (header: string, name: string): string => new RegExp(`[;:]\\s*${name}\\s*=\\s*([^;\\s]+)`, 'i').exec(header)?.[1] ?? ''

const refused = (header: string): DkimSignature => ({
  domain: tag(header, 'd').toLowerCase(),
  selector: tag(header, 's'),
  result: 'policy',
  comment: 'l=',
  limited: true,
  bits: null,
  covers: [],
})

function ours({
  signingDomain,
  selector,
  status,
  canonBodyLengthLimited,
  modulusLength,
  signatureTimeValid,
  signingHeaders,
}: z.infer<typeof signature>): DkimSignature {
  const late = status.result === 'pass' && !signatureTimeValid
  return {
    domain: signingDomain.toLowerCase(),
    selector,
    result: late ? 'neutral' : status.result,
    comment: late ? 'expired' : status.comment || '',
    limited: canonBodyLengthLimited,
    bits: modulusLength ?? null,
    covers: (signingHeaders?.keys ?? '')
      .toLowerCase()
      .split(':')
      .map((name) => name.trim())
      .filter((name) => name !== ''),
  }
}

const record = z.object({ policy: z.string().nullish(), status: z.object({ result: z.string() }).optional() })

/** What the sender's domain asks to be done with mail that it has not signed. Null: nothing; unless the DNS is `silent`. */
export interface DmarcAnswer {
  readonly policy: string | null
  readonly silent: boolean
}

/** Asks for the rule of a sender's domain. */
export async function readDmarcPolicy(sender: string, resolver: Resolve): Promise<DmarcAnswer> {
  const answer = await dmarc({ headerFrom: [sender], spfDomains: [], dkimDomains: [], resolver })
  const read = record.safeParse(answer)
  if (!read.success) return { policy: null, silent: false }
  return { policy: read.data.policy?.toLowerCase() ?? null, silent: read.data.status?.result === 'temperror' }
}
