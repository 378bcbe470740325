import { setTimeout as pause } from 'node:timers/promises'
import { listen } from '../../db/listen.ts'
import { type Delivery, deliverOne } from './deliver-one.ts'
import { endLeases, type Leased, lease } from './post-rows.ts'
import { POSTS_CHANNEL } from './posts.ts'

const SWEEP_MS = 2_000
const LEASE_MS = 90_000
const CALL_LIMIT_MS = 30_000
const PLACES_AT_ONCE = 8
const FIRST_BACKOFF_MS = 1_000

type Tuned = 'backoffMs' | 'leaseMs' | 'callLimitMs'

export interface DelivererOptions extends Omit<Delivery, Tuned>, Partial<Pick<Delivery, Tuned>> {
  /** Connection string, for LISTEN on a connection of its own. */
  readonly url: string
  /**
   * By platform: the shortest time between the end of a delivery to a place and the next one to it, in milliseconds; 0 where it is not
   * named. What changes in the meantime goes out as one edit.
   */
  readonly minGapMs?: Readonly<Record<string, number>>
  /** How often to look for what no notice told of, in milliseconds. */
  readonly sweepMs?: number
  /** The caller holds the bot lock, so leases that are there at the start belong to the dead and end at once. */
  readonly takeOver?: boolean
}

export interface Deliverer {
  /** Begins to listen and to sweep; resolves after the first try to listen. */
  start(): Promise<void>
  /** There may be something to do. */
  wake(): void
  /**
   * Works until nothing is due. What waits for its `notBefore`, for its parent or for the end of somebody else's lease is not due. Throws
   * when the database does.
   */
  drain(): Promise<void>
  /** Begins nothing new and waits for what is under way. */
  stop(): Promise<void>
}

/**
 * Brings chat up to date with the Post rows: one post at a time per place, several places at once. A restart loses nothing, because
 * nothing but the pace is kept in memory; two deliverers on one database do each other no harm.
 */
export function createDeliverer(options: DelivererOptions): Deliverer {
  const house: Delivery = { backoffMs: doubling, leaseMs: LEASE_MS, callLimitMs: CALL_LIMIT_MS, ...options }
  const over = new AbortController()
  const busy = new Map<string, Promise<void>>()
  let sweep: NodeJS.Timeout | undefined
  let listening: { close(): Promise<void> } | undefined
  let working: Promise<void> | null = null
  let rung = false
  let bell = Promise.withResolvers<void>()
  let troubled = false

  const ring = (): void => {
    rung = true
    bell.resolve()
  }
  const deliver = async (post: Leased): Promise<void> => {
    try {
      const gap = (await deliverOne(house, post)) ? gapOf(options, post.placeId) : 0
      if (gap > 0) await pause(gap, undefined, { signal: over.signal }).catch(() => undefined)
    } catch (error) {
      house.log.error({ err: error, post: post.id }, 'post: delivery broke off; it goes on when the lease has run out')
    }
    busy.delete(post.placeId)
    ring()
  }
  const fill = async (): Promise<void> => {
    while (!over.signal.aborted && busy.size < PLACES_AT_ONCE) {
      const post = await lease(house.db, [...busy.keys()], house.leaseMs)
      if (post === null) return
      busy.set(post.placeId, deliver(post))
    }
  }
  // Ends when nothing is due and nobody is at work. Whoever rings while it looks makes it look again.
  const work = async (): Promise<void> => {
    do {
      rung = false
      bell = Promise.withResolvers()
      await fill()
      if (!rung && busy.size > 0) await bell.promise
    } while (rung)
    troubled = false
  }
  const begin = (): Promise<void> => {
    ring()
    working ??= work().finally(() => {
      working = null
    })
    return working
  }
  const wake = (): void => {
    if (over.signal.aborted) return
    begin().catch((error: unknown) => {
      if (!troubled) house.log.error({ err: error }, 'posts: the database does not answer; trying again')
      troubled = true
    })
  }

  return {
    async start() {
      if (options.takeOver === true) await endLeases(house.db)
      sweep = setInterval(wake, options.sweepMs ?? SWEEP_MS).unref()
      const onLost = (reason: string): void => house.log.warn(`posts: notices are lost, sweeping instead (${reason})`)
      listening = await listen({ url: options.url, channel: POSTS_CHANNEL, onNotice: wake, onLost })
    },
    wake,
    drain: begin,
    async stop() {
      over.abort()
      clearInterval(sweep)
      await listening?.close()
      await working?.catch(() => undefined)
      await Promise.all(busy.values())
    },
  }
}

function gapOf({ place, minGapMs }: DelivererOptions, placeId: string): number {
  const platform = place(placeId)?.platform
  return platform === undefined ? 0 : (minGapMs?.[platform] ?? 0)
}

/** One second, doubled for every further failure in a row, up to the cap; in milliseconds. */
export const doubling = (failures: number, capMs: number): number => Math.min(capMs, FIRST_BACKOFF_MS * 2 ** Math.min(failures - 1, 30))
