import { setTimeout as pause } from 'node:timers/promises'
import type { Logger } from 'pino'
import { z } from 'zod'
import type { Card } from '../../cards/card.ts'
import { canonicalJson } from '../../core/canonical.ts'
import type { Database, Tx } from '../../db/database.ts'
import type { ChatPlatform, MessageRef, Place } from '../../ports.ts'
import { ChatError } from '../../ports.ts'
import { type Leased, recordAttempt, recordEnd, recordFailure, recordFound, recordRest, recordShown } from './post-rows.ts'
import { frozenCard, type Post, storable } from './posts.ts'

/** Cap of the waiting time after a failure that may pass by itself, and after a refusal that somebody has to mend. */
const OUTAGE_CAP_MS = 60_000
const REFUSED_CAP_MS = 600_000
const REST_MS = 1_000
const LONGEST_REASON = 500

export interface Delivery {
  readonly db: Database
  readonly platforms: ReadonlyMap<string, ChatPlatform>
  /** Null when the policy has no such place (any more). */
  readonly place: (placeId: string) => Place | null
  /** The post's card as the saved state is now; null when there is nothing to show any more. Not called for frozen posts. */
  readonly render: (post: Post) => Promise<Card | null>
  /** After the commit: these places show something else. */
  readonly onShown: (placeIds: readonly string[]) => void
  /** In the transaction that makes the post uncertain, so that people are told exactly once. */
  readonly onUncertain: (post: Post, tx: Tx) => Promise<void>
  readonly log: Logger
  readonly now: () => Date
  /** Waiting time after the n-th failure in a row, in milliseconds. */
  readonly backoffMs: (failures: number, capMs: number) => number
  /** A lease outlasts every call of its holder. */
  readonly leaseMs: number
  /** A call without an answer is given up after this. */
  readonly callLimitMs: number
}

interface Target {
  readonly place: Place
  readonly platform: ChatPlatform
  readonly key: string
}

/**
 * Brings one leased post up to date, or records why not. True when the platform was called. Throws only when the database does; the
 * lease then runs out.
 */
export async function deliverOne(house: Delivery, post: Leased): Promise<boolean> {
  const target = targetOf(house, post)
  if (target === null) return refused(house, post, new ChatError('FORBIDDEN', `the place ${post.placeId} is not set up`))
  const card = await drawn(house, post)
  if (card instanceof ChatError) return refused(house, post, card)
  if (card === null || (post.ref !== null && canonicalJson(card) === canonicalJson(post.card))) {
    await recordShown(house.db, post, null)
    return false
  }
  if (post.ref !== null) await edit(house, post, target, card)
  else if (post.attemptedAt === null) await send(house, post, target, card)
  else await lookUp(house, post, target, card)
  return true
}

async function refused(house: Delivery, post: Leased, error: ChatError): Promise<false> {
  await failed(house, post, error)
  return false
}

function targetOf(house: Delivery, post: Leased): Target | null {
  const place = house.place(post.placeId)
  const platform = place && house.platforms.get(place.platform)
  return place && platform ? { place, platform, key: `post-${post.id}` } : null
}

async function drawn(house: Delivery, post: Leased): Promise<Card | null | ChatError> {
  try {
    const card = frozenCard(post.payload) ?? (await house.render(post))
    return card && storable(card)
  } catch (error) {
    return new ChatError('REJECTED', `the card cannot be drawn: ${reasonOf(error)}`)
  }
}

/** The attempt is on record before the call: whatever happens then, the message is looked for before it is sent again. */
async function send(house: Delivery, post: Leased, { place, platform, key }: Target, card: Card): Promise<void> {
  const attempted = await recordAttempt(house.db, post, house.leaseMs)
  if (!attempted) return
  const parent = refOf(post.parentRef)
  const sent = await ask(house, () => (parent ? platform.reply(parent, card, key) : platform.post(place, card, key)))
  if ('value' in sent) return shown(house, attempted, sent.value, card)
  // A definite no leaves no doubt, hence nothing to look up.
  return failed(house, sent.error.code === 'UNAVAILABLE' ? attempted : { ...attempted, attemptedAt: null }, sent.error)
}

