import type { AffectedHost } from '../../core/assess/affected.ts'
import { type MatchFigures, NOTHING_MATCHED } from '../../core/assess/import/figures.ts'
import { isOver, phaseWords } from '../../core/change/guard.ts'
import { newNeeds, takesHosts } from '../../core/change/rematch.ts'
import type { ChangeState } from '../../core/change/state.ts'
import type { Bulletin } from '../../core/identify/bulletin.ts'
import { hostsAfterRevision, matchedHosts, openChange } from '../bulletins/open-change.ts'
import { sourceSubject } from '../bulletins/source-state.ts'
import { inventoryChanged } from '../change/elsewhere.ts'
import { lockChange } from '../change/rows.ts'
import { runCommand } from '../change/run-command.ts'
import { touchSubject } from '../chat/posts.ts'
import { type House, transact, type Unit } from '../house.ts'

/**
 * Matches the bulletins with what an import has changed: each in its own transaction, and again at the next import where it was broken
 * off, because a changed host stays marked until all are done.
 */
export async function rematch(house: House, importId: number): Promise<MatchFigures> {
  await inventoryChanged(house)
  const marked = await unmatchedImports(house, importId)
  let figures = NOTHING_MATCHED
  for (const row of await concerned(house, marked)) figures = await transact(house, (unit) => matchAgain(unit, row, importId, figures))
  await house.db.asset.updateMany({ where: { touched: { in: [...marked] } }, data: { touched: null } })
  return figures
}

/** Imports whose changed hosts are still marked: this one, and those that ended before they came to it. */
async function unmatchedImports(house: House, importId: number): Promise<readonly number[]> {
  const ended = await house.db.inventoryImport.findMany({ where: { status: { not: 'running' } }, select: { id: true } })
  return [importId, ...ended.map(({ id }) => id)]
}

/** Bulletins about a package that a marked host has, or about a change that a marked host is in. */
async function concerned(house: House, marked: readonly number[]): Promise<readonly number[]> {
  const rows = await house.db.$queryRaw<{ id: number }[]>`
    WITH touched AS MATERIALIZED (SELECT "host" FROM "Asset" WHERE "touched" = ANY(${[...marked]}::int[])),
      names AS MATERIALIZED (SELECT DISTINCT i."name" FROM "Install" i JOIN touched USING ("host"))
    SELECT b."id" FROM "Bulletin" b
    WHERE b."current" AND b."origin" <> 'held' AND (
      EXISTS (SELECT 1 FROM jsonb_array_elements((b."document" -> 'fixed') || (b."document" -> 'unfixed')) e
        WHERE e ->> 'name' IN (SELECT "name" FROM names))
      OR EXISTS (SELECT 1 FROM "Change" c, jsonb_array_elements(c."state" -> 'hosts') h
        WHERE c."id" = b."changeId" AND h ->> 'host' IN (SELECT "host" FROM touched)))
    ORDER BY b."id"`
  return rows.map(({ id }) => id)
}

async function matchAgain(unit: Unit, rowId: number, importId: number, figures: MatchFigures): Promise<MatchFigures> {
  const { source } = await unit.tx.bulletin.findUniqueOrThrow({ where: { id: rowId }, select: { source: true } })
  // The lock of app/bulletins/ingest.ts: a revision that comes in now must not be overlooked, nor open a second change.
  await unit.tx.$executeRaw`SELECT pg_advisory_xact_lock(7331, hashtext(${source}))`
  const row = await unit.tx.bulletin.findUniqueOrThrow({ where: { id: rowId } })
  if (!row.current || row.document === null) return figures
  const bulletin = row.document as unknown as Bulletin
  const state = row.changeId === null ? null : await lockChange(unit.tx, row.changeId)
  const hosts = await matchedHosts(unit, bulletin)
  if (hosts.length !== row.matched) {
    await unit.tx.bulletin.update({ where: { id: rowId }, data: { matched: hosts.length } })
    await touchSubject(unit.tx, sourceSubject(source))
  }
  const why = `Import ${importId} changed the inventory.`
  if (state && takesHosts(state)) return renew(unit, state, bulletin, hosts, why, figures)
  if (state) return tellNews(unit, rowId, state, newNeeds(state.hosts, hosts), why, figures)
  if (row.matched > 0 || hosts.length === 0) return figures
  // A source's first poll makes no noise, and neither does an inventory that comes after it.
  if (row.origin === 'history') return { ...figures, history: figures.history + 1 }
  const opened = await openChange(unit, rowId, { differences: [], earlier: null, why: `${why} Nothing matched this bulletin before.` })
  return { ...figures, opened: [...figures.opened, opened] }
}

/** A change without a plan follows the inventory. */
async function renew(
  unit: Unit,
  state: ChangeState,
  bulletin: Bulletin,
  matched: readonly AffectedHost[],
  why: string,
  figures: MatchFigures,
): Promise<MatchFigures> {
  const command = { kind: 'rematch', hosts: await hostsNow(unit, state, bulletin, matched), why } as const
  const ruled = await runCommand(unit, state, command, null)
  return ruled.ok && ruled.value !== state ? { ...figures, renewed: [...figures.renewed, state.id] } : figures
}

const MOST_NAMES = 5

/** Hosts that a change with a plan does not have: the import says so. When the change is over, they need one of their own. */
async function tellNews(
  unit: Unit,
  rowId: number,
  state: ChangeState,
  news: readonly string[],
  why: string,
  figures: MatchFigures,
): Promise<MatchFigures> {
  if (news.length === 0) return figures
  if (!isOver(state)) return { ...figures, late: [...figures.late, { change: state.id, hosts: news.slice(0, 20) }] }
  const names = `${news.slice(0, MOST_NAMES).join(', ')}${news.length > MOST_NAMES ? ` (+${news.length - MOST_NAMES} more)` : ''}`
  const change = await openChange(unit, rowId, {
    differences: [],
    earlier: state.id,
    why: `${why} Change ${state.id} ${phaseWords(state.phase)}, and hosts need it now that did not then: ${names}.`,
  })
  return { ...figures, reopened: [...figures.reopened, { earlier: state.id, change }] }
}

/** The hosts of a change as the inventory is now. Those that were reported as done elsewhere stay: they are what its review is about. */
async function hostsNow(
  unit: Unit,
  state: ChangeState,
  bulletin: Bulletin,
  matched: readonly AffectedHost[],
): Promise<readonly AffectedHost[]> {
  const hosts = await hostsAfterRevision(unit, state, bulletin, matched)
  const there = new Set(hosts.map((h) => h.host))
  const reported = new Set(state.elsewhere.map((h) => h.host))
  return [...hosts, ...state.hosts.filter((h) => reported.has(h.host) && !there.has(h.host))].sort((a, b) => (a.host < b.host ? -1 : 1))
}
