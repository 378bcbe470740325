import { sameSite } from '../../../src/core/identify/lookalike.ts'
import { type DnsAnswer, domainAsked, domainOf, type MailReading } from '../../../src/core/identify/mail.ts'
import type { SourceRuleOf } from '../../../src/core/policy.ts'
import { senderOf } from './weigh.ts'

/** The DNS, or the way to it, is out of order. Everything else is an answer, also that a name is none. */
const SILENT = ['ETIMEOUT', 'ESERVFAIL', 'ECONNREFUSED', 'EREFUSED']

/**
 * Did the DNS not answer about the very sender of a mail, one of the policy's? Then nothing can be said of it yet: a real notice must not
 * be put aside because of an outage. Other names in a mail are its writer's choice, and decide nothing.
 */
export function isDnsSilent(reading: MailReading, rule: Pick<SourceRuleOf<'mailbox'>, 'senders'>): boolean {
  if (!reading.ok || !senderOf(reading.mail, rule)) return false
  const domain = domainOf(reading.mail.from[0]?.address ?? '')
  return reading.dns.some((one) => isSilent(one) && (domainAsked(one.name) === domain || sameSite(domainAsked(one.name), domain)))
}

const isSilent = ({ answer }: DnsAnswer): boolean => 'error' in answer && SILENT.includes(answer.error)
