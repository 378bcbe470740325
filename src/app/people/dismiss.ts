import type { Intent } from '../../core/intent.ts'
import type { Person } from '../../core/policy.ts'
import type { Outcome } from '../../ports.ts'
import { readSubject } from '../doors/subject.ts'
import type { Unit } from '../house.ts'
import { end, requestSubject } from './requests.ts'

/** An admin says that somebody gets no role for now. */
export async function dismissRequest(unit: Unit, intent: Intent, actor: Person): Promise<Outcome> {
  const subject = readSubject(intent.subject, ['role-request'])
  if (!subject.ok) return subject
  if (!actor.roles.includes('admin'))
    return { ok: false, refusal: { code: 'ROLE_MISSING', text: 'Only an admin answers who asks for a role.' } }
  const id = subject.value.number
  if (!(await end(unit, id, `was dismissed by ${actor.name}`)))
    return { ok: false, refusal: { code: 'ALREADY_DONE', text: 'This request is settled already.' } }
  unit.audit({ actor: actor.id, action: 'role-dismissed', subject: requestSubject(id), detail: {} })
  return { ok: true, cards: [] }
}
