import { restartOf, unvouched, vulnerabilitiesOf } from '../core/change/bulletins.ts'
import { isOver } from '../core/change/guard.ts'
import type { ChangeState, Handover } from '../core/change/state.ts'
import { shortDigest } from '../core/evaluate/plan.ts'
import type { Policy } from '../core/policy.ts'
import type { Action, Block, Card, Text } from './card.ts'
import { button, count, fact, joined, listed, nameOf, outcome, quiet, rehearsalBadge, shortened, subjectOf, who } from './words.ts'

const STEPS: Readonly<Record<Handover['from'], { readonly from: string; readonly to: string }>> = {
  identify: { from: 'identification', to: 'testing and planning' },
  evaluate: { from: 'testing and planning', to: 'deployment' },
  deploy: { from: 'deployment', to: 'review' },
}

/** What the next role needs to know of the phase before, and who has taken over. Nothing waits for it. */
export function handoverCard(state: ChangeState, handover: Handover, policy: Policy): Card {
  const { from, to } = STEPS[handover.from]
  const facts = { identify: identified, evaluate: evaluated, deploy: deployed }[handover.from](state, policy)
  const title = `Hand-over of ${subjectOf(state)}: ${from} to ${to}`
  const subject = `change:${state.id}`
  const newest = handover.number === state.handovers.length && !isOver(state)
  return {
    look: 'standard',
    tone: handover.accepted ? 'neutral' : 'info',
    badges: rehearsalBadge(state),
    title,
    blocks: [
      { kind: 'facts', facts: facts.map(([label, ...value]) => fact(label, ...value)) },
      ...(handover.accepted ? [outcome('good', 'Taken over by ', ...who(policy, handover.accepted.by, handover.accepted.at))] : []),
    ],
    actions: [
      ...(newest && !handover.accepted
        ? [button('I take over', 'accept-handover', subject, { digest: `handover-${handover.number}`, style: 'primary' })]
        : []),
      ...filesOf(state, handover, subject),
    ],
    summary: title,
  }
}

type Fact = readonly [string, ...Text]

/** Evidence: what the next role may want to open. */
function filesOf(state: ChangeState, { from }: Handover, subject: string): readonly Action[] {
  if (from === 'identify') return [button('Evidence', 'evidence', subject), button('Affected hosts', 'affected', subject)]
  if (from === 'deploy') return state.submission ? [button('Every host', 'hosts', subject)] : []
  return state.submission ? [button('Full plan', 'full-plan', subject, { digest: state.submission.digest })] : []
}

function identified(state: ChangeState, policy: Policy): readonly Fact[] {
  const { classification, bulletin, hosts } = state
  const names = (mark: 'unmanaged' | 'stale' | 'foreign'): readonly string[] => hosts.filter((h) => h[mark]).map((h) => h.host)
  const open = [
    ...unvouched(state).map((b) => `nobody has vouched for ${b.vendorId}`),
    ...(vulnerabilitiesOf(state).some((v) => v.knownExploited === 'unknown') ? ['is it exploited already? unknown'] : []),
    ...(names('unmanaged').length > 0 ? [`how is ${shortened(names('unmanaged'), 3)} patched? no runner reaches it`] : []),
    ...(names('stale').length > 0 ? [`is ${shortened(names('stale'), 3)} still there? not seen lately`] : []),
    ...(names('foreign').length > 0 ? [`who answers for ${shortened(names('foreign'), 3)}? foreign-owned`] : []),
  ]
  const reason = classification?.reason ? `: ${classification.reason}` : ''
  return [
    ['Findings', `${bulletin.verdict}, ${classification?.class} by ${nameOf(policy, classification?.by ?? '')}${reason}`],
    ['Options', { 'none stated': 'no restart is stated', services: 'services restart', reboot: 'needs a reboot' }[restartOf(state)]],
    ...questions(open),
  ]
}

function evaluated(state: ChangeState, policy: Policy): readonly Fact[] {
  const { submission, tests } = state
  if (!submission) return GIVEN_UP
  const { plan } = submission
  const noted: readonly Text[] = tests.flatMap((t) =>
    t.outcome?.reason ? [[`${t.label}: ${t.outcome.reason} (${nameOf(policy, t.outcome.by)})`]] : [],
  )
  return [
    ['Findings', ...(noted.length > 0 ? joined(noted) : [`${tests.length} tests passed, nobody noted anything`])],
    [
      'Options',
      `${plan.options.silent ? 'silent' : 'the user sees it'}, ${plan.options.reboot ? 'each host reboots' : 'no reboot'}; undo: ${plan.undo}`,
    ],
    ['Plan', `${shortDigest(submission.digest)}: pilot on ${listed(plan.rings[0]?.hosts ?? [])}`],
    ...questions(plan.leftOut.map((l) => `${l.host} is left out (${l.reason})`)),
  ]
}

function deployed(state: ChangeState, policy: Policy): readonly Fact[] {
  const { rollout, incidents, claims } = state
  if (!rollout) return GIVEN_UP
  const halts = rollout.halt ? [`halted ${count(rollout.halt.number, 'time')}, last: ${rollout.halt.reason}`] : []
  const open = incidents
    .filter((i) => !Object.hasOwn(claims, `incident-${i.number}`))
    .map((i) => `incident ${i.number} is nobody's: ${i.text}`)
  const pilot = rollout.pilot ? [`pilot ${rollout.pilot.passed ? 'passed' : 'failed'} (${nameOf(policy, rollout.pilot.by)})`] : []
  const back = rollout.rolledBack ? [`rolled back: ${rollout.rolledBack.reason ?? ''}`] : []
  return [['Findings', [...back, ...pilot, ...halts].join('; ') || 'nothing out of the ordinary'], ...questions(open)]
}

const GIVEN_UP: readonly Fact[] = [['Findings', 'this plan was given up: the next one is handed over anew']]

/** An empty list of questions is an answer, too. */
const questions = (open: readonly string[]): readonly Fact[] => [['Open questions', open.join('; ') || 'none']]

/** On the next phase's own card: who has it now, or that nobody has said so. */
export function takenOverBlocks(state: ChangeState, from: Handover['from'], policy: Policy): readonly Block[] {
  const handover = state.handovers.findLast((h) => h.from === from)
  if (!handover || isOver(state) || (!handover.accepted && handover.number !== state.handovers.length)) return []
  return [
    handover.accepted
      ? quiet('In the hands of ', ...who(policy, handover.accepted.by, handover.accepted.at), '.')
      : quiet(`Nobody has taken over ${STEPS[from].to} yet. Nothing waits for that; "I take over" is in the thread of the alert.`),
  ]
}
