import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { vi } from 'vitest'
import { createPoller } from '../../src/app/bulletins/poll.ts'
import type { Parts } from '../../src/main.ts'
import type { BulletinSource, RawDocument } from '../../src/ports.ts'
import type { TestHouse } from './house.ts'

/** A publisher beside the sample's folder. Its documents go through the real checks; only the signature is a test's word. */
export interface Publisher {
  readonly parts: Pick<Parts, 'source'>
  /** Publishes a document, and returns when the house has taken it in. */
  publish(house: TestHouse, document: Document): Promise<void>
}

export interface Document {
  readonly fileName: string
  readonly bytes: Uint8Array
  /** As if the pinned key had signed it. Its private half is thrown away, so nobody can sign for real. */
  readonly signed: boolean
}

export function publisher(): Publisher {
  const waiting: RawDocument[] = []
  const signed = new WeakSet<RawDocument>()
  const beside = (source: BulletinSource): BulletinSource => ({
    ...source,
    fetch: async (cursor, signal) => {
      const batch = await source.fetch(cursor, signal)
      return { ...batch, documents: [...batch.documents, ...waiting.splice(0)] }
    },
    check: async (raw, now) => {
      const checked = await source.check(raw, now)
      if (!signed.has(raw)) return checked
      const checks = checked.checks.map((c) =>
        c.name === 'signature' ? { ...c, outcome: 'pass' as const, evidence: 'Signed, says the test.' } : c,
      )
      return { ...checked, checks, signedBy: "Patchcrier sample key, not the vendor's" }
    },
  })
  return {
    parts: { source: beside },
    publish: async (house, { fileName, bytes, signed: isSigned }) => {
      const raw: RawDocument = { fileName, bytes, sha512: createHash('sha512').update(bytes).digest('hex') }
      if (isSigned) signed.add(raw)
      const before = await records(house)
      waiting.push(raw)
      await createPoller(house.house)('sample-csaf', new AbortController().signal)
      // The house may have polled by itself just now, and still be at it.
      await vi.waitFor(async () => {
        if ((await records(house)) === before) throw new Error(`${fileName} was not taken in`)
      }, 20_000)
      await house.settle()
    },
  }
}

const records = (house: TestHouse): Promise<number> =>
  house.house.db.auditRecord.count({ where: { body: { contains: '"action":"take-bulletin"' } } })

const SAMPLE = new URL('../../manifests/sample/csaf/', import.meta.url)

interface Csaf {
  document: {
    aggregate_severity?: { text: string }
    tracking: {
      id: string
      version: string
      current_release_date: string
      revision_history: { date: string; number: string; summary: string }[]
    }
  }
}

export interface Revision {
  readonly version: number
  readonly severity?: string
  /** Text that is replaced throughout: what, and by what. */
  readonly replace?: readonly [string, string]
}

/** A sample advisory as it is published. */
export async function sampleDocument(file: string, signed: boolean): Promise<Document> {
  return { fileName: file.split('/').at(-1) ?? file, bytes: await readFile(new URL(file, SAMPLE)), signed }
}

const dateOf = (version: number): string => `2026-02-${`${version}`.padStart(2, '0')}T08:00:00Z`

/** A made-up later revision of a sample advisory; valid CSAF, and nobody's but the test's. */
export async function revised(file: string, signed: boolean, { version, severity, replace }: Revision): Promise<Document> {
  const { fileName, bytes } = await sampleDocument(file, signed)
  const text = new TextDecoder().decode(bytes)
  const csaf = JSON.parse(replace ? text.replaceAll(...replace) : text) as Csaf
  const { tracking } = csaf.document
  // CSAF wants every version in the history, in the order of their dates.
  for (let number = tracking.revision_history.length + 1; number <= version; number += 1)
    tracking.revision_history.push({ date: dateOf(number), number: `${number}`, summary: 'Made for a test' })
  tracking.version = `${version}`
  tracking.current_release_date = dateOf(version)
  if (severity !== undefined) csaf.document.aggregate_severity = { ...csaf.document.aggregate_severity, text: severity }
  return { fileName, bytes: new TextEncoder().encode(JSON.stringify(csaf)), signed }
}
