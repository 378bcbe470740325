import { createReader, type Reader, type ReaderLimits } from '../../reader.ts'
import type { CveJob, CveResult } from './read.ts'

export type CveReader = Reader<CveJob, CveResult>

/** Reads CVE records in a process of its own, which ends when there is nothing to read. Close it at the end. */
export const createCveReader = (limits: ReaderLimits = {}): CveReader =>
  createReader<CveJob, CveResult>({
    timeLimitMs: 15_000,
    memoryLimitMb: 256,
    idleMs: 10_000,
    ...limits,
    entry: new URL('./child.ts', import.meta.url),
    lost: (problem) => ({ kind: 'lost', problem }),
  })
