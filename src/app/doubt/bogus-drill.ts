import {
  type BogusDrillView,
  bogusDrillCard,
  bogusDrillStartedCard,
  bogusNoticeCard,
  drillOverCard,
  sawThroughCard,
} from '../../cards/bogus-drill.ts'
import type { Card } from '../../cards/card.ts'
import { bogusDrillFigures } from '../../core/identify/bogus-drill.ts'
import type { Intent } from '../../core/intent.ts'
import type { Person, Policy, Role } from '../../core/policy.ts'
import type { Database, Tx } from '../../db/database.ts'
import type { Outcome } from '../../ports.ts'
import { touchSubject } from '../chat/redraws.ts'
import { show } from '../chat/show.ts'
import { readSubject } from '../doors/subject.ts'
import type { House, Unit } from '../house.ts'
import { due } from '../time/due.ts'

/** Who may post a bogus notice to learn from: only those who would have to deal with a real one. */
export const BOGUS_DRILLERS: readonly Role[] = ['security']

/** A notice that nobody reveals reveals itself after so long: nobody goes home believing it. */
const HOURS = 4

const bogusDrillSubject = (id: number): string => `bogus-drill:${id}`

const no = (code: string, text: string): Outcome => ({ ok: false, refusal: { code, text } })

/** Posts a harmless bogus notice to the end users. One at a time. */
export async function startBogusDrill(unit: Unit, actor: Person): Promise<Outcome> {
  if (!actor.roles.some((role) => BOGUS_DRILLERS.includes(role))) return no('ROLE_MISSING', 'A bogus drill is started by security.')
  const { policy } = unit.house.inForce
  if (!policy.places.some(({ audience }) => audience === 'end users'))
    return no('NO_PLACE', 'The policy has no place for end users in which it could stand.')
  // Of two who start one at the same moment the second sees that of the first.
  await unit.tx.$executeRaw`SELECT pg_advisory_xact_lock(7331, hashtext('bogus drill'))`
  const open = await unit.tx.bogusDrill.findFirst({ where: { revealedAt: null } })
  if (open) return no('ALREADY_DONE', `Bogus drill ${open.id} is still running. It is revealed by its button in the place of security.`)
  const revealAt = new Date(unit.now.getTime() + HOURS * 3_600_000)
  const { id } = await unit.tx.bogusDrill.create({ data: { by: actor.id, startedAt: unit.now, revealAt, people: meantFor(policy).length } })
  await show(unit, 'end users', bogusDrillSubject(id), 'notice')
  await show(unit, 'security', bogusDrillSubject(id), 'drill')
  await due(unit, 'reveal-bogus-drill', bogusDrillSubject(id), revealAt, 'a bogus drill is revealed')
  unit.audit({ actor: actor.id, action: 'start-bogus-drill', subject: bogusDrillSubject(id), detail: { people: meantFor(policy).length } })
  return { ok: true, cards: [bogusDrillStartedCard({ id, revealAt: revealAt.toISOString() })] }
}

/** Everybody but those who know of it. */
const meantFor = ({ people }: Policy): readonly Person[] =>
  people.filter(({ roles }) => !roles.some((role) => BOGUS_DRILLERS.includes(role)))

/** Somebody asked whether the notice is real: that is the right thing to do, and it is counted once. */
export async function reportBogusDrill(unit: Unit, id: number, actor: Person): Promise<Outcome> {
  const [row] = await unit.tx.$queryRaw<{ revealedAt: Date | null }[]>`SELECT "revealedAt" FROM "BogusDrill" WHERE "id" = ${id} FOR UPDATE`
  if (!row) return no('DRILL_UNKNOWN', `There is no bogus drill ${id}.`)
  if (row.revealedAt) return { ok: true, cards: [drillOverCard()] }
  const counts = meantFor(unit.house.inForce.policy).some((person) => person.id === actor.id)
  const { count } = counts
    ? await unit.tx.bogusDrillReport.createMany({ data: [{ drillId: id, person: actor.id, at: unit.now }], skipDuplicates: true })
    : { count: 0 }
  if (count > 0) {
    await touchSubject(unit.tx, bogusDrillSubject(id))
    unit.audit({ actor: actor.id, action: 'report-bogus-drill', subject: bogusDrillSubject(id), detail: {} })
  }
  return { ok: true, cards: [sawThroughCard()] }
}

/** The button "Is this real?" of the notice. */
export async function doubtNotice(unit: Unit, intent: Intent, actor: Person): Promise<Outcome> {
  const subject = readSubject(intent.subject, ['bogus-drill'])
  return subject.ok ? reportBogusDrill(unit, subject.value.number, actor) : subject
}

export async function revealByButton(unit: Unit, intent: Intent, actor: Person): Promise<Outcome> {
  const subject = readSubject(intent.subject, ['bogus-drill'])
  if (!subject.ok) return subject
  if (!actor.roles.some((role) => BOGUS_DRILLERS.includes(role))) return no('ROLE_MISSING', 'Security reveals a bogus drill.')
  return (await reveal(unit, subject.value.number, actor.id))
    ? { ok: true, cards: [] }
    : no('ALREADY_DONE', 'It has been revealed already.')
}

/** The notice says from now on what it was, and a message of its own says so to who has scrolled past it. False: it does already. */
export async function reveal(unit: Unit, id: number, by: string): Promise<boolean> {
  const { count } = await unit.tx.bogusDrill.updateMany({ where: { id, revealedAt: null }, data: { revealedAt: unit.now } })
  if (count === 0) return false
  const view = await readBogusDrill(unit.tx, id)
  const { policy } = unit.house.inForce
  if (view) await show(unit, 'end users', bogusDrillSubject(id), 'revealed', { frozen: bogusNoticeCard(view, policy) })
  await touchSubject(unit.tx, bogusDrillSubject(id))
  unit.audit({ actor: by, action: 'reveal-bogus-drill', subject: bogusDrillSubject(id), detail: { ...view?.figures } })
  return true
}

/** A drill with its figures as they are now; null: there is none. */
async function readBogusDrill(tx: Database | Tx, id: number): Promise<BogusDrillView | null> {
  const row = await tx.bogusDrill.findUnique({ where: { id }, include: { reports: true } })
  if (!row) return null
  const startedAt = row.startedAt.toISOString()
  return {
    id,
    by: row.by,
    startedAt,
    revealAt: row.revealAt.toISOString(),
    revealedAt: row.revealedAt?.toISOString() ?? null,
    figures: bogusDrillFigures({ startedAt, people: row.people, reports: row.reports.map(({ at }) => at.toISOString()) }),
  }
}

/** Its cards: the notice where the end users are, and how it goes where security is. */
export async function renderBogusDrill(house: House, id: number, purpose: string): Promise<Card | null> {
  const view = await readBogusDrill(house.db, id)
  if (!view) return null
  return purpose === 'notice' ? bogusNoticeCard(view, house.inForce.policy) : bogusDrillCard(view, house.inForce.policy)
}
