import { coverageCard, PRODUCTS_A_PAGE } from '../../../cards/coverage.ts'
import { SOURCES_A_PAGE, type SourceView, sourcesCard } from '../../../cards/sources.ts'
import { trend, usualInterval } from '../../../core/identify/health.ts'
import type { SourceRule } from '../../../core/policy.ts'
import { readCoverage } from '../../bulletins/coverage.ts'
import { latestDoubted } from '../../bulletins/doubted.ts'
import { readSourceState, sourceSubject } from '../../bulletins/source-state.ts'
import type { House } from '../../house.ts'
import { askedPage } from '../pages.ts'
import { type Commands, show, TEAM } from './rule.ts'

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

async function viewOf(house: House, { id, name, kind, everyMinutes }: SourceRule): Promise<SourceView> {
  const { lastGoodAt, failingSince, silentSince, lastNewsAt, listed, track, dropped, doubted } = await readSourceState(house, id)
  return {
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
    doubted,
    latestDoubted: doubted === 0 ? [] : await latestDoubted(house, id, MOST_DOUBTED),
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
