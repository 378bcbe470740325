import { afterAll, beforeAll, expect, test } from 'vitest'
import { json } from '../../src/app/change/rows.ts'
import { handleIntent } from '../../src/app/doors/intents.ts'
import type { House } from '../../src/app/house.ts'
import type { ChangeState } from '../../src/core/change/state.ts'
import { humanIdOf } from '../../src/core/evaluate/quorum.ts'
import type { Person, Policy, Role } from '../../src/core/policy.ts'
import { verifyAudit } from '../../src/db/audit.ts'
import type { Outcome } from '../../src/ports.ts'
import { bareHouse } from '../support/bare-house.ts'
import { DIGEST, evolved, NOW, opened, policy as sample, UNTIL } from '../support/change.ts'
import { numbers } from '../support/numbers.ts'

const ROUNDS = 100
const APPROVERS = 50
/** How many of them press twice, and how many more send one and the same click twice. */
const TWICE = 8
const REPLAYED = 8

const person = (id: string, roles: Role[], delegateOf?: string): Person => ({
  id,
  name: `Person ${id}`,
  email: `${id}@norderhafen.example`,
  zone: 'Europe/Berlin',
  roles,
  ...(delegateOf === undefined ? {} : { delegateOf }),
})

/** Everybody could fill either seat, so any two of them are enough. Every fifth is the delegate of the one before. */
const EITHER = Array.from({ length: APPROVERS }, (_, i) =>
  person(`either-${i}`, ['security', 'operations'], i % 5 === 4 ? `either-${i - 1}` : undefined),
)
/** Each can fill one seat only. */
const ONE = Array.from({ length: APPROVERS }, (_, i) => person(`one-${i}`, [i % 2 === 0 ? 'security' : 'operations']))
const policy: Policy = { ...sample, people: [...sample.people, ...EITHER, ...ONE] }

let house: House
let end: () => Promise<void>
beforeAll(async () => {
  ;({ house, end } = await bareHouse(policy))
})
afterAll(() => end?.())

/** A change whose plan waits for 1 of security and 1 of operations; nobody has approved yet. */
async function undecided(): Promise<number> {
  const { id } = await house.db.change.create({ data: { phase: 'deciding', state: {}, createdAt: new Date(NOW) } })
  await house.db.change.update({ where: { id }, data: { state: json({ ...evolved(opened(), UNTIL.deciding), id }) } })
  return id
}

interface Click {
  readonly by: string
  readonly outcome: Outcome
}

/** Everybody presses Approve at once, some of them twice, in an order that `draw` decides. */
async function allAtOnce(change: number, people: readonly Person[], draw: () => number): Promise<readonly Click[]> {
  const mixed = people.map((p) => ({ p, at: draw() })).sort((a, b) => a.at - b.at)
  const clicks = mixed.map(({ p }, index) => ({ by: p.id, delivery: index < REPLAYED ? `${change}:${p.id}` : undefined }))
  const again = clicks.slice(0, REPLAYED + TWICE)
  return Promise.all(
    [...clicks.slice(0, 20), ...again, ...clicks.slice(20)].map(async ({ by, delivery }) => ({
      by,
      outcome: await handleIntent(house, {
        actor: by,
        place: 'patch-team',
        verb: 'approve',
        subject: `change:${change}`,
        digest: DIGEST,
        inputs: {},
        ...(delivery === undefined ? {} : { delivery }),
      }),
    })),
  )
}

/** What is saved: the approvals, and how often the record says that the plan was approved. */
async function saved(
  change: number,
): Promise<{ approvals: readonly string[]; decidedBy: readonly string[]; records: number; decisions: number }> {
  const row = await house.db.change.findUniqueOrThrow({ where: { id: change } })
  const { submission } = row.state as unknown as ChangeState
  const bodies = (await house.db.auditRecord.findMany({ where: { body: { contains: `"subject":"change:${change}"` } } })).map((r) => r.body)
  return {
    approvals: submission?.approvals.map((a) => a.person) ?? [],
    decidedBy: submission?.decided?.by ?? [],
    records: bodies.length,
    decisions: bodies.filter((body) => body.includes('"kind":"plan approved"')).length,
  }
}

const winners = (clicks: readonly Click[]): readonly string[] => [...new Set(clicks.filter((c) => c.outcome.ok).map((c) => c.by))]
const codes = (clicks: readonly Click[], losers: (by: string) => boolean): readonly string[] => [
  ...new Set(clicks.flatMap((c) => (losers(c.by) && !c.outcome.ok ? [c.outcome.refusal.code] : []))),
]

test(`${APPROVERS} people approve at once, ${ROUNDS} times: every plan is decided once, by exactly two humans`, async () => {
  const draw = numbers(1)
  for (let round = 0; round < ROUNDS; round += 1) {
    const change = await undecided()
    const clicks = await allAtOnce(change, EITHER, draw)
    const won = winners(clicks)
    expect(won.length, `round ${round}`).toBe(2)
    expect(new Set(won.map((id) => humanIdOf(policy, id))).size, 'a delegate and who delegated are one human').toBe(2)
    const after = await saved(change)
    expect([...after.approvals].sort(), 'the saved approvals are the answered ones').toEqual([...won].sort())
    expect(after).toEqual({ approvals: after.approvals, decidedBy: after.approvals, records: 2, decisions: 1 })
    // Who came between the two was a delegate of the first, or pressed twice.
    const humans = won.map((id) => humanIdOf(policy, id))
    expect(codes(clicks, (by) => !humans.includes(humanIdOf(policy, by)))).toEqual(['ALREADY_DECIDED'])
  }
  expect(await verifyAudit(house.db)).toMatchObject({ ok: true, head: { seq: 2 * ROUNDS } })
})

test('where each can fill one seat only, votes count until the other seat is filled, and none after', async () => {
  const draw = numbers(2)
  const roleOf = (id: string): string => `${policy.people.find((p) => p.id === id)?.roles[0]}`
  for (let round = 0; round < 10; round += 1) {
    const change = await undecided()
    const clicks = await allAtOnce(change, ONE, draw)
    const after = await saved(change)
    expect([...winners(clicks)].sort()).toEqual([...after.approvals].sort())
    const last = after.approvals.at(-1) ?? ''
    const before = new Set(after.approvals.slice(0, -1).map(roleOf))
    expect(before.size, 'one seat was filled').toBe(1)
    expect(before.has(roleOf(last)), 'by the last one the other').toBe(false)
    expect(after).toMatchObject({ decidedBy: after.approvals, records: after.approvals.length, decisions: 1 })
    expect(codes(clicks, (by) => !after.approvals.includes(by))).toEqual(['ALREADY_DECIDED'])
  }
})
