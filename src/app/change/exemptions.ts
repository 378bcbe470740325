import type { ExemptionView } from '../../cards/exemption.ts'
import type { ChangeEvent } from '../../core/change/command.ts'
import type { Intent } from '../../core/intent.ts'
import type { Person } from '../../core/policy.ts'
import type { Database, Prisma, Tx } from '../../db/database.ts'
import type { Outcome } from '../../ports.ts'
import { touchSubject } from '../chat/redraws.ts'
import { reply } from '../chat/show.ts'
import { readSubject } from '../doors/subject.ts'
import type { Unit } from '../house.ts'
import { changeSubject } from './rows.ts'

type Row = Prisma.ExemptionGetPayload<object>

const lasting = (now: Date) => ({ endedAt: null, until: { gt: now } })

const no = (code: string, text: string, field?: string): Outcome => ({ ok: false, refusal: { code, text }, ...(field ? { field } : {}) })

/** Hosts that were taken out are exempt until a day; one live reply says so, and offers the end. */
export async function exempt(
  unit: Unit,
  changeId: number,
  under: string,
  event: Extract<ChangeEvent, { kind: 'hosts excluded' | 'hosts left out' }>,
  hosts: readonly string[],
): Promise<void> {
  const { reason, control, by } = event
  const data = hosts.map((host) => ({ host, changeId, reason, control, until: new Date(event.until), by, at: unit.now }))
  const rows = await unit.tx.exemption.createManyAndReturn({ data })
  const [first] = rows
  if (!first) return
  const payload = { exemptions: rows.map((r) => r.id) }
  await reply(unit, 'patch team', changeSubject(changeId), under, `exempt:${first.id}`, payload)
}

const viewOf = ({ until, at, endedAt, ...row }: Row): ExemptionView => ({
  ...row,
  until: until.toISOString(),
  at: at.toISOString(),
  endedAt: endedAt?.toISOString() ?? null,
})

/** The exemptions of one reply, in the order in which they were made. */
export async function readExemptions(tx: Database | Tx, ids: readonly number[]): Promise<readonly ExemptionView[]> {
  return (await tx.exemption.findMany({ where: { id: { in: [...ids] } }, orderBy: { id: 'asc' } })).map(viewOf)
}

/** All that last at this moment, the next to expire first. */
async function lastingExemptions(tx: Database | Tx, now: Date): Promise<readonly ExemptionView[]> {
  return (await tx.exemption.findMany({ where: lasting(now), orderBy: [{ until: 'asc' }, { id: 'asc' }] })).map(viewOf)
}

/** Those of them that expire within `days` days of 24 hours: what a reminder is about. */
export async function exemptionsExpiring(tx: Database | Tx, now: Date, days: number): Promise<readonly ExemptionView[]> {
  const limit = now.getTime() + days * 86_400_000
  return (await lastingExemptions(tx, now)).filter((e) => Date.parse(e.until) <= limit)
}

/** Hosts with an exemption that lasts. */
export async function exemptHosts(tx: Database | Tx, now: Date): Promise<ReadonlySet<string>> {
  const rows = await tx.exemption.findMany({ where: lasting(now), select: { host: true } })
  return new Set(rows.map((r) => r.host))
}

/** Hosts that the next plan of this change is not for, with the reason. */
export async function exemptIn(tx: Database | Tx, changeId: number, now: Date): Promise<ReadonlyMap<string, string>> {
  const rows = await tx.exemption.findMany({ where: { changeId, ...lasting(now) }, orderBy: { id: 'asc' } })
  return new Map(rows.map((r) => [r.host, `exempt until ${r.until.toISOString().slice(0, 10)}: ${r.reason}`]))
}

/**
 * Ends exemptions before their time: `change:12` with the host in the inputs, or the host alone for all of its exemptions. The host counts
 * as unpatched again from then on.
 */
export async function endExemption(unit: Unit, intent: Intent, actor: Person): Promise<Outcome> {
  if (!actor.roles.some((r) => r === 'patch-team' || r === 'security' || r === 'operations'))
    return no('ROLE_MISSING', 'The patch team, security or operations end an exemption.')
  const host = (intent.inputs.host ?? '').trim().toLowerCase()
  if (host === '') return no('HOST_NEEDED', 'Which host? Its exemption ends.', 'host')
  const subject = intent.subject === '' ? null : readSubject(intent.subject, ['change'])
  if (subject && !subject.ok) return subject
  const where = { host, ...lasting(unit.now), ...(subject ? { changeId: subject.value.number } : {}) }
  const rows = await unit.tx.exemption.findMany({ where })
  const ended = { endedAt: unit.now, endedBy: actor.id }
  const { count } = await unit.tx.exemption.updateMany({ where: { id: { in: rows.map((r) => r.id) }, endedAt: null }, data: ended })
  if (count === 0) return no('ALREADY_DONE', `${host.slice(0, 60)} has no exemption that lasts.`)
  for (const changeId of new Set(rows.map((r) => r.changeId))) await touchSubject(unit.tx, changeSubject(changeId))
  unit.audit({
    actor: actor.id,
    action: 'end-exemption',
    subject: intent.subject || `host:${host}`,
    detail: { host, exemptions: rows.map((r) => r.id) },
  })
  return { ok: true, cards: [] }
}
