import { drillStartedCard } from '../../cards/drill.ts'
import { OVER } from '../../core/change/guard.ts'
import type { Person, Role } from '../../core/policy.ts'
import type { Outcome } from '../../ports.ts'
import { startDrill } from '../change/drill.ts'
import type { Unit } from '../house.ts'

/** Who may start an exercise. */
export const DRILLERS: readonly Role[] = ['security', 'manager', 'admin']

const no = (code: string, text: string): Outcome => ({ ok: false, refusal: { code, text } })

/** One drill at a time: two at once would teach nothing. */
export async function beginDrill(unit: Unit, actor: Person): Promise<Outcome> {
  if (!actor.roles.some((r) => DRILLERS.includes(r))) return no('ROLE_MISSING', `A drill is started by ${DRILLERS.join(', ')}.`)
  // Of two who start one at the same moment the second sees that of the first.
  await unit.tx.$executeRaw`SELECT pg_advisory_xact_lock(7331, hashtext('drill'))`
  const [open] = await unit.tx.$queryRaw<{ id: number }[]>`
    SELECT "id" FROM "Change" WHERE "state" -> 'drill' IS NOT NULL AND "phase" <> ALL(${[...OVER]}::text[]) LIMIT 1`
  if (open) return no('ALREADY_DONE', `Change ${open.id} is a drill that is still open. Look at it by \`show ${open.id}\`.`)
  const started = await startDrill(unit, actor.id)
  return started.ok ? { ok: true, cards: [drillStartedCard(started.value)] } : started
}
