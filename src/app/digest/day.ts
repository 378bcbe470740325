import { nameOf } from '../../core/assess/coverage.ts'
import type { ChangeState } from '../../core/change/state.ts'
import type { Bulletin } from '../../core/identify/bulletin.ts'
import { calledAs, runningClocks } from '../../core/remind/change-reasons.ts'
import type { CameIn, DayFacts, SourceFacts } from '../../core/remind/summary.ts'
import type { Instant } from '../../core/result.ts'
import { readCoverage } from '../bulletins/coverage.ts'
import { readSourceState } from '../bulletins/source-state.ts'
import { doubtsSince } from '../doubt/figures.ts'
import type { Unit } from '../house.ts'

const DAY_MS = 86_400_000
/** Deadlines that come within so many days are told. */
const SOON_DAYS = 2

/** Everything that the summary of a day tells, from the rows as they are now. */
export async function readDay(unit: Unit, since: Instant): Promise<DayFacts> {
  const { tx, now, house } = unit
  const until = now.toISOString()
  const rows = await tx.change.findMany({ orderBy: { id: 'asc' } })
  // A drill is told by its own review.
  const changes = rows.map((row) => row.state as unknown as ChangeState).filter((state) => !state.drill)
  const during = (at: Instant | undefined): boolean => at !== undefined && at > since && at <= until
  const called = (which: (state: ChangeState) => boolean): readonly string[] => changes.filter(which).map(calledAs)
  const { staleAfterDays } = house.inForce.policy
  const heardOf = new Date(now.getTime() - staleAfterDays * DAY_MS)
  return {
    since,
    until,
    ...(await bulletinsSince(unit, new Date(since))),
    opened: called((s) => during(s.openedAt)),
    decided: called((s) => during(s.submission?.decided?.at) || during(s.notRelevant?.at)),
    finished: called((s) => during(s.rollout?.finishedAt)),
    deadlines: changes.flatMap((s) => near(s, now)),
    sources: await readSources(unit),
    doubts: await doubtsSince(unit, new Date(since)),
    hosts: {
      all: await tx.asset.count(),
      fresh: await tx.asset.count({ where: { lastSeen: { gte: heardOf } } }),
      days: staleAfterDays,
    },
    unwatched: (await readCoverage(house, tx)).gaps.map((gap) => ({ name: nameOf(gap), hosts: gap.hosts, proposal: gap.proposal })),
  }
}

function near(state: ChangeState, now: Date): DayFacts['deadlines'] {
  const soon = new Date(now.getTime() + SOON_DAYS * DAY_MS).toISOString()
  return runningClocks(state)
    .filter(({ deadline }) => deadline <= soon)
    .map(({ clock, deadline }) => ({ what: `${clock} ${calledAs(state)}`, by: deadline }))
}

/** What came in, each revision once. The history of a source that was just connected is no news. */
async function bulletinsSince({ tx, now }: Unit, since: Date): Promise<Pick<DayFacts, 'bulletins' | 'held'>> {
  const rows = await tx.bulletin.findMany({
    where: { seenAt: { gt: since, lte: now }, origin: { in: ['new', 'revised', 'held'] } },
    orderBy: { id: 'asc' },
    select: { vendorId: true, origin: true, matched: true, changeId: true, document: true, fileName: true },
  })
  const taken = rows.filter((row) => row.origin !== 'held')
  return {
    held: rows.length - taken.length,
    bulletins: taken.map(
      (row): CameIn => ({
        product: productOf(row.document as Bulletin | null) ?? row.fileName,
        vendorId: row.vendorId,
        revised: row.origin === 'revised',
        change: row.changeId,
        matched: row.matched,
      }),
    ),
  }
}

/** The shortest of the packages that it fixes, else what it names, else its title. */
function productOf(document: Bulletin | null): string | null {
  const names = document ? [...document.fixed.map((b) => b.name), ...(document.names ?? [])] : []
  return names.sort((a, b) => a.length - b.length || (a < b ? -1 : 1))[0] ?? document?.title ?? null
}

const readSources = ({ house }: Unit): Promise<readonly SourceFacts[]> =>
  Promise.all(
    house.inForce.policy.sources.map(async ({ id, name }) => {
      const { lastGoodAt, failingSince, silentSince } = await readSourceState(house, id)
      return { name, lastGoodAt, failingSince, silentSince }
    }),
  )
