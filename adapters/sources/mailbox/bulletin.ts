import { canonicalJson, sha256Hex } from '../../../src/core/canonical.ts'
import type { Bulletin } from '../../../src/core/identify/bulletin.ts'
import { domainOf, type MailFacts } from '../../../src/core/identify/mail.ts'
import { cvesIn, namesIn } from '../../../src/core/identify/names.ts'
import { revisionOf } from '../../../src/core/identify/revision.ts'
import { SAYS_NOTHING } from '../../../src/core/identify/sections.ts'
import { severityWord } from '../../../src/core/identify/severity.ts'
import { line, plain } from '../../../src/core/identify/text.ts'
import type { SourceRuleOf } from '../../../src/core/policy.ts'
import type { Instant } from '../../../src/core/result.ts'

type Rule = SourceRuleOf<'mailbox'>

export interface Notice {
  readonly rule: Pick<Rule, 'id'>
  readonly sender: Rule['senders'][number]
  readonly mail: MailFacts
  readonly date: Instant
  readonly id: string
}

/** A proved mail in our words. A mail says which products, never which versions in a way that can be relied on: it matches no host by itself. */
export function bulletinOf({ rule, sender, mail, date, id }: Notice): Bulletin {
  const names = namesIn(mail.subject)
  const word = severityIn(mail)
  return {
    source: rule.id,
    vendorId: id,
    revision: revisionOf(date),
    title: line(mail.subject, 200) || id,
    // Who answers for it is the domain that signed: its mail confirms nothing that its own site says.
    publisher: { name: sender.publisher, namespace: `https://${domainOf(sender.from)}`, category: 'mail' },
    publishedAt: date,
    updatedAt: date,
    severity: severityWord(word) ?? 'none',
    updateType: 'security patch',
    vulnerabilities: cvesIn(mail.subject, mail.text).map((cve) => ({ cve, severity: 'none', knownExploited: 'unknown' })),
    fixed: [],
    unfixed: [],
    names: names.length > 0 ? names : [line(sender.publisher, 60).toLowerCase()],
    restart: 'none stated',
    sections: { ...SAYS_NOTHING, summary: { ...SAYS_NOTHING.summary, maximumSeverity: word, impact: plain(mail.text) } },
  }
}

const WORDS = 'critical|important|high|moderate|medium|low'

/** The publisher's word: before a colon in the subject, or behind "Severity" in the text. Empty: none. */
const severityIn = ({ subject, text }: MailFacts): string =>
  new RegExp(`\\b(${WORDS})\\s*:`, 'i').exec(subject)?.[1] ?? new RegExp(`\\bseverity\\s*:\\s*(${WORDS})\\b`, 'i').exec(text)?.[1] ?? ''

/**
 * What makes a mail the same: what its sender wrote. Every copy has other lines on top, from the stations on its way, and a mailbox that
 * begins anew, or is subscribed twice, must not make a contradiction of them.
 */
export const digestOf = ({ from, date, subject, text, links, attachments }: MailFacts): string =>
  sha256Hex(
    canonicalJson({
      from: from.map(({ address }) => address),
      date,
      subject,
      text,
      links: links.map(({ url }) => url),
      attachments: attachments.map(({ sha256 }) => sha256),
    }),
  )
