import type { Text } from '../../cards/card.ts'
import type { ChangeState } from '../../core/change/state.ts'
import { orderUninstall } from '../../core/deploy/acts.ts'
import { ringCounters } from '../../core/deploy/counters.ts'
import { type HostProgress, inFlight } from '../../core/deploy/progress.ts'
import { silence, silentMinutes } from '../../core/deploy/report.ts'
import { nextStep, type Step } from '../../core/deploy/rollout.ts'
import type { Instant } from '../../core/result.ts'
import { changeSubject, lockChange, readHosts, writeHosts } from '../change/rows.ts'
import { runCommand } from '../change/run-command.ts'
import { touchSubject } from '../chat/redraws.ts'
import { type House, transact, type Unit } from '../house.ts'
import { advanced, due, nothingDue } from '../time/due.ts'
import { wantFailures } from './failures.ts'
import { startOrder } from './orders.ts'
import { type Standing, standingOf, viewOf } from './standing.ts'

/** More steps than any rollout has rings and orders at one instant: a guard against a decision that repeats itself. */
const MOST_STEPS = 50

/** Takes a rollout as far as it goes now: asks for the next step, saves its effect, asks again until it has to wait. */
export async function advanceRollout(house: House, changeId: number): Promise<void> {
  for (let step = 0; step < MOST_STEPS; step += 1) {
    if (!(await transact(house, (unit) => advanceOrRest(unit, changeId)))) return
  }
  house.log.error({ change: changeId }, 'a rollout took more steps at once than it can have')
}

/** Until the step after the last one was looked for, the rollout is due: whoever dies in between loses none. */
async function advanceOrRest(unit: Unit, changeId: number): Promise<boolean> {
  const more = await advanceOnce(unit, changeId)
  if (!more) await advanced(unit, changeSubject(changeId))
  return more
}

/** One step in one transaction; false when there is nothing more to do now. */
async function advanceOnce(unit: Unit, changeId: number): Promise<boolean> {
  const state = await lockChange(unit.tx, changeId)
  if (!state?.rollout || !state.submission) return false
  const standing = await standingOf(unit.house, unit.tx, state)
  const hosts = await listen(unit, state, standing)
  if (state.phase === 'announced' && !state.announcement?.endUsersToldAt) return false
  if (state.rollout.status === 'rolling back') return rollBackOnce(unit, state, hosts)
  if (state.phase !== 'announced' && state.phase !== 'rolling out') return false
  const now = unit.now.toISOString()
  if (missedItsWindow(state, now)) {
    await runCommand(unit, state, { kind: 'need-people', text: MISSED }, null)
    return false
  }
  return carryOut(unit, state, hosts, nextStep(viewOf(state, hosts, standing, now), now))
}

const MISSED =
  'The announced window passed and nothing was started. People were told that date: plan again, so that they are told a new one.'

/** The bot was down, or somebody had pressed STOP, all through the announced window. Nothing starts at a time that nobody was told. */
function missedItsWindow({ rollout, submission }: ChangeState, now: Instant): boolean {
  const end = submission?.plan.window.end
  return end !== undefined && rollout?.status === 'waiting' && rollout.startedAt === undefined && Date.parse(now) >= Date.parse(end)
}

/** Silence makes hosts unknown; failures get their threads. */
async function listen(unit: Unit, state: ChangeState, standing: Standing): Promise<readonly HostProgress[]> {
  const stopped = ['halted', 'stopped', 'rolling back'].includes(state.rollout?.status ?? '')
  const before = await readHosts(unit.tx, state.id)
  const minutes = patienceWith(state, standing)
  const after = before.map((h) => silence(h, unit.now.toISOString(), minutes(h), stopped))
  const changed = after.filter((h, i) => h !== before[i])
  if (changed.length > 0) {
    await writeHosts(unit.tx, state.id, changed)
    // Nothing else may happen now, and people have to see who needs them.
    await touchSubject(unit.tx, changeSubject(state.id))
    unit.audit({
      actor: 'patchcrier',
      action: 'note-silence',
      subject: changeSubject(state.id),
      detail: { hosts: changed.map((h) => ({ host: h.host, status: h.status })) },
    })
  }
  await wantFailures(unit, state, after)
  await dueSilence(unit, state, after, minutes)
  return after
}

/** Minutes of silence that a host is given. */
function patienceWith({ hosts }: ChangeState, { policy }: Standing): (host: HostProgress) => number {
  const remote = new Set(hosts.filter((h) => h.remote).map((h) => h.host))
  return ({ host }) => silentMinutes(policy, remote.has(host))
}

