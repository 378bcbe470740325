import { firstKeysCard } from '../../cards/first-keys.ts'
import type { FirstKey } from '../../core/identify/first-key.ts'
import { show } from '../chat/show.ts'
import { type House, transact, type Unit } from '../house.ts'
import { type SourceState, sourceSubject, writeSourceState } from './source-state.ts'

/**
 * Keeps the keys that a source has from now on, before anything is proved by them: a poll that is killed half way goes on with the same ones.
 * Answers the state with them. `keys` undefined: it has none to speak of.
 */
export async function pinFirstKeys(
  house: House,
  id: string,
  before: SourceState,
  keys: readonly FirstKey[] | undefined,
): Promise<SourceState> {
  if (keys === undefined || JSON.stringify(keys) === JSON.stringify(before.firstKeys)) return before
  const after = { ...before, firstKeys: keys }
  await transact(house, async (unit) => {
    await writeSourceState(unit, id, after)
    if (before.firstKeys.length === 0) await say(unit, id, keys)
  })
  return after
}

/** Once, where admins are, so that somebody compares them. */
async function say(unit: Unit, id: string, keys: readonly FirstKey[]): Promise<void> {
  const since = keys[0]?.since ?? ''
  const name = unit.house.inForce.policy.sources.find((source) => source.id === id)?.name ?? id
  await show(unit, 'admin', sourceSubject(id), `first-keys:${since}`, { frozen: firstKeysCard(name, keys) })
  unit.audit({ actor: 'patchcrier', action: 'first-keys-pinned', subject: sourceSubject(id), detail: { keys } })
}
