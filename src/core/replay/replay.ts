import { affectedHosts } from '../assess/affected.ts'
import type { Asset } from '../assess/asset.ts'
import { matchBulletin } from '../assess/match.ts'
import { compareRevisions } from '../identify/history.ts'
import type { Policy } from '../policy.ts'
import type { Instant } from '../result.ts'
import { type Course, courseOf, type DatedBulletin } from './course.ts'
import type { Delays } from './delays.ts'
import { createFleet, type Fleet } from './fleet.ts'
import type { Setting } from './people-steps.ts'
import { type ReplayedChange, summaryOf } from './summary.ts'
import { iso } from './walk.ts'

export interface ReplayInput {
  readonly policy: Policy
  readonly policyHash: string
  readonly assets: readonly Asset[]
  /** In any order. */
  readonly bulletins: readonly DatedBulletin[]
  readonly delays: Delays
}

export interface Replayed {
  readonly from: Instant | null
  readonly to: Instant | null
  readonly hosts: number
  readonly bulletins: number
  /** Bulletins that no host needed when they came. */
  readonly unmatched: number
  /** Later revisions of a bulletin whose change was still open: the change goes on. */
  readonly revisedWhileOpen: number
  readonly changes: readonly ReplayedChange[]
  readonly totals: ReturnType<typeof summaryOf>
}

/**
 * A folder's worth of bulletins through policy and fleet, on a clock of its own: what would have become a change, and which
 * deadlines would have been met. No database, no randomness, no machine time: the same input gives the same answer to the byte.
 */
export function replay(input: ReplayInput): Replayed {
  const fleet = createFleet(input.assets)
  const told = input.bulletins.toSorted(byTime)
  const setting: Setting = {
    policy: input.policy,
    policyHash: input.policyHash,
    delays: input.delays,
    // Every host is alive all the time: an inventory has only one date.
    signs: new Map(input.assets.map(({ host }) => [host, iso(END_OF_TIME)])),
  }
  const known = new Map<string, { revision: string; until: number }>()
  const courses: { openedAt: number; course: Course }[] = []
  let [unmatched, revisedWhileOpen] = [0, 0]
  for (const one of told) {
    const at = Date.parse(one.bulletin.updatedAt)
    const before = known.get(one.bulletin.vendorId)
    if (before && !isLater(one.bulletin.revision, before.revision)) continue
    if (before && at < before.until) {
      revisedWhileOpen += 1
      known.set(one.bulletin.vendorId, { revision: one.bulletin.revision, until: before.until })
      continue
    }
    const course = openOne(setting, fleet, one, courses.length + 1, at)
    if (course) courses.push({ openedAt: at, course })
    else unmatched += 1
    known.set(one.bulletin.vendorId, { revision: one.bulletin.revision, until: course ? course.at : at })
  }
  const changes = courses.map(({ openedAt, course }) => replayedChange(openedAt, course))
  return {
    from: told[0]?.bulletin.updatedAt ?? null,
    to: told.at(-1)?.bulletin.updatedAt ?? null,
    hosts: fleet.size,
    bulletins: told.length,
    unmatched,
    revisedWhileOpen,
    changes,
    totals: summaryOf(changes),
  }
}

const END_OF_TIME = Date.UTC(9999, 0)

function openOne(setting: Setting, fleet: Fleet, told: DatedBulletin, id: number, at: number): Course | null {
  const assets = fleet.candidates(told.bulletin, at)
  const hosts = affectedHosts(matchBulletin(told.bulletin, assets), assets, new Date(at), Number.MAX_SAFE_INTEGER)
  if (hosts.length === 0) return null
  const course = courseOf(setting, id, told, hosts, at)
  const rebooted = course.state.submission?.plan.options.reboot === true
  fleet.patch(
    course.hosts
      .filter((h) => h.status === 'verified')
      .map((h) => ({ at: Date.parse(h.facts.verifiedAt ?? ''), host: h.host, packages: h.packages, rebooted })),
  )
  return course
}

function replayedChange(openedAt: number, { state, at, hosts, why, awaits }: Course): ReplayedChange {
  const startedAt = state.rollout?.startedAt ?? null
  const finishedAt = state.rollout?.finishedAt ?? null
  return {
    id: state.id,
    bulletin: state.bulletin.vendorId,
    revision: state.bulletin.revision,
    title: state.bulletin.title,
    class: state.classification?.class ?? state.proposal.class,
    openedAt: iso(openedAt),
    hosts: state.hosts.length,
    verified: hosts.filter((h) => h.status === 'verified').length,
    leftOut: state.submission?.plan.leftOut.length ?? 0,
    startBy: state.clocks?.startBy ?? null,
    startedAt,
    completeBy: state.clocks?.completeBy ?? null,
    finishedAt,
    start: outcome(state.clocks?.startBy ?? null, startedAt, awaits),
    complete: outcome(state.clocks?.completeBy ?? null, finishedAt, awaits),
    ...(why === undefined ? {} : { stuck: why, stuckAt: iso(at) }),
  }
}

function outcome(deadline: Instant | null, done: Instant | null, awaits: boolean): ReplayedChange['start'] {
  if (deadline === null) return awaits ? 'awaits a rollup' : 'no deadline'
  return done !== null && Date.parse(done) <= Date.parse(deadline) ? 'met' : 'missed'
}

const isLater = (revision: string, before: string): boolean => (compareRevisions(revision, before) ?? (revision > before ? 1 : 0)) > 0

const byTime = (a: DatedBulletin, b: DatedBulletin): number =>
  Date.parse(a.bulletin.updatedAt) - Date.parse(b.bulletin.updatedAt) ||
  compareText(a.bulletin.vendorId, b.bulletin.vendorId) ||
  compareText(a.digest, b.digest)

const compareText = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1)
