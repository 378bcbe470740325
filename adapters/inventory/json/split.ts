import { LONGEST_LINE } from '../../../src/core/assess/import/text.ts'

/** One value of the list of hosts, as text, with the line on which it begins; or why nothing behind that line can be read. */
export type Element = { readonly line: number; readonly text: string } | { readonly line: number; readonly fatal: string }

const EXPECTED = 'expected a list of hosts, or {"hosts": [...]}'
const HEAD = /^\s*(?:\[|\{\s*"hosts"\s*:\s*\[)/
const LONGEST_HEAD = 1_000

/**
 * Splits a list of hosts into its values without holding the whole file: either the document is a list, or an object in which the
 * list is called `hosts`. Only brackets and strings are looked at; whether a value is JSON its reader finds out.
 */
export async function* elementsOf(chunks: AsyncIterable<string>): AsyncGenerator<Element> {
  let head: string | null = ''
  const list = splitter()
  for await (const chunk of chunks) {
    if (head === null) yield* list.feed(chunk)
    else {
      head += chunk
      const [start] = HEAD.exec(head) ?? []
      if (start === undefined && head.length > LONGEST_HEAD) return yield { line: 1, fatal: EXPECTED }
      if (start === undefined) continue
      list.skip(start)
      yield* list.feed(head.slice(start.length))
      head = null
    }
    if (list.isOver()) return
  }
  yield head === null ? list.unclosed() : { line: 1, fatal: EXPECTED }
}

interface Splitter {
  /** Text in front of the list: only its lines count. */
  skip(text: string): void
  feed(chunk: string): Generator<Element>
  /** The list was closed, or cannot be read any further. */
  isOver(): boolean
  unclosed(): Element
}

const newlines = (text: string): number => text.split('\n').length - 1

function splitter(): Splitter {
  /** The value at hand, and the line on which it (or the white space in front of it) begins. */
  let value = ''
  let line = 1
  let depth = 0
  let quoted = false
  /** The last chunk ended behind a backslash. */
  let escaped = false
  let over = false
  const beginning = (): number => line + newlines(/^\s*/.exec(value)?.[0] ?? '')
  function* finish(): Generator<Element> {
    if (value.trim() !== '') yield { line: beginning(), text: value }
    line += newlines(value)
    value = ''
  }
  /** Does this character end the value at hand? */
  const ends = (character: string): boolean => {
    if (quoted) quoted = character !== '"'
    else if (character === '"') quoted = true
    else if (character === '{' || character === '[') depth += 1
    else if (depth === 0) return character !== '}'
    else if (character !== ',') depth -= 1
    return false
  }
  function* feed(chunk: string): Generator<Element> {
    const structure = /["\\{}[\],]/g
    let from = 0
    structure.lastIndex = escaped ? 1 : 0
    escaped = false
    for (let found = structure.exec(chunk); found; found = structure.exec(chunk)) {
      if (found[0] === '\\') {
        escaped = found.index + 1 === chunk.length
        structure.lastIndex = found.index + 2
        continue
      }
      if (!ends(found[0])) continue
      value += chunk.slice(from, found.index)
      from = found.index + 1
      yield* finish()
      over = found[0] === ']'
      if (over) return
    }
    value += chunk.slice(from)
    if (value.length <= LONGEST_LINE) return
    over = true
    yield { line: beginning(), fatal: `this host is longer than ${LONGEST_LINE} characters` }
  }
  return {
    skip: (text) => {
      line += newlines(text)
    },
    feed,
    isOver: () => over,
    unclosed: () => ({ line: beginning(), fatal: 'the list is not closed: a bracket or a quote is missing' }),
  }
}