/** When the next host would become unknown, rounded up to the minute, so that the row is written once. */
async function dueSilence(
  unit: Unit,
  state: ChangeState,
  hosts: readonly HostProgress[],
  minutes: (host: HostProgress) => number,
): Promise<void> {
  const ends = hosts.filter(inFlight).map(
    (h) =>
      Math.max(
        ...Object.values(h.facts)
          .map((at: Instant) => Date.parse(at))
          .filter((t) => t <= unit.now.getTime()),
      ) +
      minutes(h) * 60_000,
  )
  await nothingDue(unit, changeSubject(state.id), ['silence'])
  if (ends.length === 0) return
  const at = Math.ceil(Math.min(...ends) / 60_000) * 60_000
  if (at > unit.now.getTime())
    await due(unit, 'silence', changeSubject(state.id), new Date(at), `hosts of change ${state.id} that stay silent become unknown`)
}

async function carryOut(unit: Unit, state: ChangeState, hosts: readonly HostProgress[], step: Step): Promise<boolean> {
  const run = async (command: Parameters<typeof runCommand>[2]): Promise<boolean> => {
    const ruled = await runCommand(unit, state, command, null)
    if (!ruled.ok) unit.house.log.warn({ change: state.id, step: step.kind, code: ruled.refusal.code }, ruled.refusal.text)
    return ruled.ok
  }
  switch (step.kind) {
    case 'start-ring':
      return run({ kind: 'start-ring', ring: step.ring, hosts: step.hosts })
    case 'settle-ring':
      return run({ kind: 'settle-ring', ring: step.ring, figures: figuresOf(hosts.filter((h) => h.ring === step.ring)) })
    case 'verify':
      await startOrder(unit, state, step.ring, 'verify', step.hosts)
      unit.audit({
        actor: 'patchcrier',
        action: 'order-check',
        subject: changeSubject(state.id),
        detail: { ring: step.ring, hosts: step.hosts },
      })
      return true
    case 'halt':
      return run({ kind: 'halt', ring: step.ring, reason: step.reason })
    case 'finish':
      return run({ kind: 'finish', figures: figuresOf(hosts) })
    case 'needs-people':
      await run({ kind: 'need-people', text: step.text })
      return false
    case 'wait':
      if (step.until && Date.parse(step.until) > unit.now.getTime())
        await due(
          unit,
          'advance',
          changeSubject(state.id),
          new Date(step.until),
          `${step.reason === 'window closed' ? 'window opens' : 'next ring'} for change ${state.id}`,
        )
      return false
    default:
      return step satisfies never
  }
}

/** Uninstalls wherever the update is, one order per ring, and ends when nothing is on its way any more. */
async function rollBackOnce(unit: Unit, state: ChangeState, hosts: readonly HostProgress[]): Promise<boolean> {
  const todo = hosts.filter((h) => h.action === 'install' && orderUninstall(h, unit.now.toISOString()).ok)
  const [first] = todo
  if (first) {
    await startOrder(
      unit,
      state,
      first.ring,
      'uninstall',
      todo.filter((h) => h.ring === first.ring).map((h) => h.host),
    )
    unit.audit({
      actor: 'patchcrier',
      action: 'order-uninstall',
      subject: changeSubject(state.id),
      detail: { ring: first.ring, hosts: todo.filter((h) => h.ring === first.ring).map((h) => h.host) },
    })
    return true
  }
  if (hosts.some(inFlight)) return false
  await runCommand(unit, state, { kind: 'finish', figures: figuresOf(hosts) }, null)
  return false
}

function figuresOf(hosts: readonly HostProgress[]): string {
  const c = ringCounters(hosts)
  const words = [
    [c.verified, 'verified'],
    [c.failed, 'failed'],
    [c.unknown, 'unknown'],
    [c.excluded, 'excluded'],
    [c.delayed, 'delayed'],
    [c.skipped, 'skipped'],
    [c.rolledBack, 'rolled back'],
    [c.notAttempted + c.waiting, 'not attempted'],
  ] as const
  return `${
    words
      .filter(([n]) => n > 0)
      .map(([n, what]) => `${n} ${what}`)
      .join(', ') || 'nothing'
  } of ${c.total}`
}

/** When the hosts that are left go on, where the announced window was too short for them; else null. */
export function laterWindow(state: ChangeState, hosts: readonly HostProgress[], standing: Standing, now: Instant): Instant | null {
  const planned = state.submission?.plan.window
  if (!planned || state.phase !== 'rolling out' || Date.parse(now) < Date.parse(planned.end)) return null
  const step = nextStep(viewOf(state, hosts, standing, now), now)
  return step.kind === 'wait' && step.reason === 'window closed' ? (step.until ?? null) : null
}

/** Why nothing happens right now, for the live card; null when something does. */
export function waitingWords(state: ChangeState, hosts: readonly HostProgress[], standing: Standing, now: Instant): Text | null {
  if (!state.rollout || (state.rollout.status !== 'waiting' && state.rollout.status !== 'running')) return null
  if (state.phase === 'announced' && !state.announcement?.endUsersToldAt) return ['Waits until the end users are told.']
  const step = nextStep(viewOf(state, hosts, standing, now), now)
  if (step.kind !== 'wait') return null
  return step.until ? [step.text, ' Next: ', { time: step.until, style: 'date-time' }] : [step.text]
}
