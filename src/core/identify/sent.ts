import { createHash } from 'node:crypto'
import { canonicalJson } from '../canonical.ts'
import { addressChecks } from './address.ts'
import { attachmentKind, claimsPatch } from './attachment.ts'
import type { Owned } from './lookalike.ts'
import type { MailFacts } from './mail.ts'
import { asksProtectionOff } from './protection.ts'
import { line } from './text.ts'
import { type Check, reasonOf, rungOf, type Verdict, verdictOf } from './verification.ts'

/** One thing that somebody was sent, judged. */
export interface Judged {
  readonly kind: 'mail' | 'document' | 'file' | 'link' | 'words'
  /** In one line: a subject, a host, a file's name. */
  readonly title: string
  /** What is the same for all who were sent it, although every copy is a little different. */
  readonly same: string
  readonly checks: readonly Check[]
  readonly verdict: Verdict
  readonly reason: string
}

export const judged = (kind: Judged['kind'], title: string, checks: readonly Check[], same = title): Judged => ({
  kind,
  title: line(title, 200),
  same,
  checks,
  verdict: verdictOf(checks),
  reason: reasonOf(checks),
})

/** Who confirms that an address, or what a mail tells of, is really published: the stored bulletin. */
export interface Confirmed {
  readonly vendorId: string
  readonly verdict: Verdict
  readonly source: string
}

/** A stored bulletin confirms what was sent only when it is at least corroborated itself. */
export const confirmation = (known: readonly Confirmed[]): Check => {
  const good = known.filter(({ verdict }) => rungOf(verdict) >= rungOf('CORROBORATED'))
  const [first] = good
  return first
    ? { name: 'corroboration', outcome: 'pass', evidence: `${first.vendorId} is known here as ${first.verdict}, from ${first.source}.` }
    : { name: 'corroboration', outcome: 'not applicable', evidence: 'No bulletin that is known here confirms it.' }
}

/** An address by itself; null: it is none. `known`: stored bulletins that have this very address. */
export function judgeLink(text: string, owned: readonly Owned[], known: readonly Confirmed[]): Judged | null {
  const checks = addressChecks(text, owned)
  return checks && judged('link', text, [...checks, confirmation(known)], withoutQuery(text))
}

/** The query of a link is another for each who was sent it. */
const withoutQuery = (text: string): string => (text.split(/[?#]/)[0] ?? text).toLowerCase()

/**
 * A mail is the same as another when its sender, its subject, the hosts that it leads to and its attachments are: recipient, number and
 * greeting differ in every copy.
 */
export const sameMail = ({ from, subject, links, attachments }: MailFacts): string =>
  canonicalJson([
    from.map(({ address }) => address),
    subject.toLowerCase(),
    [...new Set(links.flatMap(({ url }) => (URL.canParse(url) ? [new URL(url).hostname] : [])))].sort(),
    attachments.map(({ sha256 }) => sha256).sort(),
  ])

/** Words without a sender: what they ask for is all that can be judged. */
export const judgeWords = (words: string): Judged => {
  const asked = asksProtectionOff(words)
  return judged(
    'words',
    words.slice(0, 80),
    [
      asked === null
        ? { name: 'protection', outcome: 'pass', evidence: 'It does not ask to switch any protection off.' }
        : { name: 'protection', outcome: 'fail', evidence: `It says: "${line(asked, 150)}". No vendor asks for that.` },
    ],
    words.toLowerCase().replace(/\s+/g, ' ').trim(),
  )
}

/** Outlook takes a mail apart and keeps the parts: the very bytes that were signed are gone, so that no reader of .msg could ever prove one. */
const OUTLOOK =
  'It is a mail as Outlook keeps it (.msg): what its sender signed is no longer in it whole, so it can never be proved. Open the mail in Outlook, save or download it as .eml, and ask again with that file.'

/** A file that is neither mail nor bulletin, with the words that came with it. It is never opened. */
export function judgeFile(name: string, bytes: Uint8Array, words: string): Judged {
  if (/\.msg$/i.test(name)) return judged('file', name, [{ name: 'size', outcome: 'unavailable', evidence: OUTLOOK }])
  const kind = attachmentKind(name, '', bytes)
  const said = `"${line(name, 100)}" is ${kind === 'archive' ? 'an' : 'a'} ${kind}`
  const claims = claimsPatch(`${words} ${name}`)
  const check: Check =
    kind === 'other'
      ? {
          name: 'attachment',
          outcome: 'unavailable',
          evidence: `"${line(name, 100)}" is no mail, and no bulletin that brings a proof of its own: nothing can be said of it.`,
        }
      : claims
        ? {
            name: 'attachment',
            outcome: 'fail',
            evidence: `${said} that was sent as a patch. Patches come by the software's own update, never by message.`,
          }
        : { name: 'attachment', outcome: 'unavailable', evidence: `${said}. It was not opened, and what it does is not known.` }
  return judged('file', name, [check], createHash('sha256').update(bytes).digest('hex'))
}

/** The lowest first: of several things the worst is what matters. */
export const worstFirst = (all: readonly Judged[]): readonly Judged[] => all.toSorted((a, b) => rungOf(a.verdict) - rungOf(b.verdict))

const ID = /\b[A-Za-z]{2,}[A-Za-z0-9]*(?:[-_:][A-Za-z0-9]+)+\b/g

/** What looks like the number of a bulletin or of a vulnerability in a text, at most `most`. */
export const idsIn = (text: string, most = 20): readonly string[] =>
  [...new Set([...text.matchAll(ID)].map(([id]) => id).filter((id) => /\d{2}/.test(id) && id.length <= 60))].slice(0, most)
