import type { Time } from '../../src/app/chat/deliver.ts'
import type { Card } from '../../src/cards/card.ts'
import type { Budget, CallKind } from '../../src/core/budgets.ts'
import { ChatError, type ChatPlatform } from '../../src/ports.ts'

interface Made {
  readonly kind: CallKind
  readonly place: string
  readonly at: number
}

/** A platform in memory that counts what it is asked, in windows of its own, and refuses what is too much. */
export interface CountingPlatform {
  readonly platform: ChatPlatform
  /** What people see: key -> card, in the order of the first messages. */
  readonly shown: ReadonlyMap<string, { readonly place: string; readonly thread: string | undefined; readonly card: Card }>
  readonly calls: readonly Made[]
  /** Calls that were one too many. */
  readonly refused: () => number
  /** Refuses the next call of this kind in the place, whatever was counted. */
  refuse(kind: CallKind, place: string, waitMs: number): void
  /** Calls of this kind do not come back until the returned function is called. */
  stall(kind: CallKind): () => void
  /** How many calls have not come back. */
  readonly open: () => number
}

/** @param limits what the platform takes, which is more than `budgets` say we may ask */
export function countingPlatform(
  name: string,
  budgets: readonly Budget[],
  limits: readonly Budget[],
  time: Pick<Time, 'now'>,
): CountingPlatform {
  const calls: Made[] = []
  const shown = new Map<string, { place: string; thread: string | undefined; card: Card }>()
  const refusals: { kind: CallKind; place: string; waitMs: number; left: number }[] = []
  const stalls = new Map<CallKind, Promise<void>>()
  let refused = 0
  let open = 0

  const tooMany = ({ kind, place, at }: Made): boolean =>
    limits.some((limit) => {
      if (limit.calls !== 'all' && limit.calls !== kind) return false
      const same = (one: Made): boolean =>
        (limit.calls === 'all' || one.kind === kind) && (limit.per === 'platform' || one.place === place) && one.at > at - limit.perMs
      return calls.filter(same).length >= limit.count
    })
  const call = async <T>(kind: CallKind, place: string, effect: () => T): Promise<T> => {
    open += 1
    try {
      await stalls.get(kind)
      const made = { kind, place, at: time.now() }
      const asked = refusals.find((one) => one.left > 0 && one.kind === kind && one.place === place)
      const excess = asked === undefined && tooMany(made)
      if (asked) asked.left -= 1
      if (excess) refused += 1
      calls.push(made)
      if (asked || excess) throw new ChatError('RATE_LIMITED', 'slow down', asked?.waitMs ?? 1_000)
      return effect()
    } finally {
      open -= 1
    }
  }
  const say = (place: string, thread: string | undefined, card: Card, key: string) => {
    if (shown.has(key)) throw new Error(`${key} was said twice`)
    shown.set(key, { place, thread, card })
    return { place, message: key, ...(thread === undefined ? {} : { thread }) }
  }
  return {
    shown,
    calls,
    refused: () => refused,
    refuse: (kind, place, waitMs) => void refusals.push({ kind, place, waitMs, left: 1 }),
    stall: (kind) => {
      const { promise, resolve } = Promise.withResolvers<void>()
      stalls.set(kind, promise)
      return () => {
        stalls.delete(kind)
        resolve()
      }
    },
    open: () => open,
    platform: {
      name,
      budgets,
      post: (to, card, key) => call('post', to.ref, () => say(to.ref, undefined, card, key)),
      reply: (to, card, key) => call('post', to.place, () => say(to.place, to.thread ?? to.message, card, key)),
      edit: (ref, card) =>
        call('edit', ref.place, () => {
          const known = shown.get(ref.message)
          if (known === undefined) throw new ChatError('GONE', 'no such message')
          shown.set(ref.message, { ...known, card })
        }),
      whisper: async () => undefined,
      find: (to, _thread, key) => call('find', to.ref, () => (shown.has(key) ? { found: { place: to.ref, message: key } } : 'absent')),
    },
  }
}

/** What Slack and Teams take, by their own pages. */
export const SLACK_LIMITS: readonly Budget[] = [
  { calls: 'post', per: 'place', count: 1, perMs: 1_000 },
  { calls: 'post', per: 'platform', count: 525, perMs: 60_000 },
  { calls: 'edit', per: 'platform', count: 50, perMs: 60_000 },
  { calls: 'find', per: 'platform', count: 50, perMs: 60_000 },
]

export const TEAMS_LIMITS: readonly Budget[] = [
  { calls: 'all', per: 'place', count: 7, perMs: 1_000 },
  { calls: 'all', per: 'place', count: 60, perMs: 30_000 },
  { calls: 'all', per: 'place', count: 1_800, perMs: 3_600_000 },
  { calls: 'all', per: 'platform', count: 50, perMs: 1_000 },
]

/** A time that passes only when somebody waits for it and nothing is under way, or when it is told to. */
export interface MovingTime extends Time {
  pass(ms: number): void
}

/** @param isIdle whether nothing is on its way: a time that moved on would be later than it need be */
export function movingTime(isIdle: () => Promise<boolean>): MovingTime {
  let at = 0
  return {
    now: () => at,
    pass: (ms) => {
      at += ms
    },
    async pause(ms, signal) {
      const until = at + ms
      // Whoever is woken by what comes to its end no longer waits.
      while (!(await isIdle()) && !signal.aborted) await new Promise(setImmediate)
      signal.throwIfAborted()
      at = Math.max(at, until)
    },
  }
}
