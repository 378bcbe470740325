import { Fault } from '../../core/fault.ts'
import type { Bulletin } from '../../core/identify/bulletin.ts'
import { brokenCatalogue, type Catalogue, catalogueNews, type KnownEntry, withCatalogue } from '../../core/identify/exploited.ts'
import type { Tx } from '../../db/database.ts'
import type { ExploitedCatalogue } from '../../ports.ts'
import { type ExploitedNews, tellExploited } from '../change/exploited.ts'
import { type House, transact, type Unit } from '../house.ts'
import { oneDocumentAtATime } from './in-turn.ts'
import { matchedHosts, openChange } from './open-change.ts'
import { withKnownScores } from './scores.ts'
import { readSourceState, sourceSubject } from './source-state.ts'

/** A catalogue that has not been read for so many days says nothing of what is not in it. */
const FRESH_DAYS = 7

/**
 * Takes a whole catalogue in: entries, retractions, and what both change for open and closed changes, and for bulletins that nobody has
 * opened yet. Telling twice is harmless, so a catalogue that was killed half way is taken again. Throws Fault SOURCE_FAILED for one that
 * lacks too much of what stood before, unless it is the `first`: a person who resets the source's cursor says that it is right.
 */
export async function takeCatalogue(house: House, source: string, catalogue: ExploitedCatalogue, first: boolean): Promise<void> {
  const known = await house.db.knownExploited.findMany({ select: { cve: true, retractedAt: true } })
  const cves = catalogue.entries.map((e) => e.cve)
  const broken = first ? null : brokenCatalogue(cves, known, house.clock.now())
  if (broken !== null) throw new Fault('SOURCE_FAILED', `${broken} ${orReset(source)}`)
  const news = catalogueNews(
    cves,
    known.map((k) => ({ cve: k.cve, retracted: k.retractedAt !== null })),
  )
  // Told before it is kept: what was killed in between is news again.
  const named = await naming(house.db, news)
  for (const one of newsOf(catalogue, named)) await transact(house, (unit) => tellAll(unit, one))
  await transact(house, async (unit) => {
    await oneDocumentAtATime(unit)
    await keep(unit, catalogue)
    // Bulletins that came in meanwhile were judged by the catalogue before.
    const told = new Set(named.map(({ bulletinId, cve }) => `${bulletinId} ${cve}`))
    const late = (await naming(unit.tx, news)).filter(({ bulletinId, cve }) => !told.has(`${bulletinId} ${cve}`))
    for (const one of newsOf(catalogue, late)) await tellAll(unit, one)
    await unit.tx.knownExploited.updateMany({ where: { cve: { in: [...news.retracted] } }, data: { retractedAt: unit.now } })
    unit.audit({
      actor: 'patchcrier',
      action: 'take-catalogue',
      subject: sourceSubject(source),
      detail: { version: catalogue.version, entries: catalogue.entries.length, added: news.added.length, retracted: news.retracted },
    })
  })
}

/** What a person does who has found out that a list is right. */
const orReset = (source: string): string =>
  `If it is right all the same: \`npm run -s patchcrier -- source reset ${source} --reason TEXT\`.`

type Naming = readonly { readonly bulletinId: number; readonly cve: string }[]

/** The bulletins that name a vulnerability of which there is news. */
const naming = (db: Pick<Tx, 'bulletinCve'>, { added, retracted }: ReturnType<typeof catalogueNews>): Promise<Naming> =>
  db.bulletinCve.findMany({ where: { cve: { in: [...added, ...retracted] } }, select: { bulletinId: true, cve: true } })

function newsOf(catalogue: ExploitedCatalogue, named: Naming): readonly ExploitedNews[] {
  const entries = new Map(catalogue.entries.map((e) => [e.cve, e]))
  return [...new Set(named.map(({ cve }) => cve))].map((cve): ExploitedNews => {
    const entry = entries.get(cve)
    if (!entry) return { kind: 'exploited-retracted', cve, catalogue: catalogue.version }
    return { kind: 'exploited', cve, addedOn: entry.addedOn, dueOn: entry.dueOn, catalogue: catalogue.version }
  })
}

