import pino from 'pino'
import type { House } from '../../src/app/house.ts'
import { QUEUES } from '../../src/app/jobs.ts'
import { createMembers } from '../../src/app/people/members.ts'
import type { Policy } from '../../src/core/policy.ts'
import { startBoss } from '../../src/db/boss.ts'
import { createWriter } from '../../src/db/writer.ts'
import { NOW } from './change.ts'
import { freshDatabase } from './database.ts'
import { offlineMails } from './mails.ts'
import { offlinePatchFiles } from './patch-files.ts'

export interface BareHouse {
  readonly house: House
  readonly url: string
  end(): Promise<void>
}

/** What the use cases work with, on a database of its own, at one moment: no sources, no runners, nothing ticks and nothing is delivered. */
export async function bareHouse(policy: Policy): Promise<BareHouse> {
  const { db, url, drop } = await freshDatabase(12)
  const boss = await startBoss({ url, queues: QUEUES as never, log: () => undefined })
  const house: House = {
    db,
    write: createWriter(db, { atOnce: 8, waiting: 2_000 }),
    boss,
    clock: { now: () => new Date(NOW) },
    log: pino({ level: 'silent' }),
    inForce: { policy, hash: 'p'.repeat(64), approved: true },
    members: createMembers({ now: () => new Date() }),
    sources: new Map(),
    runners: new Map(),
    policyFile: null,
    formats: new Map(),
    mails: offlineMails,
    patchFiles: offlinePatchFiles,
    adopt: async () => undefined,
  }
  return {
    house,
    url,
    end: async () => {
      await boss.stop()
      await drop()
    },
  }
}
