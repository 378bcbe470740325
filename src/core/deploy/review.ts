import type { Instant } from '../result.ts'
import { HOST_STATUSES, type HostProgress, type HostStatus } from './progress.ts'

/** Something that a person (or the bot itself) did for this change. */
export interface Act {
  readonly what: string
  readonly who: string
  readonly at: Instant
}

export interface ReviewInput {
  readonly hosts: readonly HostProgress[]
  readonly clocks: { readonly startBy: Instant | null; readonly completeBy: Instant | null }
  /** First order given. */
  readonly startedAt: Instant | null
  /** The rollout finished. */
  readonly finishedAt: Instant | null
  readonly acts: readonly Act[]
  readonly now: Instant
}

/** Seconds from a host's order to the fact, over the hosts that have it; those that people took out count as nothing but that. */
export interface StepTime {
  readonly step: 'arrived' | 'attempted' | 'installed' | 'verified'
  readonly hosts: number
  readonly medianSeconds: number
  readonly longestSeconds: number
}

export interface VerifiedBy {
  readonly at: Instant
  readonly count: number
}

export interface ClockFigure {
  readonly by: Instant | null
  readonly at: Instant | null
  /** Null: no deadline, or neither done nor due yet. */
  readonly met: boolean | null
  /** Minutes left at the moment it was done (or now); negative when late. Null without a deadline. */
  readonly marginMinutes: number | null
}

export interface ReviewFigures {
  readonly total: number
  /** Only statuses that occur, in the order of HOST_STATUSES. */
  readonly counts: readonly { readonly status: HostStatus; readonly hosts: number }[]
  readonly retried: number
  readonly late: number
  readonly steps: readonly StepTime[]
  /** How many hosts were verified by when, from none at the start on. Empty: none was, or nothing started. */
  readonly verified: readonly VerifiedBy[]
  readonly started: ClockFigure
  readonly completed: ClockFigure
  /** By time. */
  readonly acts: readonly Act[]
  /** The act that came longest after the one before it. Null with fewer than two acts. */
  readonly slowest: { readonly act: Act; readonly after: Act; readonly seconds: number } | null
}

/** Figures of a rollout, from what is stored. Steps nobody reported are absent, not zero. */
export function reviewFigures(input: ReviewInput): ReviewFigures {
  const acts = input.acts.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at))
  return {
    total: input.hosts.length,
    counts: HOST_STATUSES.map((status) => ({ status, hosts: input.hosts.filter((host) => host.status === status).length })).filter(
      ({ hosts }) => hosts > 0,
    ),
    retried: input.hosts.filter(({ tries }) => tries > 1).length,
    late: input.hosts.filter(({ late }) => late === true).length,
    steps: (['arrived', 'attempted', 'installed', 'verified'] as const).flatMap((step) => stepTime(step, input.hosts)),
    verified: verifiedOverTime(input),
    started: clockFigure(input.clocks.startBy, input.startedAt, input.now),
    completed: clockFigure(input.clocks.completeBy, input.finishedAt, input.now),
    acts,
    slowest: slowestAct(acts),
  }
}

/** A deadline is met up to and including its instant. */
function clockFigure(by: Instant | null, at: Instant | null, now: Instant): ClockFigure {
  if (by === null) return { by, at, met: null, marginMinutes: null }
  const margin = Date.parse(by) - Date.parse(at ?? now)
  const met = at === null && margin >= 0 ? null : margin >= 0
  return { by, at, met, marginMinutes: Math.floor(margin / 60_000) }
}

function stepTime(step: StepTime['step'], hosts: readonly HostProgress[]): readonly StepTime[] {
  const seconds = hosts
    .filter(({ status }) => status !== 'excluded' && status !== 'skipped')
    .flatMap(({ facts, action }) => {
      const at = facts[`${step}At`]
      return action === 'install' && facts.orderedAt !== undefined && at !== undefined ? [Date.parse(at) - Date.parse(facts.orderedAt)] : []
    })
    .map((ms) => ms / 1000)
    .sort((a, b) => a - b)
  const longest = seconds.at(-1)
  return longest === undefined ? [] : [{ step, hosts: seconds.length, medianSeconds: median(seconds), longestSeconds: longest }]
}

/** Most points of the curve: of a large rollout as many are left out between as do not fit. */
const MOST_POINTS = 40

function verifiedOverTime({ hosts, startedAt }: ReviewInput): readonly VerifiedBy[] {
  const times = hosts
    .flatMap(({ status, action, facts }) => (status === 'verified' && action === 'install' && facts.verifiedAt ? [facts.verifiedAt] : []))
    .sort((a, b) => Date.parse(a) - Date.parse(b))
  if (startedAt === null || times.length === 0) return []
  const all = times.map((at, index) => ({ at, count: index + 1 }))
  // Of several at one moment the last one counts them all.
  const moments = all.filter(({ at }, index) => all[index + 1]?.at !== at)
  const every = Math.ceil(moments.length / MOST_POINTS)
  return [{ at: startedAt, count: 0 }, ...moments.filter((_, index) => (moments.length - 1 - index) % every === 0)]
}

/** Of sorted numbers, at least one. */
function median(sorted: readonly number[]): number {
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2
}

function slowestAct(acts: readonly Act[]): ReviewFigures['slowest'] {
  const gaps = acts.slice(1).flatMap((act, index) => {
    const after = acts[index]
    return after === undefined ? [] : [{ act, after, seconds: (Date.parse(act.at) - Date.parse(after.at)) / 1000 }]
  })
  return gaps.reduce<ReviewFigures['slowest']>((worst, gap) => (worst === null || gap.seconds > worst.seconds ? gap : worst), null)
}
