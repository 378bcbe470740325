import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readKnown } from '../../src/app/change/known.ts'
import { json } from '../../src/app/change/rows.ts'
import { auditView } from '../../src/app/change/run-command.ts'
import { handleIntent } from '../../src/app/doors/intents.ts'
import { commandOf, isChangeVerb } from '../../src/app/doors/verbs.ts'
import { canonicalJson } from '../../src/core/canonical.ts'
import type { ChangeEvent } from '../../src/core/change/command.ts'
import { decide } from '../../src/core/change/decide.ts'
import { evolve } from '../../src/core/change/evolve.ts'
import type { ChangeState } from '../../src/core/change/state.ts'
import { humanIdOf } from '../../src/core/evaluate/quorum.ts'
import type { Intent } from '../../src/core/intent.ts'
import { verifyAudit } from '../../src/db/audit.ts'
import type { Outcome } from '../../src/ports.ts'
import { type BareHouse, bareHouse } from '../support/bare-house.ts'
import { DIGEST, evolved, NOW, opened, policy, UNTIL } from '../support/change.ts'

const RUNS = 40
/** Where the changes of a run stand at its start. */
const STAND: readonly (readonly ChangeEvent[])[] = [UNTIL.deciding, UNTIL.deciding, UNTIL.deciding, UNTIL.testing, UNTIL.reviewing]
const TESTS = policy.classes.high.tests.map(({ id }) => id)

let bare: BareHouse
beforeAll(async () => {
  bare = await bareHouse(policy)
})
afterAll(() => bare?.end())

interface Press {
  readonly by: string
  readonly at: number
  readonly verb: string
  readonly inputs: Readonly<Record<string, string>>
  /** Sent twice. */
  readonly again: boolean
}

const by = fc.constantFrom('ana', 'ben', 'chiara', 'dana', 'oskar', 'farah', 'emil', 'greta')
const press: fc.Arbitrary<Press> = fc.oneof(
  { weight: 6, arbitrary: given(fc.constant('approve'), fc.nat({ max: 2 }), fc.constant({})) },
  { weight: 1, arbitrary: given(fc.constant('reject'), fc.nat({ max: 2 }), fc.constant({ reason: 'not in this window' })) },
  {
    weight: 3,
    arbitrary: given(
      fc.constant('record-test'),
      fc.constant(3),
      fc.record({ test: fc.constantFrom(...TESTS), passed: fc.constantFrom('yes', 'no'), note: fc.constantFrom('', 'seen') }),
    ),
  },
  { weight: 1, arbitrary: given(fc.constant('write-lesson'), fc.constant(4), fc.record({ text: fc.constantFrom('one', 'another') })) },
)

function given(verb: fc.Arbitrary<string>, at: fc.Arbitrary<number>, inputs: fc.Arbitrary<Record<string, string>>): fc.Arbitrary<Press> {
  return fc.record({ by, at, verb, inputs, again: fc.boolean() })
}

async function changes(): Promise<readonly ChangeState[]> {
  const { db } = bare.house
  return Promise.all(
    STAND.map(async (events) => {
      const state = evolved(opened(), events)
      const { id } = await db.change.create({ data: { phase: state.phase, state: {}, createdAt: new Date(NOW) } })
      await db.change.update({ where: { id }, data: { state: json({ ...state, id }) } })
      // Who drew it knows it: the short way begins from there.
      await readKnown(db, id)
      return { ...state, id }
    }),
  )
}

interface Told {
  readonly intent: Intent
  readonly outcome: Outcome
}

/** What a click does to a state when nobody else is there, by the rules alone. */
function alone(state: ChangeState, { verb, inputs, digest = '', actor }: Intent) {
  if (!isChangeVerb(verb)) throw new Error(`${verb} is no verb of a change`)
  const subject = { kind: 'change', number: state.id, key: '' } as const
  const asked = { house: bare.house, state, hosts: [], group: [], subject, digest, signs: new Map(), exempt: new Map(), now: new Date(NOW) }
  const command = commandOf(verb, inputs, asked)
  if (!command.ok) throw new Error(command.refusal.text)
  const { policy: rules, hash: policyHash, approved: policyApproved } = bare.house.inForce
  const person = rules.people.find(({ id }) => id === actor) ?? null
  const decision = decide(state, command.value, { now: NOW, actor: person, policy: rules, policyHash, policyApproved, acceptable: [] })
  if (!decision.ok) return decision
  const after = decision.value.reduce((last, event) => evolve(last, event, { now: NOW, policy: rules }), state)
  return { ok: true, after, said: canonicalJson(decision.value.map(auditView)) } as const
}

