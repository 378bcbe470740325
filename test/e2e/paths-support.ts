import { readFile } from 'node:fs/promises'
import { DateTime } from 'luxon'
import { expect } from 'vitest'
import type { PolicyInForce } from '../../src/app/house.ts'
import { canonicalJson, sha256Hex } from '../../src/core/canonical.ts'
import { type Policy, policySchema } from '../../src/core/policy.ts'
import type { Parts } from '../../src/main.ts'
import type { HostReport } from '../../src/ports.ts'
import { startTestHouse, type TestHouse } from '../support/house.ts'
import type { Answer, Hands } from './hands.ts'
import { type Time, timeOf } from './main-job.ts'
import { reachOf, textOf, webHands } from './web-hands.ts'

export const TEAM = 'patch-team'
export const GO = /^Go or no-go/
export const OPENSSL = /^openssl security update/
export const ROLLING = /^Rolling out/

const ZONE = 'Europe/Berlin'

const QUIET: Policy['reminders'] = {
  decisionPending: null,
  clocks: null,
  windowTomorrow: null,
  windowSoon: null,
  roleNotFilled: null,
  delegateMissing: null,
  exceptionExpiring: null,
  reviewDue: null,
  awaiting: null,
  auditHead: { cron: '0 12 * * *' },
  dailySummary: null,
}

/** The sample's policy with one test per class, a window every night and no freeze: short ways, whatever the day. Nobody is reminded of anything. */
export async function quickPolicy(change: (policy: Policy) => Policy = (p) => p): Promise<PolicyInForce> {
  const sample = policySchema.parse(JSON.parse(await readFile(new URL('../../manifests/sample/policy.json', import.meta.url), 'utf8')))
  const { critical, high, medium, low } = sample.classes
  const short = (rule: typeof high): typeof high => ({ ...rule, tests: rule.tests.slice(0, 1) })
  const policy = change({
    ...sample,
    classes: { critical: short(critical), high: short(high), medium: short(medium), low: short(low) },
    windows: [{ id: 'nightly', name: 'Every night', zone: ZONE, weekdays: [1, 2, 3, 4, 5, 6, 7], start: '22:00', minutes: 90 }],
    blackouts: [],
    reminders: QUIET,
  })
  return { policy, hash: sha256Hex(canonicalJson(policy)), approved: true }
}

export interface Walk {
  readonly house: TestHouse
  readonly hands: Hands
  readonly time: Time
  now(): Date
  /** Moves to the next `HH:mm` of the organisation's zone, `days` days later. */
  at(clock: string, days?: number): Promise<void>
  /** Types a command. */
  say(person: string, line: string, place?: string): Promise<Answer>
  /** What somebody who makes requests by hand would send. */
  intent(body: Record<string, unknown>): Promise<Answer>
}

/** A house in the morning, so that a walk does not depend on the time of day. */
export async function startWalk(parts: Parts = {}): Promise<Walk> {
  const house = await startTestHouse({ policy: await quickPolicy(), ...parts })
  const walk = walkIn(house)
  await walk.at('08:00')
  return walk
}

