import { canonicalJson } from '../../../src/core/canonical.ts'
import type { Bulletin } from '../../../src/core/identify/bulletin.ts'
import { line } from '../../../src/core/identify/text.ts'
import { bulletinOf } from './bulletin.ts'
import { type Known, revise } from './cursor.ts'
import type { MonthProblem, MonthReading, Unread } from './month.ts'
import { monthOfJson } from './month-json.ts'
import { monthOfXml } from './month-xml.ts'
import { type Part, partSchema } from './part.ts'
import { partsOf } from './parts.ts'

export type MsrcJob = MonthJob | PartJob

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

/** Bytes of a month (JSON or XML) -> its parts, or a sentence. Never throws. */
export const readMonth = ({ bytes, families, known }: Omit<MonthJob, 'kind'>): MonthResult => {
  try {
    const reading = monthOf(bytes)
    if (!reading.ok) return reading
    const parted = partsOf(reading.month, families)
    if (!parted.ok) return no(parted.problem)
    const before = new Map(known)
    return {
      ok: true,
      id: reading.month.id,
      parts: parted.parts.map((draft) => {
        const revised = revise(draft, before.get(draft.vendorId))
        return { vendorId: draft.vendorId, known: revised.known, bytes: revised.part === null ? null : bytesOf(revised.part) }
      }),
      vulnerabilities: reading.month.vulnerabilities.length,
      dropped: reading.dropped,
    }
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
export const readMsrc = (job: MsrcJob): MsrcResult =>
  job.kind === 'month' ? { kind: 'month', month: readMonth(job) } : { kind: 'part', part: readPart(job) }
