import { type ChangeClass, CLASSES } from '../policy.ts'
import type { Instant } from '../result.ts'

type Outcome = 'met' | 'missed' | 'no deadline' | 'awaits a rollup'

/** How one change went in a replay. */
export interface ReplayedChange {
  readonly id: number
  readonly bulletin: string
  readonly revision: string
  readonly title: string
  readonly class: ChangeClass
  readonly openedAt: Instant
  readonly hosts: number
  readonly verified: number
  /** Hosts that the plan could not take. */
  readonly leftOut: number
  readonly startBy: Instant | null
  readonly startedAt: Instant | null
  readonly completeBy: Instant | null
  readonly finishedAt: Instant | null
  readonly start: Outcome
  readonly complete: Outcome
  /** Why it went no further, and since when. */
  readonly stuck?: string
  readonly stuckAt?: Instant
}

const OUTCOMES: readonly Outcome[] = ['met', 'missed', 'no deadline', 'awaits a rollup']

const counted = (changes: readonly ReplayedChange[], of: (change: ReplayedChange) => Outcome) =>
  Object.fromEntries(OUTCOMES.map((outcome) => [outcome, changes.filter((change) => of(change) === outcome).length])) as Record<
    Outcome,
    number
  >

/** Deadlines met and missed, in all and by class. */
export function summaryOf(changes: readonly ReplayedChange[]) {
  const figures = (some: readonly ReplayedChange[]) => ({
    changes: some.length,
    start: counted(some, (change) => change.start),
    complete: counted(some, (change) => change.complete),
    stuck: some.filter((change) => change.stuck !== undefined).length,
  })
  const byClass = Object.fromEntries(CLASSES.map((c) => [c, figures(changes.filter((change) => change.class === c))]))
  return { ...figures(changes), byClass: byClass as Record<ChangeClass, ReturnType<typeof figures>> }
}
