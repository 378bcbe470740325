import { briefSummaryCard, daySummaryCard } from '../../cards/summary.ts'
import type { Said, Under, Wanted } from '../../core/remind/reminder.ts'
import { summaryKind } from '../../core/remind/summary.ts'
import { json } from '../change/rows.ts'
import { planPurpose, reply, show } from '../chat/show.ts'
import { readDay } from '../digest/day.ts'
import type { Unit } from '../house.ts'
import { postAuditHead } from './audit-head.ts'
import { endRow, type Looked, reminderSubject } from './rows.ts'

type Told = Partial<Pick<Looked, 'toldUntil' | 'cardAt'>>

/** Writes down what is sent, with its posts. Answers how far the daily summary has told, and the messages that ask no longer. */
export async function send(unit: Unit, wanted: readonly Wanted[], looked: Looked): Promise<Told & { overtaken: readonly string[] }> {
  let told: Told = {}
  const overtaken: string[] = []
  const groups = Map.groupBy(wanted, ({ kind, audience }) => `${kind} ${audience}`)
  for (const group of groups.values()) {
    const written = await write(unit, group)
    overtaken.push(...written.flatMap((w) => w.overtaken))
    const [first] = written
    if (!first) continue
    if (first.wanted.kind === 'dailySummary') told = await sendSummary(unit, first, looked)
    else if (first.wanted.kind === 'auditHead') await sendAuditHead(unit, first)
    else await post(unit, first, written)
    auditSent(unit, written)
  }
  return { ...told, overtaken }
}

interface Written {
  readonly id: number
  readonly wanted: Wanted
  readonly overtaken: readonly string[]
}

/** The rows of one card; what was sent already is not written again. */
async function write(unit: Unit, group: readonly Wanted[]): Promise<readonly Written[]> {
  const written: Written[] = []
  for (const wanted of group) {
    const { kind, subject, occurrence } = wanted
    const lead = written[0]?.id ?? null
    const data = { kind, subject, occurrence, lead, body: json(saying(wanted, unit.now)), wantedAt: new Date(wanted.at) }
    const [row] = await unit.tx.reminder.createManyAndReturn({ data: [data], skipDuplicates: true, select: { id: true } })
    if (!row) continue
    written.push({ id: row.id, wanted, overtaken: await overtake(unit, wanted, row.id) })
  }
  return written
}

function saying(wanted: Wanted, now: Date): Said {
  const { line, since, until, audience, roles, change, at, missed, final } = wanted
  return { line, since, until, audience, roles, at, missed, final, sentAt: now.toISOString(), ...(change === undefined ? {} : { change }) }
}

/** The message before it asks no longer: the new one does. */
async function overtake(unit: Unit, { kind, subject }: Wanted, id: number): Promise<readonly string[]> {
  const earlier = await unit.tx.reminder.findMany({ where: { kind, subject, doneAt: null, id: { lt: id } }, orderBy: { id: 'asc' } })
  for (const row of earlier) await endRow(unit.tx, row, { what: 'Reminded again', at: unit.now.toISOString() })
  return earlier.map((row) => reminderSubject(row.lead ?? row.id))
}

/** One hangs under the card that it is about; several of a kind are one card with a list. */
async function post(unit: Unit, { id, wanted }: Pick<Written, 'id' | 'wanted'>, all: readonly Written[]): Promise<void> {
  const { audience, under } = wanted
  const subject = reminderSubject(id)
  if (all.length > 1 || !under) return show(unit, audience, subject, 'reminder')
  return reply(unit, audience, subject, purposeOf(under), 'reminder', {}, under.subject)
}

const purposeOf = ({ card, digest }: Under): string =>
  digest !== undefined && (card === 'decision' || card === 'progress' || card === 'review') ? planPurpose(card, digest) : card

/** One card a day for the patch team and a shorter one for management; none where there is nothing to say. */
async function sendSummary(unit: Unit, { id }: Written, looked: Looked): Promise<Told> {
  const day = await readDay(unit, looked.toldUntil)
  const kind = summaryKind(day, looked.cardAt)
  await endRow(unit.tx, { id }, { what: kind ?? 'nothing new', at: day.until })
  if (kind === null) return { toldUntil: day.until }
  const subject = reminderSubject(id)
  await show(unit, 'patch team', subject, 'summary', { frozen: daySummaryCard(day, kind) })
  await show(unit, 'management', subject, 'summary', { frozen: briefSummaryCard(day, kind) })
  return { toldUntil: day.until, cardAt: day.until }
}

async function sendAuditHead(unit: Unit, { id }: Written): Promise<void> {
  await postAuditHead(unit, reminderSubject(id))
  await endRow(unit.tx, { id }, { what: 'posted', at: unit.now.toISOString() })
}

function auditSent(unit: Unit, written: readonly Written[]): void {
  const [first] = written
  if (!first) return
  unit.audit({
    actor: 'patchcrier',
    action: 'remind',
    subject: reminderSubject(first.id),
    detail: { kind: first.wanted.kind, of: written.map(({ wanted }) => ({ subject: wanted.subject, occurrence: wanted.occurrence })) },
  })
}
