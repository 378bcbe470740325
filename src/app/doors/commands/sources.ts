import { coverageCard, PRODUCTS_A_PAGE } from '../../../cards/coverage.ts'
import { DROPPED_A_PAGE, droppedCard } from '../../../cards/dropped.ts'
import { SOURCES_A_PAGE, type SourceView, sourcesCard } from '../../../cards/sources.ts'
import { trend, usualInterval } from '../../../core/identify/health.ts'
import type { SourceRule } from '../../../core/policy.ts'
import type { Outcome } from '../../../ports.ts'
import { readCoverage } from '../../bulletins/coverage.ts'
import { latestNotProved } from '../../bulletins/dropped.ts'
import { readSourceState, sourceSubject } from '../../bulletins/source-state.ts'
import type { House } from '../../house.ts'
import { askedPage, pageOf, readPage } from '../pages.ts'
import { type Commands, no, show, TEAM, type Typed } from './rule.ts'

export const SOURCES: Commands = {
  sources: {
    usage: 'sources | sources page 2',
    what: 'where bulletins come from, and does it work',
    roles: TEAM,
    run: async ({ house, argument }) => {
      const rules = house.inForce.policy.sources
      const page = askedPage(argument, 'sources', SOURCES_A_PAGE, rules.length)
      return page.ok ? show(sourcesCard(await Promise.all(rules.map((rule) => viewOf(house, rule))), page.value)) : page
    },
  },
  dropped: {
    usage: 'dropped rhel | dropped rhel page 2',
    what: 'what of a source could not be taken or is not proved, by the id of the source',
    roles: TEAM,
    run: dropped,
  },
  coverage: {
    usage: 'coverage | coverage page 2',
    what: 'products that no source watches, and what would help',
    roles: TEAM,
    run: async ({ house, argument }) => {
      const { gaps, watched } = await readCoverage(house, house.db)
      const page = askedPage(argument, 'coverage', PRODUCTS_A_PAGE, gaps.length)
      return page.ok ? show(coverageCard(gaps, watched, page.value)) : page
    },
  },
}

/** Items without proof that a look at a source names. */
const MOST_DOUBTED = 3

/** The names and reasons alone; what came of the items is for the command line. */
async function dropped({ house, argument }: Typed): Promise<Outcome> {
  const [id = '', ...rest] = argument.trim().split(/\s+/)
  const { sources } = house.inForce.policy
  const source = sources.find((one) => one.id === id)
  if (!source) return no('SOURCE_UNKNOWN', `Expected one of ${sources.map((one) => one.id).join(', ')}; got "${id.slice(0, 40)}".`)
  const number = readPage(rest.join(' '), `dropped ${id}`)
  if (!number.ok) return number
  const rows = await house.db.droppedItem.findMany({
    where: { source: id },
    select: { id: true, kind: true, fileName: true, reason: true, at: true, size: true },
    orderBy: { id: 'desc' },
  })
  const page = pageOf(number.value, DROPPED_A_PAGE, rows.length)
  if (!page.ok) return page
  return show(
    droppedCard(
      source,
      rows.map(({ kind, ...row }) => ({ ...row, notProved: kind === 'not proved', at: row.at.toISOString() })),
      page.value,
    ),
  )
}

async function viewOf(house: House, { id, name, kind, everyMinutes }: SourceRule): Promise<SourceView> {
  const { lastGoodAt, failingSince, silentSince, lastNewsAt, listed, track, dropped, doubted, firstKeys } = await readSourceState(house, id)
  return {
    id,
    name,
    kind,
    everyMinutes,
    lastGoodAt,
    failingSince,
    silentSince,
    lastNewsAt,
    listed,
    usualMs: usualInterval(track.news),
    trend: trend(track.listed),
    dropped,
    firstKeys,
    doubted,
    latestDoubted: doubted === 0 ? [] : await latestNotProved(house, id, MOST_DOUBTED),
    reason: failingSince === null ? null : await reasonOf(house, id),
    bulletins: await house.db.bulletin.count({ where: { source: id, current: true } }),
    held: await house.db.bulletin.count({ where: { source: id, origin: 'held' } }),
  }
}

/** Why it fails, from the audit: the last time that it was said. */
async function reasonOf(house: House, id: string): Promise<string | null> {
  const row = await house.db.auditRecord.findFirst({
    where: { AND: [`"action":"source-failing"`, `"subject":"${sourceSubject(id)}"`].map((part) => ({ body: { contains: part } })) },
    orderBy: { seq: 'desc' },
  })
  return row ? ((JSON.parse(row.body) as { detail: { reason?: string } }).detail.reason ?? null) : null
}
