import type { Instant } from '../result.ts'
import { isOver, phaseWords } from './guard.ts'
import type { ChangeState, Phase, SubmittedPlan } from './state.ts'

interface Step {
  readonly at: Instant | undefined
  readonly phase: Phase
}

/** What a change waited for at a moment that is past, in words; null when it was not there yet, or had ended by then. */
export function stoodAt(state: ChangeState, asOf: Instant): string | null {
  const past = allSteps(state).filter((step): step is Step & { at: Instant } => step.at !== undefined && step.at <= asOf)
  // Of two steps at one moment the later in the process counts.
  const last = past.reduce<(Step & { at: Instant }) | null>(
    (latest, step) => (latest === null || step.at >= latest.at ? step : latest),
    null,
  )
  return last === null || isOver(last) ? null : phaseWords(last.phase)
}

const stepsOf = ({ submitted, decided }: SubmittedPlan): readonly Step[] => [
  { at: submitted.at, phase: 'deciding' },
  { at: decided?.at, phase: decided?.verdict === 'approved' ? 'approved' : 'planning' },
]

/** A class may be changed later; where the first one started the clocks, they remember when. */
const firstClassified = (at: Instant, { openedAt, clocks }: ChangeState): Instant =>
  clocks && clocks.zero >= openedAt && clocks.zero < at ? clocks.zero : at

/** In the order of the process. */
function allSteps(state: ChangeState): readonly Step[] {
  const { openedAt, classification, notRelevant, tests, pastSubmissions, submission, announcement, rollout, review, awaiting, joinedInto } =
    state
  const tested = tests.every((t) => t.outcome?.passed === true)
    ? tests
        .map((t) => t.outcome?.at ?? '')
        .sort()
        .at(-1)
    : undefined
  return [
    { at: openedAt, phase: 'alerted' },
    { at: classification && firstClassified(classification.at, state), phase: 'testing' },
    { at: tested, phase: 'planning' },
    { at: awaiting?.since, phase: 'awaiting' },
    ...pastSubmissions.flatMap(stepsOf),
    ...(submission ? stepsOf(submission) : []),
    { at: announcement?.at, phase: 'announced' },
    { at: rollout?.startedAt, phase: 'rolling out' },
    { at: review?.openedAt, phase: 'reviewing' },
    { at: review?.closed?.at, phase: 'closed' },
    { at: notRelevant?.at, phase: 'not relevant' },
    { at: joinedInto?.at, phase: state.phase },
  ]
}
