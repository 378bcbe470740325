import type { ChangeState, TestItem } from '../core/change/state.ts'
import type { Policy } from '../core/policy.ts'
import { classifyAction } from './alert.ts'
import type { Action, Block, Card, Field, Text } from './card.ts'
import { button, classBadge, clockFacts, fact, next, outcome, quiet, rehearsalBadge, subjectOf, who } from './words.ts'

/** A window that can be planned into. `value` is `windowId|start`. */
export interface OpeningChoice {
  readonly value: string
  readonly label: string
}

export interface PlanChoices {
  readonly openings: readonly OpeningChoice[]
  readonly runners: readonly { readonly value: string; readonly label: string }[]
}

/** The checklist of the class; people record what they saw. Once all passed, the next step is the plan. */
export function testCard(state: ChangeState, policy: Policy, choices: PlanChoices): Card {
  const subject = `change:${state.id}`
  const open = state.tests.filter((t) => t.outcome?.passed !== true)
  return {
    look: 'standard',
    tone: open.length === 0 ? 'good' : 'info',
    badges: [...(state.classification ? [classBadge(state.classification.class)] : []), ...rehearsalBadge(state)],
    title: `Test ${subjectOf(state)}`,
    subtitle: `change ${state.id} · ${state.bulletin.vendorId}`,
    blocks: [
      { kind: 'list', items: state.tests.map((t) => testLine(t, policy)) },
      { kind: 'facts', facts: [fact('Clocks', ...clockFacts(state))] },
      quiet('A pass on virtual machines alone is not enough: the first ring is the pilot on production systems.'),
      ...nextStep(state, choices),
    ],
    actions: actions(state, subject, policy, choices, open),
    summary: `Test ${subjectOf(state)}: ${state.tests.length - open.length} of ${state.tests.length} passed`,
  }
}

function testLine(test: TestItem, policy: Policy): Text {
  if (!test.outcome) return ['☐ ', test.label]
  const { passed, by, at: when, reason } = test.outcome
  return [
    passed ? '☑ ' : '☒ ',
    { strong: test.label },
    ` ${passed ? 'passed' : 'FAILED'} · `,
    ...who(policy, by, when),
    reason ? `: ${reason}` : '',
  ]
}

function nextStep(state: ChangeState, choices: PlanChoices): readonly Block[] {
  if (state.phase === 'testing') return [next('the patch team or operations records what it tested.')]
  if (state.phase === 'not relevant') return [outcome('neutral', 'Decided to be not relevant: nothing more is tested.')]
  if (state.phase === 'planning') {
    if (state.bulletin.verdict === 'UNCONFIRMED' && !state.vouch)
      return [outcome('warning', 'The bulletin is UNCONFIRMED: somebody of security has to vouch for it before it can be planned.')]
    if (choices.openings.length === 0)
      return [outcome('warning', 'It cannot be planned: no maintenance window opens in the next two years.')]
    const rejected = state.submission?.decided?.verdict === 'rejected' ? state.submission.decided : null
    return [
      outcome(rejected ? 'warning' : 'good', rejected ? `The last plan was rejected: ${rejected.reason}` : 'All tests passed.'),
      next(`the patch team or operations makes ${rejected ? 'a better' : 'the'} plan. Who makes it cannot approve it.`),
    ]
  }
  return [outcome('good', state.phase === 'deciding' ? 'Tested and planned. The plan waits for go or no-go.' : 'Tested and planned.')]
}

function actions(state: ChangeState, subject: string, policy: Policy, choices: PlanChoices, open: readonly TestItem[]): readonly Action[] {
  if (state.phase === 'testing') return [recordAction(subject, open), classifyAction(state, subject, policy)]
  const plan = choices.openings.length > 0 ? [planAction(state, subject, choices)] : []
  if (state.phase === 'planning') return [...plan, classifyAction(state, subject, policy)]
  return state.phase === 'deciding' ? plan : []
}

function recordAction(subject: string, open: readonly TestItem[]): Action {
  const [first] = open
  return button('Record a test', 'record-test', subject, {
    style: 'primary',
    form: {
      title: 'Record a test',
      submit: 'Record',
      fields: [
        {
          kind: 'choice',
          id: 'test',
          label: 'Test',
          required: true,
          ...(first ? { value: first.id } : {}),
          options: open.map((t) => ({ value: t.id, label: t.label })),
        },
        passedField('passed'),
        { kind: 'text', id: 'note', label: 'What was tested, on what?', multiline: true, required: false, maxLength: 500 },
      ],
    },
  })
}

export const passedField = (id: string): Field => ({
  kind: 'choice',
  id,
  label: 'Outcome',
  required: true,
  value: 'yes',
  options: [
    { value: 'yes', label: 'Passed' },
    { value: 'no', label: 'Failed' },
  ],
})

/** Also replaces a plan that is being decided. */
function planAction(state: ChangeState, subject: string, choices: PlanChoices): Action {
  const [firstOpening] = choices.openings
  const [firstRunner] = choices.runners
  return button(state.phase === 'deciding' ? 'Change the plan' : 'Make the plan', 'submit-plan', subject, {
    style: state.phase === 'deciding' ? 'default' : 'primary',
    form: {
      title: 'Plan the deployment',
      intro: 'Hosts and rings come from the inventory and the policy. Who submits a plan does not approve it.',
      submit: 'Submit for go or no-go',
      fields: [
        {
          kind: 'choice',
          id: 'window',
          label: 'Maintenance window',
          required: true,
          ...(firstOpening ? { value: firstOpening.value } : {}),
          options: choices.openings,
        },
        {
          kind: 'choice',
          id: 'runner',
          label: 'Carried out by',
          required: true,
          ...(firstRunner ? { value: firstRunner.value } : {}),
          options: choices.runners,
        },
        {
          kind: 'choice',
          id: 'reboot',
          label: 'Restart',
          required: true,
          value: state.bulletin.restart === 'reboot' ? 'yes' : 'no',
          options: [
            { value: 'no', label: 'No reboot (services restart where needed)' },
            { value: 'yes', label: 'Reboot each host' },
          ],
        },
        {
          kind: 'choice',
          id: 'silent',
          label: 'Installation',
          required: true,
          value: 'yes',
          options: [
            { value: 'yes', label: 'Silent' },
            { value: 'no', label: 'The user is logged on and sees it' },
          ],
        },
        {
          kind: 'text',
          id: 'undo',
          label: 'How is it undone?',
          multiline: true,
          required: true,
          value: 'Downgrade to the version that was there (dnf downgrade).',
          maxLength: 500,
        },
      ],
    },
  })
}
