import { haltDigest } from '../core/change/decide-deploy.ts'
import { openHeld } from '../core/change/held.ts'
import { badFiles } from '../core/change/patch-files.ts'
import type { ChangeState, RingState, Rollout } from '../core/change/state.ts'
import { type RingCounters, ringCounters } from '../core/deploy/counters.ts'
import type { HostProgress } from '../core/deploy/progress.ts'
import type { Ring } from '../core/deploy/ring.ts'
import type { Plan } from '../core/evaluate/plan.ts'
import { missingWords, neededQuorum, quorumStatus } from '../core/evaluate/quorum.ts'
import type { Policy } from '../core/policy.ts'
import type { Action, Block, Card, Text } from './card.ts'
import { takenOverBlocks } from './handover.ts'
import { heldActions, heldBlocks, heldNext } from './held.ts'
import { badFileBlocks, passFileActions } from './patch-file.ts'
import { passedField } from './test.ts'
import { at, button, listed, nameOf, outcome, quiet, reasonForm, rehearsalBadge, subjectOf, textBlock, who } from './words.ts'

export { type FailureView, failedHostsCard, failureCard, HOSTS_A_PAGE, hostsCard, incidentCard } from './failure.ts'

export interface ProgressContext {
  readonly policy: Policy
  readonly plan: Plan
  readonly rollout: Rollout
  readonly hosts: readonly HostProgress[]
  /** Why nothing happens right now, in words; from the decision itself. */
  readonly waiting: Text | null
}

/** The one live card of a rollout. Exceptions go into its thread. */
export function progressCard(state: ChangeState, context: ProgressContext): Card {
  const { plan, rollout, hosts } = context
  const all = ringCounters(hosts)
  const subject = `change:${state.id}`
  return {
    look: 'standard',
    tone: toneOf(rollout),
    badges: [{ text: rollout.status.toUpperCase(), tone: toneOf(rollout) }, ...rehearsalBadge(state)],
    title: `Rolling out ${subjectOf(state)}: ${headline(plan, rollout)}`,
    subtitle: `change ${state.id} · ${state.bulletin.vendorId}${plan.runner === 'rehearsal' ? ' · a rehearsal: no computer is touched' : ''}`,
    blocks: [
      { kind: 'progress', label: 'Hosts verified', done: all.verified, of: all.total - all.excluded - all.skipped },
      {
        kind: 'table',
        columns: ['Ring', 'arrived', 'attempted', 'installed', 'verified', 'failed', 'not attempted', 'unknown', ''],
        rows: plan.rings.map((ring, i) => ringRow(ring, i + 1, rollout, hosts)),
      },
      ...peopleBlocks(state, context),
      ...takenOverBlocks(state, 'evaluate', context.policy),
    ],
    actions: actions(state, rollout, subject),
    summary: `Rolling out ${subjectOf(state)}: ${all.verified} of ${all.total} verified`,
  }
}

function headline(plan: Plan, rollout: Rollout): string {
  if (rollout.status === 'finished') return rollout.rolledBack ? 'rolled back' : 'finished'
  const running = rollout.rings.findIndex((r) => r.state === 'running')
  const ring = plan.rings[running]
  if (ring) return `ring ${running + 1} of ${plan.rings.length} "${ring.name}"`
  if (!rollout.startedAt) return 'not started yet'
  const settled = rollout.rings.filter((r) => r.state === 'settled').length
  return settled === plan.rings.length ? 'all rings done, some hosts open' : `between rings, ${settled} of ${plan.rings.length} done`
}

const toneOf = ({ status }: Rollout) =>
  status === 'halted' || status === 'stopped' ? 'danger' : status === 'finished' ? 'good' : status === 'rolling back' ? 'warning' : 'info'

function ringRow(ring: Ring, number: number, { rings, status }: Rollout, hosts: readonly HostProgress[]): readonly string[] {
  const state = rings[number - 1]
  const counters = ringCounters(hosts.filter((h) => h.ring === number))
  const figures = [
    counters.arrived,
    counters.attempted,
    counters.installed,
    counters.verified,
    counters.failed,
    counters.notAttempted,
    counters.unknown,
  ]
  const untouched = state?.state === 'waiting'
  return [
    `${ring.name} ${ring.hosts.length}`,
    ...figures.map((n) => (untouched && n === 0 ? '–' : `${n}`)),
    ringWords(state, status, ring, counters),
  ]
}

/** Of a rollout that halted, no ring is said to run. */
function ringWords(state: RingState | undefined, status: Rollout['status'], ring: Ring, counters: RingCounters): string {
  const extra = [
    counters.excluded > 0 && `${counters.excluded} excluded`,
    counters.delayed > 0 && `${counters.delayed} delayed`,
    counters.late > 0 && `${counters.late} late`,
    counters.rolledBack > 0 && `${counters.rolledBack} rolled back`,
  ].filter((w) => w !== false)
  const main =
    state?.state === 'running'
      ? status
      : state?.state === 'settled'
        ? 'done'
        : ring.soakMinutes > 0
          ? `waits, soak ${ring.soakMinutes} min`
          : 'waits'
  return [main, ...extra].join(', ')
}