/** A change that is over or asleep gets an alert of its own, which has to be told in its turn. */
async function tellAll(unit: Unit, news: ExploitedNews): Promise<void> {
  const alerts = await tellExploited(unit, news)
  for (const { rowId, earlier, differences } of alerts) await openChange(unit, rowId, { differences, earlier })
  const opened = news.kind === 'exploited' ? await openUnopened(unit, news.cve) : 0
  if (alerts.length + opened > 0) await tellExploited(unit, news)
}

/** Bulletins of the history, of a flood, or from before the inventory knew their hosts: they match, and nobody has opened them. */
async function openUnopened(unit: Unit, cve: string): Promise<number> {
  const rows = await unit.tx.bulletin.findMany({
    where: { current: true, origin: { not: 'held' }, cves: { some: { cve } } },
    orderBy: { id: 'asc' },
  })
  const opened = new Set(rows.flatMap((r) => (r.changeId === null ? [] : [r.story])))
  let count = 0
  for (const { id, story, document } of rows) {
    if (opened.has(story) || !document || (await matchedHosts(unit, document as unknown as Bulletin)).length === 0) continue
    await openChange(unit, id, { differences: [`${cve} is now known exploited`], earlier: null })
    opened.add(story)
    count += 1
  }
  return count
}

async function keep(unit: Unit, { version, entries }: ExploitedCatalogue): Promise<void> {
  const rows = JSON.stringify(entries)
  await unit.tx.$executeRaw`
    INSERT INTO "KnownExploited" ("cve", "vendor", "product", "name", "addedOn", "dueOn", "ransomware", "catalogue")
    SELECT r."cve", r."vendor", r."product", r."name", r."addedOn", r."dueOn", r."ransomware", ${version}
    FROM jsonb_to_recordset(${rows}::jsonb) AS r("cve" text, "vendor" text, "product" text, "name" text, "addedOn" text, "dueOn" text, "ransomware" text)
    ON CONFLICT ("cve") DO UPDATE SET "vendor" = excluded."vendor", "product" = excluded."product", "name" = excluded."name",
      "addedOn" = excluded."addedOn", "dueOn" = excluded."dueOn", "ransomware" = excluded."ransomware",
      "catalogue" = excluded."catalogue", "retractedAt" = NULL`
}

/** The bulletin with what the catalogue, and others, say of its vulnerabilities. */
export async function told(unit: Unit, bulletin: Bulletin): Promise<Bulletin> {
  if (bulletin.vulnerabilities.length === 0) return bulletin
  return withCatalogue(
    await withKnownScores(unit, bulletin),
    await catalogueFor(
      unit,
      bulletin.vulnerabilities.map(({ cve }) => cve),
    ),
  )
}

async function catalogueFor(unit: Unit, cves: readonly string[]): Promise<Catalogue> {
  const rows = await unit.tx.knownExploited.findMany({ where: { cve: { in: [...cves] } } })
  const entries = new Map(rows.map((r): [string, KnownEntry] => [r.cve, { ...r, retracted: r.retractedAt !== null }]))
  return { ...(await freshness(unit)), entryOf: (cve) => entries.get(cve) }
}

/** Is a catalogue of exploited vulnerabilities at hand that was read lately? */
export async function freshness(unit: Unit): Promise<Pick<Catalogue, 'fresh' | 'version'>> {
  const states = await Promise.all(
    unit.house.inForce.policy.sources.filter((s) => s.kind === 'kev').map((s) => readSourceState(unit.house, s.id)),
  )
  const read = states
    .flatMap((s) => (s.lastGoodAt !== null && s.firstPollDone ? [s.lastGoodAt] : []))
    .sort()
    .at(-1)
  const fresh = read !== undefined && unit.now.getTime() - Date.parse(read) <= FRESH_DAYS * 86_400_000
  const latest = fresh ? await unit.tx.knownExploited.findFirst({ where: { retractedAt: null }, select: { catalogue: true } }) : null
  return { fresh: fresh && latest !== null, version: latest?.catalogue ?? '' }
}
