import { threadNote } from '../../cards/notes.ts'
import type { ChangeEvent } from '../../core/change/command.ts'
import type { ChangeState } from '../../core/change/state.ts'
import { exclude, retry } from '../../core/deploy/acts.ts'
import { newProgress } from '../../core/deploy/progress.ts'
import type { Audience } from '../../core/policy.ts'
import { planPurpose, reply, show } from '../chat/show.ts'
import type { Unit } from '../house.ts'
import { orderQueue } from '../jobs.ts'
import { startOrder } from '../rollout/orders.ts'
import { due, goOn, nothingDue } from '../time/due.ts'
import { moveBaselines } from './baseline.ts'
import { closeOpenRequests, withGrantedDelays } from './delays.ts'
import { exempt } from './exemptions.ts'
import { changeSubject, json, readHosts, writeHosts } from './rows.ts'

/** What follows from one event, in the same transaction: posts, due rows, host rows, orders. */
export async function effectsOf(unit: Unit, before: ChangeState, after: ChangeState, event: ChangeEvent): Promise<void> {
  const subject = changeSubject(after.id)
  const team: Audience = 'patch team'
  const digest = after.submission?.digest ?? ''
  const live = planPurpose('progress', digest)
  const line = threadNote(before, after, event)
  // One line per event: the number of acts so far makes its key unique.
  if (line) await reply(unit, team, subject, line.under === 'alert' ? 'alert' : live, `note:${after.acts.length}`, { frozen: line.card })
  await handOver(unit, before, after)
  switch (event.kind) {
    case 'classified':
      return show(unit, team, subject, 'test')
    case 'plan submitted':
      return show(unit, team, subject, planPurpose('decision', event.digest), { digest: event.digest })
    case 'plan approved':
      return planApproved(unit, after)
    case 'announced':
      await show(unit, 'representatives', subject, planPurpose('representatives', digest), { digest })
      await show(unit, team, subject, live, { digest })
      return due(unit, 'tell-end-users', subject, new Date(event.endUsersAt), `end users are told about change ${after.id}`)
    case 'end users told':
      await show(unit, 'end users', subject, planPurpose('announcement', digest), { digest })
      return due(unit, 'advance', subject, laterOf(unit.now, after.submission?.plan.window.start), `window opens for change ${after.id}`)
    case 'ring started':
      return startOrder(unit, after, event.ring, 'install', event.hosts)
    case 'ring settled':
    case 'pilot recorded':
      return goOn(unit, subject, `next ring of change ${after.id}`)
    case 'halted':
      return unit.house.boss.send(unit.tx, orderQueue, { change: after.id })
    case 'resumed':
      return goOn(unit, subject, `change ${after.id} goes on`)
    case 'hosts retried':
      return hostsRetried(unit, after, event.hosts)
    case 'hosts excluded':
      await exempt(unit, after.id, live, event, await hostsExcluded(unit, after, event))
      return goOn(unit, subject, `change ${after.id} goes on`)
    case 'rolled back':
      await unit.house.boss.send(unit.tx, orderQueue, { change: after.id })
      return goOn(unit, subject, `roll-back of change ${after.id}`)
    case 'incident reported':
      return reply(unit, team, subject, live, `incident:${event.number}`, { incident: event.number })
    case 'rollout finished':
      await unit.tx.runnerOrder.updateMany({
        where: { changeId: after.id, status: { in: ['stored', 'giving', 'given'] } },
        data: { status: 'settled' },
      })
      return show(unit, team, subject, planPurpose('review', digest), { digest })
    case 'drill finished':
      return show(unit, team, subject, planPurpose('review', digest), { digest })
    case 'seen fixed':
      // Nothing was rolled out here: the review belongs to no plan.
      return after.phase === 'reviewing'
        ? show(unit, team, subject, planPurpose('review', digest), after.submission ? { digest } : {})
        : undefined
    case 'review closed':
      if (after.drill) return
      await moveBaselines(unit, after)
      return show(unit, 'management', subject, planPurpose('summary', digest), after.submission ? { digest } : {})
    case 'planned again':
    case 'merged':
    case 'superseded':
      return planGivenUp(unit, after)
    case 'hosts left out':
      await exempt(unit, after.id, 'alert', event, event.hosts)
      return event.voidsPlan ? planGivenUp(unit, after) : undefined
    case 'bulletin revised':
    case 'change joined':
    case 'done elsewhere':
      return event.voidsPlan ? planGivenUp(unit, after) : undefined
    case 'hosts renewed':
    case 'vouched':
    case 'awaiting begun':
    case 'awaiting ended':
    case 'hand-over accepted':
    case 'exploited told':
    case 'exploited retracted':
    case 'declared not relevant':
    case 'test recorded':
    case 'tests passed':
    case 'patch file checked':
    case 'patch file accepted':
    case 'document held':
    case 'held document decided':
    case 'approval given':
    case 'plan rejected':
    case 'resume approved':
    case 'claimed':
    case 'people needed':
    case 'lesson written':
      return
    default:
      return event satisfies never
  }
}

