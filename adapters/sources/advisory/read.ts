import { line } from '../../../src/core/identify/text.ts'
import { type Entry, type Reading, unread } from './format.ts'
import { FORMATS } from './formats.ts'

export type FormatName = keyof typeof FORMATS

export interface AdvisoryJob {
  readonly kind: 'list' | 'notice'
  readonly format: FormatName
  readonly source: string
  readonly bytes: Uint8Array
}

export type AdvisoryResult =
  | { readonly kind: 'list'; readonly entries: readonly Entry[] }
  | { readonly kind: 'notice'; readonly reading: Reading }
  | { readonly kind: 'lost'; readonly problem: string }

/** Bytes of a list, or of one notice, in our words. Never throws. For a process of its own. */
export function readAdvisory({ kind, format, source, bytes }: AdvisoryJob): AdvisoryResult {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    if (kind === 'list') return { kind, entries: FORMATS[format].list(text) }
    return { kind, reading: FORMATS[format].read(source, text) }
  } catch (error) {
    const problem = error instanceof TypeError ? 'it is no text' : line(error instanceof Error ? error.message : String(error), 100)
    return kind === 'notice' ? { kind, reading: unread(problem) } : { kind: 'lost', problem }
  }
}
