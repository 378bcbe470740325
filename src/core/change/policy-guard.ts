import type { Plan } from '../evaluate/plan.ts'
import { refuse } from '../result.ts'
import type { Context } from './command.ts'
import type { Refused } from './guard.ts'

/** A plan is decided on under the policy that it was made under; null when that is the one in force. */
export function madeUnderAnother({ policyHash }: Plan, ctx: Context): Refused | null {
  if (policyHash === ctx.policyHash) return null
  return refuse(
    'POLICY_CHANGED',
    `This plan was made under policy ${policyHash.slice(0, 8)}; in force is ${ctx.policyHash.slice(0, 8)} now, so it is void. Please make the plan anew.`,
  )
}

/** Rollouts wait until the managers have bought off the policy; null when they have. */
export function notBoughtOff(ctx: Context): Refused | null {
  if (ctx.policyApproved) return null
  return refuse('POLICY_NOT_APPROVED', 'The policy is not approved yet: no ring starts until its managers have approved it.')
}
