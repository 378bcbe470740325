import type { SubmittedPlan } from '../core/change/state.ts'
import type { Action, Card } from './card.ts'
import { outcome, quiet } from './words.ts'

/** The policy in force, as far as the card of a plan needs it. */
interface InForce {
  readonly hash: string
  readonly approved: boolean
}

const short = (hash: string): string => hash.slice(0, 8)

/** A plan that waits for its decision under a policy that is no longer in force: nobody can approve it, and making it anew is a button. */
export function voidUnder(card: Card, { plan }: SubmittedPlan, inForce: InForce, offered: readonly Action[]): Card {
  if (plan.policyHash === inForce.hash) return underPolicy(card, null, inForce)
  const why = `Void: it was made under policy ${short(plan.policyHash)}, and ${short(inForce.hash)} is in force now. It has to be made anew.`
  const again = offered
    .filter(({ verb }) => verb === 'submit-plan')
    .map((action): Action => ({ ...action, label: 'Make the plan anew', style: 'primary' }))
  return {
    ...card,
    tone: 'warning',
    blocks: [...card.blocks, outcome('warning', why)],
    actions: [...again, ...card.actions.filter(({ verb }) => verb !== 'approve')],
  }
}

/** An approved plan goes on under the policy that it was approved with, and waits while nobody has bought off any: that is said. */
export function underPolicy(card: Card, submission: SubmittedPlan | null, { hash, approved }: InForce): Card {
  const other = submission !== null && submission.decided?.verdict === 'approved' && submission.plan.policyHash !== hash
  const said = [
    ...(other
      ? [
          quiet(
            `It was approved under policy ${short(submission.plan.policyHash)} and goes on under that one; ${short(hash)} is in force now.`,
          ),
        ]
      : []),
    ...(approved ? [] : [quiet('The policy is not approved yet: no ring starts before its managers have approved it.')]),
  ]
  return said.length === 0 ? card : { ...card, blocks: [...card.blocks, ...said] }
}
