import { describe, expect, test } from 'vitest'
import { approveVersion, buyOffStatus, rejectVersion, type VersionState, waitingWords } from '../../src/core/policy/buy-off.ts'
import { policyDifferences } from '../../src/core/policy/differences.ts'
import type { Person, Policy, Role } from '../../src/core/policy.ts'
import { NOW, person, policy } from '../support/change.ts'

const manager = (id: string, own: Partial<Person> = {}): Person => ({
  ...person('greta'),
  id,
  name: id,
  roles: ['manager'] as Role[],
  ...own,
})
const judged = (people: readonly Person[], buyOffManagers = 2): Policy => ({ ...policy, people: [...people], buyOffManagers })
const ANN = manager('ann')
const BOB = manager('bob')
/** Acts for Ann. */
const ANNE = manager('anne', { delegateOf: 'ann' })
const JUDGES = judged([ANN, BOB, ANNE])
const version = (own: Partial<VersionState> = {}): VersionState => ({
  id: 3,
  hash: 'a'.repeat(64),
  status: 'proposed',
  approvals: [],
  approvedAt: null,
  rejection: null,
  ...own,
})
const said = (...people: string[]) => people.map((one) => ({ person: one, at: NOW }))
const yes = (of: VersionState, by: Person, judges = JUDGES, hash = of.hash) => approveVersion(of, judges, by, { hash, now: NOW })

describe('buy-off', () => {
  test('enough managers, and no fewer', () => {
    expect(yes(version(), ANN)).toEqual({ ok: true, value: { approvals: said('ann'), enough: false } })
    expect(yes(version({ approvals: said('ann') }), BOB)).toMatchObject({ ok: true, value: { enough: true } })
  })

  test('a delegate and who delegated are one person', () => {
    expect(yes(version({ approvals: said('ann') }), ANNE)).toMatchObject({ ok: false, refusal: { code: 'ALREADY_DONE' } })
    expect(buyOffStatus(said('ann', 'anne'), JUDGES).met).toBe(false)
    expect(waitingWords({ approvals: said('anne') }, JUDGES)).toBe('Waiting for 1 manager: bob.')
  })

  test('who is no manager of the version in force does not count, whenever it was that they approved', () => {
    const without = judged([BOB, manager('eve'), { ...ANN, roles: ['end-user'] }])
    expect(buyOffStatus(said('ann', 'bob'), without).met).toBe(false)
    expect(yes(version({ approvals: said('ann') }), BOB, without)).toMatchObject({ ok: true, value: { enough: false } })
    expect(yes(version(), person('dana'))).toMatchObject({ ok: false, refusal: { code: 'ROLE_MISSING' } })
  })

  test.each<[string, Partial<VersionState>, string]>([
    ['rejected', { status: 'rejected', rejection: { by: 'bob', at: NOW, reason: 'too long' } }, 'ALREADY_DECIDED'],
    ['a first one that was rejected', { status: 'in force', rejection: { by: 'bob', at: NOW, reason: 'too long' } }, 'ALREADY_DECIDED'],
    ['superseded', { status: 'superseded' }, 'STALE'],
    ['approved', { status: 'in force', approvedAt: NOW }, 'ALREADY_DECIDED'],
  ])('%s: too late', (_, own, code) => {
    expect(yes(version(own), ANN)).toMatchObject({ ok: false, refusal: { code } })
    expect(rejectVersion(version(own), JUDGES, ANN, { hash: version().hash, reason: 'no' })).toMatchObject({ ok: false, refusal: { code } })
  })

  test('a card that shows another version decides nothing; a no needs its reason', () => {
    expect(yes(version(), ANN, JUDGES, 'b'.repeat(64))).toMatchObject({ ok: false, refusal: { code: 'STALE' } })
    expect(rejectVersion(version(), JUDGES, ANN, { hash: version().hash, reason: ' ' })).toMatchObject({
      refusal: { code: 'REASON_NEEDED' },
    })
    expect(rejectVersion(version(), JUDGES, ANN, { hash: version().hash, reason: 'too long' })).toEqual({ ok: true, value: null })
  })
})

describe('what two versions say differently', () => {
  test.each<[string, unknown, unknown, ReturnType<typeof policyDifferences>]>([
    ['nothing', { a: 1, b: [1, 2] }, { b: [1, 2], a: 1 }, []],
    ['a value', { zone: 'UTC' }, { zone: 'Europe/Berlin' }, [{ path: 'zone', from: 'UTC', to: 'Europe/Berlin' }]],
    ['a list of values', { nth: [1] }, { nth: [1, -1] }, [{ path: 'nth', from: '1', to: '1, -1' }]],
    [
      'a key that came, and one that went',
      { a: 1 },
      { b: null },
      [
        { path: 'b', from: null, to: 'none' },
        { path: 'a', from: '1', to: null },
      ],
    ],
    [
      'a member of a list, by its id, whatever its place',
      { people: [{ id: 'ana', zone: 'UTC' }, { id: 'ben' }] },
      { people: [{ id: 'ben' }, { id: 'ana', zone: 'Europe/Berlin' }] },
      [{ path: 'people.ana.zone', from: 'UTC', to: 'Europe/Berlin' }],
    ],
    [
      'a member that came, and one that went',
      { people: [{ id: 'ana', roles: ['manager'] }] },
      { people: [{ id: 'ben', roles: ['admin', 'manager'] }] },
      [
        { path: 'people.ben', from: null, to: 'id ben, roles [admin, manager]' },
        { path: 'people.ana', from: 'id ana, roles [manager]', to: null },
      ],
    ],
    [
      'seats, by their role',
      { quorum: [{ role: 'security', count: 1 }] },
      { quorum: [{ role: 'security', count: 2 }] },
      [{ path: 'quorum.security.count', from: '1', to: '2' }],
    ],
    [
      'seats of one role twice are compared as a whole',
      {
        q: [
          { role: 'security', count: 1 },
          { role: 'security', count: 2 },
        ],
      },
      { q: [] },
      [{ path: 'q', from: 'role security, count 1; role security, count 2', to: 'nothing' }],
    ],
  ])('%s', (_, before, after, expected) => {
    expect(policyDifferences(before, after)).toEqual(expected)
  })

  test('a long side is cut, the path is whole', () => {
    const [one] = policyDifferences({ a: 'x' }, { a: 'y'.repeat(500) })
    expect(one?.to).toHaveLength(120)
  })
})
