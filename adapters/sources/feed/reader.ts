import { createReader, type Reader, type ReaderLimits } from '../../reader.ts'
import type { FeedJob, FeedReading } from './item.ts'

export type FeedReader = Reader<FeedJob, FeedReading>

/** Reads feeds in a process of its own, which ends when there is nothing to read. One for all feeds; close it at the end. */
export const createFeedReader = (limits: ReaderLimits = {}): FeedReader =>
  createReader<FeedJob, FeedReading>({
    timeLimitMs: 30_000,
    memoryLimitMb: 1_024,
    idleMs: 20_000,
    ...limits,
    entry: new URL('./child.ts', import.meta.url),
    lost: (problem) => ({ ok: false, problem }),
  })
