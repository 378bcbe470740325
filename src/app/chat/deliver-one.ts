import type { Logger } from 'pino'
import { z } from 'zod'
import type { Card } from '../../cards/card.ts'
import type { CallKind } from '../../core/budgets.ts'
import { canonicalJson } from '../../core/canonical.ts'
import type { Database, Tx } from '../../db/database.ts'
import type { ChatPlatform, MessageRef, Place } from '../../ports.ts'
import { ChatError } from '../../ports.ts'
import { NEEDED, type Pace, type Turn } from './pace.ts'
import type { Leased } from './post-leases.ts'
import { giveBack, recordAttempt, recordEnd, recordFailure, recordFound, recordRest, recordShown } from './post-rows.ts'
import { frozenCard, type Post, storable } from './posts.ts'
import { isQuestion } from './uncertain.ts'

/** Cap of the waiting time after a failure that may pass by itself, and after a refusal that somebody has to mend. */
const OUTAGE_CAP_MS = 60_000
const REFUSED_CAP_MS = 600_000
const REST_MS = 1_000
const SLOW_MS = 1_000
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
  readonly pace: Pace
  /** Milliseconds of a clock that never goes back. */
  readonly stopwatch: () => number
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

interface OnTurn extends Target {
  readonly turn: Turn
}

/**
 * Brings one leased post a step forward, or records why not: a post, a reply or an edit; or a search, and what it may lead to. Where
 * the pace allows no call now, the post is given back as it was. Throws only when the database does; the lease then runs out.
 */
export async function deliverOne(house: Delivery, post: Leased): Promise<void> {
  const target = targetOf(house, post)
  if (target === null) return failed(house, post, new ChatError('FORBIDDEN', `the place ${post.placeId} is not set up`))
  const card = await drawn(house, post)
  if (card instanceof ChatError) return failed(house, post, card)
  if (card === null || (post.ref !== null && canonicalJson(card) === canonicalJson(post.card))) {
    await recordShown(house.db, post, null)
    return
  }
  const kind = kindOf(post)
  const turn = house.pace.take(target.place, NEEDED[kind])
  if (turn === null) return giveBack(house.db, post)
  try {
    await STEPS[kind](house, post, { ...target, turn }, card)
  } finally {
    turn.end()
  }
}

const kindOf = (post: Leased): CallKind => (post.ref !== null ? 'edit' : post.attemptedAt === null ? 'post' : 'find')

function targetOf(house: Delivery, post: Leased): Target | null {
  const place = house.place(post.placeId)
  const platform = place && house.platforms.get(place.platform)
  return place && platform ? { place, platform, key: `post-${post.id}` } : null
}

async function drawn(house: Delivery, post: Leased): Promise<Card | null | ChatError> {
  try {
    const frozen = frozenCard(post.payload)
    if (frozen !== null) return frozen
    const card = await house.render(post)
    return card && storable(card)
  } catch (error) {
    return new ChatError('REJECTED', `the card cannot be drawn: ${reasonOf(error)}`)
  }
}

/** The attempt is on record before the call: whatever happens then, the message is looked for before it is sent again. */
async function send(house: Delivery, post: Leased, target: OnTurn, card: Card): Promise<void> {
  const attempted = await recordAttempt(house.db, post, house.leaseMs)
  if (!attempted) return
  const { place, platform, key } = target
  const parent = refOf(post.parentRef)
  const sent = await ask(house, target, 'post', () => (parent ? platform.reply(parent, card, key) : platform.post(place, card, key)))
  if ('value' in sent) return shown(house, attempted, sent.value, card)
  // A definite no leaves no doubt, hence nothing to look up.
  return failed(house, sent.error.code === 'UNAVAILABLE' ? attempted : { ...attempted, attemptedAt: null }, sent.error)
}

async function lookUp(house: Delivery, post: Leased, target: OnTurn, card: Card): Promise<void> {
  const { place, platform, key } = target
  const looked = await ask(house, target, 'find', () => platform.find(place, refOf(post.parentRef), key, post.attemptedAt ?? undefined))
  if ('error' in looked) return failed(house, post, looked.error)
  const { value: found } = looked
  if (found === 'absent') return send(house, post, target, card)
  // Whether this message arrived can be asked twice: its button works once.
  if (found === 'unsearchable') return isQuestion(post) ? send(house, post, target, card) : uncertain(house, post)
  const known = await recordFound(house.db, post, found.found, house.leaseMs)
  if (!known) return
  // What a frozen one says is known. Another may have been sent when the state was older: it is edited in a turn of its own.
  return frozenCard(post.payload) ? shown(house, known, found.found, card) : giveBack(house.db, known)
}

async function edit(house: Delivery, post: Leased, target: OnTurn, card: Card): Promise<void> {
  const ref = messageRef.parse(post.ref)
  const edited = await ask(house, target, 'edit', () => target.platform.edit(ref, card))
  return 'error' in edited ? failed(house, post, edited.error) : shown(house, post, ref, card)
}

const STEPS = { post: send, edit, find: lookUp } as const

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
    const outage = code === 'UNAVAILABLE' || code === 'UNREACHED'
    const waitMs = house.backoffMs(post.failures + 1, outage ? OUTAGE_CAP_MS : REFUSED_CAP_MS)
    await recordFailure(db, post, Math.max(waitMs, retryAfterMs ?? 0), reason)
  }
}

type Answer<T> = { readonly value: T } | { readonly error: ChatError }

/** Calls the platform. An error that is none of the port's says as little about what happened as no answer does. */
async function ask<T>(house: Delivery, { place, turn }: OnTurn, kind: CallKind, call: () => Promise<T>): Promise<Answer<T>> {
  const since = house.stopwatch()
  try {
    return { value: await turn.spend(kind, () => within(house.callLimitMs, call)) }
  } catch (thrown) {
    const error = thrown instanceof ChatError ? thrown : new ChatError('UNAVAILABLE', reasonOf(thrown))
    if (error.code === 'RATE_LIMITED') house.pace.refused(place, kind, error.retryAfterMs ?? REST_MS)
    return { error: error.code === 'UNAVAILABLE' ? patient(error, house.stopwatch() - since) : error }
  }
}

/** It may still arrive, and what follows shall not overtake it: a call that was slow is given as much time again. */
const patient = ({ code, message, retryAfterMs = 0 }: ChatError, tookMs: number): ChatError =>
  new ChatError(code, message, tookMs < SLOW_MS ? retryAfterMs : Math.max(retryAfterMs, tookMs))

async function within<T>(limitMs: number, call: () => Promise<T>): Promise<T> {
  const limit = Promise.withResolvers<never>()
  const timer = setTimeout(() => limit.reject(new ChatError('UNAVAILABLE', `no answer within ${limitMs} ms`, limitMs)), limitMs)
  try {
    return await Promise.race([call(), limit.promise])
  } finally {
    clearTimeout(timer)
  }
}

const messageRef = z.object({ place: z.string(), message: z.string(), thread: z.string().exactOptional() })

const refOf = (ref: unknown): MessageRef | null => (ref === null ? null : messageRef.parse(ref))

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
