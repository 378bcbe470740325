import pino from 'pino'
import { createDeliverer, type Deliverer, type DelivererOptions } from '../../src/app/chat/deliver.ts'
import { type Post, wantPost } from '../../src/app/chat/posts.ts'
import { touchSubject } from '../../src/app/chat/redraws.ts'
import type { Card } from '../../src/cards/card.ts'
import { card } from '../support/cards.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { type Loopback, startLoopback } from '../support/loopback-platform.ts'

/** The sample's time, which no lease and no waiting may follow. */
export const NOW = new Date('2023-03-23T12:00:00.123Z')

/** A saved state (a number per subject), a database, a platform, and what the deliverer said. */
export interface Room {
  readonly house: FreshDatabase
  readonly loopback: Loopback
  readonly lines: { level: number; msg: string; post?: number }[]
  readonly shown: string[]
  readonly uncertain: number[]
  deliverer(options?: Partial<DelivererOptions>): Deliverer
  /** One transaction: the state of the subject moves on, and its cards shall show it. Answers the new state. */
  change(subject: string): Promise<number>
  /** A root post in a place. */
  want(subject: string, placeId?: string): Promise<void>
  /** A frozen reply that says `text`. */
  say(subject: string, key: string, text: string, placeId?: string): Promise<void>
  rows(): Promise<Post[]>
  /** What people see, in order. */
  seen(placeId?: string): string[]
  /** Waiting times and leases run out. */
  timePasses(): Promise<void>
  /** Drains, and lets time pass, until nothing is left to deliver. */
  settle(deliverer: Deliverer): Promise<void>
  clear(): Promise<void>
  close(): Promise<void>
}

export async function openRoom(): Promise<Room> {
  const house = await freshDatabase()
  const loopback = await startLoopback()
  const lines: Room['lines'] = []
  const shown: string[] = []
  const uncertain: number[] = []
  const { db } = house
  const log = pino({ base: null }, { write: (line: string) => void lines.push(JSON.parse(line)) })
  const stateOf = async (subject: string): Promise<number> => Number((await db.setting.findUnique({ where: { key: subject } }))?.value ?? 0)
  const timePasses = async (): Promise<void> => {
    await db.post.updateMany({ data: { notBefore: null, leaseUntil: null } })
  }
  const left = () => db.$queryRaw<unknown[]>`
    SELECT id FROM "Post" WHERE wanted > shown AND status = 'open' UNION ALL SELECT id FROM "Redraw"`
  return {
    house,
    loopback,
    lines,
    shown,
    uncertain,
    timePasses,
    deliverer: (options) =>
      createDeliverer({
        db,
        url: house.url,
        platforms: new Map([['loopback', loopback.platform]]),
        place: (id) => ({ id, platform: 'loopback', ref: id }),
        render: async (post) => stateCard(post.subject, await stateOf(post.subject)),
        onShown: (places) => void shown.push(...places),
        onUncertain: async (post) => void uncertain.push(post.id),
        log,
        now: () => NOW,
        backoffMs: () => 0,
        ...options,
      }),
    change: (subject) =>
      db.$transaction(async (tx) => {
        const value = (await stateOfLocked(tx, subject)) + 1
        await tx.setting.upsert({ where: { key: subject }, create: { key: subject, value }, update: { value } })
        await touchSubject(tx, subject)
        return value
      }),
    want: (subject, placeId = 'team') => db.$transaction((tx) => wantPost(tx, { subject, purpose: 'card', placeId, now: NOW })),
    say: (subject, key, text, placeId = 'team') =>
      db.$transaction((tx) =>
        wantPost(tx, {
          subject,
          purpose: key,
          placeId,
          parent: { subject, purpose: 'card' },
          payload: { frozen: card({ title: text }) },
          now: NOW,
        }),
      ),
    rows: () => db.post.findMany({ orderBy: { id: 'asc' } }),
    seen: (placeId) => loopback.messages.filter((one) => placeId === undefined || one.place === placeId).map((one) => one.card.title),
    async settle(deliverer) {
      for (let round = 0; round < 60; round++) {
        await deliverer.drain()
        if ((await left()).length === 0) return
        await timePasses()
      }
      throw new Error(`still not delivered: ${JSON.stringify(await left())}`)
    },
    async clear() {
      await db.$executeRaw`TRUNCATE "Post", "Setting" RESTART IDENTITY`
      loopback.clear()
      for (const list of [lines, shown, uncertain]) list.splice(0)
    },
    async close() {
      await loopback.close()
      await house.drop()
    },
  }
}

export const stateCard = (subject: string, state: number): Card => card({ title: `${subject} is ${state}` })

async function stateOfLocked(tx: Parameters<typeof touchSubject>[0], subject: string): Promise<number> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext(${subject}))`
  return Number((await tx.setting.findUnique({ where: { key: subject } }))?.value ?? 0)
}
