import { dueOpening } from '../change/planning.ts'
import { lockChange } from '../change/rows.ts'
import { runCommand } from '../change/run-command.ts'
import { touchChanges } from '../change/touch.ts'
import { reveal } from '../doubt/bogus-drill.ts'
import { type House, transact } from '../house.ts'
import { pollQueue } from '../jobs.ts'
import { membersDue } from '../people/settle.ts'
import { lookAtPolicyFile } from '../policy/watch.ts'
import { lookAtReminders } from '../remind/look.ts'
import { advanceRollout } from '../rollout/advance.ts'
import { hostsLiveOn } from '../sample.ts'
import { type DueKind, due, finish } from './due.ts'
import { purge } from './purge.ts'

export interface DueRow {
  readonly id: number
  readonly kind: string
  readonly subject: string
  readonly dueAt: Date
}

/** What happens when a row is due. It closes the row in the transaction of its effect, or after an effect that may happen twice. */
export type DueHandler = (house: House, row: DueRow) => Promise<void>

/** What only the sample mode does when something is due. */
export type Arrive = (id: string) => Promise<void>

/** The part of the subject behind the colon. */
const nameOf = (row: DueRow): string => row.subject.split(':')[1] ?? ''

/** Everything that time makes happen, by its kind. */
export const dueHandlers = (arrive: Arrive): Readonly<Record<DueKind, DueHandler>> => ({
  advance,
  silence: advance,
  'tell-end-users': tellEndUsers,
  // Copying a file twice is harmless, so the row is closed after it.
  arrival: (house, row) => arrive(nameOf(row)).then(() => finish(house, row.id)),
  poll,
  remind: lookAtReminders,
  opening: openingPassed,
  'signs-of-life': hostsLiveOn,
  'policy-file': lookAtPolicyFile,
  purge,
  members: membersDue,
  'reveal-bogus-drill': revealDue,
})

async function advance(house: House, row: DueRow): Promise<void> {
  await advanceRollout(house, Number(nameOf(row)))
  await finish(house, row.id)
}

async function tellEndUsers(house: House, row: DueRow): Promise<void> {
  await transact(house, async (unit) => {
    const state = await lockChange(unit.tx, Number(nameOf(row)))
    if (state) await runCommand(unit, state, { kind: 'tell-end-users' }, null)
    await unit.tx.due.update({ where: { id: row.id }, data: { doneAt: unit.now } })
  })
}

async function revealDue(house: House, row: DueRow): Promise<void> {
  await transact(house, async (unit) => {
    await reveal(unit, Number(nameOf(row)), 'patchcrier')
    await unit.tx.due.update({ where: { id: row.id }, data: { doneAt: unit.now } })
  })
}

/** Enqueues the poll and writes down the next one, from now: a downtime is caught up by one poll. */
async function poll(house: House, row: DueRow): Promise<void> {
  const source = nameOf(row)
  await transact(house, async (unit) => {
    const { count } = await unit.tx.due.updateMany({ where: { id: row.id, doneAt: null }, data: { doneAt: unit.now } })
    const rule = house.inForce.policy.sources.find((s) => s.id === source)
    // A source that left the policy is asked no more.
    if (count === 0 || !rule) return
    await unit.house.boss.send(unit.tx, pollQueue, { source })
    await due(unit, 'poll', row.subject, new Date(unit.now.getTime() + rule.everyMinutes * 60_000), 'next look at the source')
  })
}

/** A window has just opened: forms that offer it to plan into are drawn anew. The next opening is written down. */
async function openingPassed(house: House, row: DueRow): Promise<void> {
  await transact(house, async (unit) => {
    await touchChanges(unit.tx, ['planning', 'deciding', 'approved', 'announced', 'rolling out'])
    await unit.tx.due.updateMany({ where: { id: row.id }, data: { doneAt: unit.now } })
    await dueOpening(unit)
  })
}
