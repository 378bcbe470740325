import type { ChangeState } from '../core/change/state.ts'
import type { Policy } from '../core/policy.ts'
import type { Instant } from '../core/result.ts'
import type { Action, Card, Field } from './card.ts'
import { at, button, choice, listed, longText, nameOf, note, outcome, quiet, shortText, textBlock, whisper, who } from './words.ts'

/** A host that is left unpatched for a while. `endedAt`: a person ended it before its time. */
export interface ExemptionView {
  readonly id: number
  readonly host: string
  readonly changeId: number
  readonly reason: string
  readonly control: string
  readonly until: Instant
  readonly by: string
  readonly at: Instant
  readonly endedAt: Instant | null
  readonly endedBy: string | null
}

/** Hosts that were taken out together. Each can be taken back. */
export function exemptionCard(all: readonly ExemptionView[], policy: Policy): Card | null {
  const [first] = all
  if (!first) return null
  const open = all.filter((e) => e.endedAt === null)
  const ended = all.flatMap((e) =>
    e.endedAt && e.endedBy
      ? [outcome('neutral', `${e.host}: ended by `, ...who(policy, e.endedBy, e.endedAt), '. It counts as unpatched again.')]
      : [],
  )
  return {
    ...note(
      `Excluded: ${listed(all.map((e) => e.host))}`,
      'neutral',
      textBlock(`${nameOf(policy, first.by)}: ${first.reason}`),
      ...(open.length > 0 ? [textBlock('Exempt until ', at(first.until), '. ', controlWords(first))] : []),
      ...ended,
    ),
    actions:
      open.length === 0
        ? []
        : [
            button('End the exemption', 'end-exemption', `change:${first.changeId}`, {
              digest: `exemption-${first.id}`,
              form: {
                title: 'End the exemption',
                intro: 'The host counts as unpatched again from now on.',
                submit: 'End it',
                fields: [
                  choice(
                    'host',
                    'Which host?',
                    open.map((e) => ({ value: e.host, label: e.host })),
                  ),
                ],
              },
            }),
          ],
  }
}

/** What everybody is asked who leaves hosts unpatched. */
export const exemptionFields = (): readonly Field[] => [
  longText('reason', 'Why? They stay unpatched.'),
  shortText('control', 'What protects them meanwhile?', { hint: 'e.g. no way in from outside; may stay empty' }),
  shortText('until', 'Until when?', { hint: 'e.g. 2027-01-31; empty: as long as the policy lets it last' }),
]

/** Before a plan: hosts that it shall not be for. */
export const leaveOutAction = (state: ChangeState, subject: string): readonly Action[] =>
  state.drill
    ? []
    : [
        button('Leave hosts out', 'leave-out', subject, {
          form: {
            title: 'Leave hosts out of the plan',
            submit: 'Leave out',
            fields: [shortText('hosts', 'Which hosts?', { hint: 'names with commas between them' }), ...exemptionFields()],
          },
        }),
      ]

const controlWords = ({ control }: ExemptionView): string => (control === '' ? 'Nothing protects them meanwhile.' : `Meanwhile: ${control}`)

/** All that last, for who asks: a private list. */
export const exemptionsCard = (all: readonly ExemptionView[], policy: Policy): Card =>
  whisper(all.length === 0 ? 'No host is exempt' : 'Exempt hosts, the next to expire first', [
    ...(all.length === 0
      ? [quiet('A host becomes exempt when it is excluded from a rollout.')]
      : [
          {
            kind: 'list' as const,
            items: all.map((e) => [
              { strong: e.host },
              ' until ',
              at(e.until),
              `, change ${e.changeId}, ${nameOf(policy, e.by)}: ${e.reason}. ${e.control === '' ? 'No compensating control.' : `Meanwhile: ${e.control}`}`,
            ]),
          },
        ]),
  ])