function peopleBlocks(state: ChangeState, { policy, plan, rollout, waiting }: ProgressContext): readonly Block[] {
  const blocks: Block[] = []
  if (rollout.pilot)
    blocks.push(
      outcome(
        rollout.pilot.passed ? 'good' : 'danger',
        `Pilot ${rollout.pilot.passed ? 'passed' : 'FAILED'}, recorded by `,
        ...who(policy, rollout.pilot.by, rollout.pilot.at),
        rollout.pilot.reason ? `: ${rollout.pilot.reason}` : '',
      ),
    )
  if (rollout.rolledBack)
    blocks.push(
      outcome(
        'warning',
        'Rolled back by ',
        ...who(policy, rollout.rolledBack.by, rollout.rolledBack.at),
        `: ${rollout.rolledBack.reason ?? ''}`,
      ),
    )
  if (rollout.halt && (rollout.status === 'halted' || rollout.status === 'stopped')) {
    blocks.push(outcome('danger', haltWords(rollout.halt, policy), at(rollout.halt.at), `: ${rollout.halt.reason}`))
    blocks.push(
      ...badFileBlocks(state, rollout.halt.reason),
      ...heldBlocks(state, rollout.halt.reason),
      textBlock(
        `Nothing starts. ${[badFiles(state).length > 0 ? 'Security decides on the patch file first.' : null, heldNext(state)].flatMap((s) => (s === null ? [] : `${s} `)).join('')}Resume needs ${resumeNeeds(state, rollout, policy)}.`,
        ...(rollout.resumeApprovals.length > 0
          ? [` Agreed so far: ${listed(rollout.resumeApprovals.map((a) => nameOf(policy, a.person)))}.`]
          : []),
      ),
    )
  } else if (rollout.needsPeople) {
    blocks.push(outcome('warning', rollout.needsPeople))
  } else if (waiting) {
    blocks.push(quiet(...waiting))
  }
  if (rollout.status === 'running')
    blocks.push(quiet(`Stops by itself when more fail than: ${plan.rings.map((r) => `${r.name} ${r.maxFailures}`).join(', ')}.`))
  return blocks
}

function haltWords({ by, cause }: NonNullable<Rollout['halt']>, policy: Policy): string {
  if (by !== null) return `STOPPED by ${nameOf(policy, by)}, `
  return {
    threshold: 'HALTED by threshold, ',
    'patch file': 'HELD because of a patch file, ',
    bulletin: 'HELD because its bulletin is contradicted, ',
  }[cause ?? 'threshold']
}

/** Who is still needed for a resume, and who cannot help. */
function resumeNeeds(state: ChangeState, rollout: Rollout, policy: Policy): string {
  if (!state.classification || !state.submission) return ''
  const quorum = quorumStatus(neededQuorum(policy, state.classification), rollout.resumeApprovals, state.submission.submitted.by, policy)
  return `${missingWords(quorum.missing)} · not ${nameOf(policy, state.submission.submitted.by)}, who asked for the plan`
}

function actions(state: ChangeState, rollout: Rollout, subject: string): readonly Action[] {
  const details = button('Details', 'hosts', subject)
  switch (rollout.status) {
    case 'waiting':
    case 'running':
      return [
        button('STOP', 'stop', subject, { style: 'danger' }),
        ...(rollout.rings[0]?.state === 'settled' && rollout.startedAt && !rollout.pilot?.passed ? [pilotAction(subject)] : []),
        ...(rollout.startedAt === undefined && (rollout.needsPeople !== undefined || rollout.rings[0]?.state === 'settled')
          ? [planAgainAction(subject)]
          : []),
        ...(rollout.status === 'running' ? [rollBackAction(subject)] : []),
        details,
      ]
    case 'halted':
    case 'stopped':
      return [
        ...(badFiles(state).length > 0 || openHeld(state).length > 0
          ? [...passFileActions(state, subject), ...heldActions(state)]
          : [button('Resume', 'resume', subject, { style: 'primary', digest: haltDigest(rollout) })]),
        rollout.startedAt ? rollBackAction(subject) : planAgainAction(subject),
        details,
      ]
    case 'rolling back':
    case 'finished':
      return [details]
    default:
      return rollout.status satisfies never
  }
}

/** Before anything has started, giving the plan up takes nothing back from any host. */
const planAgainAction = (subject: string): Action => button('Plan again', 'plan-again', subject)

const pilotAction = (subject: string): Action =>
  button('Record the pilot', 'record-pilot', subject, {
    style: 'primary',
    form: {
      title: 'Outcome of the pilot',
      intro: 'Look at the pilot systems: do they do their work? Later rings wait for your word.',
      submit: 'Record',
      fields: [
        passedField('passed'),
        { kind: 'text', id: 'note', label: 'What did you check?', multiline: true, required: false, maxLength: 500 },
      ],
    },
  })

const rollBackAction = (subject: string): Action =>
  button('Roll back', 'roll-back', subject, {
    style: 'danger',
    form: {
      ...reasonForm('Roll back', 'Why?', 'Roll back'),
      intro: 'Stops the rollout and uninstalls the update on every host that has it. Afterwards it can be planned again.',
    },
  })
