import { createReader, type Reader } from '../../../reader.ts'
import type { ListJob, ListReading } from './listed.ts'

export type ListReader = Reader<ListJob, ListReading>

/** Reads lists that are too large for the main thread. Its process ends when there is nothing to read. */
export const createListReader = (): ListReader =>
  createReader<ListJob, ListReading>({
    timeLimitMs: 30_000,
    memoryLimitMb: 1_024,
    idleMs: 20_000,
    entry: new URL('./list-child.ts', import.meta.url),
    lost: (problem) => ({ ok: false, problem }),
  })
