import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from '../../adapters/sources/csaf/parse.ts'
import type { House } from '../../src/app/house.ts'
import { QUEUES } from '../../src/app/jobs.ts'
import { SAMPLE_FOLDER, samplePolicy } from '../../src/app/sample.ts'
import { affectedHosts } from '../../src/core/assess/affected.ts'
import { loadFleet } from '../../src/core/assess/fleet.ts'
import { matchBulletin } from '../../src/core/assess/match.ts'
import type { ChangeState } from '../../src/core/change/state.ts'
import { freshState } from '../../src/core/replay/course.ts'
import { readDelays } from '../../src/core/replay/delays.ts'
import { classify, plan, type Setting, test } from '../../src/core/replay/people-steps.ts'
import { along, isStuck } from '../../src/core/replay/walk.ts'
import { startBoss } from '../../src/db/boss.ts'
import { openDatabase } from '../../src/db/database.ts'
import { openEmbedded } from '../../src/db/embedded.ts'
import { migrate } from '../../src/db/migrate.ts'
import { createWriter } from '../../src/db/writer.ts'
import { houseOn } from '../support/house-on.ts'

export interface BenchHouse {
  readonly house: House
  readonly url: string
  end(): Promise<void>
}

/** A house on an embedded server of its own, as durable as the product's: fsync is on. Nothing ticks and nothing is delivered. */
export async function benchHouse(now: Date): Promise<BenchHouse> {
  const folder = await mkdtemp(join(tmpdir(), 'patchcrier-bench-'))
  const server = await openEmbedded({ folder: join(folder, 'postgres'), log: () => undefined })
  await server.ensureDatabase('bench')
  const url = server.url('bench')
  await migrate(url)
  const db = await openDatabase(url, { poolSize: 16 })
  const boss = await startBoss({ url, queues: QUEUES, log: () => undefined })
  const house = houseOn({
    db,
    write: createWriter(db, { atOnce: 8, waiting: 10_000 }),
    boss,
    clock: { now: () => now },
    inForce: await samplePolicy(SAMPLE_FOLDER),
  })
  return {
    house,
    url,
    end: async () => {
      await boss.stop()
      await db.close()
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** The sample's openssl change, its plan submitted and waiting for its quorum. */
export async function undecided({ inForce }: House, now: Date): Promise<ChangeState> {
  const text = await readFile(join(SAMPLE_FOLDER, 'csaf', 'arrivals', '01-openssl', 'rhsa-2023_3408.json'), 'utf8')
  const read = parse('sample-csaf', JSON.parse(text))
  if (!read.ok) throw new Error(read.problem)
  const assets = loadFleet(JSON.parse(await readFile(join(SAMPLE_FOLDER, 'fleet.json'), 'utf8')), now)
  const hosts = affectedHosts(matchBulletin(read.bulletin, assets), assets, now, inForce.policy.staleAfterDays)
  const delays = readDelays([])
  if (!delays.ok) throw new Error(delays.refusal.text)
  const setting: Setting = {
    policy: inForce.policy,
    policyHash: inForce.hash,
    delays: delays.value,
    signs: new Map(assets.map((a) => [a.host, now.toISOString()])),
  }
  const opened = { state: freshState(1, { bulletin: read.bulletin, digest: 'd'.repeat(64) }, hosts, now.getTime()), at: now.getTime() }
  const walked = along(opened, classify(setting), test(setting), plan(setting))
  if (isStuck(walked)) throw new Error(walked.why)
  return walked.state
}
