import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import { Prisma } from '../db/database.ts'
import type { House } from './house.ts'
import type { Ticker } from './time/tick.ts'

/** A due row that is open this long after its time is late, in seconds. */
const LATE_S = 60

/**
 * Every figure: its name behind `patchcrier_`, its labels, its help. A label never holds the name of a person or a host: places are told by
 * their platform.
 */
const FIGURES = {
  changes: [['phase'], 'Changes by phase.'],
  posts_waiting: [['platform'], 'Messages and edits that wait to be sent.'],
  posts_uncertain: [['platform'], 'Messages of which nobody knows whether they arrived; a person has to look.'],
  oldest_waiting_post_seconds: [['platform'], 'Age of the oldest message that waits to be sent for the first time.'],
  due_late: [[], `What was due more than ${LATE_S} s ago and has not happened.`],
  last_tick_seconds: [[], 'Time since the last tick that went well. A tick a second is normal; more than 15 s is not.'],
  source_last_good_seconds: [['source'], 'Time since the source was last asked with success.'],
  source_failing: [['source'], '1: the source fails since its last success.'],
  jobs: [['queue', 'state'], 'Jobs by queue and state; finished ones are kept for a day.'],
  clocks_overdue: [['clock'], 'Open changes past their deadline to start or to complete.'],
  hosts: [['status'], 'Hosts of rollouts under way or in review, by status.'],
  audit_records: [[], 'Records of the audit chain. It never falls.'],
} as const satisfies Readonly<Record<string, readonly [readonly string[], string]>>

type Figure = keyof typeof FIGURES

/** One value: `a` and `b` are the figure's labels in their order, as far as it has them. */
interface Row {
  readonly figure: Figure
  readonly a: string
  readonly b: string
  readonly value: number
}

/** What `GET /metrics` answers, in Prometheus' text format; counted when it is asked for. */
export function createMetrics(house: House, ticker: Ticker): () => Promise<string> {
  let made: { readonly registry: Registry; readonly gauges: ReadonlyMap<Figure, Gauge> } | undefined
  return async () => {
    made ??= makeGauges()
    const rows = [...(await counted(house)), tickAge(ticker)]
    for (const gauge of made.gauges.values()) gauge.reset()
    for (const { figure, a, b, value } of rows) {
      const [names] = FIGURES[figure]
      made.gauges.get(figure)?.set(Object.fromEntries(names.map((name, i) => [name, i === 0 ? a : b])), value)
    }
    return made.registry.metrics()
  }
}

function makeGauges() {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: 'patchcrier_' })
  const gauges = Object.entries(FIGURES).map(([figure, [labelNames, help]]) => {
    const gauge = new Gauge({ name: `patchcrier_${figure}`, help, labelNames: [...labelNames], registers: [registry] })
    return [figure as Figure, gauge] as const
  })
  return { registry, gauges: new Map(gauges) }
}

/** Before the first tick there is no age: 0 would look good, so it is the age of the process. */
const tickAge = (ticker: Ticker): Row => ({
  figure: 'last_tick_seconds',
  a: '',
  b: '',
  value: (performance.now() - Math.max(0, ticker.lastGood())) / 1_000,
})

async function counted(house: House): Promise<readonly Row[]> {
  const { places, sources } = house.inForce.policy
  const rows = await house.db.$queryRaw<Row[]>(counts(house.clock.now()))
  const platforms = new Map(places.map(({ id, platform }) => [id, platform]))
  const known = new Set(sources.map(({ id }) => `source:${id}`))
  const told = rows.flatMap((row) => {
    if (row.figure.startsWith('source_')) return known.has(row.a) ? [{ ...row, a: row.a.slice('source:'.length) }] : []
    return row.figure.includes('post') ? [{ ...row, a: platforms.get(row.a) ?? 'none' }] : [row]
  })
  return joined([...nothing(house), ...told])
}

/** Several places are one platform: counts add up, of ages the oldest counts. */
function joined(rows: readonly Row[]): readonly Row[] {
  const by = new Map<string, Row>()
  for (const row of rows) {
    const key = JSON.stringify([row.figure, row.a, row.b])
    const before = by.get(key)?.value ?? 0
    by.set(key, { ...row, value: row.figure.endsWith('_seconds') ? Math.max(before, row.value) : before + row.value })
  }
  return [...by.values()]
}

/** Zero is said: an alert on a figure that is missing never rings. */
function nothing({ inForce }: House): readonly Row[] {
  const platforms = new Set(inForce.policy.places.map(({ platform }) => platform))
  const ofPosts = ['posts_waiting', 'posts_uncertain', 'oldest_waiting_post_seconds'] as const
  return [...platforms].flatMap((platform) => ofPosts.map((figure): Row => ({ figure, a: platform, b: '', value: 0 })))
}

const counts = (now: Date): Prisma.Sql => Prisma.sql`
  SELECT 'changes' AS figure, phase AS a, '' AS b, count(*)::float8 AS value FROM "Change" GROUP BY phase
  UNION ALL
  SELECT 'posts_waiting', "placeId", '', count(*) FROM "Post" WHERE wanted > shown AND status = 'open' GROUP BY "placeId"
  UNION ALL
  SELECT 'posts_uncertain', "placeId", '', count(*) FROM "Post" WHERE status = 'uncertain' GROUP BY "placeId"
  UNION ALL
  SELECT 'oldest_waiting_post_seconds', "placeId", '', greatest(0, extract(epoch FROM ${now} - min("createdAt")))
    FROM "Post" WHERE wanted > shown AND status = 'open' AND ref IS NULL GROUP BY "placeId"
  UNION ALL
  SELECT 'due_late', '', '', count(*) FROM "Due" WHERE "doneAt" IS NULL AND "dueAt" < ${new Date(now.getTime() - LATE_S * 1_000)}
  UNION ALL
  SELECT 'source_last_good_seconds', key, '', greatest(0, extract(epoch FROM ${now} - (value ->> 'lastGoodAt')::timestamptz))
    FROM "Setting" WHERE key LIKE 'source:%' AND value ->> 'lastGoodAt' IS NOT NULL
  UNION ALL
  SELECT 'source_failing', key, '', (value ->> 'failingSince' IS NOT NULL)::int FROM "Setting" WHERE key LIKE 'source:%'
  UNION ALL
  SELECT 'jobs', name, state::text, count(*) FROM pgboss.job GROUP BY name, state
  UNION ALL
  SELECT 'clocks_overdue', 'start', '', count(*) FROM "Change"
    WHERE phase IN ('alerted', 'awaiting', 'testing', 'planning', 'deciding', 'approved', 'announced')
      AND (state -> 'clocks' ->> 'startBy')::timestamptz < ${now}
  UNION ALL
  SELECT 'clocks_overdue', 'complete', '', count(*) FROM "Change"
    WHERE phase IN ('alerted', 'awaiting', 'testing', 'planning', 'deciding', 'approved', 'announced', 'rolling out', 'done elsewhere')
      AND (state -> 'clocks' ->> 'completeBy')::timestamptz < ${now}
  UNION ALL
  SELECT 'hosts', h.status, '', count(*) FROM "RolloutHost" h JOIN "Change" c ON c.id = h."changeId"
    WHERE c.phase IN ('rolling out', 'reviewing') GROUP BY h.status
  UNION ALL
  SELECT 'audit_records', '', '', count(*) FROM "AuditRecord"`
