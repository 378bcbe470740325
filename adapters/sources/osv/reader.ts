import { createReader, type ReaderLimits } from '../../reader.ts'
import { type ListReading, readList } from './list.ts'
import type { Parsed } from './parse.ts'
import { type RecordJob, readRecord } from './read.ts'

export type OsvJob = { readonly kind: 'list'; readonly bytes: Uint8Array } | { readonly kind: 'record'; readonly record: RecordJob }
export type OsvResult =
  | { readonly kind: 'list'; readonly reading: ListReading }
  | { readonly kind: 'record'; readonly parsed: Parsed }
  | { readonly kind: 'lost'; readonly problem: string }

/** Reads OSV's lists and records; large ones in a process of its own, which ends when there is nothing to read. Close it at the end. */
export interface OsvReader {
  list(bytes: Uint8Array): Promise<ListReading>
  record(job: RecordJob): Promise<Parsed>
  close(): Promise<void>
}

/** From so many bytes on, reading would hold up everything else. */
const LARGE = 500_000

export const createOsvReader = (limits: ReaderLimits = {}): OsvReader => {
  const apart = createReader<OsvJob, OsvResult>({
    timeLimitMs: 60_000,
    memoryLimitMb: 1_024,
    idleMs: 20_000,
    ...limits,
    entry: new URL('./child.ts', import.meta.url),
    lost: (problem) => ({ kind: 'lost', problem }),
  })
  const problemOf = (result: OsvResult): string => (result.kind === 'lost' ? result.problem : 'The answer is to another question.')
  return {
    list: async (bytes) => {
      if (bytes.length <= LARGE) return readList(bytes)
      const result = await apart.read({ kind: 'list', bytes })
      return result.kind === 'list' ? result.reading : { ok: false, problem: problemOf(result) }
    },
    record: async (record) => {
      if (record.bytes.length <= LARGE) return readRecord(record)
      const result = await apart.read({ kind: 'record', record })
      return result.kind === 'record' ? result.parsed : { ok: false, problem: problemOf(result) }
    },
    close: () => apart.close(),
  }
}
