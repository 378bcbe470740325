import { createReader, type Reader, type ReaderLimits } from '../../reader.ts'
import type { CatalogueReading } from './catalogue.ts'

export type KevReader = Reader<Uint8Array, CatalogueReading>

/** Reads the catalogue (more than a megabyte) in a process of its own, which ends when there is nothing to read. Close it at the end. */
export const createKevReader = (limits: ReaderLimits = {}): KevReader =>
  createReader<Uint8Array, CatalogueReading>({
    timeLimitMs: 30_000,
    memoryLimitMb: 512,
    idleMs: 10_000,
    ...limits,
    entry: new URL('./child.ts', import.meta.url),
    lost: (problem) => ({ ok: false, problem }),
  })
