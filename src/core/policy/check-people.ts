import { quorumStatus } from '../evaluate/quorum.ts'
import { ROLES, type Role } from './fields.ts'
import type { LoosePolicy, PolicyProblem } from './loose.ts'

/** What is wrong with who does what: delegates, managers, and quorums that nobody could fill. */
export function peopleProblems(policy: LoosePolicy): readonly PolicyProblem[] {
  return [...badDelegates(policy), ...badManagers(policy), ...badQuorums(policy), ...badDelayRoles(policy)]
}

type Someone = NonNullable<LoosePolicy['people']>[number]

/** A delegate of a delegate would make it unclear who is one person. */
function badDelegates({ people = [] }: LoosePolicy): readonly PolicyProblem[] {
  return people.flatMap(({ id, delegateOf }, i) => {
    if (delegateOf === undefined) return []
    const principal = people.find((one) => one.id === delegateOf)
    const path = ['people', i, 'delegateOf']
    if (principal === undefined) return [{ path, message: `expected the id of a person, got "${delegateOf}"` }]
    if (principal.id === id) return [{ path, message: 'expected somebody else: nobody is their own delegate' }]
    return principal.delegateOf === undefined
      ? []
      : [{ path, message: `expected a person who is no delegate; "${delegateOf}" is one and cannot delegate further` }]
  })
}

const humanOf = ({ id, delegateOf }: Someone): string => delegateOf ?? id ?? ''
const humans = (people: readonly Someone[], role: string): number =>
  new Set(people.filter((p) => p.roles?.includes(role)).map(humanOf)).size

/** Who signs the policy. */
function badManagers({ people, buyOffManagers = 1 }: LoosePolicy): readonly PolicyProblem[] {
  if (people === undefined) return []
  const there = humans(people, 'manager')
  if (there === 0) return [{ path: ['people'], message: 'expected at least one manager, who approves the policy; nobody has the role' }]
  if (there >= buyOffManagers) return []
  return [
    {
      path: ['buyOffManagers'],
      message: `expected at most ${there}, as many managers as there are (a delegate is no second one), got ${buyOffManagers}`,
    },
  ]
}

const QUORUMS = ['quorum', 'emergencyQuorum', 'standardQuorum'] as const
const PLANNERS: readonly string[] = ['patch-team', 'operations']

/** A quorum that cannot be filled, or only without anybody being left who could make the plan, would stop its first change at night. */
function badQuorums({ people: named, groups, classes = {} }: LoosePolicy): readonly PolicyProblem[] {
  if (named === undefined) return []
  const people = [...named, ...inGroups(groups)]
  return Object.entries(classes).flatMap(([name, rule]) =>
    QUORUMS.flatMap((which) => {
      const needed = seatsOf(rule[which])
      const path = ['classes', name, which]
      return needed === null ? [] : unfillable(needed, people).map((message) => ({ path, message }))
    }),
  )
}

/** Who is in a group is not known before they come: it may fill any seat of its roles. The doctor says when nobody was seen in it. */
const inGroups = (groups: LoosePolicy['groups'] = []): readonly Someone[] =>
  groups.flatMap(({ roles }, group) =>
    roles === undefined ? [] : Array.from({ length: MANY }, (_, i) => ({ id: `group-${group}.${i}`, roles })),
  )

/** More than any quorum needs. */
const MANY = 12

interface Seat {
  readonly role: Role
  readonly count: number
}

/** Null where it cannot be read: that is told elsewhere. */
function seatsOf(seats: readonly { role?: string | undefined; count?: number | undefined }[] | undefined): readonly Seat[] | null {
  if (seats === undefined) return null
  const read = seats.flatMap(({ role, count }) => {
    const known = ROLES.find((one) => one === role)
    return known && count !== undefined && count > 0 && count < 1_000 ? [{ role: known, count }] : []
  })
  return read.length === seats.length && read.length > 0 ? read : null
}

function unfillable(needed: readonly Seat[], people: readonly Someone[]): readonly string[] {
  const few = needed.filter(({ role, count }) => humans(people, role) < count)
  if (few.length > 0)
    return few.map(
      ({ role, count }) =>
        `expected at least ${count} ${count === 1 ? 'person' : 'different people'} with the role ${role} (a delegate is no second one), got ${humans(people, role)}`,
    )
  if (fills(needed, people, '')) {
    const planners = people.filter((p) => p.roles?.some((r) => PLANNERS.includes(r)))
    if (planners.length === 0) return ['expected somebody with the role patch-team or operations, who makes the plans; nobody has it']
    return planners.some((p) => fills(needed, people, p.id ?? ''))
      ? []
      : [
          `expected enough people beside the one who makes the plan: each who may make it (${planners.map((p) => p.id).join(', ')}) is needed to approve it`,
        ]
  }
  return ['expected a person for each seat: the same few people hold several of these roles, and one person counts for one']
}

/** Could they approve, if everybody but the requester did? */
function fills(needed: readonly Seat[], people: readonly Someone[], requester: string): boolean {
  const voters = people.flatMap(({ id, roles, delegateOf }) =>
    id === undefined || roles === undefined
      ? []
      : [
          {
            id,
            name: id,
            email: '',
            zone: '',
            roles: ROLES.filter((role) => roles.includes(role)),
            ...(delegateOf === undefined ? {} : { delegateOf }),
          },
        ],
  )
  const votes = voters.map(({ id }) => ({ person: id, at: '1970-01-01T00:00:00.000Z', digest: '' }))
  return quorumStatus(needed, votes, requester, { people: voters }).met
}

/** Requests for a delay would wait for ever. */
function badDelayRoles({ people: named, groups, classes = {} }: LoosePolicy): readonly PolicyProblem[] {
  if (named === undefined) return []
  const people = [...named, ...inGroups(groups)]
  return Object.entries(classes).flatMap(([name, { delayRole }]) =>
    delayRole === undefined || !ROLES.some((role) => role === delayRole) || humans(people, delayRole) > 0
      ? []
      : [
          {
            path: ['classes', name, 'delayRole'],
            message: `expected a role that somebody holds, who decides on delays; nobody is ${delayRole}`,
          },
        ],
  )
}
