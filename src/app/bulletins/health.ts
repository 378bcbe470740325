import { note, quiet, textBlock } from '../../cards/words.ts'
import { reply, show } from '../chat/show.ts'
import type { Unit } from '../house.ts'
import { type SourceState, sourceSubject, writeSourceState } from './source-state.ts'

const failingPurpose = (since: string): string => `failing:${since}`

/** A failing source is said once, in the admin place; its recovery answers there. */
export async function sayFailing(
  unit: Unit,
  id: string,
  state: SourceState,
  reason: string,
  since = unit.now.toISOString(),
): Promise<void> {
  if (state.failingSince) return
  const name = unit.house.inForce.policy.sources.find((s) => s.id === id)?.name ?? id
  await writeSourceState(unit, id, { ...state, failingSince: since })
  const card = note(`Source "${name}" is failing`, 'warning', textBlock(reason), quiet('You are told when it works again.'))
  await show(unit, 'admin', sourceSubject(id), failingPurpose(since), { frozen: card })
  unit.audit({ actor: 'patchcrier', action: 'source-failing', subject: sourceSubject(id), detail: { reason } })
}

export async function sayRecovered(unit: Unit, id: string, since: string): Promise<void> {
  await reply(unit, 'admin', sourceSubject(id), failingPurpose(since), `recovered:${since}`, { frozen: note('It works again', 'good') })
  unit.audit({ actor: 'patchcrier', action: 'source-recovered', subject: sourceSubject(id), detail: { since } })
}
