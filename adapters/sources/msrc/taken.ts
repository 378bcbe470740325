import { Fault } from '../../../src/core/fault.ts'
import type { Listed } from '../../../src/core/identify/backlog.ts'
import type { Batch, RawDocument } from '../../../src/ports.ts'
import { fileNameOf } from './check.ts'
import type { MsrcState } from './cursor.ts'
import type { MonthResult } from './read.ts'

type Parts = MsrcState['parts']
type Dropped = Batch['dropped'][number]
type ReadParts = Extract<MonthResult, { readonly ok: true }>['parts']

/** What came of a month, or of a release of the guide; `parts`: what is known after it. */
export interface Taken {
  readonly documents: readonly RawDocument[]
  readonly dropped: readonly Dropped[]
  readonly parts: Parts
}

/** Why it could not be taken, with what came of it. */
export interface Untaken {
  readonly reason: string
  readonly bytes?: Uint8Array
}

/** The parts that are new or changed, as documents. Those that came last stand last among what is known. */
export function documentsOf(read: ReadParts, before: Parts, url: string): Pick<Taken, 'documents' | 'parts'> {
  const parts = new Map(before)
  const documents = read.flatMap(({ vendorId, known, bytes }): readonly RawDocument[] => {
    parts.delete(vendorId)
    parts.set(vendorId, known)
    return bytes === null ? [] : [{ fileName: fileNameOf(vendorId), url, bytes }]
  })
  return { documents, parts }
}

/** Takes one after the other. One that cannot be taken (`take` answers why, or throws a Fault) is said, and is among the `lost`. */
export async function takeEach(
  entries: readonly Listed[],
  before: Parts,
  take: (entry: Listed, known: Parts) => Promise<Taken | Untaken>,
): Promise<Taken & { readonly lost: readonly Listed[] }> {
  const documents: RawDocument[] = []
  const dropped: Dropped[] = []
  const lost: Listed[] = []
  let parts = before
  for (const entry of entries) {
    const taken = await take(entry, parts).catch(untaken)
    if ('reason' in taken) {
      lost.push(entry)
      dropped.push({ ...taken, fileName: entry.key, reason: `it cannot be taken, and is asked for again: ${taken.reason}` })
      continue
    }
    documents.push(...taken.documents)
    dropped.push(...taken.dropped)
    parts = taken.parts
  }
  return { documents, dropped, parts, lost }
}

function untaken(error: unknown): Untaken {
  if (error instanceof Fault) return { reason: error.message }
  throw error
}
