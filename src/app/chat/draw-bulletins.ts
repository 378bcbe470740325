import { alertCard } from '../../cards/alert.ts'
import { type HeldBulletin, type HistoryLine, heldCard, historyCard } from '../../cards/bulletins.ts'
import type { Card } from '../../cards/card.ts'
import { releaseCard } from '../../cards/release.ts'
import { rollupCard } from '../../cards/rollup.ts'
import { nameOf } from '../../cards/words.ts'
import { isOver } from '../../core/change/guard.ts'
import type { ChangeState } from '../../core/change/state.ts'
import type { Bulletin } from '../../core/identify/bulletin.ts'
import type { Verification } from '../../core/identify/verification.ts'
import { namedHere } from '../bulletins/named.ts'
import { isGenuineButMalformed } from '../bulletins/release.ts'
import { releaseLines, rollupLines } from '../bulletins/rollup.ts'
import { baselineCounts } from '../change/baseline.ts'
import { coveredBy } from '../change/joining.ts'
import { readChange } from '../change/rows.ts'
import type { House } from '../house.ts'

const sourceName = (house: House, source: string): string => house.inForce.policy.sources.find((s) => s.id === source)?.name ?? source

export async function drawAlert(house: House, state: ChangeState): Promise<Card> {
  const row = await house.db.bulletin.findUniqueOrThrow({ where: { id: state.bulletin.rowId } })
  const document = row.document as unknown as Bulletin
  const fleetSize = await house.db.asset.count()
  return alertCard(state, {
    policy: house.inForce.policy,
    fleetSize,
    baseline: await baselineCounts(house.db, document, house.clock.now()),
    named: state.hosts.length === 0 ? await namedHere(house.db, document) : [],
    versionsUnknown: document.fixed.length === 0 && document.unfixed.length === 0,
    covers: await coveredBy(house.db, state),
  })
}

export async function drawHeld(house: House, rowId: number): Promise<Card | null> {
  const row = await house.db.bulletin.findUnique({ where: { id: rowId } })
  if (!row) return null
  const change = row.changeId === null ? null : await readChange(house.db, row.changeId)
  const own = row.origin !== 'held'
  const verification = row.verification as unknown as Verification
  const held: HeldBulletin = {
    rowId,
    fileName: row.fileName,
    source: sourceName(house, row.source),
    vendorId: row.vendorId,
    verification,
    ...(change ? { change: { id: change.id, own, over: isOver(change) } } : {}),
    releasable: own ? row.verdict === 'QUARANTINED' : isGenuineButMalformed(verification),
    ...actOf('discarded', row.discarded, house),
    ...actOf('released', row.released, house),
  }
  return heldCard(held)
}

/** What somebody has said of it, with their name. */
function actOf<K extends string>(key: K, act: unknown, { inForce }: House) {
  const { by, reason } = (act ?? {}) as { by?: string; reason?: string }
  return by === undefined
    ? {}
    : ({ [key]: { by: nameOf(inForce.policy, by), reason: reason ?? '' } } as Record<K, { by: string; reason: string }>)
}

export async function drawHistory(house: House, source: string): Promise<Card> {
  const rows = await house.db.bulletin.findMany({ where: { source, origin: { not: 'held' } }, orderBy: { id: 'asc' } })
  // A later revision may have got the change.
  const changes = new Map(rows.flatMap((r) => (r.changeId === null ? [] : [[r.vendorId, r.changeId] as const])))
  const line = (row: (typeof rows)[number]): HistoryLine => ({
    rowId: row.id,
    vendorId: row.vendorId,
    revision: row.revision,
    title: (row.document as { title?: string } | null)?.title ?? row.fileName,
    verdict: row.verdict,
    hosts: row.matched,
    changeId: changes.get(row.vendorId) ?? null,
  })
  return historyCard(
    sourceName(house, source),
    rows.filter((r) => r.origin === 'history').map(line),
    rows.filter((r) => r.origin !== 'history' && r.matched === 0 && r.changeId === null).map(line),
  )
}

/** Ordinary bulletins of a flood, by product. */
export async function drawRollup(house: House, source: string, payload: Readonly<Record<string, unknown>>): Promise<Card> {
  return rollupCard(sourceName(house, source), await rollupLines(house.db, source, new Date(`${payload.since}`)))
}

/** What was published together, with a line per part. */
export async function drawRelease(house: House, source: string, payload: Readonly<Record<string, unknown>>): Promise<Card> {
  const release = `${payload.release}`
  return releaseCard(release, await releaseLines(house.db, source, release))
}
