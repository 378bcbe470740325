import { createReader, type Reader, type ReaderLimits } from '../../reader.ts'
import type { MsrcJob, MsrcResult } from './read.ts'

export type MsrcReader = Reader<MsrcJob, MsrcResult>

/** Reads months (tens of megabytes) in a process of its own with a bound on its memory, which ends when there is nothing to read. Close it at the end. */
export const createMsrcReader = (limits: ReaderLimits = {}): MsrcReader =>
  createReader<MsrcJob, MsrcResult>({
    timeLimitMs: 60_000,
    memoryLimitMb: 512,
    idleMs: 10_000,
    ...limits,
    entry: new URL('./child.ts', import.meta.url),
    lost: (problem) => ({ kind: 'lost', problem }),
  })
