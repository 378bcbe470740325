import { dayOf } from '../identify/exploited.ts'
import { rungOf } from '../identify/verification.ts'
import { allow, refuse } from '../result.ts'
import { bulletinsOf, sameBulletin, vouchHolds, vulnerabilitiesOf } from './bulletins.ts'
import type { Command } from './command.ts'
import type { Decision } from './guard.ts'
import { isOver } from './guard.ts'
import type { ChangeState } from './state.ts'

type Of<K extends Command['kind']> = Extract<Command, { kind: K }>

/**
 * A later revision of a bulletin of this change. While a plan waits (decided or not), changed facts void it: its digest names the
 * revision that was approved. So does a verdict that falls, or a vouch that is lost: they were the ground of the approval.
 * Once hosts are being patched, the rollout goes on and people are told. A held copy changes nothing; but where the very document that
 * the change rests on is contradicted, nothing can be decided on it any more.
 */
export function revise(state: ChangeState, command: Of<'revise'>): Decision {
  const { bulletin, hosts, differences } = command
  const before = bulletinsOf(state).find((b) => sameBulletin(b, bulletin))
  if ((bulletin.verdict === 'QUARANTINED' || bulletin.verdict === 'BOGUS') && before?.digest !== bulletin.digest)
    return refuse('NOT_TRUSTED', `This revision is ${bulletin.verdict}: it is held and changes nothing.`)
  if (isOver(state)) return allow([])
  if (!before) return refuse('BULLETIN_UNKNOWN', `Change ${state.id} is not about ${bulletin.vendorId}.`)
  const waits = ['deciding', 'approved', 'announced'].includes(state.phase)
  const weaker = rungOf(bulletin.verdict) < rungOf(before.verdict) || (before.vouch !== undefined && !vouchHolds(before, bulletin))
  const voidsPlan = waits && (differences.length > 0 || weaker)
  return allow([{ kind: 'bulletin revised', bulletin, hosts, differences, voidsPlan }])
}

/**
 * A vulnerability of this change is known exploited now. Where the change itself is over or asleep, an alert of its own follows:
 * it waits for a rollup, it was decided to be not relevant, or it was closed with hosts that do not have the fix.
 */
export function exploited(state: ChangeState, command: Of<'exploited'>): Decision {
  const { cve, catalogue, addedOn, dueOn, unpatched } = command
  const known = vulnerabilitiesOf(state).filter((v) => v.cve === cve)
  if (known.length === 0 || known.every((v) => v.knownExploited === 'yes')) return allow([])
  const evidence = `catalogue ${catalogue}, added ${addedOn}, due ${dueOn}`
  return allow([{ kind: 'exploited told', cve, evidence, since: dayOf(addedOn), unpatched, newAlert: needsNewAlert(state, unpatched) }])
}

/** Its own card wakes nobody up any more: it waits, somebody has put it away, or it is closed and left hosts behind. */
export const needsNewAlert = ({ phase }: ChangeState, unpatched: readonly string[]): boolean =>
  phase === 'awaiting' || phase === 'not relevant' || (phase === 'closed' && unpatched.length > 0)

/** The catalogue took the entry back. */
export function exploitedRetracted(state: ChangeState, { cve, catalogue }: Of<'exploited-retracted'>): Decision {
  if (!vulnerabilitiesOf(state).some((v) => v.cve === cve && v.knownExploited === 'yes')) return allow([])
  return allow([{ kind: 'exploited retracted', cve, evidence: `no longer in catalogue ${catalogue}` }])
}
