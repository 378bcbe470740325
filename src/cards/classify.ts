import { vulnerabilitiesOf } from '../core/change/bulletins.ts'
import { clockReasonOf, clockWordsOf } from '../core/change/clock-facts.ts'
import type { ChangeState } from '../core/change/state.ts'
import { CHANGE_TYPES, usualType } from '../core/evaluate/classification.ts'
import { missingWords, neededQuorum } from '../core/evaluate/quorum.ts'
import { CLASSES, type Policy } from '../core/policy.ts'
import type { Action } from './card.ts'
import { button, capital, choice } from './words.ts'

/** Also offered while testing, planning and waiting, as a reclassification. */
export function classifyAction(state: ChangeState, subject: string, policy: Policy): Action {
  const chosen = state.classification?.class ?? state.proposal.class
  const exploited = usualType('critical', vulnerabilitiesOf(state)) === 'emergency'
  const usual = exploited ? 'As usual: emergency if critical (it is known exploited), else normal' : 'As usual: a normal change'
  const needs = (type: (typeof CHANGE_TYPES)[number]): string => missingWords(neededQuorum(policy, { class: chosen, type }))
  return button(state.classification ? 'Reclassify' : 'Classify', 'classify', subject, {
    style: state.classification ? 'default' : 'primary',
    form: {
      title: 'Classify',
      intro: [
        `Proposed: ${state.proposal.class} (${state.proposal.reasons.join('; ')}).`,
        clockReasonOf(state, policy, state.proposal.class),
      ]
        .join(' ')
        .trim(),
      submit: 'Classify',
      fields: [
        choice(
          'class',
          'Class',
          CLASSES.map((c) => ({ value: c, label: `${capital(c)}: ${clockWordsOf(state, policy, c)}` })),
          chosen,
        ),
        choice('type', 'Type of change', [
          { value: 'usual', label: usual },
          ...CHANGE_TYPES.map((type) => ({ value: type, label: `${capital(type)}: needs ${needs(type)}` })),
        ]),
        {
          kind: 'text',
          id: 'reason',
          label: state.classification ? 'Why is it reclassified?' : 'Reason, where it differs from the proposal',
          multiline: true,
          required: false,
          maxLength: 500,
        },
      ],
    },
  })
}
