import { createHash } from 'node:crypto'
import { createPoller } from '../../src/app/bulletins/poll.ts'
import type { House } from '../../src/app/house.ts'
import { QUEUES } from '../../src/app/jobs.ts'
import { samplePolicy } from '../../src/app/sample.ts'
import type { Bulletin } from '../../src/core/identify/bulletin.ts'
import type { Check } from '../../src/core/identify/verification.ts'
import { type Policy, policySchema, type SourceRule } from '../../src/core/policy.ts'
import { startBoss } from '../../src/db/boss.ts'
import { createWriter } from '../../src/db/writer.ts'
import type { Batch, BulletinSource } from '../../src/ports.ts'
import { freshDatabase } from './database.ts'
import { houseOn } from './house-on.ts'

/** How far what a source says is proved by itself. */
export type Proof = 'signed' | 'official'

const PROOFS: Readonly<Record<Proof, readonly Check[]>> = {
  signed: (['hash', 'signature', 'schema', 'file-name', 'namespace'] as const).map((name) => ({ name, outcome: 'pass', evidence: 'x' })),
  official: [
    { name: 'hash', outcome: 'not applicable', evidence: 'x' },
    { name: 'signature', outcome: 'not applicable', evidence: 'x' },
    ...(['schema', 'file-name', 'namespace'] as const).map((name) => ({ name, outcome: 'pass', evidence: 'x' }) as const),
  ],
}

/** A source whose next answer the test decides. */
export interface TestSource {
  readonly source: BulletinSource
  /** What the next polls bring; none: nothing new. */
  next: (Partial<Batch> & { readonly bulletins?: readonly Bulletin[] }) | Error
  /** File names whose check breaks. */
  readonly broken: Set<string>
}

function testSource(id: string, proof: Proof): TestSource {
  const told = new Map<string, Bulletin>()
  const self: TestSource = {
    next: {},
    broken: new Set(),
    source: {
      id,
      fetch: async () => {
        if (self.next instanceof Error) throw self.next
        const { bulletins = [], ...batch } = self.next
        const documents = bulletins.map((bulletin) => {
          const bytes = Buffer.from(JSON.stringify(bulletin))
          told.set(createHash('sha256').update(bytes).digest('hex'), bulletin)
          return { fileName: `${bulletin.vendorId}.json`, bytes }
        })
        return { documents, cursor: '', dropped: [], ...batch }
      },
      check: async (raw) => {
        if (self.broken.has(raw.fileName)) throw new Error('it breaks here')
        const digest = createHash('sha256').update(raw.bytes).digest('hex')
        return { bulletin: told.get(digest) ?? null, digest, checks: PROOFS[proof] }
      },
    },
  }
  return self
}

export interface Intake {
  /** Address of its database. */
  readonly url: string
  readonly house: House
  readonly sources: Readonly<Record<string, TestSource>>
  /** Asks a source and waits until all is taken. */
  poll(id: string): Promise<void>
  moveTo(now: Date): void
  end(): Promise<void>
}

/** A house that takes bulletins in from sources of the test: by id, its rule and how far it proves what it says. */
export async function intake(rules: Readonly<Record<string, readonly [object, Proof]>>): Promise<Intake> {
  const fresh = await freshDatabase(12)
  const boss = await startBoss({ url: fresh.url, queues: QUEUES as never, log: () => undefined })
  const { policy: sample, hash } = await samplePolicy(new URL('../../manifests/sample', import.meta.url).pathname)
  const policy: Policy = policySchema.parse({
    ...sample,
    sources: Object.entries(rules).map(([id, [rule]]) => ({ id, name: id, ...rule }) as SourceRule),
  })
  const sources = Object.fromEntries(Object.entries(rules).map(([id, [, proof]]) => [id, testSource(id, proof)]))
  let now = new Date('2026-11-25T12:00:00Z')
  const house = houseOn({
    db: fresh.db,
    write: createWriter(fresh.db, { atOnce: 8, waiting: 2_000 }),
    boss,
    clock: { now: () => now },
    inForce: { policy, hash, approved: true },
    sources: new Map(Object.values(sources).map((s) => [s.source.id, s.source])),
  })
  const poll = createPoller(house)
  return {
    house,
    sources,
    url: fresh.url,
    poll: (id) => poll(id, new AbortController().signal),
    moveTo: (to) => {
      now = to
    },
    end: async () => {
      await boss.stop()
      await fresh.drop()
    },
  }
}
