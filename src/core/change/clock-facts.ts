import { type Clocks, clocksFor, clockWords } from '../evaluate/clocks.ts'
import { type ClockFacts, reasonWords, termsFor } from '../evaluate/terms.ts'
import type { ChangeClass, Policy } from '../policy.ts'
import type { Instant } from '../result.ts'
import { bulletinsOf, vulnerabilitiesOf } from './bulletins.ts'
import type { ChangeState } from './state.ts'

/** What the deadlines of a change hang on beside its class. What nobody has said is left out. */
export function clockFactsOf(state: ChangeState): ClockFacts {
  const { hosts } = state
  const vulnerabilities = vulnerabilitiesOf(state)
  const [publishedAt = state.bulletin.publishedAt] = bulletinsOf(state)
    .map((b) => b.publishedAt)
    .sort()
  const since = vulnerabilities.flatMap((v) => (v.knownExploited === 'yes' && v.exploitedSince ? [v.exploitedSince] : [])).sort()[0]
  const known = {
    exploited: anyOf(vulnerabilities, (v) => (v.knownExploited === 'unknown' ? undefined : v.knownExploited === 'yes')),
    exposed: anyOf(hosts, (h) => (h.exposure === undefined ? undefined : h.exposure === 'internet')),
    automatable: anyOf(vulnerabilities, (v) => (v.automatable === undefined ? undefined : v.automatable === 'yes')),
    'total impact': anyOf(vulnerabilities, (v) => (v.impact === undefined ? undefined : v.impact === 'total')),
    // A kernel is the operating system; of everything else a distribution ships nobody has said which it is.
    'operating system': hosts.some((h) => h.packages.some(({ name }) => KERNEL.test(name))) ? true : undefined,
  }
  const inputs = Object.fromEntries(Object.entries(known).filter(([, answer]) => answer !== undefined))
  return { inputs, publishedAt, ...(since === undefined ? {} : { exploitedSince: since }) }
}

/** The clocks of a change that is classified now. Those that ran before, or in a change that became part of it, keep their zero. */
export const clocksOf = (state: ChangeState, policy: Policy, changeClass: ChangeClass, now: Instant): Clocks =>
  clocksFor({ policy, class: changeClass, facts: clockFactsOf(state), at: now, before: state.clocks ?? zeroOf(state) })

const zeroOf = ({ inheritedZero }: ChangeState): Pick<Clocks, 'zero'> | undefined =>
  inheritedZero === undefined ? undefined : { zero: inheritedZero }

/** The deadlines that a class would give, in words. */
export const clockWordsOf = (state: ChangeState, policy: Policy, changeClass: ChangeClass): string =>
  clockWords(policy, changeClass, clockFactsOf(state))

/** Why they would be so, and what nobody knows of it; empty where the class alone decides. */
export function clockReasonOf(state: ChangeState, policy: Policy, changeClass: ChangeClass): string {
  const { why, missing } = termsFor(policy, changeClass, clockFactsOf(state))
  return reasonWords(why, missing, policy.missingInputs)
}

const KERNEL = /^(kernel|linux)(-|$)/

/** One yes is a yes; a no needs everybody's, and somebody; else nobody knows. */
function anyOf<T>(all: readonly T[], answer: (one: T) => boolean | undefined): boolean | undefined {
  const answers = all.map(answer)
  if (answers.includes(true)) return true
  return answers.length > 0 && answers.every((one) => one === false) ? false : undefined
}
