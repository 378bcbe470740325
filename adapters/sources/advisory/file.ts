import type { Bulletin } from '../../../src/core/identify/bulletin.ts'
import { FORMATS } from './formats.ts'
import { type FormatName, readAdvisory } from './read.ts'

/** What a file holds, for the command line. */
export interface ParsedFile {
  readonly bulletins: readonly Bulletin[]
  readonly dropped: readonly { readonly reason: string }[]
}

const isFormat = (name: string): name is FormatName => Object.hasOwn(FORMATS, name)

/** A notice in a file; of a publisher whose list has everything, the whole list. */
export const parseFile = (bytes: Uint8Array, fileName: string, format: string): ParsedFile => {
  if (!isFormat(format)) return { bulletins: [], dropped: [{ reason: `${fileName}: ${format} is no format of notices` }] }
  const listed = readAdvisory({ kind: 'list', format, source: fileName, bytes })
  const texts = listed.kind === 'list' ? listed.entries.flatMap(({ text }) => (text === undefined ? [] : [text])) : []
  const documents = texts.length > 0 ? texts.map((text) => new TextEncoder().encode(text)) : [bytes]
  const readings = documents.map((document) => readAdvisory({ kind: 'notice', format, source: fileName, bytes: document }))
  return {
    bulletins: readings.flatMap((one) => (one.kind === 'notice' && one.reading.ok ? [one.reading.bulletin] : [])),
    dropped: readings.flatMap((one) => {
      if (one.kind !== 'notice') return []
      const reasons = one.reading.ok ? one.reading.dropped : [one.reading.problem]
      return reasons.map((reason) => ({ reason: `${fileName}: ${reason}` }))
    }),
  }
}
