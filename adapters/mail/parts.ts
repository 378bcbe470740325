/** A part of a mail with its very bytes, which what was read of it has lost. Text is latin1: one character is one byte. */
export interface Part {
  /** Head and body as they stand. */
  readonly raw: string
  readonly body: string
  /** Lower case, e.g. `text/plain`. */
  readonly type: string
  /** Parameters of the type, names in lower case. */
  readonly params: ReadonlyMap<string, string>
  readonly attached: boolean
  /** How its body is encoded, lower case. */
  readonly encoding: string
  readonly parts: readonly Part[]
}

const DEEPEST = 20
const MOST_PARTS = 200
/** Of the head of one part, in bytes. */
const MOST_HEAD = 64_000

/** Takes a mail apart by its bytes (RFC 2046, 5.1.1). What cannot be a mail comes out as one part of text. */
export const partsOf = (bytes: Uint8Array): Part => part(Buffer.from(bytes).toString('latin1'), 0)

function part(raw: string, depth: number): Part {
  const end = /^\r?\n|\r?\n\r?\n/.exec(raw)
  const head = raw.slice(0, Math.min(end?.index ?? raw.length, MOST_HEAD))
  const body = end === null ? '' : raw.slice(end.index + end[0].length)
  const [type = '', params] = valuesOf(header(head, 'content-type') ?? 'text/plain')
  const [disposition = ''] = valuesOf(header(head, 'content-disposition') ?? '')
  const boundary = params.get('boundary')
  const inside = type.startsWith('multipart/') && boundary !== undefined && depth < DEEPEST ? between(body, boundary) : []
  return {
    raw,
    body,
    type,
    params,
    attached: disposition === 'attachment',
    encoding: (header(head, 'content-transfer-encoding') ?? '').trim().toLowerCase(),
    parts: inside.slice(0, MOST_PARTS).map((one) => part(one, depth + 1)),
  }
}

/** The first header of a name, its lines joined. */
function header(head: string, name: string): string | undefined {
  const lines = head.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)
  const found = lines.find((one) => one.toLowerCase().startsWith(`${name}:`))
  return found?.slice(name.length + 1)
}

function valuesOf(value: string): readonly [string | undefined, ReadonlyMap<string, string>] {
  const [first = ''] = value.split(';')
  const params = [...value.slice(first.length).matchAll(/;\s*([^\s=;"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))/g)]
  return [
    first.trim().toLowerCase(),
    new Map(params.map(([, name = '', quoted, bare = '']) => [name.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? bare])),
  ]
}

/** What stands between the lines of a boundary. The end of line before such a line belongs to it, not to the part. */
function between(body: string, boundary: string): readonly string[] {
  const found: string[] = []
  let from = -1
  for (const { index, 0: row } of body.matchAll(/[^\n]*(?:\n|$)/g)) {
    if (!row.startsWith('--')) continue
    const bare = withoutTail(row)
    if (bare !== `--${boundary}` && bare !== `--${boundary}--`) continue
    if (from >= 0) found.push(body.slice(from, Math.max(from, index)).replace(/\r?\n$/, ''))
    if (bare !== `--${boundary}`) return found
    from = index + row.length
  }
  return from < 0 ? [] : [...found, body.slice(from)]
}

const TAIL = [' ', '\t', '\r', '\n']

/** A line without the layout at its end. Not a pattern, which takes for ever on a line of blanks; nor `trimEnd`, which takes bytes of letters for blanks. */
export function withoutTail(row: string): string {
  let end = row.length
  while (end > 0 && TAIL.includes(row[end - 1] ?? '')) end -= 1
  return row.slice(0, end)
}

/** The parts that are no containers, in their order. */
export const leavesOf = (one: Part): readonly Part[] => (one.parts.length === 0 ? [one] : one.parts.flatMap(leavesOf))

/** All parts with all that is in them. */
export const allOf = (one: Part): readonly Part[] => [one, ...one.parts.flatMap(allOf)]

/** The body of a part without its encoding; its letters stay bytes. */
export function decoded({ body, encoding }: Part): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('latin1')
  if (encoding !== 'quoted-printable') return body
  return body
    .split(/\r?\n/)
    .map(withoutTail)
    .join('\r\n')
    .replaceAll('=\r\n', '')
    .replace(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}
