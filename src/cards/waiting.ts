import { mayAwait } from '../core/change/decide-wait.ts'
import type { ChangeState } from '../core/change/state.ts'
import type { Policy } from '../core/policy.ts'
import type { Action, Block } from './card.ts'
import { at, button, longText, outcome, quiet, reasonForm, shortText, who } from './words.ts'

/** What it waits for, since when, and what it may cost. */
export function waitingBlocks({ awaiting, clocks }: ChangeState, policy: Policy): readonly Block[] {
  if (!awaiting) return []
  const until = awaiting.until ? [', to be looked at again ', at(awaiting.until)] : []
  const late = clocks?.completeBy && (awaiting.until ?? '') > clocks.completeBy
  return [
    outcome(
      late ? 'warning' : 'neutral',
      `Waits for: ${awaiting.what}. Since `,
      ...who(policy, awaiting.by, awaiting.since),
      ...until,
      ...(late ? ['. That is after its deadline to complete'] : []),
      '.',
    ),
    quiet('The next bulletin that brings all of its builds takes it over, with its clock.'),
  ]
}

export const awaitAction = (state: ChangeState, subject: string, policy: Policy): readonly Action[] =>
  state.drill || !state.classification || !mayAwait(policy, state.classification.class)
    ? []
    : [
        button('Let it wait', 'await', subject, {
          form: {
            title: 'Let it wait for a rollup or service pack',
            intro: 'Its clocks run on, and you are reminded of it.',
            submit: 'Let it wait',
            fields: [
              longText('what', 'What does it wait for?', { value: 'The next bulletin of this product' }),
              shortText('until', 'When to look at it again?', { hint: 'e.g. 2026-12-01; may stay empty' }),
            ],
          },
        }),
      ]

export const endWaitingAction = (subject: string): Action =>
  button('End the waiting', 'end-waiting', subject, { form: reasonForm('End the waiting', 'Why does it no longer wait?', 'Go on with it') })
