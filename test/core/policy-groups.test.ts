import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decide } from '../../src/core/change/decide.ts'
import { evolve } from '../../src/core/change/evolve.ts'
import type { ChangeState } from '../../src/core/change/state.ts'
import { groupNotes } from '../../src/core/doctor/policy.ts'
import { type Approval, humanIdOf, quorumStatus } from '../../src/core/evaluate/quorum.ts'
import { approveVersion } from '../../src/core/policy/buy-off.ts'
import {
  groupsOf,
  heldBy,
  heldGroups,
  isMemberId,
  type Member,
  memberId,
  namedPeople,
  peopleWith,
  personOf,
  provedBy,
  rolesBy,
  stillProved,
} from '../../src/core/policy/groups.ts'
import { type Person, type Policy, policySchema } from '../../src/core/policy.ts'
import { evolved, NOW, opened, UNTIL } from '../support/change.ts'

const text = readFileSync(new URL('../../manifests/sample/policy.json', import.meta.url), 'utf8')
const GUARD = { platform: 'slack', ref: 'SGUARD', name: 'Security on call', roles: ['security'] } as const
const TEAM = { platform: 'teams', ref: '19:ops@thread.tacv2', name: 'Operations', roles: ['operations', 'patch-team'] } as const
const STAFF = { platform: 'slack', ref: 'everyone', name: 'All staff', roles: ['end-user'] } as const
const given = (more: object = {}): Policy => policySchema.parse({ ...JSON.parse(text), groups: [GUARD, TEAM, STAFF], ...more })
const policy = given()

const now = new Date('2026-11-25T12:00:00.000Z')
const ago = (days: number): string => new Date(now.getTime() - days * 86_400_000).toISOString()

const member = (email: string, proofs: Member['proofs']): Member => ({
  id: memberId(email),
  email,
  name: email,
  zone: 'Europe/Berlin',
  proofs,
  roles: [],
  version: 1,
})
const held = (one: Member) => heldBy(policy, one, now)
const among = (...members: readonly Member[]): ReadonlyMap<string, Member> => new Map(members.map((one) => [one.email, one]))
const inGroup = ({ platform, ref }: { readonly platform: string; readonly ref: string }, days = 0) => ({ platform, ref, at: ago(days) })
/** The policy as the rules see it. */
const seen = (written: Policy, ...members: readonly Member[]): Policy => ({
  ...written,
  people: [...peopleWith(written, among(...members), (one) => heldBy(written, one, now)).people],
})

describe('groups that are wrong say where', () => {
  const rows: readonly (readonly [string, readonly object[], string, string])[] = [
    ['a group twice', [GUARD, { ...GUARD, name: 'Again' }], 'groups.1.ref', 'each group once'],
    ['a name in place of an id', [{ ...GUARD, ref: '@security' }], 'groups.0.ref', 'S0123ABCD'],
    ['everyone decides', [{ ...STAFF, roles: ['end-user', 'security'] }], 'groups.0.roles.1', 'end-user alone'],
    ['everyone represents', [{ ...STAFF, roles: ['representative'] }], 'groups.0.roles.0', 'end-user alone'],
    ['a role twice', [{ ...GUARD, roles: ['security', 'security'] }], 'groups.0.roles.1', 'each role once'],
    ['an unknown role', [{ ...GUARD, roles: ['boss'] }], 'groups.0.roles.0', 'boss'],
    ['a platform without accounts', [{ ...GUARD, platform: 'web' }], 'groups.0.platform', 'slack'],
    ['no role', [{ ...GUARD, roles: [] }], 'groups.0.roles', ''],
  ]
  test.each(rows)('%s', (_what, groups, path, words) => {
    const read = policySchema.safeParse({ ...JSON.parse(text), groups })
    const issues = read.error?.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message })) ?? []
    expect(issues.map((issue) => issue.path)).toContain(path)
    if (words !== 'boss') expect(issues.find((issue) => issue.path === path)?.message).toContain(words)
  })

  test('all of them at once', () => {
    const groups = [
      { ...GUARD, ref: 'x' },
      { ...STAFF, roles: ['admin'] },
    ]
    const read = policySchema.safeParse({ ...JSON.parse(text), groups })
    expect(read.error?.issues.map(({ path }) => path.join('.'))).toEqual(['groups.0.ref', 'groups.1.roles.0'])
  })

  test('a quorum may wait for people of a group; the managers are named', () => {
    const sample = JSON.parse(text) as { people: { roles: string[] }[] }
    const without = (role: string) =>
      sample.people.map((p) => ({ ...p, roles: ['end-user', ...p.roles.filter((r) => r !== role && r !== 'end-user')] }))
    expect(policySchema.safeParse({ ...sample, people: without('security') }).success).toBe(false)
    expect(policySchema.safeParse({ ...sample, people: without('security'), groups: [GUARD] }).success).toBe(true)
    const managers = { ...GUARD, roles: ['manager'] }
    expect(policySchema.safeParse({ ...sample, people: without('manager'), groups: [managers] }).success).toBe(false)
  })

  test('a policy that says nothing of groups has none, and keeps roles for a week', () => {
    expect(policySchema.parse(JSON.parse(text))).toMatchObject({ groups: [], groupRoleDays: 7 })
  })
})

