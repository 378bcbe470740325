import type { Asset } from '../assess/asset.ts'
import { type BaselineDetail, type BaselineEntry, baselineStatus } from '../assess/baseline.ts'
import type { Instant } from '../result.ts'
import type { BaselineLine, Compliance, PatchLine } from './view.ts'

const DAY_MS = 86_400_000
/** Most hosts that are named beside a figure. */
const NAMED = 20

/** A host that an open change is for and that is not verified yet. */
export interface Needing {
  readonly host: string
  /** The change is past its complete-by. */
  readonly overdue: boolean
}

export interface ComplianceFacts {
  /** All hosts. `installs` may hold no more than the products of the baselines. */
  readonly assets: readonly Asset[]
  readonly needing: readonly Needing[]
  readonly baselines: readonly BaselineEntry[]
  /** Hosts that are exempt from their baseline now, with a reason that stands elsewhere. */
  readonly exempt: ReadonlySet<string>
  readonly staleAfterDays: number
  readonly now: Instant
}

/** How many hosts of which class are where they should be. Throws STATE_CORRUPT when a baseline's version cannot be read. */
export function complianceOf(facts: ComplianceFacts): Compliance {
  const { assets, staleAfterDays, now } = facts
  const seen = assets.map(({ lastSeen }) => Date.parse(lastSeen)).filter((at) => !Number.isNaN(at))
  return {
    hosts: assets.length,
    // A sign of life that cannot be read counts as none.
    stale: assets.filter(({ lastSeen }) => !(Date.parse(now) - Date.parse(lastSeen) <= staleAfterDays * DAY_MS)).length,
    staleAfterDays,
    unmanaged: assets.filter(({ managed }) => !managed).length,
    lastSeen: seen.length === 0 ? null : new Date(seen.reduce((a, b) => Math.max(a, b))).toISOString(),
    patches: patchLines(facts),
    baselines: baselineLines(facts),
  }
}

function patchLines({ assets, needing }: ComplianceFacts): readonly PatchLine[] {
  const open = new Set(needing.map(({ host }) => host))
  const overdue = new Set(needing.filter((one) => one.overdue).map(({ host }) => host))
  const lines = [...Map.groupBy(assets, ({ assetClass }) => assetClass)].map(([assetClass, hosts]): PatchLine => {
    const late = hosts.filter(({ host }) => overdue.has(host)).length
    const all = hosts.filter(({ host }) => open.has(host)).length
    return { assetClass, hosts: hosts.length, clear: hosts.length - all, open: all - late, overdue: late }
  })
  return lines.sort((a, b) => b.overdue - a.overdue || b.open - a.open || b.hosts - a.hosts || compareText(a.assetClass, b.assetClass))
}

interface Standing extends Pick<BaselineDetail, 'product' | 'status' | 'baseline'> {
  readonly host: string
  readonly assetClass: string
}

function baselineLines({ assets, baselines, exempt }: ComplianceFacts): readonly BaselineLine[] {
  if (baselines.length === 0) return []
  const standings = assets.flatMap((asset) =>
    baselineStatus(asset, baselines).products.map(
      ({ product, status, baseline }): Standing => ({ host: asset.host, assetClass: asset.assetClass, product, status, baseline }),
    ),
  )
  return [...Map.groupBy(standings, ({ assetClass, product }) => `${assetClass}\n${product}`).values()]
    .map((group) => baselineLine(group, exempt))
    .sort((a, b) => b.below - a.below || b.above - a.above || compareText(a.assetClass, b.assetClass) || compareText(a.product, b.product))
}

/** A product may be there in several architectures: the worst counts, and below comes before above. */
function baselineLine(group: readonly Standing[], exempt: ReadonlySet<string>): BaselineLine {
  const hosts = [...Map.groupBy(group, ({ host }) => host)].map(([host, of]) => ({
    host,
    status: standingOf(of, exempt.has(host)),
  }))
  const named = (status: string): readonly string[] =>
    hosts
      .filter((one) => one.status === status)
      .map(({ host }) => host)
      .sort()
  return {
    assetClass: group[0]?.assetClass ?? '',
    product: group[0]?.product ?? '',
    versions: [...new Set(group.map(({ baseline }) => baseline))].sort(),
    at: named('at').length,
    below: named('below').length,
    above: named('above').length,
    exempt: named('exempt').length,
    named: { below: named('below').slice(0, NAMED), above: named('above').slice(0, NAMED) },
  }
}

/** A host that is exempt is not below: somebody answers for it. One that has the standard has it all the same. */
function standingOf(of: readonly Standing[], exempt: boolean): Standing['status'] | 'exempt' | undefined {
  const worst = (['below', 'above', 'at'] as const).find((status) => of.some((one) => one.status === status))
  return exempt && worst === 'below' ? 'exempt' : worst
}

/** Code-unit order: the same on every machine. */
const compareText = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1)
