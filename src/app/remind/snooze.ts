import { z } from 'zod'
import type { Card } from '../../cards/card.ts'
import { reminderCard, snoozedCard } from '../../cards/reminder.ts'
import type { Intent } from '../../core/intent.ts'
import type { Person } from '../../core/policy.ts'
import { SNOOZES, snoozeUntil } from '../../core/remind/snooze.ts'
import type { Outcome } from '../../ports.ts'
import { touchSubject } from '../chat/redraws.ts'
import { readSubject } from '../doors/subject.ts'
import type { House, Unit } from '../house.ts'
import { readCard, reminderSubject, saidOf, viewOf } from './rows.ts'

const no = (code: string, text: string, field?: string): Outcome => ({ ok: false, refusal: { code, text }, ...(field ? { field } : {}) })

/** The card of a reminder as its rows are now; null when there is none. */
export async function renderReminder(house: House, lead: number): Promise<Card | null> {
  const views = (await readCard(house.db, lead)).map((row) => viewOf(row, house.inForce.policy))
  const [first, ...rest] = views
  return first ? reminderCard(lead, [first, ...rest]) : null
}

/** Whom it concerns puts it off, with everything that is on the card. It is repeated then, unless it is done. No clock is moved. */
export async function snooze(unit: Unit, intent: Intent, actor: Person): Promise<Outcome> {
  const subject = readSubject(intent.subject, ['reminder'])
  if (!subject.ok) return subject
  const choice = z.enum(SNOOZES).safeParse(intent.inputs.until ?? 'day')
  if (!choice.success)
    return no('INPUT_INVALID', `until: expected ${SNOOZES.join(' or ')}; got "${intent.inputs.until?.slice(0, 60)}".`, 'until')
  await unit.tx.$queryRaw`SELECT "id" FROM "Reminder" WHERE "id" = ${subject.value.number} FOR UPDATE`
  const all = await readCard(unit.tx, subject.value.number)
  const open = all.filter((row) => row.doneAt === null)
  if (all.length === 0) return no('REMINDER_UNKNOWN', `There is no reminder ${subject.value.number}.`)
  if (open.length === 0) return no('ALREADY_DONE', 'It is done already: nothing reminds of it any more.')
  const untils: string[] = []
  for (const row of open) {
    const until = snoozeUntil(saidOf(row), actor, choice.data, unit.now.toISOString())
    if (!until.ok) return until
    await unit.tx.reminder.update({ where: { id: row.id }, data: { snoozedUntil: new Date(until.value), snoozedBy: actor.id } })
    untils.push(until.value)
  }
  const earliest = untils.sort()[0] ?? unit.now.toISOString()
  const card = reminderSubject(subject.value.number)
  await touchSubject(unit.tx, card)
  unit.audit({ actor: actor.id, action: 'snooze', subject: card, detail: { until: earliest, of: open.map((row) => row.subject) } })
  return { ok: true, cards: [snoozedCard(earliest)] }
}
