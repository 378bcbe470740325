import { rolloutView } from '../../core/change/rollout-view.ts'
import type { ChangeState } from '../../core/change/state.ts'
import type { HostProgress } from '../../core/deploy/progress.ts'
import type { RolloutView } from '../../core/deploy/rollout.ts'
import type { Policy } from '../../core/policy.ts'
import type { Instant } from '../../core/result.ts'
import type { Database, Tx } from '../../db/database.ts'
import type { House } from '../house.ts'
import { readByHash } from '../policy/versions.ts'

/** What a rollout goes by. */
export interface Standing {
  readonly policy: Policy
  /** False: nothing starts, because nobody has bought off any version yet. */
  readonly approved: boolean
}

/**
 * A rollout goes on under the policy that its plan was approved with: its windows, and what silence means. People are those of the
 * policy in force, and a freeze of either keeps a window closed: one that was declared since must not be run into.
 */
export async function standingOf({ inForce }: Pick<House, 'inForce'>, db: Database | Tx, state: ChangeState): Promise<Standing> {
  const { policy, hash, approved } = inForce
  const planned = state.submission?.plan.policyHash
  const then = planned === undefined || planned === hash ? null : await readByHash(db, planned)
  if (!then) return { policy, approved }
  const { windows, blackouts, silentAfterMinutes, remote } = then
  return { approved, policy: { ...policy, windows, silentAfterMinutes, remote, blackouts: [...blackouts, ...policy.blackouts] } }
}

/** What `nextStep` looks at. Without a policy that was bought off every window is closed. */
export function viewOf(state: ChangeState, hosts: readonly HostProgress[], { policy, approved }: Standing, now: Instant): RolloutView {
  const view = rolloutView(state, hosts, policy, now)
  return approved ? view : { ...view, window: { open: false, why: WAITS } }
}

const WAITS = 'The policy is not approved yet: nothing starts before its managers have approved it.'
