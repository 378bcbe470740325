import type { ChangeState } from '../core/change/state.ts'
import type { Policy } from '../core/policy.ts'
import type { Action, Block } from './card.ts'
import { at, button, choice, nameOf, outcome, shortText, textBlock } from './words.ts'

/** A change that can be chosen in a form. */
export interface JoinChoice {
  readonly change: number
  readonly label: string
}

const options = (choices: readonly JoinChoice[]) => choices.map(({ change, label }) => ({ value: `${change}`, label }))

/** The number is asked for, not chosen from a list: what is open changes by the hour, and a card must not be out of date. */
export const mergeAction = (subject: string): Action =>
  button('Join with another change', 'merge', subject, {
    form: {
      title: 'Join with another change',
      intro: 'This change ends and goes on as part of the other one, with its hosts and builds. The earlier clock counts for both.',
      submit: 'Join',
      fields: [shortText('change', 'Number of the other change', { hint: 'type "changes" to see them' })],
    },
  })

export function takeOverAction(subject: string, covers: readonly JoinChoice[]): readonly Action[] {
  if (covers.length === 0) return []
  return [
    button('Take it over', 'supersede', subject, {
      form: {
        title: 'Take an earlier change over',
        intro: 'The builds of this change replace those of the earlier one, which ends. Its clock goes on here.',
        submit: 'Take it over',
        fields: [choice('change', 'Which one?', options(covers))],
      },
    }),
  ]
}

/** Where a change has gone, or which earlier ones it could take over. */
export function joinedBlocks({ phase, joinedInto }: ChangeState, policy: Policy, covers: readonly JoinChoice[]): readonly Block[] {
  if (!joinedInto) return covers.map(({ label }) => textBlock(`Brings every build of ${label}.`))
  const who = joinedInto.by === null ? 'by itself' : `by ${nameOf(policy, joinedInto.by)}`
  const what = phase === 'merged' ? `Part of change ${joinedInto.change}` : `Taken over by change ${joinedInto.change}`
  return [outcome('neutral', `${what}, ${who}, `, at(joinedInto.at), '. Its clock goes on there: please look there.')]
}
