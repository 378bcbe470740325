import { personOf } from '../policy/groups.ts'
import type { ChangeClass, Person, Policy, Role } from '../policy.ts'
import type { Instant } from '../result.ts'
import type { ChangeType } from './classification.ts'

/** One person's yes on one digest. */
export interface Approval {
  readonly person: string
  readonly at: Instant
  /** The plan digest (or, for a resume, the halt) that was approved. */
  readonly digest: string
  /** Roles that groups gave the person at the time: the approval stays when the group is left. */
  readonly as?: readonly Role[]
}

export interface RoleCount {
  readonly role: Role
  readonly count: number
}

/** The seats that a change of this class and type has to fill; those of a normal change where its type has none of its own. */
export function neededQuorum(policy: Policy, of: { readonly class: ChangeClass; readonly type: ChangeType }): readonly RoleCount[] {
  const { quorum, emergencyQuorum, standardQuorum } = policy.classes[of.class]
  if (of.type === 'emergency') return emergencyQuorum ?? quorum
  return of.type === 'standard' ? (standardQuorum ?? quorum) : quorum
}

export interface QuorumStatus {
  readonly met: boolean
  /** Which approval counts for which role. */
  readonly counted: readonly { readonly person: string; readonly role: Role; readonly at: Instant }[]
  readonly missing: readonly RoleCount[]
}

/** One human, whoever acts: a delegate and who delegated are one person. */
export function humanOf(person: Person): string {
  return person.delegateOf ?? person.id
}

/** What an approval keeps of the roles that only groups give. */
export const grantedTo = ({ granted = [] }: Person): Pick<Approval, 'as'> => (granted.length === 0 ? {} : { as: granted })

/** The human behind a person's id; an id that the policy does not know stands for itself. */
export function humanIdOf(policy: Pick<Policy, 'people'>, id: string): string {
  const person = personOf(policy, id)
  return person ? humanOf(person) : id
}

/**
 * Counts approvals against the needed roles. One human counts once and for one role; the requester and their delegate
 * never count. Which role an approval fills is found by matching, so that the order of clicks does not matter.
 */
export function quorumStatus(
  needed: readonly RoleCount[],
  approvals: readonly Approval[],
  requester: string,
  policy: Pick<Policy, 'people'>,
): QuorumStatus {
  const seats = needed.flatMap((n) => Array.from({ length: n.count }, () => n.role))
  const seated = matchSeats(seats, votersOf(approvals, requester, policy))
  const counted = seats.flatMap((role, seat) => {
    const vote = seated[seat]?.find(({ person }) => person.roles.includes(role))
    return vote ? [{ person: vote.person.id, role, at: vote.at }] : []
  })
  const open = seats.filter((_, seat) => seated[seat] === undefined)
  const missing = [...new Set(open)].map((role) => ({ role, count: open.filter((o) => o === role).length }))
  return { met: open.length === 0, counted, missing }
}

interface Vote {
  readonly person: Person
  readonly at: Instant
}

/** What one human said, in person and by delegate; at least one vote. */
type Voter = readonly Vote[]

/** The humans who count, in an order of their own, so that the order of clicks is forgotten. */
function votersOf(approvals: readonly Approval[], requester: string, policy: Pick<Policy, 'people'>): readonly Voter[] {
  const votes = approvals.flatMap(({ person, at, as = [] }) => {
    const known = personOf(policy, person)
    return known ? [{ person: as.length === 0 ? known : { ...known, roles: [...new Set([...known.roles, ...as])] }, at }] : []
  })
  const byHuman = Map.groupBy(votes.toSorted(byPersonThenTime), ({ person }) => humanOf(person))
  byHuman.delete(humanIdOf(policy, requester))
  return [...byHuman].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, voter]) => voter)
}

const byPersonThenTime = (a: Vote, b: Vote): number =>
  a.person.id === b.person.id ? Date.parse(a.at) - Date.parse(b.at) : a.person.id < b.person.id ? -1 : 1

/** Largest assignment of voters to seats (augmenting paths; the numbers are tiny). */
function matchSeats(seats: readonly Role[], voters: readonly Voter[]): (Voter | undefined)[] {
  const seated: (Voter | undefined)[] = seats.map(() => undefined)
  const place = (voter: Voter, tried: Set<number>): boolean => {
    for (const [seat, role] of seats.entries()) {
      if (tried.has(seat) || !voter.some(({ person }) => person.roles.includes(role))) continue
      tried.add(seat)
      const sitting = seated[seat]
      if (!sitting || place(sitting, tried)) {
        seated[seat] = voter
        return true
      }
    }
    return false
  }
  for (const voter of voters) place(voter, new Set())
  return seated
}

/** Open seats in words: "1 of security, 1 of operations". */
export function missingWords(missing: readonly RoleCount[]): string {
  return missing.map((m) => `${m.count} of ${m.role}`).join(', ')
}
