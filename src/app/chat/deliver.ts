import { setTimeout as pause } from 'node:timers/promises'
import type { Budget } from '../../core/budgets.ts'
import { listen } from '../../db/listen.ts'
import { type Delivery, deliverOne } from './deliver-one.ts'
import { isHome } from './homes.ts'
import { CALLS_AT_ONCE, type Closed, createPace } from './pace.ts'
import { anyWaits, endLeases, type Leased, lease } from './post-leases.ts'
import { DRAWN_ANEW, POSTS_CHANNEL } from './posts.ts'
import { spreadRedraws } from './redraws.ts'

const SWEEP_MS = 2_000
/** So often time alone makes a page out of date, as a clock that has run out. */
const OUTDATED_MS = 60_000
const LEASE_MS = 90_000
const CALL_LIMIT_MS = 30_000
const FIRST_BACKOFF_MS = 1_000
/** How much longer than a look in vain took the next one waits. */
const RESTS = 10
const LONGEST_REST_MS = 50
/** How long cards to be drawn anew gather where some have to wait anyway. */
const GATHERING_MS = 250

type Tuned = 'backoffMs' | 'leaseMs' | 'callLimitMs'

/** The machine's time, for the pace alone. */
export interface Time {
  /** Milliseconds; never goes back. */
  now(): number
  pause(ms: number, signal: AbortSignal): Promise<void>
}

export interface DelivererOptions extends Omit<Delivery, Tuned | 'pace' | 'stopwatch'>, Partial<Pick<Delivery, Tuned>> {
  /** Connection string, for LISTEN on a connection of its own. */
  readonly url: string
  /** Instead of the platforms' own, by platform; none where it is not named. */
  readonly budgets?: Readonly<Record<string, readonly Budget[]>>
  readonly time?: Time
  /** How often to look for what no notice told of, in milliseconds. */
  readonly sweepMs?: number
  /** Wants anew what tells of other posts; called when those may have changed, before the next look at what is due. Absent: nothing does. */
  readonly outdate?: () => Promise<void>
  /** The caller holds the bot lock, so leases that are there at the start belong to the dead and end at once. */
  readonly takeOver?: boolean
}

export interface Deliverer {
  /** Begins to listen and to sweep; resolves after the first try to listen. */
  start(): Promise<void>
  /** There may be something to do. */
  wake(): void
  /**
   * Works until nothing is due. What waits for its budget is; what waits for its `notBefore`, for its parent or for the end of somebody
   * else's lease is not. Throws when the database does.
   */
  drain(): Promise<void>
  /** Begins nothing new and waits for what is under way. */
  stop(): Promise<void>
}

const machine: Time = { now: () => performance.now(), pause: (ms, signal) => pause(ms, undefined, { signal }) }

/**
 * Brings chat up to date with the Post rows: one post at a time per place, several places at once, within every budget. Whatever changes while
 * a post waits for its turn goes out as one edit. A restart loses nothing, because nothing but the pace is kept in memory; two deliverers on
 * one database do each other no harm, but each keeps a pace of its own.
 */
