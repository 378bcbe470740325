import { DateTime } from 'luxon'
import { Fault } from '../fault.ts'
import type { ChangeClass, Policy } from '../policy.ts'
import type { Instant } from '../result.ts'
import { type Input, PRESET, type Span, TRIAGE_HOURS } from './presets.ts'
import { type ClockFacts, spanWords, termsFor } from './terms.ts'

/** The two clocks. Null: there is no such deadline (it awaits a rollup, a service pack or the next upgrade). */
export interface Clocks {
  /** When they began to run. Reclassifying never moves it. */
  readonly zero: Instant
  readonly startBy: Instant | null
  readonly completeBy: Instant | null
  /** What decided, e.g. "internet-facing and known exploited: 48 h (essential-eight)". */
  readonly why?: string
  /** Inputs that decided and that nobody knows, with how they were counted; absent where nothing is missing. */
  readonly missing?: { readonly inputs: readonly Input[]; readonly counted: Policy['missingInputs'] }
  /** Forensic triage, where it is due beside the fix. Evidence is taken before the patch. */
  readonly triage?: { readonly scopeBy: Instant; readonly evidenceBy: Instant; readonly escalateBy: Instant }
}

/** What is known when a change is classified. */
export interface Classified {
  readonly policy: Policy
  readonly class: ChangeClass
  readonly facts: ClockFacts
  readonly at: Instant
  /** Clocks that ran before (of the class before, or of a change that joined): their zero, and the triage, stay. */
  readonly before?: Pick<Clocks, 'zero' | 'triage'> | undefined
}

/**
 * Both deadlines of a change, from clock zero. A month is a calendar month in the organisation's zone (Table 2.3). Throws `Fault`
 * ZONE_INVALID for an unknown zone.
 */
export function clocksFor({ policy, class: changeClass, facts, at, before }: Classified): Clocks {
  const terms = termsFor(policy, changeClass, facts)
  const zero = before?.zero ?? zeroOf(policy, facts, at)
  const { zone, missingInputs } = policy
  return {
    zero,
    startBy: terms.start && after(zero, terms.start, zone),
    completeBy: terms.complete === 'upgrade' ? null : terms.complete && after(zero, terms.complete, zone),
    why: terms.why,
    ...(terms.missing.length > 0 ? { missing: { inputs: terms.missing, counted: missingInputs } } : {}),
    ...(terms.triage ? { triage: before?.triage ?? triageFrom(at, zone) } : {}),
  }
}

/** A release in the future would give time that nobody has. */
function zeroOf(policy: Policy, { publishedAt, exploitedSince, inputs }: ClockFacts, at: Instant): Instant {
  const { zero } = PRESET[policy.preset]
  if (zero === 'classification') return at
  const began = zero === 'listing' && inputs.exploited === true ? (exploitedSince ?? publishedAt) : publishedAt
  return Date.parse(began) < Date.parse(at) ? began : at
}

function triageFrom(at: Instant, zone: string): NonNullable<Clocks['triage']> {
  const { scope, evidence, escalation } = TRIAGE_HOURS
  return {
    scopeBy: after(at, { hours: scope }, zone),
    evidenceBy: after(at, { hours: evidence }, zone),
    escalateBy: after(at, { hours: escalation }, zone),
  }
}

function after(zero: Instant, span: Span, zone: string): Instant {
  const start = DateTime.fromISO(zero, { zone })
  if (!start.isValid) throw new Fault('ZONE_INVALID', `expected an IANA zone and an instant, got ${zone} and ${zero}`)
  return start.plus(span).toUTC().toISO() as Instant
}

/** The deadlines of a class in words, for a card that is shown before the clocks run. */
export function clockWords(policy: Policy, changeClass: ChangeClass, facts: ClockFacts): string {
  const { start, complete } = termsFor(policy, changeClass, facts)
  if (complete === 'upgrade') return 'fix at the next scheduled upgrade'
  const begin = start === null ? 'await a rollup or service pack' : `start within ${spanWords(start)}`
  return `${begin}, ${complete === null ? 'no deadline to complete' : `complete within ${spanWords(complete)}`}`
}
