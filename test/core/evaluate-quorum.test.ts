import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Approval, humanIdOf, missingWords, quorumStatus, type RoleCount } from '../../src/core/evaluate/quorum.ts'
import { type Policy, ROLES, type Role } from '../../src/core/policy.ts'
import { person, policy, T0 } from '../support/change.ts'

const DIGEST = 'd'.repeat(64)
const yes = (...people: readonly string[]): readonly Approval[] => people.map((id) => ({ person: id, at: T0, digest: DIGEST }))
const need = (role: Role, count = 1): RoleCount => ({ role, count })
const BOTH = [need('security'), need('operations')]

/** Somebody of the sample organisation under other roles. */
const withPeople = (own: Readonly<Record<string, { roles: Role[]; delegateOf?: string }>>): Policy => ({
  ...policy,
  people: Object.entries(own).map(([id, more]) => ({ ...person('ana'), id, email: `${id}@norderhafen.example`, ...more })),
})

describe('one of security and one of operations', () => {
  test.each<[string, readonly string[], string, boolean, string]>([
    ['nobody', [], 'ana', false, '1 of security, 1 of operations'],
    ['security alone', ['dana'], 'ana', false, '1 of operations'],
    ['both', ['dana', 'emil'], 'ana', true, ''],
    ['both, the other way round', ['emil', 'dana'], 'ana', true, ''],
    ['two of security', ['dana', 'farah'], 'ana', false, '1 of operations'],
    ['a delegate and who delegated are one person', ['dana', 'oskar'], 'ana', false, '1 of operations'],
    ['a delegate in place of who delegated', ['oskar', 'emil'], 'ana', true, ''],
    ['the same person twice', ['dana', 'dana'], 'ana', false, '1 of operations'],
    ['the requester never counts', ['dana', 'chiara'], 'chiara', false, '1 of operations'],
    ['nor does the requester’s delegate', ['oskar', 'emil'], 'dana', false, '1 of security'],
    ['nor whom the requester stands for', ['dana', 'emil'], 'oskar', false, '1 of security'],
    ['other roles count for nothing', ['greta', 'nora', 'ines'], 'ana', false, '1 of security, 1 of operations'],
    ['somebody whom the policy does not know', ['zoe', 'emil'], 'ana', false, '1 of security'],
  ])('%s', (_, people, requester, met, missing) => {
    const status = quorumStatus(BOTH, yes(...people), requester, policy)
    expect([status.met, missingWords(status.missing)]).toEqual([met, missing])
  })

  test('who counts for what is told', () => {
    expect(quorumStatus(BOTH, yes('emil', 'oskar'), 'ana', policy).counted).toEqual([
      { person: 'oskar', role: 'security', at: T0 },
      { person: 'emil', role: 'operations', at: T0 },
    ])
  })
})

describe('one person fills one seat', () => {
  const people = withPeople({ both: { roles: ['security', 'operations'] }, sec: { roles: ['security'] }, ops: { roles: ['operations'] } })

  test('somebody with both roles alone is not enough', () => {
    expect(quorumStatus(BOTH, yes('both'), 'x', people)).toMatchObject({ met: false, missing: [need('operations')] })
  })

  test.each([
    [['both', 'sec']],
    [['sec', 'both']],
    [['both', 'ops']],
    [['ops', 'both']],
  ])('%j: the seat is found that leaves room', (order) => {
    expect(quorumStatus(BOTH, yes(...order), 'x', people).met).toBe(true)
  })

  test('a role that the rule names twice needs two people', () => {
    const twice = [need('security'), need('security')]
    expect(quorumStatus(twice, yes('dana'), 'ana', policy)).toMatchObject({ met: false, missing: [need('security')] })
    expect(quorumStatus(twice, yes('dana', 'farah'), 'ana', policy).met).toBe(true)
  })

  test('a count of two needs two', () => {
    expect(quorumStatus([need('security', 2)], yes('dana', 'oskar'), 'ana', policy).missing).toEqual([need('security')])
  })

  test('a delegate’s other role does not make two of one person', () => {
    const split = withPeople({ boss: { roles: ['security'] }, deputy: { roles: ['operations'], delegateOf: 'boss' } })
    expect(quorumStatus(BOTH, yes('boss', 'deputy'), 'x', split).met).toBe(false)
  })
})