async function lookUp(house: Delivery, post: Leased, target: Target, card: Card): Promise<void> {
  const looked = await ask(house, () =>
    target.platform.find(target.place, refOf(post.parentRef), target.key, post.attemptedAt ?? undefined),
  )
  if ('error' in looked) return failed(house, post, looked.error)
  const { value: found } = looked
  if (found === 'absent') return send(house, post, target, card)
  if (found === 'unsearchable') return uncertain(house, post)
  const known = await recordFound(house.db, post, found.found, house.leaseMs)
  if (!known) return
  // What a frozen one says is known. Another may have been sent when the state was older.
  return frozenCard(post.payload) ? shown(house, known, found.found, card) : edit(house, known, target, card)
}

async function edit(house: Delivery, post: Leased, { platform }: Target, card: Card): Promise<void> {
  const ref = messageRef.parse(post.ref)
  const edited = await ask(house, () => platform.edit(ref, card))
  return 'error' in edited ? failed(house, post, edited.error) : shown(house, post, ref, card)
}

async function shown(house: Delivery, post: Leased, ref: MessageRef, card: Card): Promise<void> {
  if (await recordShown(house.db, post, { ref, card, at: house.now() })) house.onShown([post.placeId])
}

async function uncertain(house: Delivery, post: Leased): Promise<void> {
  const reason = 'nobody knows whether it arrived, and the platform cannot be searched'
  const ours = await house.db.$transaction(async (tx) => {
    const ended = await recordEnd(tx, post, 'uncertain', reason)
    if (ended) await house.onUncertain(post, tx)
    return ended
  })
  if (ours) house.log.warn({ post: post.id, place: post.placeId }, `post: ${reason}`)
}

async function failed(house: Delivery, post: Leased, { code, message, retryAfterMs }: ChatError): Promise<void> {
  const { db } = house
  const reason = `${code}: ${message}`.slice(0, LONGEST_REASON).toWellFormed().replaceAll('\0', '\uFFFD')
  if (reason !== post.lastError) house.log.warn({ post: post.id, place: post.placeId, failures: post.failures + 1 }, `post: ${reason}`)
  // A place that is gone may be set up again; a message or a thread that somebody deleted does not come back.
  if (code === 'GONE' && (post.ref !== null || post.parentId !== null)) await recordEnd(db, post, 'gone', reason)
  else if (code === 'RATE_LIMITED') await recordRest(db, post, retryAfterMs ?? REST_MS, reason)
  else {
    const waitMs = house.backoffMs(post.failures + 1, code === 'UNAVAILABLE' ? OUTAGE_CAP_MS : REFUSED_CAP_MS)
    await recordFailure(db, post, Math.max(waitMs, retryAfterMs ?? 0), reason)
  }
}

type Answer<T> = { readonly value: T } | { readonly error: ChatError }

/** Calls the platform. An error that is none of the port's says as little about what happened as no answer does. */
async function ask<T>(house: Delivery, call: () => Promise<T>): Promise<Answer<T>> {
  const answered = new AbortController()
  const limit = pause(house.callLimitMs, undefined, { signal: answered.signal }).then(() => {
    // It may still arrive: what follows shall not overtake it.
    throw new ChatError('UNAVAILABLE', `no answer within ${house.callLimitMs} ms`, house.callLimitMs)
  })
  limit.catch(() => undefined)
  try {
    return { value: await Promise.race([call(), limit]) }
  } catch (error) {
    return { error: error instanceof ChatError ? error : new ChatError('UNAVAILABLE', reasonOf(error)) }
  } finally {
    answered.abort()
  }
}

const messageRef = z.object({ place: z.string(), message: z.string(), thread: z.string().exactOptional() })

const refOf = (ref: unknown): MessageRef | null => (ref === null ? null : messageRef.parse(ref))

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
