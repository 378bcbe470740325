import { firstKeysCard } from '../../cards/first-keys.ts'
import type { FirstKey } from '../../core/identify/first-key.ts'
import { show } from '../chat/show.ts'
import type { Unit } from '../house.ts'
import { sourceSubject } from './source-state.ts'

/** Keys that a source has from now on because they were the first: said once, in the admin place, so that somebody compares them. */
export async function sayFirstKeys(unit: Unit, id: string, before: readonly FirstKey[], after: readonly FirstKey[]): Promise<void> {
  const [first] = after
  if (first === undefined || before.length > 0) return
  const name = unit.house.inForce.policy.sources.find((source) => source.id === id)?.name ?? id
  await show(unit, 'admin', sourceSubject(id), `first-keys:${first.since}`, { frozen: firstKeysCard(name, after) })
  unit.audit({ actor: 'patchcrier', action: 'first-keys-pinned', subject: sourceSubject(id), detail: { keys: after } })
}
