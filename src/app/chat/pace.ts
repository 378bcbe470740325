import { type Budget, type CallKind, counts, freeNow, type Log, NOTHING_MADE, nextFree } from '../../core/budgets.ts'
import { own } from '../../core/own.ts'
import type { ChatPlatform, Place } from '../../ports.ts'

/** Of one platform: one that hangs holds up nobody but itself. Where an answer takes 300 ms, the fifty calls a second of Teams need fifteen. */
export const CALLS_AT_ONCE = 16

/** What may not be called now: ids of places, by what a post there would need. */
export interface Closed {
  readonly post: readonly string[]
  readonly edit: readonly string[]
  readonly find: readonly string[]
}

/** The right to one call of each kind that was asked for. */
export interface Turn {
  /** Makes the call. It counts from its start until its end and after, also when it fails. */
  spend<T>(kind: CallKind, call: () => Promise<T>): Promise<T>
  /** What was not made counts no more. */
  end(): void
}

/** Who may call a platform when: keeps every budget of every platform, from memory. */
export interface Pace {
  /** Null: not now. */
  take(place: Place, kinds: readonly CallKind[]): Turn | null
  /** The platform refused a call for being one too many. */
  refused(place: Place, kind: CallKind, waitMs: number): void
  closed(): Closed
  /**
   * So many posts may be taken up at once, whatever they are and wherever: of what is not closed, by what all places of a platform share.
   * Where one platform or kind is nearly used up that is few for all of them, because nobody knows yet which they will be. At least one.
   * @param busy posts that are at work, with a turn or still without one
   */
  room(busy: number): number
  /** When the first of what waits for its budget may be called, in milliseconds from now; null: nothing does. */
  opensInMs(): number | null
}

export interface Counted {
  readonly platforms: ReadonlyMap<string, ChatPlatform>
  /** Instead of the platforms' own, by platform; none where it is not named. */
  readonly budgets: Readonly<Record<string, readonly Budget[]>> | undefined
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number
}

type Mutable = { ended: number[]; underWay: number; silentUntil: number }

const KINDS = ['post', 'edit', 'find'] as const

/** A message in doubt is searched for, and posted where it is not found. */
export const NEEDED: Readonly<Record<CallKind, readonly CallKind[]>> = { post: ['post'], edit: ['edit'], find: ['find', 'post'] }

export function createPace({ platforms, budgets, now }: Counted): Pace {
  const logs = new Map<Budget, Map<string, Mutable>>()
  const atOnce = new Map<string, number>()
  const heard = new Set<ChatPlatform>()
  // Those that were met so far: one of which nothing is known is found out to be closed when it is asked for.
  const known = new Map<string, Place>()

  const budgetsOf = ({ platform }: { platform: string }): readonly Budget[] =>
    budgets === undefined ? (platforms.get(platform)?.budgets ?? []) : (own(budgets, platform) ?? [])
  const keyOf = ({ per }: Budget, channel: string): string => (per === 'place' ? channel : '')
  const read = (budget: Budget, { channel }: { channel: string }): Log => logs.get(budget)?.get(keyOf(budget, channel)) ?? NOTHING_MADE
  const write = (budget: Budget, channel: string): Mutable => {
    const all = logs.get(budget) ?? new Map<string, Mutable>()
    logs.set(budget, all)
    const log = all.get(keyOf(budget, channel)) ?? { ...NOTHING_MADE, ended: [] }
    all.set(keyOf(budget, channel), log)
    return log
  }
  const counting = (place: Place, kind: CallKind): readonly Budget[] => budgetsOf(place).filter((budget) => counts(budget, kind))
  const freeAt = (place: Place, kinds: readonly CallKind[]): number =>
    Math.max(...kinds.map((kind) => nextFree(budgetsOf(place), read, { kind, channel: place.ref }, now())))
  const slots = (platform: string): number => CALLS_AT_ONCE - (atOnce.get(platform) ?? 0)
  const full = ({ platform }: Place): boolean => slots(platform) <= 0
  const enter = ({ platform }: Place, by: number): void => void atOnce.set(platform, (atOnce.get(platform) ?? 0) + by)

  const over = (budget: Budget, channel: string, made: boolean): void => {
    const log = write(budget, channel)
    log.underWay--
    if (made) log.ended.push(now())
    if (log.ended.length > 2 * budget.count) log.ended.splice(0, log.ended.length - budget.count)
  }
  const begin = (place: Place, kind: CallKind): void => {
    for (const budget of counting(place, kind)) write(budget, place.ref).underWay++
  }
  const finish = (place: Place, kind: CallKind, made: boolean): void => {
    for (const budget of counting(place, kind)) over(budget, place.ref, made)
  }

  const hear = (place: Place): void => {
    const platform = platforms.get(place.platform)
    if (platform?.onAside === undefined || heard.has(platform)) return
    heard.add(platform)
    const shared = budgetsOf(place).filter(({ calls, per }) => calls === 'all' && per === 'platform')
    platform.onAside({
      opensInMs: () => nextFree(shared, read, { kind: 'find', channel: '' }, now()) - now(),
      begin: () => {
        for (const budget of shared) write(budget, '').underWay++
        return () => {
          for (const budget of shared) over(budget, '', true)
        }
      },
    })
  }

  const room = (platform: string, kind: CallKind): number => {
    const counting = budgetsOf({ platform }).filter((one) => one.per === 'platform' && NEEDED[kind].some((needed) => counts(one, needed)))
    return Math.min(slots(platform), ...counting.map((one) => freeNow(one, read(one, { channel: '' }), now())))
  }

  return {
    take(place, kinds) {
      known.set(place.id, place)
      hear(place)
      if (full(place) || freeAt(place, kinds) > now()) return null
      const left = [...kinds]
      for (const kind of kinds) begin(place, kind)
      enter(place, 1)
      return {
        async spend(kind, call) {
          left.splice(left.indexOf(kind), 1)
          try {
            return await call()
          } finally {
            finish(place, kind, true)
          }
        },
        end() {
          for (const kind of left.splice(0)) finish(place, kind, false)
          enter(place, -1)
        },
      }
    },
    refused(place, kind, waitMs) {
      // Nobody says which of its limits was meant. The narrowest is the one that the others cannot have used up.
      const [narrowest] = counting(place, kind).toSorted((a, b) => Number(a.per === 'platform') - Number(b.per === 'platform'))
      if (!narrowest) return
      const log = write(narrowest, place.ref)
      log.silentUntil = Math.max(log.silentUntil, now() + waitMs)
    },
    closed() {
      const places = [...known.values()]
      const shut = (kind: CallKind): string[] =>
        places.filter((place) => full(place) || freeAt(place, NEEDED[kind]) > now()).map(({ id }) => id)
      return { post: shut('post'), edit: shut('edit'), find: shut('find') }
    },
    room(busy) {
      const open = [...platforms.keys()].flatMap((platform) => KINDS.map((kind) => room(platform, kind))).filter((one) => one > 0)
      const turns = [...atOnce.values()].reduce((sum, one) => sum + one, 0)
      return open.length === 0 ? 1 : Math.max(1, Math.min(...open) - (busy - turns))
    },
    opensInMs() {
      const at = [...known.values()].flatMap((place) => KINDS.map((kind) => freeAt(place, NEEDED[kind]))).filter((one) => one > now())
      return at.length === 0 ? null : Math.max(0, Math.min(...at) - now())
    },
  }
}
