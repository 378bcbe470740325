import type { AffectedHost } from '../../core/assess/affected.ts'
import { type MatchFigures, NOTHING_MATCHED } from '../../core/assess/import/figures.ts'
import { bulletinsOf } from '../../core/change/bulletins.ts'
import { isOver, phaseWords } from '../../core/change/guard.ts'
import { newNeeds, takesHosts } from '../../core/change/rematch.ts'
import type { ChangeState } from '../../core/change/state.ts'
import { uniteHosts } from '../../core/change/unite.ts'
import type { Bulletin } from '../../core/identify/bulletin.ts'
import { oneDocumentAtATime } from '../bulletins/in-turn.ts'
import { namedHere } from '../bulletins/named.ts'
import { mayAlert, type Noise } from '../bulletins/noise.ts'
import { matchedHosts, openChange } from '../bulletins/open-change.ts'
import { showRelease } from '../bulletins/rollup.ts'
import { sourceSubject } from '../bulletins/source-state.ts'
import { documentsOf } from '../change/documents.ts'
import { inventoryChanged } from '../change/elsewhere.ts'
import { lockChange } from '../change/rows.ts'
import { runCommand } from '../change/run-command.ts'
import { touchSubject } from '../chat/redraws.ts'
import { show } from '../chat/show.ts'
import { type House, transact, type Unit } from '../house.ts'
import { concerned, unmatchedImports } from './concerned.ts'

/** So many bulletins that match now get alerts of their own after one import; after that only the urgent ones do. */
const ALERTS_AN_IMPORT = 5

/**
 * Matches the bulletins with what an import has changed: each in its own transaction, and again at the next import where it was broken
 * off, because an import counts as unmatched until all are done.
 */
export async function rematch(house: House, importId: number): Promise<MatchFigures> {
  await inventoryChanged(house)
  const unmatched = await unmatchedImports(house, importId)
  const noise: Noise = { silent: false, alerts: ALERTS_AN_IMPORT }
  let figures = NOTHING_MATCHED
  for (const row of await concerned(house, unmatched))
    figures = await transact(house, (unit) => matchAgain(unit, row, { importId, noise, figures }))
  await house.db.inventoryImport.updateMany({ where: { id: { in: [...unmatched] } }, data: { matched: true } })
  return figures
}

/** One rematch while it goes on. */
interface Going {
  readonly importId: number
  readonly noise: Noise
  readonly figures: MatchFigures
}

const whyNow = ({ importId }: Going): string => `Import ${importId} changed the inventory.`

async function matchAgain(unit: Unit, rowId: number, going: Going): Promise<MatchFigures> {
  // A revision that comes in now must not be overlooked, nor open a second change.
  await oneDocumentAtATime(unit)
  const row = await unit.tx.bulletin.findUniqueOrThrow({ where: { id: rowId } })
  if (!row.current || row.document === null) return going.figures
  const bulletin = row.document as unknown as Bulletin
  const hosts = await matchedHosts(unit, bulletin)
  const named = hosts.length > 0 ? [] : await namedHere(unit.tx, bulletin)
  const matched = hosts.length || Math.max(0, ...named.map((n) => n.hosts))
  if (matched !== row.matched) {
    await unit.tx.bulletin.update({ where: { id: rowId }, data: { matched } })
    await touchSubject(unit.tx, sourceSubject(row.source))
  }
  const state = await changeOf(unit, row)
  if (state) return aboutChange(unit, rowId, state, going)
  const { figures } = going
  if (row.matched > 0 || matched === 0) return figures
  // A source's first poll makes no noise, and neither does an inventory that comes after it.
  if (row.origin === 'history') return { ...figures, history: figures.history + 1 }
  if (!mayAlert(bulletin, going.noise)) return inTheList(unit, bulletin, going)
  const opened = await openChange(unit, rowId, {
    differences: [],
    earlier: null,
    why: `${whyNow(going)} Nothing matched this bulletin before.`,
  })
  return { ...figures, opened: [...figures.opened, opened] }
}

