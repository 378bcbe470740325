import { ROLES, type Role } from '../../core/policy.ts'
import { touchChanges } from '../change/touch.ts'
import type { House } from '../house.ts'

/** A role whose holders no open decision calls; whole companies come and go in it. */
const DECIDES_NOTHING: Role = 'end-user'

/** Has somebody a role now and had it not, or the other way round, as far as it matters for a decision? */
export const matters = (before: readonly Role[], after: readonly Role[]): boolean =>
  ROLES.some((role) => role !== DECIDES_NOTHING && before.includes(role) !== after.includes(role))

/**
 * Cards of open decisions call by name who may still decide: they are drawn anew when that has changed. One that comes out the same is not
 * sent. Killed on the way, a card has an old name until its next change; who may decide does not go by cards.
 */
export const redrawDecisions = ({ db }: House): Promise<void> => touchChanges(db, ['deciding'])
