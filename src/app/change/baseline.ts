import type { Asset } from '../../core/assess/asset.ts'
import { type BaselineEntry, type BaselineReport, baselineStatus, moveBaseline } from '../../core/assess/baseline.ts'
import type { ChangeState } from '../../core/change/state.ts'
import type { Bulletin, Scheme } from '../../core/identify/bulletin.ts'
import type { Database, Tx } from '../../db/database.ts'
import type { Unit } from '../house.ts'
import { readAssetsWith } from '../inventory/read.ts'
import { fixedBuilds } from './documents.ts'
import { exemptHosts } from './exemptions.ts'
import { changeSubject, rolloutHosts } from './rows.ts'

/**
 * Closing a review: the verified hosts have the fixed builds, so the baselines of their classes move there. A roll-back
 * moves nothing.
 */
export async function moveBaselines(unit: Unit, state: ChangeState): Promise<void> {
  if (state.rollout?.rolledBack || state.drill) return
  const verified = [
    ...(await rolloutHosts(unit.tx, state)).filter((h) => h.status === 'verified'),
    ...state.elsewhere.filter((e) => e.seenAt !== undefined),
  ]
  const fixed = await fixedBuilds(unit.tx, state)
  const assets = (
    await readAssetsWith(
      unit.tx,
      fixed.map((b) => b.name),
    )
  ).filter((a) => verified.some((h) => h.host === a.host))
  const before = await readBaselines(unit.tx)
  const after = moveBaseline(before, assets, fixed)
  for (const entry of after.filter((e) => !before.includes(e))) {
    const { assetClass, product, scheme, arch, stream, version } = entry
    await unit.tx.baseline.upsert({
      where: { assetClass_product_arch_stream: { assetClass, product, arch, stream } },
      create: { assetClass, product, scheme, arch, stream, version, changeId: state.id, setAt: unit.now },
      update: { scheme, version, changeId: state.id, setAt: unit.now },
    })
  }
  unit.audit({
    actor: 'patchcrier',
    action: 'move-baseline',
    subject: changeSubject(state.id),
    detail: { entries: after.filter((e) => !before.includes(e)) },
  })
}

export async function readBaselines(tx: Database | Tx): Promise<readonly BaselineEntry[]> {
  const rows = await tx.baseline.findMany()
  return rows.map(({ assetClass, product, scheme, arch, stream, version }) => ({
    assetClass,
    product,
    scheme: scheme as Scheme,
    arch,
    stream,
    version,
  }))
}

export interface BaselineCounts {
  readonly at: number
  readonly below: number
  readonly above: number
  readonly exempt: number
}

/**
 * Hosts of the classes that have a baseline for this bulletin's products: how many are at, below and above it, or exempt for now. Null
 * without one.
 */
export async function baselineCounts(tx: Database | Tx, bulletin: Bulletin, now: Date): Promise<BaselineCounts | null> {
  const entries = (await readBaselines(tx)).filter((e) => bulletin.fixed.some((b) => b.name === e.product && b.stream === e.stream))
  if (entries.length === 0) return null
  const assets = await readAssetsWith(tx, [...new Set(entries.map((e) => e.product))])
  const exempt = await exemptHosts(tx, now)
  const statuses = assets.map((a: Asset) => statusOf(baselineStatus(a, entries).status, exempt.has(a.host)))
  const count = (what: string): number => statuses.filter((s) => s === what).length
  return { at: count('at'), below: count('below'), above: count('above'), exempt: count('exempt') }
}

/** A host that is left out for a while is not below: somebody answers for it. One that has the standard has it all the same. */
const statusOf = (status: BaselineReport['status'], exempt: boolean): BaselineReport['status'] | 'exempt' =>
  exempt && status === 'below' ? 'exempt' : status