/** The latest change about this bulletin, whoever told of it, locked. */
async function changeOf(
  unit: Unit,
  row: { readonly id: number; readonly changeId: number | null; readonly story: string | null },
): Promise<ChangeState | null> {
  if (row.changeId !== null) return lockChange(unit.tx, row.changeId)
  if (row.story === null) return null
  const other = await unit.tx.bulletin.findFirst({ where: { story: row.story, changeId: { not: null } }, orderBy: { changeId: 'desc' } })
  if (!other?.changeId) return null
  await unit.tx.bulletin.update({ where: { id: row.id }, data: { changeId: other.changeId } })
  return lockChange(unit.tx, other.changeId)
}

/** In a flood the ordinary ones share one card of the source, and the parts of a release always share its own. */
async function inTheList(unit: Unit, { source, release }: Bulletin, { importId, figures }: Going): Promise<MatchFigures> {
  if (release !== undefined) await showRelease(unit, source, release)
  else await show(unit, 'patch team', sourceSubject(source), `rollup:import-${importId}`, { since: new Date(0).toISOString() })
  return { ...figures, listed: figures.listed + 1 }
}

/** What a change is about is what its own documents say; another origin of one of them changes nothing, and neither does anything in a drill. */
async function aboutChange(unit: Unit, rowId: number, state: ChangeState, going: Going): Promise<MatchFigures> {
  if (state.drill || !bulletinsOf(state).some((b) => b.rowId === rowId)) return going.figures
  const lists = await Promise.all((await documentsOf(unit.tx, state)).map((document) => matchedHosts(unit, document)))
  const hosts = lists.reduce((all, more) => uniteHosts(more, all).hosts, [])
  return takesHosts(state) ? renew(unit, state, hosts, going) : tellNews(unit, rowId, state, newNeeds(state.hosts, hosts), going)
}

/** A change without a plan follows the inventory. */
async function renew(unit: Unit, state: ChangeState, matched: readonly AffectedHost[], going: Going): Promise<MatchFigures> {
  const { figures } = going
  const ruled = await runCommand(unit, state, { kind: 'rematch', hosts: withReported(state, matched), why: whyNow(going) }, null)
  return ruled.ok && ruled.value !== state ? { ...figures, renewed: [...figures.renewed, state.id] } : figures
}

const MOST_NAMES = 5

/** Hosts that a change with a plan does not have: the import says so. When the change is over, they need one of their own. */
async function tellNews(unit: Unit, rowId: number, state: ChangeState, news: readonly string[], going: Going): Promise<MatchFigures> {
  const { figures } = going
  if (news.length === 0) return figures
  if (!isOver(state)) return { ...figures, late: [...figures.late, { change: state.id, hosts: news.slice(0, 20) }] }
  const names = `${news.slice(0, MOST_NAMES).join(', ')}${news.length > MOST_NAMES ? ` (+${news.length - MOST_NAMES} more)` : ''}`
  const why = `${whyNow(going)} Change ${state.id} ${phaseWords(state.phase)}, and hosts need it now that did not then: ${names}.`
  const change = await openChange(unit, rowId, { differences: [], earlier: state.id, why })
  return { ...figures, reopened: [...figures.reopened, { earlier: state.id, change }] }
}

/** Hosts that were reported as done elsewhere stay, patched or not: they are what the review of the change is about. */
function withReported(state: ChangeState, hosts: readonly AffectedHost[]): readonly AffectedHost[] {
  const there = new Set(hosts.map((h) => h.host))
  const reported = new Set(state.elsewhere.map((h) => h.host))
  return [...hosts, ...state.hosts.filter((h) => reported.has(h.host) && !there.has(h.host))].sort((a, b) => (a.host < b.host ? -1 : 1))
}
