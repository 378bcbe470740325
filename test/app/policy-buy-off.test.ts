import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { json } from '../../src/app/change/rows.ts'
import { wantPost } from '../../src/app/chat/posts.ts'
import { planPurpose } from '../../src/app/chat/show.ts'
import { standingOf } from '../../src/app/rollout/standing.ts'
import type { Card } from '../../src/cards/card.ts'
import type { ChangeState } from '../../src/core/change/state.ts'
import { planDigest } from '../../src/core/evaluate/plan.ts'
import { verifyAudit } from '../../src/db/audit.ts'
import { type Running, start } from '../../src/main.ts'
import type { Outcome } from '../../src/ports.ts'
import { aPlan, approvedBy, evolved, NOW, opened, planApproved, submitted, UNTIL } from '../support/change.ts'
import { wordsOf } from '../support/change-cards.ts'
import { freshUrl } from '../support/database.ts'

const SAMPLE = new URL('../../manifests/sample/', import.meta.url)
const log = pino({ level: 'silent' })

let folder: string
let database: Awaited<ReturnType<typeof freshUrl>>
let bot: Running
let clock = Date.parse(NOW)

type Raw = Record<string, unknown>
let policy: Raw

/** Writes the policy file as somebody would edit it. */
const edit = async (change: Raw): Promise<void> => {
  policy = { ...policy, ...change }
  await writeFile(join(folder, 'policy.yaml'), JSON.stringify(policy, null, 2))
}

const open = (): Promise<Running> =>
  start(
    { port: 0, dataFolder: join(folder, 'data'), logLevel: 'silent', policyFile: join(folder, 'policy.yaml'), databaseUrl: null },
    { databaseUrl: database.url, log, clock: { now: () => new Date(clock) } },
  )

/** A minute goes by. */
const wait = async (): Promise<void> => {
  clock += 60_000
  await bot.settle()
}

const restart = async (): Promise<void> => {
  await bot.stop()
  bot = await open()
  await bot.settle()
}

beforeAll(async () => {
  database = await freshUrl({ empty: true })
  folder = await mkdtemp(join(tmpdir(), 'patchcrier-policy-'))
  await mkdir(join(folder, 'csaf'))
  await writeFile(join(folder, 'key.asc'), await readFile(new URL('csaf/sample-key.asc', SAMPLE)))
  const sample = JSON.parse(await readFile(new URL('policy.json', SAMPLE), 'utf8')) as { sources: Raw[] }
  policy = { ...sample, buyOffManagers: 2, sources: sample.sources.map((s) => ({ ...s, folder: 'csaf', keyFile: 'key.asc' })) }
  await edit({})
  bot = await open()
  await bot.settle()
})
afterAll(async () => {
  await bot?.stop()
  await database?.drop()
  await rm(folder, { recursive: true, force: true })
})

const cards = async (place: string): Promise<readonly Card[]> => ((await bot.doors.posts(place)) ?? []).map(({ card }) => card)
const see = async (place: string, title: RegExp): Promise<Card> => {
  const found = (await cards(place)).filter((card) => title.test(card.title)).at(-1)
  if (!found) throw new Error(`${place} has no ${title}: ${(await cards(place)).map((c) => c.title).join(' | ')}`)
  return found
}
const intent = (actor: string, verb: string, subject: string, more: Partial<{ digest: string; inputs: Record<string, string> }> = {}) =>
  bot.doors.handleIntent({ actor, verb, subject, inputs: {}, ...more } as Parameters<typeof bot.doors.handleIntent>[0])
