import { canonicalJson } from '../../../src/core/canonical.ts'
import type { Bulletin } from '../../../src/core/identify/bulletin.ts'
import { line } from '../../../src/core/identify/text.ts'
import { bulletinOf } from './bulletin.ts'
import { type Known, revise } from './cursor.ts'
import { type ChangesJob, type ChangesResult, type PageResult, type ReleaseJob, readChanges, readPage, releaseOf } from './guide/read.ts'
import type { Month, MonthProblem, MonthReading, Unread } from './month.ts'
import { monthOfJson } from './month-json.ts'
import { monthOfXml } from './month-xml.ts'
import { type Part, partSchema } from './part.ts'
import { partsOf } from './parts.ts'

export type MsrcJob = MonthJob | PartJob | ReleaseJob | ChangesJob | { readonly kind: 'page'; readonly bytes: Uint8Array }

export interface MonthJob {
  readonly kind: 'month'
  readonly bytes: Uint8Array
  /** Product families that are wanted; empty: all. */
  readonly families: readonly string[]
  /** What is remembered of parts, by vendor id. */
  readonly known: readonly (readonly [string, Known])[]
}

export interface PartJob {
  readonly kind: 'part'
  readonly source: string
  readonly namespace: string
  readonly bytes: Uint8Array
}

/** A part as it is remembered; with its document where it is new or changed. */
export interface RevisedPart {
  readonly vendorId: string
  readonly known: Known
  readonly bytes: Uint8Array | null
}

export type MonthResult =
  | {
      readonly ok: true
      readonly id: string
      readonly parts: readonly RevisedPart[]
      readonly vulnerabilities: number
      readonly dropped: readonly MonthProblem[]
    }
  | Unread

export type PartResult = { readonly ok: true; readonly bulletin: Bulletin } | Unread

export type MsrcResult =
  | { readonly kind: 'month'; readonly month: MonthResult }
  | { readonly kind: 'part'; readonly part: PartResult }
  | { readonly kind: 'page'; readonly page: PageResult }
  | { readonly kind: 'changes'; readonly changes: ChangesResult }
  | Lost
interface Lost {
  readonly kind: 'lost'
  readonly problem: string
}

const no = (problem: string): Unread => ({ ok: false, problem })

function monthOf(bytes: Uint8Array): MonthReading {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return no('It is no text.')
  }
  if (text.trimStart().startsWith('<')) return monthOfXml(text)
  try {
    return monthOfJson(JSON.parse(text))
  } catch {
    return no('It is neither JSON nor XML, or cut off.')
  }
}

/** A part as a document: canonical, so that the same part is the same bytes. */
const bytesOf = (part: Part): Uint8Array => new TextEncoder().encode(canonicalJson(part))

/** A month -> its parts, and the documents of those that are new or changed. */
function partedOf(month: Month, dropped: readonly MonthProblem[], { families, known }: Pick<MonthJob, 'families' | 'known'>): MonthResult {
  const parted = partsOf(month, families)
  if (!parted.ok) return no(parted.problem)
  const before = new Map(known)
  return {
    ok: true,
    id: month.id,
    parts: parted.parts.map((draft) => {
      const revised = revise(draft, before.get(draft.vendorId))
      return { vendorId: draft.vendorId, known: revised.known, bytes: revised.part === null ? null : bytesOf(revised.part) }
    }),
    vulnerabilities: month.vulnerabilities.length,
    dropped,
  }
}

/** Bytes of a month (JSON or XML), or the pages of a release of the guide -> its parts, or a sentence. Never throws. */
export const readMonth = (job: Omit<MonthJob, 'kind'> | ReleaseJob): MonthResult => {
  try {
    const reading = 'bytes' in job ? monthOf(job.bytes) : releaseOf(job)
    return reading.ok ? partedOf(reading.month, reading.dropped, job) : reading
  } catch (error) {
    return no(`It cannot be read (${line(error instanceof Error ? error.message : String(error), 100)}).`)
  }
}

/** Bytes of a part -> its bulletin, or a sentence. Never throws. */
export const readPart = ({ source, namespace, bytes }: Omit<PartJob, 'kind'>): PartResult => {
  try {
    const parsed = partSchema.safeParse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)))
    if (parsed.success) return { ok: true, bulletin: bulletinOf(source, namespace, parsed.data) }
    return no(`${line(parsed.error.issues[0]?.path.join('.') ?? '', 100)}: ${line(parsed.error.issues[0]?.message ?? '', 200)}`)
  } catch {
    return no('it is no JSON')
  }
}

/** For a process of its own: a month has megabytes, and a part of it hundreds of kilobytes. */
export function readMsrc(job: MsrcJob): MsrcResult {
  switch (job.kind) {
    case 'month':
    case 'release':
      return { kind: 'month', month: readMonth(job) }
    case 'part':
      return { kind: 'part', part: readPart(job) }
    case 'page':
      return { kind: 'page', page: readPage(job.bytes) }
    case 'changes':
      return { kind: 'changes', changes: readChanges(job) }
    default:
      return job satisfies never
  }
}
