import { line } from '../../../src/core/identify/text.ts'
import { type Parsed, parseRecord } from './parse.ts'

/** A record to read. */
export interface RecordJob {
  readonly source: string
  readonly bytes: Uint8Array
  readonly ecosystems: readonly string[]
}

/** Bytes of one OSV record -> our bulletin, or a sentence. Never throws. */
export const readRecord = ({ source, bytes, ecosystems }: RecordJob): Parsed => {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return { ok: false, problem: 'it is no JSON' }
  }
  try {
    return parseRecord(source, value, ecosystems)
  } catch (error) {
    return { ok: false, problem: `it cannot be read (${line(error instanceof Error ? error.message : String(error), 100)})` }
  }
}
