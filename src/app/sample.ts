import { copyFile, mkdir, readFile, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { loadFleet } from '../core/assess/fleet.ts'
import { canonicalJson, sha256Hex } from '../core/canonical.ts'
import { type Policy, policySchema } from '../core/policy.ts'
import { allow, type Instant, type Ruled, refuse } from '../core/result.ts'
import type { Database } from '../db/database.ts'
import type { Clock, Doors } from '../ports.ts'
import { dueOpening } from './change/planning.ts'
import { clockView, nextEvent } from './doors/doors.ts'
import { type House, type PolicyInForce, transact } from './house.ts'
import { shiftSigns, writeAssets } from './inventory/write.ts'
import { writeBoughtOff } from './policy/propose.ts'
import { beginReminders, holdReminders } from './remind/look.ts'
import { due } from './time/due.ts'
import { duePurge } from './time/purge.ts'

/** The sample organisation that ships. */
export const SAMPLE_FOLDER = fileURLToPath(new URL('../../manifests/sample', import.meta.url))
/** Sample data live in a database of their own. */
export const SAMPLE_DATABASE = 'patchcrier_sample'

const OFFSET = 'sample:clock-offset-ms'
const STARTED = 'sample:started'

const indexSchema = z.strictObject({
  key: z.string(),
  keyFingerprint: z.string(),
  keyOwner: z.string(),
  namespaces: z.array(z.string()),
  history: z.array(z.string()),
  arrivals: z.array(z.strictObject({ id: z.string(), afterMinutes: z.number(), file: z.string(), what: z.string() })),
})
export type SampleIndex = z.infer<typeof indexSchema>

/** The sample organisation as it ships: where its files are, and where its vendor "publishes". */
export interface Sample {
  readonly folder: string
  /** The folder that the CSAF source reads. */
  readonly published: string
  readonly index: SampleIndex
  readonly key: string
}

/** `published` null: nothing will be published, only the key and the index are wanted. */
export async function openSample(folder: string, published: string | null): Promise<Sample> {
  const index = indexSchema.parse(JSON.parse(await readFile(join(folder, 'csaf', 'index.json'), 'utf8')))
  if (published !== null) await mkdir(published, { recursive: true })
  return { folder, published: published ?? '', index, key: await readFile(join(folder, 'csaf', index.key), 'utf8') }
}

/** No freeze begins so soon after the sample: what arrives in its first weeks finds the windows open, in December, too. */
const FREEZE_AFTER_MS = 60 * 86_400_000

/** The freeze of the first year in which it comes late enough. */
export function farEnough(freeze: Policy['blackouts'][number], realNow: Date): Policy['blackouts'][number] {
  if (Date.parse(freeze.from) >= realNow.getTime() + FREEZE_AFTER_MS) return freeze
  return farEnough({ ...freeze, from: aYearLater(freeze.from), to: aYearLater(freeze.to) }, realNow)
}

const aYearLater = (at: string): string => {
  const then = new Date(at)
  then.setUTCFullYear(then.getUTCFullYear() + 1)
  return then.toISOString()
}

/**
 * The sample's policy. It is in force from the start; the first audit record says which managers bought it off. `realNow` decides in which year
 * its freezes are.
 */
export async function samplePolicy(folder: string, realNow = new Date()): Promise<PolicyInForce> {
  const written = policySchema.parse(JSON.parse(await readFile(join(folder, 'policy.json'), 'utf8')))
  const policy = { ...written, blackouts: written.blackouts.map((freeze) => farEnough(freeze, realNow)) }
  return { policy, hash: sha256Hex(canonicalJson(policy)), approved: true }
}

/** Publishes a document as a vendor would: sidecars first, then the document by a rename. Doing it twice is harmless. */
async function publish(sample: Sample, file: string): Promise<void> {
  const from = join(sample.folder, 'csaf', file)
  const to = join(sample.published, basename(file))
  for (const sidecar of ['.sha512', '.sha256', '.asc']) {
    await copyFile(`${from}${sidecar}`, `${to}${sidecar}`).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
      await rm(`${to}${sidecar}`, { force: true })
    })
  }
  await copyFile(from, `${to}.new`)
  await rename(`${to}.new`, to)
}

/** First start: history, fleet, policy, and when what arrives. Later starts change nothing. */
export async function seedSample(house: House, sample: Sample): Promise<void> {
  if (await house.db.setting.findUnique({ where: { key: STARTED } })) return transact(house, beginReminders)
  for (const file of sample.index.history) await publish(sample, file)
  const fleet = JSON.parse(await readFile(join(sample.folder, 'fleet.json'), 'utf8')) as unknown
  await transact(house, async (unit) => {
    const { policy, hash } = house.inForce
    const managers = policy.people.filter((p) => p.roles.includes('manager')).map((p) => p.id)
    await writeBoughtOff(unit, managers)
    await writeAssets(unit.tx, loadFleet(fleet, unit.now))
    await unit.tx.setting.create({ data: { key: STARTED, value: unit.now.toISOString() } })
    for (const source of policy.sources) await due(unit, 'poll', `source:${source.id}`, unit.now, 'first look at the source')
    // The history is polled before the first arrival is published.
    for (const a of sample.index.arrivals)
      await due(
        unit,
        'arrival',
        `sample:${a.id}`,
        new Date(unit.now.getTime() + a.afterMinutes * 60_000 + FIRST_ARRIVAL_MS),
        `arrives: ${a.what}`,
      )
    await due(unit, 'signs-of-life', 'sample:0', new Date(unit.now.getTime() + 86_400_000), 'the hosts are heard of again')
    await dueOpening(unit)
    await beginReminders(unit)
    await duePurge(unit)
    unit.audit({
      actor: managers[0] ?? 'patchcrier',
      action: 'buy-off-policy',
      subject: 'policy:1',
      detail: { hash, managers, sample: true },
    })
  })
}

