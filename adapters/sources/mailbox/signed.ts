import type { MailFacts } from '../../../src/core/identify/mail.ts'
import { line } from '../../../src/core/identify/text.ts'
import type { SourceRuleOf } from '../../../src/core/policy.ts'

/** Lines at the top of a notice in which it names itself; further down it names those that it only compares itself with. */
const HEAD_LINES = 3

/** What a notice calls what it is about, in the field of its own that most have. */
const TOPIC = /^[ \t]*(?:package|module|topic|product|component|title|summary)s?[ \t]*:[ \t]*(\S.{0,150})$/im

/**
 * The mail that a pinned key signed, and nothing else of it: sender and subject are put in from the policy and from the signed text, because
 * whoever passes a signed text on writes its head. Null: no pinned key signed it.
 */
export function signedMail(mail: MailFacts, { from, publisher, idPrefixes }: SourceRuleOf<'mailbox'>['senders'][number]): MailFacts | null {
  const signed = mail.openpgp?.outcome === 'pass' ? mail.openpgp.signed : null
  if (signed?.from !== from) return null
  const lines = signed.text.split('\n').filter((one) => /\p{L}/u.test(one))
  const head = lines.slice(0, HEAD_LINES)
  const named = head.find((one) => idPrefixes.some((prefix) => one.toLowerCase().includes(prefix.toLowerCase()))) ?? ''
  const topic = TOPIC.exec(signed.text)?.[1] ?? ''
  return {
    ...mail,
    from: [{ name: publisher, address: from }],
    replyTo: [],
    subject: line(`${idIn(named, idPrefixes)} ${topic === '' ? named : topic}`, 200),
    date: signed.at,
    text: signed.text,
    links: signed.links,
    attachments: signed.attachments,
  }
}

/** The first word that begins as an id does. */
const idIn = (text: string, prefixes: readonly string[]): string =>
  text.split(/[\s()[\],;]+/).find((word) => prefixes.some((prefix) => word.toLowerCase().startsWith(prefix.toLowerCase()))) ?? ''

/** A key of a person signs what that person answers, too, with what others wrote in it. */
export const isQuoting = ({ text }: MailFacts): boolean => /^>/m.test(text)
