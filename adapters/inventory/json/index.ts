import { defaultWords } from '../../../src/core/assess/import/defaults.ts'
import { type ImportItem, note, problem } from '../../../src/core/assess/import/item.ts'
import { ROW_KEYS, type Row, type RowKey, readRow } from '../../../src/core/assess/import/row.ts'
import { decoded, garbled } from '../../../src/core/assess/import/text.ts'
import { own } from '../../../src/core/own.ts'
import type { InventoryFormat, ReadOptions } from '../../../src/ports.ts'
import { type Element, elementsOf } from './split.ts'

/** A list of hosts, or an object whose `hosts` is one (README.md). */
export const jsonFormat: InventoryFormat = { kind: 'json', oneHost: false, read }

/** What a file calls a value, where that is not its own name. */
const CALLED: Readonly<Record<string, RowKey>> = { installs: 'packages', class: 'assetClass', os: 'operatingSystem' }

async function* read(bytes: AsyncIterable<Uint8Array>, { now }: ReadOptions): AsyncGenerator<ImportItem> {
  const unknown = new Set<string>()
  const said = new Set<RowKey>()
  let hosts = 0
  for await (const element of elementsOf(decoded(bytes))) {
    const object = objectOf(element)
    if (typeof object === 'string') {
      yield problem(element.line, object)
      continue
    }
    const row = rowOf(object, unknown)
    for (const key of Object.keys(row) as RowKey[]) said.add(key)
    const result = readRow(row, { now, called: (key) => key })
    if ('reason' in result) {
      yield problem(element.line, result.reason)
      continue
    }
    for (const reason of result.problems) yield problem(element.line, `${result.host.host}: ${reason}`)
    hosts += 1
    yield { kind: 'host', line: element.line, host: result.host }
  }
  if (unknown.size > 0) yield note(`Unknown values, not read: ${[...unknown].slice(0, 20).join(', ')}.`)
  if (hosts === 0) return yield note('The file has no host that could be taken.')
  yield* missing(said).map(note)
}

function missing(said: ReadonlySet<RowKey>): readonly string[] {
  return defaultWords(ROW_KEYS.filter((key) => !said.has(key) && !(key === 'lastSeen' && said.has('seenHoursAgo'))))
}

/** The value as an object, or why it is none. */
function objectOf(element: Element): Readonly<Record<string, unknown>> | string {
  if ('fatal' in element) return `${element.fatal}. Nothing behind it was read`
  const broken = garbled({ text: element.text.replace(/\r/g, ''), cut: false })
  if (broken !== null) return broken
  try {
    const value: unknown = JSON.parse(element.text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
    return `expected an object with a "host", got ${element.text.trim().slice(0, 60)}`
  } catch (error) {
    return `not JSON: ${error instanceof Error ? error.message.slice(0, 120) : 'unreadable'}`
  }
}

function rowOf(object: Readonly<Record<string, unknown>>, unknown: Set<string>): Row {
  const row = new Map<RowKey, unknown>()
  for (const [name, value] of Object.entries(object)) {
    const key = own(CALLED, name) ?? ROW_KEYS.find((one) => one === name)
    if (key === undefined) unknown.add(JSON.stringify(name.slice(0, 40)))
    else if (key === 'sponsor') for (const [part, word] of sponsorOf(value)) row.set(part, word)
    else row.set(key, value)
  }
  return Object.fromEntries(row)
}

/** `{"email": ..., "until": ...}`, or the address alone beside `sponsorUntil`. */
function sponsorOf(value: unknown): readonly (readonly [RowKey, unknown])[] {
  if (typeof value !== 'object' || value === null) return [['sponsor', value]]
  const { email, until } = value as Record<string, unknown>
  return [
    ['sponsor', email],
    ['sponsorUntil', until],
  ]
}
