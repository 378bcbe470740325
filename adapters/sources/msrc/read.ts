import { line } from '../../../src/core/identify/text.ts'
import type { MonthReading, Unread } from './month.ts'
import { monthOfJson } from './month-json.ts'
import { monthOfXml } from './month-xml.ts'
import type { Draft } from './part.ts'
import { partsOf } from './parts.ts'

export interface MsrcJob {
  readonly bytes: Uint8Array
  /** Product families that are wanted; empty: all. */
  readonly families: readonly string[]
}

export type MsrcResult =
  | {
      readonly ok: true
      readonly id: string
      readonly parts: readonly Draft[]
      readonly vulnerabilities: number
      readonly dropped: readonly string[]
    }
  | Unread

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

/** Bytes of a month (JSON or XML) -> its parts, or a sentence. Never throws. For a process of its own. */
export const readMonth = ({ bytes, families }: MsrcJob): MsrcResult => {
  try {
    const reading = monthOf(bytes)
    if (!reading.ok) return reading
    const parted = partsOf(reading.month, families)
    if (!parted.ok) return no(parted.problem)
    return {
      ok: true,
      id: reading.month.id,
      parts: parted.parts,
      vulnerabilities: reading.month.vulnerabilities.length,
      dropped: reading.dropped,
    }
  } catch (error) {
    return no(`It cannot be read (${line(error instanceof Error ? error.message : String(error), 100)}).`)
  }
}
