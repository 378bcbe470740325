import type { WhyLine } from '../cards/lists.ts'
import { nameOf } from '../cards/words.ts'
import type { ChangeState } from '../core/change/state.ts'
import type { HostProgress } from '../core/deploy/progress.ts'
import type { House } from './house.ts'

/** Everything that is known to have happened to a host, oldest first, each line with its source. Null: no such host. */
export async function whyHost(house: House, host: string): Promise<readonly WhyLine[] | null> {
  const asset = await house.db.asset.findUnique({ where: { host } })
  if (!asset) return null
  const rows = await house.db.change.findMany({ orderBy: { id: 'asc' } })
  const states = rows.map((r) => r.state as unknown as ChangeState).filter((s) => s.hosts.some((h) => h.host === host))
  const lines = await Promise.all(states.map((s) => aboutChange(house, s, host)))
  const seen: WhyLine = { at: asset.lastSeen.toISOString(), what: 'last sign of life', source: 'inventory' }
  return [...lines.flat(), seen].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
}

async function aboutChange(house: House, state: ChangeState, host: string): Promise<readonly WhyLine[]> {
  const source = `change ${state.id}`
  const lines: WhyLine[] = []
  const add = (at: string | undefined, what: string, from = source): void => {
    if (at) lines.push({ at, what, source: from })
  }
  const name = (id: string): string => nameOf(house.inForce.policy, id)
  const packages = state.hosts.find((h) => h.host === host)?.packages ?? []
  add(
    state.openedAt,
    `needs ${state.bulletin.vendorId}: ${packages.map((p) => `${p.name} ${p.from} -> ${p.to}`).join(', ')}`,
    `bulletin ${state.bulletin.vendorId}, inventory`,
  )
  if (state.classification) add(state.classification.at, `classified ${state.classification.class} by ${name(state.classification.by)}`)
  if (state.notRelevant) add(state.notRelevant.at, `not relevant: ${state.notRelevant.reason} (${name(state.notRelevant.by)})`)
  const leftOut = state.submission?.plan.leftOut.find((l) => l.host === host)
  if (leftOut)
    add(state.submission?.submitted.at, `left out of the plan: ${leftOut.reason}`, `plan ${state.submission?.digest.slice(0, 8)}`)
  const decided = state.submission?.decided
  if (decided)
    add(decided.at, `plan ${decided.verdict} by ${decided.by.map(name).join(' and ')}`, `plan ${state.submission?.digest.slice(0, 8)}`)
  const row = await house.db.rolloutHost.findUnique({ where: { changeId_host: { changeId: state.id, host } } })
  if (row) addProgress(row.state as unknown as HostProgress, row.orderId ?? source, add)
  const delays = await house.db.delayRequest.findMany({ where: { changeId: state.id } })
  for (const d of delays.filter((r) => (r.hosts as string[]).includes(host))) {
    add(d.askedAt.toISOString(), `delay until ${d.until.toISOString()} asked by ${name(d.person)}: ${d.reason}`, `delay request ${d.id}`)
    if (d.decidedAt && d.decidedBy)
      add(d.decidedAt.toISOString(), `delay ${d.granted ? 'granted' : 'refused'} by ${name(d.decidedBy)}`, `delay request ${d.id}`)
  }
  return lines
}

function addProgress(progress: HostProgress, order: string, add: (at: string | undefined, what: string, from?: string) => void): void {
  const { facts } = progress
  add(facts.orderedAt, `ordered (try ${progress.tries})`, `order ${order}`)
  add(facts.arrivedAt, 'the update arrived', 'host report')
  add(facts.attemptedAt, 'it was attempted', 'host report')
  add(facts.installedAt, `reported installed${progress.version ? ` (${progress.version})` : ''}`, 'host report')
  add(facts.verifiedAt, 'verified by an independent check', 'host report')
  add(facts.failedAt, `failed: ${progress.cause ?? 'no cause given'}`, 'host report')
  add(facts.rolledBackAt, 'rolled back', 'host report')
  if (progress.excluded) add(progress.excluded.at, `excluded by ${progress.excluded.by}: ${progress.excluded.reason}`)
}
