import type { Phase } from '../../core/change/state.ts'
import { touchSubject } from '../chat/posts.ts'
import { type House, transact } from '../house.ts'
import { changeSubject } from './rows.ts'

/**
 * Draws the cards of all changes in these phases anew. Each by itself: what holds posts of several changes, and not the changes, may wait for
 * a click that holds one of them and wants another.
 */
export async function touchChanges(house: House, phases: readonly Phase[]): Promise<void> {
  const open = await house.db.change.findMany({ where: { phase: { in: [...phases] } }, orderBy: { id: 'asc' }, select: { id: true } })
  for (const { id } of open) await transact(house, (unit) => touchSubject(unit.tx, changeSubject(id)))
}
