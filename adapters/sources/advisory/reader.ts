import { createReader, type Reader, type ReaderLimits } from '../../reader.ts'
import type { AdvisoryJob, AdvisoryResult } from './read.ts'

export type AdvisoryReader = Reader<AdvisoryJob, AdvisoryResult>

/** Reads lists and notices in a process of its own, which ends when there is nothing to read. Close it at the end. */
export const createAdvisoryReader = (limits: ReaderLimits = {}): AdvisoryReader =>
  createReader<AdvisoryJob, AdvisoryResult>({
    timeLimitMs: 30_000,
    memoryLimitMb: 512,
    idleMs: 20_000,
    ...limits,
    entry: new URL('./child.ts', import.meta.url),
    lost: (problem) => ({ kind: 'lost', problem }),
  })
