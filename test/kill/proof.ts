import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { isQuery } from '../../src/app/doors/queries.ts'
import { canonicalJson } from '../../src/core/canonical.ts'
import type { ChangeState } from '../../src/core/change/state.ts'
import type { HostProgress } from '../../src/core/deploy/progress.ts'
import { verifyAudit } from '../../src/db/audit.ts'
import { type Database, openDatabase } from '../../src/db/database.ts'
import type { MessageRef, Order } from '../../src/ports.ts'
import type { Loopback } from '../support/loopback-platform.ts'
import type { Bot } from './bot.ts'
import { databaseUrl } from './database.ts'
import { startsFile } from './points.ts'
import { killPolicy } from './policy.ts'

/** A press that was not refused. */
export interface Press {
  readonly person: string
  readonly verb: string
}

export interface Walked {
  readonly folder: string
  readonly bot: Bot
  readonly chat: Loopback
  readonly presses: readonly Press[]
}

/** What has to hold after the main job, however often the bot was killed on the way. Throws what does not. */
export async function prove(walked: Walked): Promise<void> {
  await walked.bot.settle()
  const drawn = await walked.bot.drawn()
  const db = await openDatabase(await databaseUrl(walked.folder), { poolSize: 2 })
  try {
    await jobDone(db)
    await nothingLost(db, walked.chat, drawn)
    await nothingTwice(db, walked)
    await onceOnEveryHost(db, walked.folder)
    expect(await verifyAudit(db), 'the audit chain').toMatchObject({ ok: true })
  } finally {
    await db.close()
  }
}

const stateOf = (row: { state: unknown }): ChangeState => row.state as ChangeState

async function jobDone(db: Database): Promise<void> {
  const changes = (await db.change.findMany({ orderBy: { id: 'asc' } })).map(stateOf)
  const [first] = changes
  expect(first?.phase).toBe('closed')
  expect(first?.submission?.approvals.map((a) => a.person)).toEqual(['dana', 'emil'])
  expect(first?.submission?.decided).toMatchObject({ verdict: 'approved', by: ['dana', 'emil'] })
  // One change per bulletin, however often the poll that brought it was broken off.
  expect(new Set(changes.map((c) => c.bulletin.vendorId)).size).toBe(changes.length)
  expect(await db.runnerOrder.groupBy({ by: ['status'], where: { changeId: first?.id ?? 0 } })).toEqual([{ status: 'settled' }])
}

/** Every post shows what it should, and is on its platform as its row says. */
async function nothingLost(db: Database, chat: Loopback, drawn: Readonly<Record<string, string>>): Promise<void> {
  const posts = await db.post.findMany({ orderBy: { id: 'asc' }, include: { parent: true } })
  const { policy } = await killPolicy()
  for (const post of posts) {
    const name = `post ${post.id}: ${post.subject} ${post.purpose} in ${post.placeId}`
    expect({ shown: post.shown, status: post.status }, name).toEqual({ shown: post.wanted, status: 'open' })
    expect(canonicalJson(post.card), `${name}: the card of the saved state`).toBe(drawn[post.id])
    const place = policy.places.find((p) => p.id === post.placeId)
    if (`${place?.platform}` !== 'loopback') continue
    const said = chat.messages.filter((m) => m.key === `post-${post.id}`)
    expect(said.length, `${name}: said so often`).toBe(1)
    expect(canonicalJson(said[0]?.card), `${name}: what people see`).toBe(canonicalJson(post.card))
    const parent = post.parent ? (post.parent.ref as unknown as MessageRef).message : undefined
    expect([said[0]?.place, said[0]?.thread, said[0]?.id], name).toEqual([
      place?.ref,
      parent,
      (post.ref as unknown as MessageRef | null)?.message,
    ])
  }
  expect(chat.messages.length, 'every message belongs to a post').toBe(posts.filter((p) => p.placeId.endsWith('-chat')).length)
  expect(chat.messages.length).toBeGreaterThan(20)
}