/** The clicks on one change, one after another in the order of the audit chain. Answers every state on the way. */
function oneByOne(before: ChangeState, told: readonly Told[], records: readonly { actor: string; detail: { events: unknown } }[]) {
  const states = [before]
  const left = told.filter(({ outcome }) => outcome.ok)
  for (const { actor, detail } of records) {
    const state = states.at(-1) ?? before
    const said = canonicalJson(detail.events)
    const next = left.findIndex(({ intent }) => {
      const one = alone(state, intent)
      return intent.actor === actor && one.ok && one.said === said
    })
    const [found] = next < 0 ? [] : left.splice(next, 1)
    const one = found && alone(state, found.intent)
    if (!one?.ok) throw new Error(`nobody alone would have done what ${actor} did: ${said}`)
    states.push(one.after)
  }
  return { states, left }
}

async function expectSomeOrder(presses: readonly Press[], run: number): Promise<void> {
  const { db } = bare.house
  const before = await changes()
  const since = (await verifyAudit(db)) as { head: { seq: number } }
  const intents = presses.map(({ by: actor, at, verb, inputs }, n): Intent => {
    const subject = `change:${before[at]?.id}`
    return { actor, place: 'patch-team', verb, subject, digest: DIGEST, inputs, delivery: `${run}:${n}` }
  })
  const send = async (intent: Intent): Promise<Told> => ({ intent, outcome: await handleIntent(bare.house, intent) })
  const [told, again] = await Promise.all([
    Promise.all(intents.map(send)),
    Promise.all(intents.filter((_, n) => presses[n]?.again).map(send)),
  ])
  for (const { intent, outcome } of again)
    expect(outcome, 'a delivery has one answer').toEqual(told.find((one) => one.intent === intent)?.outcome)
  const records = (await db.auditRecord.findMany({ where: { seq: { gt: since.head.seq } }, orderBy: { seq: 'asc' } })).map(({ body }) =>
    JSON.parse(body),
  )
  for (const change of before) {
    const subject = `change:${change.id}`
    const mine = told.filter(({ intent }) => intent.subject === subject)
    const { states, left } = oneByOne(
      change,
      mine,
      records.filter((record) => record.subject === subject),
    )
    const row = await db.change.findUniqueOrThrow({ where: { id: change.id } })
    expect(row.state, 'what is saved is what that order gives').toEqual(JSON.parse(JSON.stringify(states.at(-1))))
    expect(row.version, 'every save is one of them').toBe(states.length - 1)
    expect(left.filter(({ intent }) => !states.some((state) => alone(state, intent).ok)).length, 'no yes without a reason').toBe(0)
    for (const { intent, outcome } of mine) {
      if (outcome.ok) continue
      const refusals = states.map((state) => alone(state, intent)).map((one) => (one.ok ? '' : one.refusal.code))
      expect(refusals, `${intent.actor} was refused at some moment`).toContain(outcome.refusal.code)
    }
    const { submission } = row.state as unknown as ChangeState
    const humans = (submission?.approvals ?? []).map((one) => humanIdOf(policy, one.person))
    expect(new Set(humans).size, 'a quorum is of different humans').toBe(humans.length)
  }
}

test('any clicks at once end as some order of them one by one', async () => {
  let run = 0
  const clicks = fc.array(press, { minLength: 1, maxLength: 24 })
  await fc.assert(
    fc.asyncProperty(clicks, (presses) => expectSomeOrder(presses, run++)),
    { numRuns: RUNS, endOnFailure: true },
  )
  expect(await verifyAudit(bare.house.db)).toMatchObject({ ok: true })
})
