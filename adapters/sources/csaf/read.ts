import { line } from '../../../src/core/identify/text.ts'
import { decodeJson } from './json.ts'
import { parse } from './parse.ts'
import { type Reading, unreadable } from './reading.ts'
import { validateCsaf } from './validate.ts'

/** Bytes -> JSON -> schema and mandatory tests -> our bulletin. Never throws. For a process of its own. */
export const readDocument = async (source: string, bytes: Uint8Array, warnings = false): Promise<Reading> => {
  const decoded = decodeJson(bytes)
  if (!decoded.ok) return unreadable(decoded.problem)
  const checked = await validateCsaf(decoded.value, warnings)
  if (!checked.valid) return unreadable(checked.evidence)
  try {
    const parsed = parse(source, decoded.value)
    if (!parsed.ok) return unreadable(`What identifies the document is missing: ${parsed.problem}.`)
    return { valid: true, evidence: checked.evidence, bulletin: parsed.bulletin, dropped: parsed.dropped }
  } catch (error) {
    return unreadable(`The document cannot be read: ${line(error instanceof Error ? error.message : String(error), 200)}.`)
  }
}
