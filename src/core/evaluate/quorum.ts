import type { Person, Policy, Role } from '../policy.ts'
import type { Instant } from '../result.ts'

/** One person's yes on one digest. */
export interface Approval {
  readonly person: string
  readonly at: Instant
  /** The plan digest (or, for a resume, the halt) that was approved. */
  readonly digest: string
}

export interface RoleCount {
  readonly role: Role
  readonly count: number
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

/** The human behind a person's id; an id that the policy does not know stands for itself. */
export function humanIdOf(policy: Policy, id: string): string {
  const person = policy.people.find((p) => p.id === id)
  return person ? humanOf(person) : id
}

/**
 * Counts approvals against the needed roles. One human counts once and for one role; the requester and their delegate
 * never count. Which role an approval fills is found by matching, so that the order of clicks does not matter.
 */
export function quorumStatus(needed: readonly RoleCount[], approvals: readonly Approval[], requester: string, policy: Policy): QuorumStatus {
  const people = new Map(policy.people.map((p) => [p.id, p]))
  const requestingHuman = humanIdOf(policy, requester)
  const byHuman = new Map<string, { person: Person; at: Instant }>()
  for (const approval of approvals) {
    const person = people.get(approval.person)
    if (!person || humanOf(person) === requestingHuman || byHuman.has(humanOf(person))) continue
    byHuman.set(humanOf(person), { person, at: approval.at })
  }
  const seats = needed.flatMap((n) => Array.from({ length: n.count }, () => n.role))
  const seated = matchSeats(seats, [...byHuman.values()])
  const counted = seats.flatMap((role, seat) => {
    const taken = seated[seat]
    return taken ? [{ person: taken.person.id, role, at: taken.at }] : []
  })
  const missing = needed.flatMap(({ role, count }) => {
    const open = count - counted.filter((c) => c.role === role).length
    return open > 0 ? [{ role, count: open }] : []
  })
  return { met: missing.length === 0, counted, missing }
}

type Voter = { readonly person: Person; readonly at: Instant }

/** Largest assignment of voters to seats (augmenting paths; the numbers are tiny). */
function matchSeats(seats: readonly Role[], voters: readonly Voter[]): (Voter | undefined)[] {
  const seated: (Voter | undefined)[] = seats.map(() => undefined)
  const place = (voter: Voter, tried: Set<number>): boolean => {
    for (const [seat, role] of seats.entries()) {
      if (tried.has(seat) || !voter.person.roles.includes(role)) continue
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
