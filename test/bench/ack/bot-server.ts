import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pino } from 'pino'
import { readKnown } from '../../../src/app/change/known.ts'
import { json } from '../../../src/app/change/rows.ts'
import { SAMPLE_FOLDER } from '../../../src/app/sample.ts'
import { newProgress } from '../../../src/core/deploy/progress.ts'
import { policySchema } from '../../../src/core/policy.ts'
import { type Running, start } from '../../../src/main.ts'
import { evolved, opened, UNTIL } from '../../support/change.ts'
import { undecided } from '../house.ts'
import type { Disturbance, Order } from './order.ts'

const ROLLING_HOSTS = 2_000
const ROLLING = Array.from({ length: ROLLING_HOSTS }, (_, n) => `host-${n}`)
const REPORTS_AT_ONCE = 20
const REPORT_EVERY_MS = 50
const IMPORTED_HOSTS = 20_000

export interface BotServer {
  readonly url: string
  /** Makes changes that wait for an approval; answers the values of their buttons. */
  clicks(count: number): Promise<readonly string[]>
  /** Keeps the bot busy until the function that it resolves to is called, which answers how many steps it was. */
  disturb(by: Disturbance): Promise<() => Promise<number>>
  /** How many approvals are saved. */
  saved(): Promise<number>
  stop(): Promise<void>
}

/** The whole bot of an organisation whose patch team reads in Slack; with its tick, its deliverer and a durable database. */
export async function botServer({ secret, folder, databaseUrl, apiUrl, channel }: Extract<Order, { kind: 'bot' }>): Promise<BotServer> {
  const sample = policySchema.parse(JSON.parse(await readFile(join(SAMPLE_FOLDER, 'policy.json'), 'utf8')))
  const places = sample.places.map((place) => (place.id === 'patch-team' ? { ...place, platform: 'slack', ref: channel } : place))
  const policyFile = join(folder, 'policy.json')
  await writeFile(policyFile, JSON.stringify({ ...sample, places, sources: [] }))
  let url = ''
  const slack = { botToken: 'xoxb-bench', requests: { by: 'http', signingSecret: secret, port: 0 } } as const
  const bot = await start(
    { port: 0, dataFolder: folder, logLevel: 'silent', policyFile, databaseUrl, slack },
    {
      log: pino({ level: 'silent' }),
      slackApi: apiUrl,
      onSlack: (at) => {
        url = at
      },
    },
  )
  return {
    url,
    clicks: (count) => waitingChanges(bot, count),
    disturb: async (by) => (by === 'rollout' ? reporting(bot, await rollingChange(bot)) : importing(bot)),
    saved: () => approvals(bot),
    stop: () => bot.stop(),
  }
}

/** How many approvals are saved. */
export const approvals = ({ house }: Running): Promise<number> =>
  house.db.auditRecord.count({ where: { body: { contains: '"action":"approve"' } } })

/** Changes whose plan waits for its quorum, with two cards each that stand in the channel. */
export async function waitingChanges({ house }: Running, count: number): Promise<readonly string[]> {
  const now = house.clock.now()
  const state = await undecided(house, now)
  const rows = await house.db.$queryRaw<{ id: number }[]>`
    INSERT INTO "Change" (phase, state, "createdAt") SELECT 'deciding', '{}', ${now} FROM generate_series(1, ${count}::int) RETURNING id`
  const ids = rows.map(({ id }) => id)
  await house.db
    .$executeRaw`UPDATE "Change" SET state = jsonb_set(${JSON.stringify(state)}::jsonb, '{id}', to_jsonb(id)) WHERE id = ANY(${ids})`
  const digest = state.submission?.digest ?? ''
  await house.db.$executeRaw`
    INSERT INTO "Post" (subject, purpose, "placeId", shown, ref, card, payload, "createdAt", "updatedAt")
    SELECT 'change:' || id, purpose, 'patch-team', 1, jsonb_build_object('place', 'C1', 'message', '1.' || id), '{}', jsonb_build_object('digest', ${digest}::text), ${now}, ${now}
    FROM unnest(${ids}::int[]) AS id, unnest(ARRAY['test', 'decision']) AS purpose`
  // Nobody can click on what was not drawn.
  for (const id of ids) await readKnown(house.db, id)
  return ids.map((id) => JSON.stringify({ v: 1, verb: 'approve', id: `change:${id}`, digest }))
}

/** A rollout whose hosts have their orders. Made before anything is measured: a real one is not made by two thousand rows at once. */
async function rollingChange({ house }: Running): Promise<number> {
  const now = house.clock.now()
  const state = evolved(opened(), UNTIL.pilotRuns)
  const { id } = await house.db.change.create({ data: { phase: state.phase, state: {}, createdAt: now } })
  await house.db.change.update({ where: { id }, data: { state: json({ ...state, id }) } })
  await house.db.rolloutHost.createMany({
    data: ROLLING.map((host) => {
      const row = { ...newProgress(host, 1, []), status: 'ordered' as const, facts: { orderedAt: now.toISOString() } }
      return { changeId: id, host, ring: 1, state: json(row), status: row.status }
    }),
  })
  return id
}

/** Its hosts report in batches, four hundred reports a second. */
function reporting({ house, doors }: Running, id: number): () => Promise<number> {
  let over = false
  let reports = 0
  const work = async (): Promise<void> => {
    for (let at = 0; !over; at = (at + REPORTS_AT_ONCE) % ROLLING_HOSTS) {
      const since = performance.now()
      const step = (['arrived', 'attempted', 'installed'] as const)[Math.floor(reports / ROLLING_HOSTS) % 3] ?? 'arrived'
      const batch = ROLLING.slice(at, at + REPORTS_AT_ONCE).map((host) => ({ host, step, at: house.clock.now().toISOString() }))
      reports += (await doors.report(id, batch)).accepted
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, REPORT_EVERY_MS - (performance.now() - since))))
    }
  }
  const working = work()
  return async () => {
    over = true
    await working
    return reports
  }
}

/** An inventory file, imported once; one that is done before it is called off was too small. */
function importing({ doors }: Running): () => Promise<number> {
  let done = 0
  async function* file(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('host,owner,environment,os,packages\n')
    for (let n = 0; n < IMPORTED_HOSTS; n += 1) {
      done = n + 1
      yield Buffer.from(`srv-${Date.now()}-${n},ops@example.org,production,Red Hat Enterprise Linux 8.6,openssl-1:1.1.1k-7.el8_6\n`)
    }
  }
  const bytes = file()
  const working = doors.importInventory({ kind: 'csv', fileName: 'fleet.csv', by: null, bytes })
  return async () => {
    const ruled = await working
    if (!ruled.ok) throw new Error(ruled.refusal.text)
    return done
  }
}