describe('who is a member', () => {
  test('an id that no policy can give, the same for the same address and another for another', () => {
    fc.assert(
      fc.property(fc.emailAddress(), fc.emailAddress(), (a, b) => {
        const id = memberId(a.toLowerCase())
        expect(isMemberId(id)).toBe(true)
        expect(id).toMatch(/^[a-z0-9-]+\.[0-9a-f]{10}$/)
        expect(policySchema.safeParse({ ...JSON.parse(text), people: [{ ...policy.people[0], id }] }).success).toBe(false)
        expect(memberId(b.toLowerCase()) === id).toBe(a.toLowerCase() === b.toLowerCase())
      }),
      { numRuns: 40 },
    )
  })

  test.each([
    ['in its group', 'slack', ['SGUARD'], ['Security on call', 'All staff']],
    ['in no group', 'slack', [], ['All staff']],
    ['in a group of another platform', 'teams', ['SGUARD'], []],
    ['in a team', 'teams', ['19:ops@thread.tacv2', '19:other@thread.tacv2'], ['Operations']],
  ])('an account %s', (_what, platform, groups, expected) => {
    expect(groupsOf(policy, { platform, groups }).map(({ name }) => name)).toEqual(expected)
  })

  test('a platform says what it proves now, and nothing of the other platform', () => {
    const before = [inGroup(GUARD, 3), inGroup(TEAM, 3)]
    expect(provedBy(before, 'slack', [], now.toISOString())).toEqual([inGroup(TEAM, 3)])
    expect(provedBy(before, 'teams', [TEAM], now.toISOString())).toEqual([inGroup(GUARD, 3), inGroup(TEAM)])
  })

  test.each([
    [0, ['security']],
    [6.99, ['security']],
    [7, []],
    [400, []],
  ])('a role lapses seven days after its proof (%s days)', (days, roles) => {
    expect(rolesBy(heldGroups(policy, [inGroup(GUARD, days)], now))).toEqual(roles)
  })

  test('a group that is no longer named gives nothing', () => {
    expect(heldGroups(given({ groups: [TEAM] }), [inGroup(GUARD)], now)).toEqual([])
  })

  test.each([
    ['the same groups, lately', [inGroup(GUARD, 1)], ['SGUARD'], true],
    ['a proof that has used up a quarter of its time', [inGroup(GUARD, 1.8)], ['SGUARD'], false],
    ['a group more', [], ['SGUARD'], false],
    ['a group less', [inGroup(GUARD, 1)], [], false],
    ['a proof from the future', [inGroup(GUARD, -1)], ['SGUARD'], false],
    ['nothing, and nothing before', [inGroup(TEAM, 1)], [], true],
  ])('a click need not be written down: %s', (_what, proofs, groups, expected) => {
    const few = given({ groups: [GUARD, TEAM] })
    expect(stillProved(proofs, 'slack', groupsOf(few, { platform: 'slack', groups }), few, now)).toBe(expected)
  })
})

