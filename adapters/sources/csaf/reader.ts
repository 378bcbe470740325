import { type Reader as AnyReader, createReader as createAny, type ReaderLimits } from '../../reader.ts'
import { type Reading, unreadable } from './reading.ts'

/** A document to read, or a list of documents (ROLIE) that is too large for the main thread. */
export interface Job {
  readonly source: string
  readonly bytes: Uint8Array
  /** Optional and informative tests, too; they take seconds to load. */
  readonly warnings?: boolean
}

export type Reader = AnyReader<Job, Reading>

/** Starts its process at the first document (it needs a second or two) and again after a document has killed it. */
export const createReader = (limits: ReaderLimits = {}): Reader =>
  createAny<Job, Reading>({ ...limits, entry: new URL('./child.ts', import.meta.url), lost: unreadable })
