import { warnedCard, warningCard } from '../../cards/doubt.ts'
import type { Intent } from '../../core/intent.ts'
import type { Person, Role } from '../../core/policy.ts'
import type { Outcome } from '../../ports.ts'
import { touchSubject } from '../chat/redraws.ts'
import { show } from '../chat/show.ts'
import { readSubject } from '../doors/subject.ts'
import type { Unit } from '../house.ts'
import { doubtSubject, judgedOf } from './count.ts'

/** Who may warn everybody. */
export const WARNERS: readonly Role[] = ['patch-team', 'security']

const no = (code: string, text: string): Outcome => ({ ok: false, refusal: { code, text } })

/** Warns everybody of a forgery, once: of two who press at the same moment one does it, and the other is told so. */
export async function warnEverybody(unit: Unit, intent: Intent, actor: Person): Promise<Outcome> {
  const subject = readSubject(intent.subject, ['doubt'])
  if (!subject.ok) return subject
  if (!actor.roles.some((role) => WARNERS.includes(role)))
    return no('ROLE_MISSING', 'The patch team or security warns everybody. They have been told.')
  const id = subject.value.number
  const { count } = await unit.tx.doubt.updateMany({
    where: { id, verdict: 'BOGUS', warnedAt: null },
    data: { warnedAt: unit.now, warnedBy: actor.id },
  })
  const row = await unit.tx.doubt.findUnique({ where: { id } })
  if (!row) return no('DOUBT_UNKNOWN', `There is no doubt ${id}.`)
  if (count === 0)
    return row.warnedAt
      ? no('ALREADY_DONE', 'Everybody has been warned already.')
      : no('NOT_BOGUS', 'It is not proved to be a forgery: there is nothing to warn of.')
  const judged = judgedOf(row)
  await show(unit, 'end users', doubtSubject(id), 'warning', { frozen: warningCard(judged, actor.id, unit.house.inForce.policy) })
  await touchSubject(unit.tx, doubtSubject(id))
  unit.audit({ actor: actor.id, action: 'warn-everybody', subject: doubtSubject(id), detail: { kind: judged.kind, reason: judged.reason } })
  return { ok: true, cards: [warnedCard()] }
}