export function walkIn(house: TestHouse): Walk {
  const now = (): Date => house.house.clock.now()
  const intent = async (body: Record<string, unknown>): Promise<Answer> => {
    const response = await fetch(new URL('/api/intents', house.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    const answer = (await response.json()) as { cards?: Record<string, unknown>[]; refusal?: { code: string; text: string } }
    if (response.status !== 200) throw new Error(`${response.status}: ${JSON.stringify(answer)}`)
    await house.settle()
    return answer.refusal
      ? { refused: true, text: `${answer.refusal.code}: ${answer.refusal.text}` }
      : { refused: false, text: (answer.cards ?? []).map(textOf).join('\n') }
  }
  return {
    house,
    hands: webHands(reachOf(house)),
    time: timeOf(house),
    now,
    at: async (clock, days = 0) => {
      const [hour = 0, minute = 0] = clock.split(':').map(Number)
      const here = DateTime.fromJSDate(now(), { zone: ZONE })
      const today = here.set({ hour, minute, second: 0, millisecond: 0 })
      await moveTo(house, (today > here ? today : today.plus({ days: 1 })).plus({ days }).toJSDate())
    },
    say: (person, line, place = TEAM) => intent({ person, place, command: line }),
    intent,
  }
}

export async function moveTo(house: TestHouse, to: Date): Promise<void> {
  const moved = await house.doors.moveClock?.(to)
  if (moved === undefined || moved === null || 'code' in moved) throw new Error(`the clock did not move: ${JSON.stringify(moved)}`)
  await house.settle()
}

export function refused(answer: Answer, what: RegExp): void {
  expect(answer.refused, answer.text).toBe(true)
  expect(answer.text).toMatch(what)
}

export async function done(answer: Promise<Answer>): Promise<Answer> {
  const known = await answer
  expect(known.refused, known.text).toBe(false)
  return known
}

/** Moves from event to event until the place shows what is awaited. */
export async function until({ hands, time }: Walk, place: string, title: RegExp, text: RegExp = /(?:)/): Promise<string> {
  for (let events = 0; events < 20; events += 1) {
    if ((await hands.count(place, title)) > 0 && text.test(await hands.see(place, title))) break
    await time.next()
  }
  return hands.see(place, title, text)
}

export const eventually = (walk: Walk, title: RegExp): Promise<string> => until(walk, TEAM, title)

export interface Wanted {
  /** Title of the alert card. */
  readonly alert?: RegExp
  /** Title of the test card. */
  readonly test?: RegExp
  readonly class?: string
  /** Inputs of the plan's form that differ from what it proposes. */
  readonly plan?: Readonly<Record<string, string>>
}

/** Given a bulletin that is classified and tested. */
async function tested(walk: Walk, { alert = OPENSSL, test = /^Test/, class: chosen = 'high' }: Wanted = {}): Promise<void> {
  await eventually(walk, alert)
  await done(walk.hands.press('ana', TEAM, alert, 'Classify', { class: chosen, reason: 'The web servers face the internet.' }))
  await done(walk.hands.press('ben', TEAM, test, 'Record a test', { note: 'on vm-1' }))
}

/** Given a plan that waits for its decision. */
export async function submitted(walk: Walk, wanted: Wanted = {}): Promise<void> {
  await tested(walk, wanted)
  await done(walk.hands.press('ana', TEAM, wanted.test ?? /^Test/, 'Make the plan', wanted.plan))
}

/** Given an approved plan. */
export async function approved(walk: Walk, wanted: Wanted = {}): Promise<void> {
  await submitted(walk, wanted)
  await vote(walk)
}

export async function vote({ hands }: Walk): Promise<void> {
  await done(hands.press('dana', TEAM, GO, 'Approve'))
  await done(hands.press('emil', TEAM, GO, 'Approve'))
}

/** Given a plan of which the end users know. */
export async function announced(walk: Walk, wanted: Wanted = {}): Promise<void> {
  await approved(walk, wanted)
  await tellAll(walk)
}

export async function tellAll(walk: Walk): Promise<void> {
  await done(walk.hands.press('ana', TEAM, GO, 'Announce'))
  await until(walk, 'end-users', /^Security update for your computer/)
}

export interface Reported {
  readonly status: number
  readonly accepted: number
  readonly refused: readonly { readonly index: number; readonly reason: string }[]
}

/** Reports of hosts, as a script on them would send them. */
export async function report(
  { house }: Walk,
  change: string,
  reports: readonly unknown[],
  token = house.tokens.reports,
): Promise<Reported> {
  const response = await fetch(new URL(`/api/rollouts/${change}/reports`, house.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ reports }),
  })
  const body = (await response.json()) as Omit<Reported, 'status'>
  await house.settle()
  return { status: response.status, ...body }
}

/** What the fixed build of openssl is on every host of the sample. */
export const FIXED = '1:1.1.1k-9.el8_6'

/** Every ordered host says that it has done what it was told, and a check finds it. */
export async function allReport(walk: Walk, version: string | null = FIXED): Promise<readonly string[]> {
  const rows = await walk.house.house.db.rolloutHost.findMany({ where: { status: { in: ['ordered', 'arrived', 'attempted'] } } })
  const at = walk.now().toISOString()
  const steps: readonly HostReport['step'][] = ['arrived', 'attempted', 'installed', 'verified']
  for (const changeId of new Set(rows.map((r) => r.changeId))) {
    const mine = rows.filter((r) => r.changeId === changeId)
    const reports = mine.flatMap(({ host }) => steps.map((step) => ({ host, step, at, ...(version ? { version } : {}) })))
    const answer = await report(walk, `${changeId}`, reports)
    expect(answer).toMatchObject({ status: 202, accepted: reports.length, refused: [] })
  }
  return rows.map((r) => r.host)
}
