import { restartOf, unvouched } from '../core/change/bulletins.ts'
import { badFiles, provedHashes } from '../core/change/patch-files.ts'
import type { ChangeState, TestItem } from '../core/change/state.ts'
import type { Policy } from '../core/policy.ts'
import { CLASSES } from '../core/policy.ts'
import type { Action, Block, Card, Field, Text } from './card.ts'
import { classifyAction } from './classify.ts'
import { elsewhereAction, elsewhereBlocks } from './elsewhere.ts'
import { leaveOutAction } from './exemption.ts'
import { takenOverBlocks } from './handover.ts'
import { joinedBlocks } from './join.ts'
import { checkFileActions, passFileActions, patchFilesFact } from './patch-file.ts'
import { awaitAction, endWaitingAction, waitingBlocks } from './waiting.ts'
import {
  button,
  choice,
  classBadge,
  clockFacts,
  count,
  fact,
  longText,
  next,
  outcome,
  quiet,
  rehearsalBadge,
  subjectOf,
  typeBadge,
  who,
} from './words.ts'

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
    badges: [
      ...(state.classification ? [classBadge(state.classification.class)] : []),
      ...typeBadge(state.classification?.type),
      ...rehearsalBadge(state),
    ],
    title: `Test ${subjectOf(state)}`,
    subtitle: `change ${state.id} · ${state.bulletin.vendorId}`,
    blocks: [
      { kind: 'list', items: state.tests.map((t) => testLine(t, policy)) },
      { kind: 'facts', facts: [fact('Clocks', ...clockFacts(state)), ...patchFactWhilePlanned(state, policy)] },
      ...takenOverBlocks(state, 'identify', policy),
      quiet('A pass on virtual machines alone is not enough: the first ring is the pilot on production systems.'),
      ...elsewhereBlocks(state, policy),
      ...waitingBlocks(state, policy),
      ...moreUrgentBlocks(state),
      ...nextStep(state, policy, choices),
    ],
    actions: actions(state, subject, policy, choices, open),
    summary: `Test ${subjectOf(state)}: ${state.tests.length - open.length} of ${state.tests.length} passed`,
  }
}

/** Before the plan is made: what is proved by then goes into it. */
const patchFactWhilePlanned = (state: ChangeState, policy: Policy) => (state.phase === 'planning' ? [patchFilesFact(state, policy)] : [])

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

/** What has come in since may be more urgent than what was classified: a person decides again. */
function moreUrgentBlocks({ classification, proposal, phase }: ChangeState): readonly Block[] {
  const open = ['awaiting', 'testing', 'planning', 'deciding', 'approved'].includes(phase)
  if (!open || !classification || CLASSES.indexOf(proposal.class) >= CLASSES.indexOf(classification.class)) return []
  const known = classification.reason !== undefined && classification.reason !== ''
  return [outcome(known ? 'neutral' : 'warning', `Proposed is ${proposal.class}: ${proposal.reasons.join('; ')}.`)]
}

function nextStep(state: ChangeState, policy: Policy, choices: PlanChoices): readonly Block[] {
  if (state.joinedInto) return joinedBlocks(state, policy, [])
  if (state.phase === 'awaiting') return [next('nothing, until it is taken over or somebody ends the waiting.')]
  if (state.phase === 'done elsewhere')
    return [next('the inventory, or a report, shows the fixed version on every host; then it is reviewed.')]
  if (state.phase === 'testing') return [next('the patch team or operations records what it tested.')]
  if (state.phase === 'not relevant') return [outcome('neutral', 'Decided to be not relevant: nothing more is tested.')]
  if (state.phase === 'planning') {
    if (unvouched(state).length > 0)
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
  const aside = [...elsewhereAction(state, subject), ...leaveOutAction(state, subject)]
  const more = [classifyAction(state, subject, policy), ...awaitAction(state, subject, policy), ...aside]
  if (state.phase === 'testing') return [recordAction(subject, open), ...more]
  if (state.phase === 'awaiting')
    return [endWaitingAction(subject), classifyAction(state, subject, policy), ...elsewhereAction(state, subject)]
  const plan = choices.openings.length > 0 ? [planAction(state, subject, choices)] : []
  if (state.phase === 'planning') return [...plan, ...checkFileActions(state, subject), ...passFileActions(state, subject), ...more]
  if (state.phase === 'deciding') return [...plan, ...aside]
  return state.phase === 'approved' ? elsewhereAction(state, subject) : []
}

function recordAction(subject: string, open: readonly TestItem[]): Action {
  return button('Record a test', 'record-test', subject, {
    style: 'primary',
    form: {
      title: 'Record a test',
      submit: 'Record',
      fields: [
        choice(
          'test',
          'Test',
          open.map((t) => ({ value: t.id, label: t.label })),
        ),
        passedField('passed'),
        { kind: 'text', id: 'note', label: 'What was tested, on what?', multiline: true, required: false, maxLength: 500 },
      ],
    },
  })
}

export const passedField = (id: string): Field =>
  choice(id, 'Outcome', [
    { value: 'yes', label: 'Passed' },
    { value: 'no', label: 'Failed' },
  ])

/** Also replaces a plan that is being decided. */
function fileWords(state: ChangeState): string {
  const bad = badFiles(state).length
  if (bad > 0) return ` There is no go before security has decided on ${count(bad, 'bad patch file')}.`
  const proved = provedHashes(state).length
  return proved > 0 ? ` The hashes of ${count(proved, 'proved patch file')} go into the plan.` : ''
}

function planAction(state: ChangeState, subject: string, choices: PlanChoices): Action {
  return button(state.phase === 'deciding' ? 'Change the plan' : 'Make the plan', 'submit-plan', subject, {
    style: state.phase === 'deciding' ? 'default' : 'primary',
    form: {
      title: 'Plan the deployment',
      intro: `Hosts and rings come from the inventory and the policy. Who submits a plan does not approve it.${fileWords(state)}`,
      submit: 'Submit for go or no-go',
      fields: [
        choice('window', 'Maintenance window', choices.openings),
        choice('runner', 'Carried out by', choices.runners),
        choice(
          'reboot',
          'Restart',
          [
            { value: 'no', label: 'No reboot (services restart where needed)' },
            { value: 'yes', label: 'Reboot each host' },
          ],
          restartOf(state) === 'reboot' ? 'yes' : 'no',
        ),
        choice('silent', 'Installation', [
          { value: 'yes', label: 'Silent' },
          { value: 'no', label: 'The user is logged on and sees it' },
        ]),
        longText('undo', 'How is it undone?', { value: 'Downgrade to the version that was there (dnf downgrade).' }),
      ],
    },
  })
}
