import { humanIdOf, humanOf, type QuorumStatus, quorumStatus } from '../evaluate/quorum.ts'
import type { Person, Policy } from '../policy.ts'
import { allow, type Instant, type Ruled, refuse } from '../result.ts'

/** Where a version of the policy stands. `in force` may still lack its buy-off: only the first version can. */
export type VersionStatus = 'proposed' | 'in force' | 'superseded' | 'rejected'

export interface PolicyApproval {
  readonly person: string
  readonly at: Instant
}

/** What the buy-off of one version hangs on. */
export interface VersionState {
  readonly id: number
  readonly hash: string
  readonly status: VersionStatus
  readonly approvals: readonly PolicyApproval[]
  /** When enough managers had approved it; null: not yet. */
  readonly approvedAt: Instant | null
  readonly rejection: { readonly by: string; readonly at: Instant; readonly reason: string } | null
}

/** What an approval leads to. */
export interface BuyOff {
  readonly approvals: readonly PolicyApproval[]
  readonly enough: boolean
}

/**
 * How far the buy-off of a version is. `judges`: the policy whose managers decide, the one in force (for the first version
 * itself). A delegate and who delegated are one person; who is no manager of it any more does not count.
 */
export function buyOffStatus(approvals: readonly PolicyApproval[], judges: Policy): QuorumStatus {
  const votes = approvals.map(({ person, at }) => ({ person, at, digest: '' }))
  return quorumStatus([{ role: 'manager', count: judges.buyOffManagers }], votes, NOBODY, judges)
}

/** A policy has no requester: whoever wrote the file, the managers decide. */
const NOBODY = ''

/** One manager's yes. Source: shared rules of the work, "Policy". */
export function approveVersion(
  version: VersionState,
  judges: Policy,
  actor: Person,
  { hash, now }: { readonly hash: string; readonly now: Instant },
): Ruled<BuyOff> {
  const open = mayDecide(version, judges, actor, hash)
  if (!open.ok) return open
  if (version.approvals.some(({ person }) => humanIdOf(judges, person) === humanOf(actor)))
    return refuse('ALREADY_DONE', `You (or who acts for you) have already approved this version. ${waitingWords(version, judges)}`)
  const approvals = [...version.approvals, { person: actor.id, at: now }]
  return allow({ approvals, enough: buyOffStatus(approvals, judges).met })
}

/** One manager's no ends a proposal. The first version stays in force without a buy-off, so rollouts go on waiting. */
export function rejectVersion(
  version: VersionState,
  judges: Policy,
  actor: Person,
  { hash, reason }: { readonly hash: string; readonly reason: string },
): Ruled<null> {
  const open = mayDecide(version, judges, actor, hash)
  if (!open.ok) return open
  if (reason.trim() === '') return refuse('REASON_NEEDED', 'Please say why, so that the policy can be mended.')
  return allow(null)
}

function mayDecide(version: VersionState, judges: Policy, actor: Person, hash: string): Ruled<null> {
  // By name: who may edit a group must not thereby decide on the policy.
  if (!judges.people.some(({ id, roles }) => id === actor.id && roles.includes('manager')))
    return refuse('ROLE_MISSING', `Only managers decide on the policy: ${managersOf(judges)}.`)
  if (hash !== version.hash)
    return refuse(
      'STALE',
      `The card shows another version than policy ${version.id} (${version.hash.slice(0, 8)}). Please look at the new one.`,
    )
  if (version.rejection !== null) return refuse('ALREADY_DECIDED', `Policy ${version.id} was already rejected: ${version.rejection.reason}`)
  if (version.status === 'superseded')
    return refuse('STALE', `Policy ${version.id} was replaced by a later version. Type \`policy\` to see what waits.`)
  if (version.approvedAt !== null) return refuse('ALREADY_DECIDED', `Policy ${version.id} is already approved and in force.`)
  return allow(null)
}

const managersOf = ({ people }: Policy): string =>
  people
    .filter(({ roles }) => roles.includes('manager'))
    .map(({ name }) => name)
    .join(', ') || 'nobody holds the role yet'

/** "Waiting for 1 more manager: Greta Vogel, Henry Clarke." */
export function waitingWords({ approvals }: Pick<VersionState, 'approvals'>, judges: Policy): string {
  const more = buyOffStatus(approvals, judges).missing.reduce((sum, { count }) => sum + count, 0)
  if (more === 0) return 'Nothing is missing.'
  const said = new Set(approvals.map(({ person }) => humanIdOf(judges, person)))
  const left = judges.people.filter((p) => p.roles.includes('manager') && !said.has(humanOf(p))).map(({ name }) => name)
  return `Waiting for ${more} ${more === 1 ? 'manager' : 'managers'}: ${left.join(', ') || 'nobody is left'}.`
}