export function createDeliverer(options: DelivererOptions): Deliverer {
  const { platforms, budgets, time = machine } = options
  const pace = createPace({ platforms, budgets, now: time.now })
  const onShown = (placeIds: readonly string[]): void => {
    const said = placeIds.filter((id) => !isHome(id))
    outdated ||= said.length > 0
    if (said.length > 0) options.onShown(said)
  }
  const house: Delivery = {
    backoffMs: doubling,
    leaseMs: LEASE_MS,
    callLimitMs: CALL_LIMIT_MS,
    ...options,
    onShown,
    pace,
    stopwatch: time.now,
  }
  const over = new AbortController()
  const busy = new Map<string, Promise<void>>()
  let sweep: NodeJS.Timeout | undefined
  let listening: { close(): Promise<void> } | undefined
  let working: Promise<void> | null = null
  let rung = false
  let bell = Promise.withResolvers<void>()
  let troubled = false
  let waitsUntil = 0
  let outdated = true
  let outdatedAt = time.now()
  let gathering = false
  let changed = true

  const ring = (): void => {
    rung = true
    bell.resolve()
  }
  const deliver = async (post: Leased): Promise<void> => {
    try {
      await deliverOne(house, post)
    } catch (error) {
      house.log.error({ err: error, post: post.id }, 'post: delivery broke off; it goes on when the lease has run out')
    }
    busy.delete(post.placeId)
    ring()
  }
  // What waits for its budget waits until that opens: it is not looked for at every ring in between. What was closed for the look and has
  // opened since is looked for at once.
  const waits = async (closed: Closed): Promise<number | null> => {
    if (hasOpened(closed, pace.closed())) return 0
    const opensInMs = pace.opensInMs()
    if (opensInMs === null || time.now() < waitsUntil) return opensInMs
    if (!(await anyWaits(house.db, [...busy.keys()]))) return null
    waitsUntil = time.now() + opensInMs
    return hasOpened(closed, pace.closed()) ? 0 : pace.opensInMs()
  }
  // Kept in memory alone, because the first look after a start begins with it.
  const outdate = async (): Promise<void> => {
    if (!outdated && time.now() - outdatedAt < OUTDATED_MS) return
    outdated = false
    outdatedAt = time.now()
    try {
      await options.outdate?.()
    } catch (error) {
      outdated = true
      throw error
    }
  }
  // Whatever has changed rings from outside. True: some of it has to be looked at again.
  const spread = async (): Promise<boolean> => {
    if (!changed) return false
    changed = false
    try {
      const left = await spreadRedraws(house.db)
      changed ||= left
      return left
    } catch (error) {
      changed = true
      throw error
    }
  }
  // Answers how long the first of those that wait for their budget has to, in milliseconds; null: none does.
  const fill = async (): Promise<number | null> => {
    while (!over.signal.aborted && busy.size < CALLS_AT_ONCE * platforms.size) {
      const closed = pace.closed()
      const posts = await lease(house.db, { busy: [...busy.keys()], closed }, house.leaseMs, pace.room(busy.size))
      if (posts.length === 0) return waits(closed)
      waitsUntil = 0
      for (const post of posts) busy.set(post.placeId, deliver(post))
    }
    return null
  }
  const bellOr = async (ms: number | null): Promise<void> => {
    const rang = new AbortController()
    const ended = (): void => {
      if (over.signal.aborted) bell.resolve()
    }
    if (ms !== null) time.pause(ms, AbortSignal.any([rang.signal, over.signal])).then(ring, ended)
    await bell.promise
    rang.abort()
  }
  // Everybody who changes something rings. Where much waits for its budget, looking through it each time would cost more than delivering.
  const rest = async (ms: number): Promise<void> => {
    if (ms > 0) await time.pause(Math.min(ms, LONGEST_REST_MS), over.signal).catch(() => undefined)
  }
  // Ends when nothing is due and nobody is at work. Whoever rings while it looks makes it look again.
  const work = async (): Promise<void> => {
    do {
      rung = false
      bell = Promise.withResolvers()
      const since = time.now()
      await outdate()
      const again = await spread()
      const filled = await fill()
      const opensInMs = again ? Math.min(filled ?? LONGEST_REST_MS, LONGEST_REST_MS) : filled
      troubled = false
      const opensAt = opensInMs === null ? null : time.now() + opensInMs
      if (opensInMs !== null) await rest(Math.min((time.now() - since) * RESTS, opensInMs))
      if (!rung && (busy.size > 0 || opensAt !== null)) await bellOr(opensAt === null ? null : Math.max(0, opensAt - time.now()))
    } while (rung)
  }
  const begin = (): Promise<void> => {
    ring()
    working ??= work().finally(() => {
      working = null
    })
    return working
  }
  const look = (): Promise<void> => {
    outdated = true
    changed = true
    return begin()
  }
  const wake = (): void => {
    if (over.signal.aborted) return
    changed = true
    begin().catch((error: unknown) => {
      if (!troubled) house.log.error({ err: error }, 'posts: the database does not answer; trying again')
      troubled = true
    })
  }
  // A storm of clicks is one look, not one each. What was never said does not wait for it.
  const gather = (): void => {
    if (gathering) return
    gathering = true
    const gathered = (): void => {
      gathering = false
      wake()
    }
    time.pause(GATHERING_MS, over.signal).then(gathered, () => undefined)
  }

  return {
    async start() {
      if (options.takeOver === true) await endLeases(house.db)
      sweep = setInterval(wake, options.sweepMs ?? SWEEP_MS).unref()
      const onLost = (reason: string): void => house.log.warn(`posts: notices are lost, sweeping instead (${reason})`)
      const onNotice = (what: string): void => {
        outdated = true
        if (what === DRAWN_ANEW && pace.closed().edit.length > 0) gather()
        else wake()
      }
      listening = await listen({ url: options.url, channel: POSTS_CHANNEL, onNotice, onLost })
    },
    wake,
    drain: look,
    async stop() {
      over.abort()
      clearInterval(sweep)
      await listening?.close()
      await working?.catch(() => undefined)
      await Promise.all(busy.values())
    },
  }
}

const hasOpened = (before: Closed, now: Closed): boolean =>
  (['post', 'edit', 'find'] as const).some((kind) => {
    const still = new Set(now[kind])
    return before[kind].some((place) => !still.has(place))
  })

/** One second, doubled for every further failure in a row, up to the cap; in milliseconds. */
export const doubling = (failures: number, capMs: number): number => Math.min(capMs, FIRST_BACKOFF_MS * 2 ** Math.min(failures - 1, 30))
