import { allow, type Ruled, refuse } from '../../core/result.ts'
import { type House, transact } from '../house.ts'
import { readSourceState, sourceSubject, writeSourceState } from './source-state.ts'

/** Who resets a source, and what he found out. */
export interface Reset {
  readonly by: string
  readonly reason: string
}

/**
 * Forgets how far a source was read, so that its next poll takes what it lists as it is, also a list that was refused because too much of it
 * was gone. What was taken stays, and so do the keys that were pinned at first sight.
 */
export async function resetSource(house: House, id: string, { by, reason }: Reset): Promise<Ruled<string>> {
  const ids = house.inForce.policy.sources.map((source) => source.id)
  if (!ids.includes(id)) return refuse('SOURCE_UNKNOWN', `Expected one of ${ids.join(', ')}; got "${id.slice(0, 40)}".`)
  const said = reason.trim().slice(0, 500)
  if (said === '') return refuse('REASON_NEEDED', 'Please say what you found out: an auditor will ask.')
  await transact(house, async (unit) => {
    await writeSourceState(unit, id, { ...(await readSourceState(house, id)), cursor: null })
    unit.audit({ actor: by, action: 'reset-source', subject: sourceSubject(id), detail: { reason: said } })
  })
  return allow(id)
}