const FIRST_ARRIVAL_MS = 3_000

/** Once a day. Without it the whole fleet would be stale a week after the first start. */
export async function hostsLiveOn(
  house: House,
  row: { readonly id: number; readonly subject: string; readonly dueAt: Date },
): Promise<void> {
  await transact(house, async (unit) => {
    const { count } = await unit.tx.due.updateMany({ where: { id: row.id, doneAt: null }, data: { doneAt: unit.now } })
    if (count === 0) return
    const before = new Date(row.dueAt.getTime() - 86_400_000)
    await shiftSigns(unit.tx, before, unit.now, house.inForce.policy.staleAfterDays)
    await due(unit, 'signs-of-life', row.subject, new Date(unit.now.getTime() + 86_400_000), 'the hosts are heard of again')
  })
}

/** Publishes an arrival that is due. */
async function arrive(sample: Sample, id: string): Promise<void> {
  const arrival = sample.index.arrivals.find((a) => a.id === id)
  if (arrival) await publish(sample, arrival.file)
}

/** Real time plus an offset that is stored, so that it survives a kill. It only goes forward. */
export interface SampleClock extends Clock {
  /** Stores, then shows, the new time. A refusal when `to` is not later than now. */
  moveTo(to: Date): Promise<Ruled<Instant>>
}

const HOUR_MS = 3_600_000
const WEEK_MS = 7 * 24 * HOUR_MS
/** Thursday, 14:00 UTC (1970 began on a Thursday): after the summary of the day, and long before the evening's windows, so that people can be told in time. */
const BEGINS_MS = 14 * HOUR_MS

/**
 * What the sample's clock is ahead at its first start. It begins on the next Thursday: windows open on some days of the week only, so on
 * another one what arrives would come before or after them, and the sample would take another course.
 */
export function firstOffset(realNow: number): number {
  return Math.ceil((realNow - BEGINS_MS) / WEEK_MS) * WEEK_MS + BEGINS_MS - realNow
}

export async function sampleClock(db: Database, realNow: () => number): Promise<SampleClock> {
  const first = firstOffset(realNow())
  const row = await db.setting.upsert({ where: { key: OFFSET }, create: { key: OFFSET, value: first }, update: {} })
  let offset = z.number().nonnegative().catch(0).parse(row.value)
  const now = (): Date => new Date(realNow() + offset)
  return {
    now,
    moveTo: async (to) => {
      if (Number.isNaN(to.getTime())) return refuse('TIME_INVALID', 'Expected a time such as 2026-11-25T22:00:00Z.')
      if (to.getTime() <= now().getTime())
        return refuse('CLOCK_FORWARD_ONLY', `The clock only goes forward; it is ${now().toISOString()} now.`)
      const wanted = to.getTime() - realNow()
      await db.setting.upsert({ where: { key: OFFSET }, create: { key: OFFSET, value: wanted }, update: { value: wanted } })
      offset = wanted
      return allow(now().toISOString())
    },
  }
}

/** What happens when an arrival is due: the history is polled first, because an arrival must not be taken for it. */
export function arrivals(house: House, sample: Sample, poll: (source: string) => Promise<void>): (id: string) => Promise<void> {
  const pollAll = async (): Promise<void> => {
    for (const source of house.sources.keys()) await poll(source)
  }
  return async (id) => {
    await pollAll()
    await arrive(sample, id)
    await pollAll()
  }
}

/** Moves the sample's clock event by event, as if the time had passed: what is due in between happens in between. */
export function clockMover(house: House, clock: SampleClock, settle: () => Promise<void>): NonNullable<Doors['moveClock']> {
  return async (to) => {
    const target = to === 'next' ? (await nextEvent(house))?.dueAt : to
    if (!target) return { code: 'NOTHING_DUE', text: 'Nothing is due: the next thing that happens is up to a person.' }
    if (target > house.clock.now()) await holdReminders(house, target)
    for (let first = to !== 'next'; ; first = false) {
      const next = await nextEvent(house)
      const step: Date = next && next.dueAt < target ? next.dueAt : target
      const moved = await clock.moveTo(step)
      // While things happened, real time may have passed the next step by itself.
      if (!moved.ok && ((first && step === target) || moved.refusal.code !== 'CLOCK_FORWARD_ONLY')) return moved.refusal
      await settle()
      if (step.getTime() >= target.getTime()) return clockView(house, true)
    }
  }
}