const say = (actor: string, text: string): Promise<Outcome> => intent(actor, 'command', '', { inputs: { text } })
const press = async (actor: string, place: string, title: RegExp, label: string, inputs: Record<string, string> = {}): Promise<Outcome> => {
  const card = await see(place, title)
  const action = card.actions.find((a) => a.label === label)
  if (!action) throw new Error(`no ${label} on ${card.title}: ${card.actions.map((a) => a.label).join(', ')}`)
  const outcome = await intent(actor, action.verb, action.id, { ...(action.digest ? { digest: action.digest } : {}), inputs })
  await bot.settle()
  return outcome
}
const wordsOfOutcome = (outcome: Outcome): string => (outcome.ok ? outcome.cards.map(wordsOf).join('\n') : outcome.refusal.text)
const NOBODY = { text: 'POLICY NOT APPROVED', tone: 'danger' }
const actions = async (): Promise<readonly string[]> => {
  const rows = await bot.house.db.auditRecord.findMany({ where: { body: { contains: 'policy' } }, orderBy: { seq: 'asc' } })
  return rows.map(({ body }) => (JSON.parse(body) as { action: string }).action)
}

test('the first version is in force at once, and every card says that nobody has approved it', async () => {
  for (const place of ['management', 'admin']) expect((await see(place, /^Not approved yet: policy 1/)).badges).toContainEqual(NOBODY)
  expect(wordsOf(await see('management', /^Not approved yet/))).toMatch(
    /no rollout starts before the managers have approved it[\s\S]*Waiting for 2 managers: Greta Vogel, Henry Clarke/,
  )
  expect(wordsOfOutcome(await say('nora', 'policy'))).toMatch(/in force, NOT APPROVED/)
  expect(bot.house.inForce.approved).toBe(false)
})

test('as long as nobody has approved any, a mended file replaces it', async () => {
  await edit({ helpPlace: 'the help desk' })
  await wait()
  expect(bot.house.inForce.policy.helpPlace).toBe('the help desk')
  expect(wordsOf(await see('management', /^Superseded: policy 1/))).toMatch(/never approved/)
  expect((await see('management', /^Not approved yet: policy 2/)).actions.map((a) => a.label)).toEqual(['Approve', 'Reject', 'Show all'])
})

test('only managers approve, each counts once, and a restart in between loses nothing', async () => {
  const card = /^Not approved yet: policy 2/
  expect(await press('ana', 'management', card, 'Approve')).toMatchObject({
    refusal: { code: 'ROLE_MISSING', text: expect.stringMatching(/Greta Vogel, Henry Clarke/) },
  })
  expect((await press('greta', 'management', card, 'Approve')).ok).toBe(true)
  await restart()
  expect(wordsOf(await see('management', card))).toMatch(/Approved so far by Greta Vogel.*[\s\S]*Waiting for 1 manager: Henry Clarke/)
  expect(await press('greta', 'management', card, 'Approve')).toMatchObject({ refusal: { code: 'ALREADY_DONE' } })
  expect((await press('henry', 'management', card, 'Approve')).ok).toBe(true)
  expect(bot.house.inForce.approved).toBe(true)
  const now = await see('management', /^In force: policy 2/)
  expect(now.badges).not.toContainEqual(NOBODY)
  expect(wordsOf(now)).toMatch(/Approved by Greta Vogel.*Henry Clarke/)
  expect(now.actions.map((a) => a.label)).toEqual(['Show all'])
  expect(wordsOf(await see('admin', /^Policy 2 is in force/))).toMatch(/Approved by Greta Vogel and Henry Clarke/)
})

/** A change with a plan that waits for its decision (or has it already), made under the policy in force. */
async function aDecision(approved = false): Promise<{ id: number; digest: string }> {
  const { db, inForce } = bot.house
  const { id } = await db.change.create({ data: { phase: 'deciding', state: {}, createdAt: new Date(clock) } })
  const plan = aPlan({ changeId: id, policyHash: inForce.hash })
  const digest = planDigest(plan)
  const decided = approved ? [approvedBy('dana', digest), approvedBy('emil', digest), planApproved] : []
  const state = { ...evolved(opened(), [...UNTIL.planning, submitted(plan), ...decided]), id }
  await db.change.update({ where: { id }, data: { state: json(state), phase: state.phase } })
  const subject = `change:${id}`
  await db.$transaction((tx) =>
    wantPost(tx, { subject, purpose: planPurpose('decision', digest), placeId: 'patch-team', payload: { digest }, now: new Date(clock) }),
  )
  await bot.settle()
  return { id, digest }
}