/** What people pressed has had its effect once, and so have the steps that take themselves. */
async function nothingTwice(db: Database, { presses }: Walked): Promise<void> {
  const records = (await db.auditRecord.findMany()).map((r) => JSON.parse(r.body) as { actor: string; action: string; detail: unknown })
  const { policy } = await killPolicy()
  const people = policy.people.map((p) => p.id)
  // The policy was bought off before anybody pressed anything.
  const acted = records.filter((r) => people.includes(r.actor) && r.action !== 'buy-off-policy').map((r) => `${r.actor} ${r.action}`)
  const pressed = presses.filter((p) => !isQuery(p.verb)).map((p) => `${p.person} ${p.verb}`)
  // "I have read it" is pressed twice on purpose.
  const read = (what: string): boolean => what.endsWith(' read')
  const expected = [...pressed.filter((w) => !read(w)), ...new Set(pressed.filter(read))]
  expect(acted.sort(), 'audit records of people against what they pressed').toEqual(expected.sort())
  const taken = records.filter((r) => r.action === 'take-bulletin').map((r) => canonicalJson(r.detail))
  expect(new Set(taken).size, 'every document was taken in once').toBe(taken.length)
}

/** As many runs as the records say, and none twice. */
async function onceOnEveryHost(db: Database, folder: string): Promise<void> {
  const store = join(folder, 'rehearsal')
  const begun = await Promise.all(
    (await readdir(store))
      .filter((name) => name.endsWith('.order.json'))
      .map(async (name) => (JSON.parse(await readFile(join(store, name), 'utf8')) as { order: Order }).order),
  )
  const stored = await db.runnerOrder.findMany()
  expect(begun.map((o) => o.id).sort(), 'what the back end began is what is stored').toEqual(stored.map((o) => o.id).sort())
  const hosts = (await db.rolloutHost.findMany()).map((row) => row.state as unknown as HostProgress)
  for (const { host, tries } of hosts) {
    const runs = begun.filter((o) => o.action === 'install' && o.hosts.some((h) => h.host === host))
    expect(runs.length, `runs of ${host}`).toBe(tries)
  }
  const ran = (await linesOf(join(store, 'runs.log'))).map((line) => {
    const { order, host } = JSON.parse(line) as { order: string; host: string }
    return `${order} ${host}`
  })
  expect(new Set(ran).size, 'no host ran an order twice').toBe(ran.length)
  const starts = await linesOf(startsFile(folder))
  expect(new Set(starts).size, 'no order was started again after its start had returned').toBe(starts.length)
  await everyStopHeard(db, store)
}

/** Whenever a rollout stood still, the back end had been told so of every install order that was out, before the rollout went on. */
async function everyStopHeard(db: Database, store: string): Promise<void> {
  const records = (await db.auditRecord.findMany({ orderBy: { seq: 'asc' } })).map(
    (r) => JSON.parse(r.body) as { at: string; action: string },
  )
  const stills = records.filter((r) => r.action === 'halt' || r.action === 'stop')
  expect(
    stills.map((r) => r.action),
    'one halt by threshold, one STOP',
  ).toEqual(['halt', 'stop'])
  const orders = (await db.runnerOrder.findMany()).filter((o) => o.id.includes('.install.'))
  for (const [index, still] of stills.entries()) {
    const next = stills[index + 1]
    const wentOn = records.slice(0, next && records.indexOf(next)).findLast((r) => r.action === 'resume')
    const out = orders.filter((o) => o.givenAt && o.givenAt.getTime() < Date.parse(still.at))
    expect(out.length).toBeGreaterThan(0)
    for (const { id } of out) {
      const text = await readFile(join(store, `${id}.stop.json`), 'utf8').catch(() => null)
      const { stoppedAt } = JSON.parse(text ?? '{}') as { stoppedAt?: string }
      expect(Date.parse(stoppedAt ?? ''), `${id}: told of the ${still.action}`).toBeLessThanOrEqual(Date.parse(wentOn?.at ?? ''))
    }
  }
}

const linesOf = async (file: string): Promise<string[]> => (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '')
