import { domainOf, type MailReading, type SigningKey } from '../../src/core/identify/mail.ts'
import { line } from '../../src/core/identify/text.ts'
import { type Parsed, parseMail } from './read.ts'
import { type DnsTime, noting, type Resolve, within } from './resolver.ts'
import { type DmarcAnswer, readDmarcPolicy, readSignatures } from './signatures.ts'

/** Largest mail that is read, in bytes. */
const MOST_BYTES = 10_000_000
/** All that is asked of the DNS for one mail takes no longer. */
const DNS_TIME: DnsTime = { own: 5_000, others: 3_000 }
const NO_RULE: DmarcAnswer = { policy: null, silent: false }
/** So many mails may stand inside one another. */
const MOST_INSIDE = 3

/** Reads one mail and checks its signatures; without `keys` no OpenPGP signature. Never throws for what is in it. */
export async function openMail(
  bytes: Uint8Array,
  now: Date,
  resolver: Resolve,
  keys: readonly SigningKey[] | null,
  dnsTime = DNS_TIME,
): Promise<MailReading> {
  if (bytes.length === 0) return { ok: false, problem: 'The file is empty.' }
  if (bytes.length > MOST_BYTES)
    return { ok: false, problem: `The mail has ${bytes.length} bytes, more than the ${MOST_BYTES} that are read.` }
  try {
    const { bytes: inner, parsed, depth } = await innermost(bytes)
    if (!parsed.isMail) return { ok: false, problem: 'The file is no mail: it has no sender.' }
    const sender = parsed.facts.from[0]?.address ?? ''
    const notes = noting(within(resolver, domainOf(sender), dnsTime))
    // The rule of the domain first: which of its names are asked for behind it, and how many, the writer of the mail says.
    const { policy: dmarcPolicy, silent } = sender.includes('@')
      ? await readDmarcPolicy(sender, notes.resolve).catch(() => NO_RULE)
      : NO_RULE
    const dkim = await readSignatures(inner, notes.resolve, now)
    const openpgp = keys === null ? null : await (await import('./openpgp.ts')).readOpenpgp(inner, parsed, keys, now)
    const more = { ...(silent ? { dmarcSilent: true } : {}), ...(openpgp === null ? {} : { openpgp }) }
    const mail = { ...parsed.facts, dkim, dmarcPolicy, forwarded: depth > 0, ...more }
    return { ok: true, mail, dns: notes.answers }
  } catch (error) {
    return { ok: false, problem: `The mail cannot be read: ${line(error instanceof Error ? error.message : String(error), 200)}.` }
  }
}

/**
 * The mail that somebody forwarded, where this one only carries it. What was attached around it is judged with it, for a genuine mail inside
 * must not carry a forged file past; what was written around it is said to be left out.
 */
async function innermost(bytes: Uint8Array): Promise<{ readonly bytes: Uint8Array; readonly parsed: Parsed; readonly depth: number }> {
  let current = { bytes, parsed: await parseMail(bytes), depth: 0 }
  for (;;) {
    const { inside, facts } = current.parsed
    const [next] = inside
    if (next === undefined) return current
    if (current.depth >= MOST_INSIDE) return { ...current, parsed: leaving(current.parsed, ['mails inside mails inside mails']) }
    const parsed = await parseMail(next.bytes)
    // What is only called a mail is a file like others.
    if (!parsed.isMail) return { ...current, parsed: carrying(leaving(current.parsed, ['an attached mail that is none']), [next.file]) }
    const left = [
      ...(inside.length > 1 ? [`${inside.length - 1} more forwarded mails`] : []),
      ...(facts.links.length > 0 ? ['links that were written around the forwarded mail'] : []),
    ]
    current = {
      bytes: next.bytes,
      parsed: carrying(leaving(parsed, [...facts.leftOut, ...left]), facts.attachments),
      depth: current.depth + 1,
    }
  }
}

const leaving = (parsed: Parsed, leftOut: readonly string[]): Parsed => ({
  ...parsed,
  facts: { ...parsed.facts, leftOut: [...parsed.facts.leftOut, ...leftOut] },
})

const carrying = (parsed: Parsed, files: Parsed['facts']['attachments']): Parsed => ({
  ...parsed,
  facts: { ...parsed.facts, attachments: [...files, ...parsed.facts.attachments] },
})