let waiting: { id: number; digest: string }
let underWay: { id: number; digest: string }

test('a changed file is a proposal: what differs, what it means, and nothing is in force yet', async () => {
  underWay = await aDecision(true)
  waiting = await aDecision()
  expect((await see('patch-team', /^Go or no-go/)).actions.map((a) => a.label)).toContain('Approve')
  const before = bot.house.inForce.hash
  await edit({ staleAfterDays: 9, silentAfterMinutes: 30 })
  await wait()
  const card = await see('management', /^Proposed: policy 3/)
  const words = wordsOf(card)
  expect(words).toMatch(/staleAfterDays.*7.*9/)
  expect(words).toMatch(/silentAfterMinutes.*10.*30/)
  expect(words).toMatch(new RegExp(`The plan that waits for go or no-go in change ${waiting.id} becomes void`))
  expect(words).toMatch(new RegExp(`The approved plan of change ${underWay.id} goes on`))
  expect(card.actions.map((a) => a.label)).toEqual(['Approve', 'Reject', 'Show all'])
  expect(wordsOfOutcome(await press('greta', 'management', /^Proposed: policy 3/, 'Show all'))).toMatch(/silentAfterMinutes/)
  expect(bot.house.inForce.hash).toBe(before)
})

test('a rejected one says why in its thread, and is not proposed again by itself', async () => {
  const card = /^Proposed: policy 3/
  expect(await press('henry', 'management', card, 'Reject')).toMatchObject({ refusal: { code: 'REASON_NEEDED' }, field: 'reason' })
  await press('henry', 'management', card, 'Reject', { reason: 'Thirty minutes of silence is too long.' })
  expect(wordsOf(await see('admin', /^Policy 3 was rejected by Henry Clarke/))).toMatch(/Thirty minutes/)
  expect((await see('management', /^Rejected: policy 3/)).actions.map((a) => a.label)).toEqual(['Show all'])
  await restart()
  await wait()
  expect((await cards('management')).some((c) => /policy 4/.test(c.title))).toBe(false)
})

test('a bad file is said once, with its lines, and the version in force stays', async () => {
  const { hash } = bot.house.inForce
  await edit({ zone: 'Europe/Norderhafen', silentAfterMinutes: 0 })
  await wait()
  await wait()
  const bad = (await cards('admin')).filter((c) => c.title === 'The policy file cannot be used')
  expect(bad).toHaveLength(1)
  expect(wordsOf(bad[0] as Card)).toMatch(/policy\.yaml:3: zone: expected an IANA zone such as Europe\/Berlin, got "Europe\/Norderhafen"/)
  expect(wordsOf(bad[0] as Card)).toMatch(/silentAfterMinutes: expected a number of at least 1, got 0/)
  expect(bot.house.inForce.hash).toBe(hash)
  expect(await say('nora', 'policy reload')).toMatchObject({ ok: true })
})

