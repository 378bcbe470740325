import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { json } from '../../src/app/change/rows.ts'
import { handleIntent } from '../../src/app/doors/intents.ts'
import type { ChangeEvent } from '../../src/core/change/command.ts'
import type { Intent } from '../../src/core/intent.ts'
import { verifyAudit } from '../../src/db/audit.ts'
import type { Outcome } from '../../src/ports.ts'
import { type BareHouse, bareHouse } from '../support/bare-house.ts'
import { DIGEST, evolved, NOW, opened, policy, UNTIL } from '../support/change.ts'

/** Clicks of one run, each delivered up to four times. */
const CLICKS = 40
/** Two thousand clicks in all; ten thousand by `npm run test:thorough`, which takes five times as long. */
const RUNS = process.env.MODE === 'thorough' ? 250 : 50
const AT_ONCE = 16

let bare: BareHouse
beforeAll(async () => {
  bare = await bareHouse(policy)
})
afterAll(() => bare?.end())

const TEST = policy.classes.high.tests[0]?.id ?? ''
/** Where the changes of a run stand at its start: two where tests are recorded, one that is decided on, one that is announced. */
const STAND: readonly (readonly ChangeEvent[])[] = [UNTIL.testing, UNTIL.testing, UNTIL.deciding, UNTIL.told]
type Verb = 'record-test' | 'approve' | 'reject' | 'read' | 'stop'

interface Click {
  readonly verb: Verb
  readonly by: string
  /** Which of the run's changes. */
  readonly at: number
  /** When each of its deliveries comes, between 0 and 1 of the whole run: the platform sends again, and not in order. */
  readonly times: readonly number[]
}

const click: fc.Arbitrary<Click> = fc.record({
  verb: fc.constantFrom<Verb>('record-test', 'record-test', 'record-test', 'approve', 'approve', 'reject', 'read', 'read', 'stop'),
  by: fc.constantFrom('ana', 'ben', 'chiara', 'dana', 'emil', 'farah', 'oskar', 'greta'),
  at: fc.nat({ max: STAND.length - 1 }),
  times: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 4 }),
})

async function changes(): Promise<readonly number[]> {
  const { db } = bare.house
  const made = await Promise.all(
    STAND.map(async (events) => {
      const state = evolved(opened(), events)
      const { id } = await db.change.create({ data: { phase: state.phase, state: {}, createdAt: new Date(NOW) } })
      await db.change.update({ where: { id }, data: { state: json({ ...state, id }) } })
      return id
    }),
  )
  return made
}

/** What a click says stands in its audit record, so that records can be counted by click. */
const intentOf = ({ verb, by, at }: Click, key: string, ids: readonly number[]): Intent => ({
  actor: by,
  place: 'patch-team',
  verb,
  subject: `change:${ids[at]}`,
  digest: DIGEST,
  inputs:
    { 'record-test': { test: TEST, passed: 'no', note: `[${key}]` }, reject: { reason: `[${key}]` }, stop: { reason: `[${key}]` } }[
      verb as string
    ] ?? {},
  delivery: key,
})

/** All deliveries in their order, several at a time. Answers per click, in the order in which they came. */
async function deliver(intents: readonly Intent[], clicks: readonly Click[]): Promise<ReadonlyMap<string, readonly Outcome[]>> {
  const queue = clicks
    .flatMap(({ times }, index) => times.map((time) => ({ time, intent: intents[index] as Intent })))
    .sort((a, b) => a.time - b.time)
  const answers = new Map<string, Outcome[]>(intents.map((intent) => [intent.delivery ?? '', []]))
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift())
        answers.get(next.intent.delivery ?? '')?.push(await handleIntent(bare.house, next.intent))
    }),
  )
  return answers
}

let run = 0

/** One run: the records that were added are exactly those of the clicks that were answered with yes, each once. */
async function expectOnce(clicks: readonly Click[]): Promise<void> {
  const { db } = bare.house
  const ids = await changes()
  const before = (await db.auditRecord.aggregate({ _max: { seq: true } }))._max.seq ?? 0
  const intents = clicks.map((one, index) => intentOf(one, `run-${run}-click-${index}-`, ids))
  run += 1
  const answers = await deliver(intents, clicks)
  const bodies = (await db.auditRecord.findMany({ where: { seq: { gt: before } } })).map((row) => row.body)
  const yes = (intent: Intent): boolean => answers.get(intent.delivery ?? '')?.[0]?.ok === true
  for (const intent of intents) {
    const all = answers.get(intent.delivery ?? '') ?? []
    expect(new Set(all.map((one) => JSON.stringify(one))).size, `${intent.delivery} is answered alike each time`).toBe(1)
    if (intent.inputs.note === undefined && intent.inputs.reason === undefined) continue
    const records = bodies.filter((body) => body.includes(`[${intent.delivery}]`)).length
    // Who stops what stands still already is told yes, and nothing more happens.
    if (intent.verb === 'stop') expect(records).toBeLessThanOrEqual(yes(intent) ? 1 : 0)
    else expect(records, `${intent.delivery} ${intent.verb}`).toBe(yes(intent) ? 1 : 0)
  }
  for (const verb of ['approve', 'read'] as const) {
    const mine = intents.filter((one) => one.verb === verb && yes(one)).map((one) => `${one.actor} ${one.subject}`)
    const records = bodies.map((body) => JSON.parse(body)).filter((body) => body.action === verb)
    const recorded = records.map((body) => `${body.actor} ${body.subject}`)
    expect(recorded.length).toBe(new Set(recorded).size)
    expect(new Set(recorded)).toEqual(new Set(mine))
  }
}

test(`${RUNS * CLICKS} clicks, delivered again, at once and out of order: one effect and one answer each`, async () => {
  const clicks = fc.array(click, { minLength: CLICKS, maxLength: CLICKS })
  await fc.assert(fc.asyncProperty(clicks, expectOnce), { numRuns: RUNS, endOnFailure: true })
  expect(await verifyAudit(bare.house.db)).toMatchObject({ ok: true })
})