const laterOf = (now: Date, start: string | undefined): Date => (start && Date.parse(start) > now.getTime() ? new Date(start) : now)

/** Nothing of the plan happens any more. Who has read its announcement has not read the next one. */
async function planGivenUp(unit: Unit, { id }: ChangeState): Promise<void> {
  await nothingDue(unit, changeSubject(id), ['advance', 'silence', 'tell-end-users'])
  await unit.tx.acknowledgement.deleteMany({ where: { changeId: id } })
  await closeOpenRequests(unit, id)
}

/** Host rows exist from the approval on, so that delays can be laid over them before anything starts. */
async function planApproved(unit: Unit, state: ChangeState): Promise<void> {
  const plan = state.submission?.plan
  if (!plan) return
  await unit.tx.rolloutHost.deleteMany({ where: { changeId: state.id } })
  const fresh = plan.rings.flatMap((ring, index) =>
    ring.hosts.map((host) => newProgress(host, index + 1, plan.hosts.find((h) => h.host === host)?.packages ?? [])),
  )
  const rows = await withGrantedDelays(unit, state.id, fresh)
  await unit.tx.rolloutHost.createMany({
    data: rows.map((row) => ({ changeId: state.id, host: row.host, ring: row.ring, state: json(row), status: row.status })),
  })
  await due(unit, 'advance', changeSubject(state.id), new Date(plan.window.start), `window opens for change ${state.id}`)
  await due(unit, 'advance', changeSubject(state.id), new Date(plan.window.end), `window closes for change ${state.id}`)
}

async function hostsRetried(unit: Unit, state: ChangeState, names: readonly string[]): Promise<void> {
  const hosts = (await readHosts(unit.tx, state.id)).filter((h) => names.includes(h.host)).map((h) => retry(h))
  await writeHosts(
    unit.tx,
    state.id,
    hosts.flatMap((h) => (h.ok ? [h.value] : [])),
  )
  await goOn(unit, changeSubject(state.id), `retry in change ${state.id}`)
}

/** A phase has ended: what the next role needs hangs in the alert's thread, kept up to date. */
async function handOver(unit: Unit, before: ChangeState, after: ChangeState): Promise<void> {
  const handover = after.handovers[before.handovers.length]
  if (!handover) return
  const { number } = handover
  await reply(unit, 'patch team', changeSubject(after.id), 'alert', `handover:${number}`, { handover: number })
}

/** Answers the hosts that are out now and were not before. */
async function hostsExcluded(
  unit: Unit,
  state: ChangeState,
  event: Extract<ChangeEvent, { kind: 'hosts excluded' }>,
): Promise<readonly string[]> {
  const mark = { by: event.by, reason: event.reason, at: unit.now.toISOString() }
  const hosts = (await readHosts(unit.tx, state.id)).filter((h) => event.hosts.includes(h.host)).map((h) => exclude(h, mark))
  const out = hosts.flatMap((h) => (h.ok ? [h.value] : []))
  await writeHosts(unit.tx, state.id, out)
  return out.map((h) => h.host)
}
