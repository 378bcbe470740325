import type { HostProgress } from '../../core/deploy/progress.ts'
import { foldReport } from '../../core/deploy/report.ts'
import type { HostReport } from '../../ports.ts'
import { hearElsewhere } from '../change/elsewhere.ts'
import { changeSubject, lockChange, readChange, readNamedHosts, writeHosts } from '../change/rows.ts'
import { touchSubject } from '../chat/redraws.ts'
import { type House, transact } from '../house.ts'
import { noteSigns, takeOver } from '../inventory/write.ts'
import { goOn } from '../time/due.ts'
import { runnerOf } from './giving.ts'

/** Asks every back end that has an order of ours for its reports, and folds in what is new. Answers the changes that moved. */
export async function observeOrders(house: House): Promise<readonly number[]> {
  const rows = await house.db.runnerOrder.findMany({ where: { status: 'given' }, orderBy: { storedAt: 'asc' } })
  const moved = new Set<number>()
  for (const row of rows) {
    const { reports } = await runnerOf(house, row.runner).observe(row.id)
    const answer = await takeReports(house, row.changeId, reports)
    if (answer.moved) moved.add(row.changeId)
  }
  return [...moved]
}

export interface Taken {
  /** False: there is no such rollout. */
  readonly known: boolean
  readonly moved: boolean
  readonly accepted: number
  readonly refused: readonly { readonly index: number; readonly reason: string }[]
}

/** Folds a batch of reports into its hosts: one transaction, one audit record. Nothing new writes nothing. */
export async function takeReports(house: House, changeId: number, reports: readonly HostReport[]): Promise<Taken> {
  // Most observations bring nothing new: look without a transaction first.
  const names = reports.map(({ host }) => host)
  const named = await readNamedHosts(house.db, changeId, names)
  const glance = foldAll(named, reports)
  const others = glance.refused.length > 0 ? await hearOthers(house, changeId, reports) : null
  const left = (refused: Taken['refused']) => refused.filter(({ index }) => !others?.has(reports[index]?.host ?? ''))
  if (glance.hosts.size === 0) {
    const refused = left(glance.refused)
    const known = named.length > 0 || others !== null || (await hasRollout(house, changeId))
    return { known, moved: false, accepted: reports.length - refused.length, refused }
  }
  return transact(house, async (unit) => {
    const state = await lockChange(unit.tx, changeId)
    const folded = foldAll(await readNamedHosts(unit.tx, changeId, names), reports)
    const moved = [...folded.hosts.values()]
    await writeHosts(unit.tx, changeId, moved)
    await takeOver(unit.tx, moved, state?.submission?.plan.options.reboot === true)
    await noteSigns(unit.tx, folded.counted, unit.now)
    await touchSubject(unit.tx, changeSubject(changeId))
    if (state?.rollout) await goOn(unit, changeSubject(changeId), `reports of change ${changeId}`)
    unit.audit({ actor: 'patchcrier', action: 'take-reports', subject: changeSubject(changeId), detail: { reports: folded.counted } })
    const refused = left(folded.refused)
    return { known: true, moved: moved.length > 0, accepted: reports.length - refused.length, refused }
  })
}

const hasRollout = async (house: House, changeId: number): Promise<boolean> =>
  (await house.db.rolloutHost.findFirst({ where: { changeId }, select: { host: true } })) !== null

/** Reports of hosts that no rollout knows may show what people have said: that they were patched elsewhere. Null: nobody has said so. */
async function hearOthers(house: House, changeId: number, reports: readonly HostReport[]): Promise<ReadonlySet<string> | null> {
  if (!(await readChange(house.db, changeId))?.elsewhere.length) return null
  return transact(house, async (unit) => {
    const state = await lockChange(unit.tx, changeId)
    return new Set(state ? await hearElsewhere(unit, state, reports) : [])
  })
}

function foldAll(rows: readonly HostProgress[], reports: readonly HostReport[]) {
  const known = new Map(rows.map((row) => [row.host, row]))
  const hosts = new Map<string, HostProgress>()
  const refused: { index: number; reason: string }[] = []
  const counted: HostReport[] = []
  for (const [index, report] of reports.entries()) {
    const before = hosts.get(report.host) ?? known.get(report.host)
    if (!before) {
      refused.push({ index, reason: `"${report.host}" is not a host of this rollout` })
      continue
    }
    const { progress, changed, note } = foldReport(before, report)
    if (note !== undefined) refused.push({ index, reason: note })
    if (changed) {
      hosts.set(report.host, progress)
      counted.push(report)
    }
  }
  return { hosts, refused, counted }
}