describe('the people whom the rules see', () => {
  const dana = policy.people.find(({ id }) => id === 'dana') as Person
  const lena = policy.people.find(({ id }) => id === 'lena') as Person

  test('the policy’s own first, with what groups give them beside; then the members', () => {
    const view = seen(
      policy,
      member('guest@example.com', [inGroup(GUARD)]),
      member(lena.email.toLowerCase(), [inGroup(TEAM), inGroup(STAFF)]),
    )
    expect(view.people.map(({ id }) => id)).toEqual([...policy.people.map(({ id }) => id), memberId('guest@example.com')])
    expect(personOf(view, 'lena')).toEqual({
      ...lena,
      roles: [...lena.roles, 'patch-team', 'operations'],
      granted: ['patch-team', 'operations'],
    })
    expect(personOf(view, memberId('guest@example.com'))).toMatchObject({ roles: ['security'], granted: ['security'] })
    expect(namedPeople(view.people).map(({ id }) => id)).toEqual(policy.people.map(({ id }) => id))
  })

  test('a role that the policy gives, too, is the policy’s', () => {
    const view = seen(policy, member(dana.email.toLowerCase(), [inGroup(GUARD)]))
    expect(personOf(view, 'dana')).toEqual(dana)
  })

  test('who has lost every role keeps the name that stands on old cards, and no role', () => {
    const view = seen(policy, member('gone@example.com', [inGroup(GUARD, 30)]))
    expect(personOf(view, memberId('gone@example.com'))).toMatchObject({ name: 'gone@example.com', roles: [] })
  })

  test('`until` is the next moment at which it may be otherwise', () => {
    const { until } = peopleWith(policy, among(member('a@example.com', [inGroup(GUARD, 2), inGroup(STAFF, 30)])), held)
    expect(until).toBe(now.getTime() + 5 * 86_400_000)
    expect(peopleWith(policy, among(), held).until).toBe(Number.POSITIVE_INFINITY)
  })

  test('never more than the policy and the proofs give', () => {
    const proof = fc.record({ group: fc.constantFrom(GUARD, TEAM, STAFF), days: fc.double({ min: -1, max: 20, noNaN: true }) })
    const someone = fc.constantFrom('a@example.com', 'b@example.com', ...policy.people.map(({ email }) => email.toLowerCase()))
    fc.assert(
      fc.property(fc.array(fc.tuple(someone, fc.array(proof, { maxLength: 4 })), { maxLength: 6 }), (rows) => {
        const members = rows.map(([email, proofs]) =>
          member(
            email,
            proofs.map(({ group, days }) => inGroup(group, days)),
          ),
        )
        const view = seen(policy, ...members)
        expect(new Set(view.people.map(({ id }) => id)).size).toBe(view.people.length)
        for (const person of view.people) {
          const written = policy.people.find(({ id }) => id === person.id)?.roles ?? []
          const proofs = among(...members).get(person.email.toLowerCase())?.proofs ?? []
          const able = [
            ...written,
            ...[GUARD, TEAM, STAFF]
              .filter((g) => proofs.some((p) => p.ref === g.ref && Date.parse(p.at) > Date.parse(ago(7))))
              .flatMap(({ roles }) => roles),
          ]
          expect(person.roles.every((role) => (able as string[]).includes(role))).toBe(true)
        }
      }),
      { numRuns: 60 },
    )
  })
})

