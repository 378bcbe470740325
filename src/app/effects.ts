import type { Card } from '../cards/card.ts'
import { listed, note, quiet, textBlock } from '../cards/words.ts'
import type { ChangeEvent } from '../core/change/command.ts'
import type { ChangeState } from '../core/change/state.ts'
import { exclude, retry } from '../core/deploy/acts.ts'
import { newProgress } from '../core/deploy/progress.ts'
import { rungOf } from '../core/identify/verification.ts'
import type { Audience } from '../core/policy.ts'
import { moveBaselines } from './baseline.ts'
import { closeOpenRequests, withGrantedDelays } from './delays.ts'
import { due, nothingDue } from './due.ts'
import type { Unit } from './house.ts'
import { orderQueue } from './jobs.ts'
import { startOrder } from './orders.ts'
import { changeSubject, json, readHosts, writeHosts } from './rows.ts'
import { planPurpose, reply, show } from './show.ts'

/** A line in the thread of one of the change's cards: it belongs to an event and never changes. */
async function say(unit: Unit, audience: Audience, subject: string, under: string, key: string, card: Card): Promise<void> {
  await reply(unit, audience, subject, under, key, { frozen: card })
}

/** What follows from one event, in the same transaction: posts, due rows, host rows, orders. */
export async function effectsOf(unit: Unit, before: ChangeState, after: ChangeState, event: ChangeEvent): Promise<void> {
  const subject = changeSubject(after.id)
  const team: Audience = 'patch team'
  // One line of a thread per event: the number of acts so far makes its key unique.
  const key = `note:${after.acts.length}`
  const digest = after.submission?.digest ?? ''
  const live = planPurpose('progress', digest)
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
      await startOrder(unit, after, event.ring, 'install', event.hosts)
      return say(unit, team, subject, live, key, ringNote(after, event.ring, `started: ${listed(event.hosts)}`))
    case 'ring settled':
      await say(
        unit,
        team,
        subject,
        live,
        key,
        ringNote(
          after,
          event.ring,
          `settled: ${event.figures}`,
          event.ring === 1 ? 'Next: look at the pilot systems and record the outcome.' : undefined,
        ),
      )
      return due(unit, 'advance', subject, unit.now, `next ring of change ${after.id}`)
    case 'pilot recorded':
      await say(
        unit,
        team,
        subject,
        live,
        key,
        note(
          event.passed ? 'The pilot passed' : 'The pilot FAILED',
          event.passed ? 'good' : 'danger',
          ...(event.note ? [textBlock(event.note)] : []),
        ),
      )
      return due(unit, 'advance', subject, unit.now, `next ring of change ${after.id}`)
    case 'halted':
      await say(
        unit,
        team,
        subject,
        live,
        key,
        note(
          event.by === null ? 'HALTED by threshold' : 'STOPPED',
          'danger',
          textBlock(event.reason),
          quiet('Nothing starts until the quorum resumes it.'),
        ),
      )
      return unit.house.boss.send(unit.tx, orderQueue, { change: after.id })
    case 'resumed':
      await say(unit, team, subject, live, key, note('Resumed by quorum', 'good'))
      return due(unit, 'advance', subject, unit.now, `change ${after.id} goes on`)
    case 'hosts retried':
      return hostsRetried(unit, after, event.hosts)
    case 'hosts excluded':
      await hostsExcluded(unit, after, event)
      await say(unit, team, subject, live, key, note(`Excluded: ${listed(event.hosts)}`, 'neutral', textBlock(event.reason)))
      return due(unit, 'advance', subject, unit.now, `change ${after.id} goes on`)
    case 'rolled back':
      await say(unit, team, subject, live, key, note('Rolling back', 'warning', textBlock(event.reason)))
      await unit.house.boss.send(unit.tx, orderQueue, { change: after.id })
      return due(unit, 'advance', subject, unit.now, `roll-back of change ${after.id}`)
    case 'incident reported':
      return reply(unit, team, subject, live, `incident:${event.number}`, { incident: event.number })
    case 'rollout finished':
      await unit.tx.runnerOrder.updateMany({
        where: { changeId: after.id, status: { in: ['stored', 'giving', 'given'] } },
        data: { status: 'settled' },
      })
      return show(unit, team, subject, planPurpose('review', digest), { digest })
    case 'review closed':
      await moveBaselines(unit, after)
      return show(unit, 'management', subject, planPurpose('summary', digest), { digest })
    case 'planned again':
      return planGivenUp(unit, after)
    case 'bulletin revised': {
      if (event.voidsPlan) await planGivenUp(unit, after)
      const card = revisionNote(before, after, event)
      return card ? say(unit, team, subject, 'alert', key, card) : undefined
    }
    case 'vouched':
    case 'declared not relevant':
    case 'test recorded':
    case 'tests passed':
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

function ringNote(state: ChangeState, ring: number, what: string, next?: string): Card {
  const name = state.submission?.plan.rings[ring - 1]?.name ?? `${ring}`
  return note(`Ring ${ring} "${name}" ${what}`, 'info', ...(next ? [textBlock(next)] : []))
}

/** What a revision changes, for the thread of the alert; null when nothing that people go by has changed. */
function revisionNote(before: ChangeState, after: ChangeState, event: Extract<ChangeEvent, { kind: 'bulletin revised' }>): Card | null {
  const [was, is] = [before.bulletin.verdict, event.bulletin.verdict]
  const news = [...event.differences, ...(was === is ? [] : [`verdict ${was} -> ${is}: ${event.bulletin.verdictReason}`])]
  if (news.length === 0 && !event.voidsPlan) return null
  return note(
    event.differences.length > 0 ? `Revision ${event.bulletin.revision}` : 'The proof has changed, the facts have not',
    rungOf(is) > rungOf(was) && event.differences.length === 0 ? 'good' : 'warning',
    { kind: 'list', items: news.map((d) => [d]) },
    ...(before.vouch && !after.vouch ? [textBlock('The vouch was for the revision before: security has to vouch again.')] : []),
    ...(event.voidsPlan ? [textBlock('The plan that was waiting is void: it needs a new one, and a new approval.')] : []),
    ...(before.phase === 'rolling out' ? [textBlock('The rollout goes on: the builds of its plan are still the ones to have.')] : []),
  )
}

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
  await due(unit, 'advance', changeSubject(state.id), unit.now, `retry in change ${state.id}`)
}

async function hostsExcluded(unit: Unit, state: ChangeState, event: Extract<ChangeEvent, { kind: 'hosts excluded' }>): Promise<void> {
  const mark = { by: event.by, reason: event.reason, at: unit.now.toISOString() }
  const hosts = (await readHosts(unit.tx, state.id)).filter((h) => event.hosts.includes(h.host)).map((h) => exclude(h, mark))
  await writeHosts(
    unit.tx,
    state.id,
    hosts.flatMap((h) => (h.ok ? [h.value] : [])),
  )
}