describe('whatever the organisation and whoever clicks', () => {
  const roles = fc.uniqueArray(fc.constantFrom(...ROLES.slice(0, 4)), { minLength: 1, maxLength: 3 })
  const organisation = fc
    .array(fc.record({ roles, delegateOf: fc.option(fc.nat(2), { nil: undefined }) }), { minLength: 3, maxLength: 8 })
    .map((all) =>
      withPeople(
        Object.fromEntries(
          // The first three delegate, the others may stand for one of them.
          all.map(({ roles: held, delegateOf }, i) => [
            `p${i}`,
            { roles: held, ...(i > 2 && delegateOf !== undefined ? { delegateOf: `p${delegateOf}` } : {}) },
          ]),
        ),
      ),
    )
  const round = organisation.chain((rules) => {
    const id = fc.constantFrom(...rules.people.map((p) => p.id))
    return fc.record({
      rules: fc.constant(rules),
      needed: fc.array(fc.record({ role: fc.constantFrom(...ROLES.slice(0, 4)), count: fc.integer({ min: 1, max: 2 }) }), {
        minLength: 1,
        maxLength: 3,
      }),
      clicks: fc.array(id, { maxLength: 8 }),
      requester: id,
    })
  })

  test('the order of clicks does not matter', () => {
    fc.assert(
      fc.property(
        round.chain((r) => fc.record({ r: fc.constant(r), shuffled: fc.shuffledSubarray(r.clicks, { minLength: r.clicks.length }) })),
        ({ r: { rules, needed, clicks, requester }, shuffled }) => {
          expect(quorumStatus(needed, yes(...shuffled), requester, rules)).toEqual(quorumStatus(needed, yes(...clicks), requester, rules))
        },
      ),
    )
  })

  test('every seat has a human of its own who holds the role, has clicked, and is not the requester', () => {
    fc.assert(
      fc.property(round, ({ rules, needed, clicks, requester }) => {
        const { counted, met, missing } = quorumStatus(needed, yes(...clicks), requester, rules)
        const humans = counted.map((c) => humanIdOf(rules, c.person))
        expect(new Set(humans).size).toBe(humans.length)
        expect(humans).not.toContain(humanIdOf(rules, requester))
        for (const { person: id, role } of counted) {
          expect(clicks).toContain(id)
          expect(rules.people.find((p) => p.id === id)?.roles).toContain(role)
        }
        const seats = needed.reduce((sum, { count }) => sum + count, 0)
        expect(counted.length + missing.reduce((sum, { count }) => sum + count, 0)).toBe(seats)
        expect(met).toBe(counted.length === seats)
      }),
    )
  })

  test('when it says no, no assignment of people to seats would have done', () => {
    fc.assert(
      fc.property(round, ({ rules, needed, clicks, requester }) => {
        const seats = needed.flatMap(({ role, count }) => Array.from({ length: count }, () => role))
        const humans = [...new Set(clicks.map((id) => humanIdOf(rules, id)))].filter((id) => id !== humanIdOf(rules, requester))
        const holds = (human: string, role: Role) =>
          rules.people.some((p) => clicks.includes(p.id) && humanIdOf(rules, p.id) === human && p.roles.includes(role))
        const canSeat = ([role, ...rest]: readonly Role[], free: readonly string[]): boolean =>
          role === undefined ||
          free.some(
            (h) =>
              holds(h, role) &&
              canSeat(
                rest,
                free.filter((f) => f !== h),
              ),
          )
        expect(quorumStatus(needed, yes(...clicks), requester, rules).met).toBe(canSeat(seats, humans))
      }),
    )
  })

  test('one more approval never takes a quorum away', () => {
    fc.assert(
      fc.property(round, fc.nat(7), ({ rules, needed, clicks, requester }, extra) => {
        const more = rules.people[extra % rules.people.length]?.id ?? ''
        fc.pre(quorumStatus(needed, yes(...clicks), requester, rules).met)
        expect(quorumStatus(needed, yes(...clicks, more), requester, rules).met).toBe(true)
      }),
    )
  })
})