test('with enough managers it is in force: plans that waited are void, and every later decision carries its hash', async () => {
  await edit({ zone: 'Europe/Berlin', silentAfterMinutes: 20 })
  expect(wordsOfOutcome(await say('nora', 'policy reload'))).toMatch(/Policy 4 is proposed/)
  await bot.settle()
  const old = bot.house.inForce.hash
  await press('greta', 'admin', /^Proposed: policy 4/, 'Approve')
  await press('henry', 'admin', /^Proposed: policy 4/, 'Approve')
  expect(bot.house.inForce).toMatchObject({ approved: true, policy: { silentAfterMinutes: 20 } })
  expect(bot.house.inForce.hash).not.toBe(old)

  const decision = await see('patch-team', /^Go or no-go/)
  expect(wordsOf(decision)).toMatch(new RegExp(`Void: it was made under policy ${old.slice(0, 8)}`))
  expect(decision.actions.map((a) => a.label)).toEqual(expect.arrayContaining(['Make the plan anew', 'Reject']))
  expect(decision.actions.map((a) => a.label)).not.toContain('Approve')
  expect(await see('patch-team', /^The policy has changed: this plan is void/)).toBeDefined()
  const approve = { digest: waiting.digest }
  expect(await intent('dana', 'approve', `change:${waiting.id}`, approve)).toMatchObject({ refusal: { code: 'POLICY_CHANGED' } })

  const going = (await cards('patch-team')).find(({ subtitle = '' }) => subtitle.includes(underWay.digest.slice(0, 8)))
  expect(wordsOf(going as Card)).toMatch(/It was approved under policy [0-9a-f]{8} and goes on under that one/)
  const state = (await bot.house.db.change.findUniqueOrThrow({ where: { id: underWay.id } })).state as unknown as ChangeState
  expect((await standingOf(bot.house, bot.house.db, state)).policy).toMatchObject({ silentAfterMinutes: 10, staleAfterDays: 9 })

  const fresh = await aDecision()
  expect(await intent('dana', 'approve', `change:${fresh.id}`, { digest: fresh.digest })).toMatchObject({ ok: true })
  const last = await bot.house.db.auditRecord.findFirstOrThrow({
    where: { body: { contains: '"action":"approve"' } },
    orderBy: { seq: 'desc' },
  })
  expect(JSON.parse(last.body)).toMatchObject({ detail: { policy: bot.house.inForce.hash } })
})

test('a restart works by the version in force, whatever the file says by then', async () => {
  const { hash } = bot.house.inForce
  await edit({ staleAfterDays: 30 })
  await restart()
  expect(bot.house.inForce).toMatchObject({ hash, approved: true, policy: { staleAfterDays: 9 } })
  expect(await see('management', /^Proposed: policy 5/)).toBeDefined()
  await edit({ staleAfterDays: 9 })
  await wait()
  expect(wordsOf(await see('management', /^Superseded: policy 5/))).toMatch(/never approved/)
})

test('who comes into the policy gets a token, and the token of who has gone opens nothing', async () => {
  const tokenOf = (id: string) => bot.tokens.people.find(({ person }) => person === id)?.token
  const before = { greta: tokenOf('greta'), kofi: tokenOf('kofi') }
  const people = policy.people as { id: string }[]
  const zoe = { id: 'zoe', name: 'Zoe Martin', email: 'zoe@norderhafen.example', zone: 'Europe/Berlin', roles: ['end-user'] }
  await edit({ people: [...people.filter(({ id }) => id !== 'kofi'), zoe] })
  await wait()
  const view = async (token = ''): Promise<number> =>
    (await fetch(new URL('/api/places', bot.url), { headers: { authorization: `Bearer ${token}` } })).status
  expect([await view(before.kofi), tokenOf('zoe')]).toEqual([200, undefined])
  await press('greta', 'management', /^Proposed: policy 6/, 'Approve')
  await press('henry', 'management', /^Proposed: policy 6/, 'Approve')
  expect(tokenOf('greta')).toBe(before.greta)
  expect([await view(before.kofi), await view(tokenOf('zoe'))]).toEqual([401, 200])
})

test('a policy that is bad at the start starts nothing', async () => {
  await bot.stop()
  const good = policy
  await edit({ zone: 'nowhere', helpPlace: '' })
  await expect(open()).rejects.toMatchObject({ code: 'POLICY_INVALID', message: expect.stringMatching(/zone: [\s\S]*helpPlace: /) })
  policy = good
  await edit({})
  bot = await open()
})

test('everything is in the audit, and its chain holds', async () => {
  expect(await actions()).toEqual(
    expect.arrayContaining(['first-policy', 'propose-policy', 'approve-policy', 'reject-policy', 'policy-file-bad']),
  )
  expect(await verifyAudit(bot.house.db)).toMatchObject({ ok: true })
})
