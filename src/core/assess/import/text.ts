/** Longest line that is read, in characters: a host with ten thousand packages has half of it. */
export const LONGEST_LINE = 1_000_000

export interface Line {
  /** From 1. */
  readonly number: number
  readonly text: string
  /** The line was longer than `LONGEST_LINE`; `text` is only its beginning. */
  readonly cut: boolean
}

type Chunks = AsyncIterable<Uint8Array>

/** What the first bytes say: UTF-8 or UTF-16, each with its byte order mark, else UTF-8. */
function encodingOf([a, b]: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if (a === 0xff && b === 0xfe) return 'utf-16le'
  return a === 0xfe && b === 0xff ? 'utf-16be' : 'utf-8'
}

/** Bytes as text, in the same portions. A byte order mark goes; what cannot be decoded becomes U+FFFD. */
export async function* decoded(chunks: Chunks): AsyncGenerator<string> {
  let decoder: InstanceType<typeof TextDecoder> | null = null
  let held: Uint8Array = new Uint8Array()
  for await (const chunk of chunks) {
    if (decoder === null && held.length + chunk.length < 2) {
      held = Uint8Array.from([...held, ...chunk])
      continue
    }
    const bytes: Uint8Array = held.length > 0 ? Uint8Array.from([...held, ...chunk]) : chunk
    held = new Uint8Array()
    decoder ??= new TextDecoder(encodingOf(bytes))
    yield decoder.decode(bytes, { stream: true })
  }
  yield (decoder ?? new TextDecoder()).decode(held)
}

/** The lines of a file, whatever ends them (LF, CR LF, CR). Holds one line at a time. */
export async function* linesOf(chunks: Chunks): AsyncGenerator<Line> {
  let number = 0
  let rest = ''
  let cut = false
  const line = (text: string): Line => {
    number += 1
    const whole: Line = { number, text: text.slice(0, LONGEST_LINE), cut: cut || text.length > LONGEST_LINE }
    cut = false
    return whole
  }
  for await (const text of decoded(chunks)) {
    const all = rest + text
    // A CR at the end may be the first half of a CR LF.
    const parts = all.split(/\r\n|\n|\r(?!$)/)
    rest = parts.pop() ?? ''
    for (const part of parts) yield line(part)
    if (rest.length > LONGEST_LINE) {
      rest = rest.slice(0, LONGEST_LINE) + (rest.endsWith('\r') ? '\r' : '')
      cut = true
    }
  }
  const last = rest.replace(/\r$/, '')
  if (last !== '' || cut) yield line(last)
}

/** Why a line is no text that people wrote; null when it is. */
export function garbled({ text, cut }: Pick<Line, 'text' | 'cut'>): string | null {
  if (cut) return `longer than ${LONGEST_LINE} characters`
  if (text.includes('\uFFFD')) return 'not UTF-8 text; save the file as UTF-8'
  return hasControls(text) ? 'it holds control characters' : null
}

/** Controls but for tab and line end, other line separators, and what turns the direction of writing. */
export const hasControls = (text: string): boolean => /(?![\t\n])[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u.test(text)