describe('one human, one vote', () => {
  const needed = [
    { role: 'security', count: 1 },
    { role: 'operations', count: 1 },
  ] as const
  const vote = (person: string, more: Partial<Approval> = {}): Approval => ({ person, at: NOW, digest: 'd', ...more })
  const address = 'mira@example.com'
  const both = member(address, [inGroup(GUARD), inGroup(TEAM)])

  test('roles of two platforms are two roles of one human, who fills one seat', () => {
    const view = seen(policy, both)
    expect(quorumStatus(needed, [vote(both.id)], 'ana', view).missing).toHaveLength(1)
  })

  test('a member whom the policy names later is the same human: the vote of before and the one of after are one', () => {
    const mira: Person = { id: 'mira', name: 'Mira', email: address, zone: 'Europe/Berlin', roles: ['security', 'operations'] }
    const view = seen({ ...policy, people: [...policy.people, mira] }, both)
    expect(humanIdOf(view, both.id)).toBe('mira')
    expect(quorumStatus(needed, [vote(both.id)], 'ana', view)).toMatchObject({ counted: [{ person: both.id }] })
    expect(quorumStatus(needed, [vote(both.id), vote('mira')], 'ana', view).missing).toHaveLength(1)
    expect(quorumStatus(needed, [vote(both.id)], 'mira', view).missing).toHaveLength(2)
    expect(quorumStatus(needed, [vote('mira')], both.id, view).missing).toHaveLength(2)
  })

  test('and so is one for whom the policy names somebody else as the one who acts', () => {
    const mira: Person = { id: 'mira', name: 'Mira', email: address, zone: 'Europe/Berlin', roles: ['operations'], delegateOf: 'dana' }
    const view = seen({ ...policy, people: [...policy.people, mira] }, both)
    expect(humanIdOf(view, both.id)).toBe('dana')
    expect(quorumStatus(needed, [vote(both.id), vote('dana')], 'ana', view).missing).toHaveLength(1)
  })

  test('an approval stays when its giver has left the group; without one nobody counts', () => {
    const gone = { ...both, proofs: [] }
    const view = seen(policy, gone)
    expect(quorumStatus([needed[0]], [vote(gone.id, { as: ['security'] })], 'ana', view).met).toBe(true)
    expect(quorumStatus([needed[0]], [vote(gone.id)], 'ana', view).met).toBe(false)
  })

  test('the approval keeps what the groups gave at its time, through decide and evolve', () => {
    const view = seen(policy, both)
    const state: ChangeState = evolved(opened(), UNTIL.deciding)
    const ctx = {
      now: NOW,
      actor: personOf(view, both.id) as Person,
      policy: view,
      policyHash: state.submission?.plan.policyHash ?? '',
      policyApproved: true,
      acceptable: [],
    }
    const ruled = decide(state, { kind: 'approve', digest: state.submission?.digest ?? '' }, ctx)
    expect(ruled).toMatchObject({
      ok: true,
      value: [{ kind: 'approval given', by: both.id, as: ['patch-team', 'security', 'operations'] }],
    })
    if (!ruled.ok) return
    const after = ruled.value.reduce((s, event) => evolve(s, event, { now: NOW, policy: view }), state)
    expect(after.submission?.approvals).toMatchObject([{ person: both.id, as: ['patch-team', 'security', 'operations'] }])
    const left = seen(policy, { ...both, proofs: [] })
    expect(quorumStatus(needed, after.submission?.approvals ?? [], 'ana', left).counted).toMatchObject([{ person: both.id }])
    const again = decide(after, { kind: 'approve', digest: state.submission?.digest ?? '' }, ctx)
    expect(again).toMatchObject({ ok: false, refusal: { code: 'ALREADY_DONE' } })
    const late = decide(
      state,
      { kind: 'approve', digest: state.submission?.digest ?? '' },
      { ...ctx, policy: left, actor: personOf(left, both.id) as Person },
    )
    expect(late).toMatchObject({ ok: false, refusal: { code: 'ROLE_MISSING' } })
  })

  test('a group makes nobody one who decides on the policy', () => {
    const written = given({ groups: [{ ...GUARD, roles: ['manager'] }] })
    const boss = member('boss@example.com', [inGroup(GUARD)])
    const actor = personOf(seen(written, boss), boss.id) as Person
    expect(actor.roles).toEqual(['manager'])
    const version = { id: 2, hash: 'h', status: 'proposed', approvals: [], approvedAt: null, rejection: null } as const
    const ruled = approveVersion(version, written, actor, { hash: 'h', now: NOW })
    expect(ruled).toMatchObject({ ok: false, refusal: { code: 'ROLE_MISSING' } })
  })
})

describe('what the doctor notes', () => {
  test('who can give themselves a role that decides, and groups in which nobody was seen', () => {
    expect(groupNotes(policy.groups, [1, 0, 0])).toEqual([
      'Whoever may edit the group "Security on call" on slack can give themselves security; keep that to few people.',
      'Whoever may edit the group "Operations" on teams can give themselves operations and patch-team; keep that to few people.',
      expect.stringContaining('Nobody was seen in the group "Operations" on teams'),
      expect.stringContaining('Nobody was seen in the group "All staff" on slack'),
    ])
  })

  test('more groups on Slack than it lets be read in a minute', () => {
    const groups = (platform: 'slack' | 'teams', count: number) =>
      Array.from({ length: count }, (_, n) => ({ ...STAFF, roles: [...STAFF.roles], platform, ref: `${platform}-${n}` }))
    expect(groupNotes([...groups('slack', 20), ...groups('teams', 20)], null)).toEqual([])
    expect(groupNotes(groups('slack', 21), null)).toEqual([expect.stringContaining('21 groups on slack')])
  })
})
