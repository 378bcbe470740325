import { createHash } from 'node:crypto'
import { allOf, decoded, leavesOf, type Part, partsOf, withoutTail } from './parts.ts'

/** Something in a mail that is signed by OpenPGP, not verified yet. Text is latin1. */
export interface Found {
  /** The bytes that are signed. */
  readonly bytes: string
  /** Armoured. */
  readonly signature: string
  /** Hashes that are named for it, lower case; empty: none. */
  readonly hashes: readonly string[]
  /** What is signed, as a mail of its own. */
  readonly entity: string
  /** How it was signed: as text between lines of armour, or as a part (RFC 3156). */
  readonly how: 'text' | 'part'
  /** Lines of the armour that are no part of the signature. */
  readonly remarks: readonly string[]
  /** The part with the signature, as a mail of its own; empty where it stands in the text. */
  readonly beside: string
  /** How many pages (HTML) stand outside of what is signed. */
  readonly pages: number
}

/** What a mail has of signatures: none, one, or something that cannot be taken for one. */
export type Search =
  | { readonly is: 'none' }
  | { readonly is: 'one'; readonly found: Found }
  | { readonly is: 'unclear'; readonly why: string }
  | { readonly is: 'malformed'; readonly why: string }

const BEGIN = '-----BEGIN PGP SIGNED MESSAGE-----'
const SIGNATURE = '-----BEGIN PGP SIGNATURE-----'
const END = '-----END PGP SIGNATURE-----'

/** Looks for what is signed. Of two signed texts nobody knows which one counts, so that there must be exactly one. */
export function findSigned(bytes: Uint8Array): Search {
  const root = partsOf(bytes)
  const parts = allOf(root).filter(
    ({ type, params }) => type === 'multipart/signed' && params.get('protocol')?.toLowerCase() === 'application/pgp-signature',
  )
  const texts = leavesOf(root).flatMap((leaf) =>
    leaf.type === 'text/plain' && !leaf.attached ? beginningsIn(decoded(leaf).split(/\r?\n/)).map((from) => ({ leaf, from })) : [],
  )
  const count = parts.length + texts.length
  if (count === 0) return { is: 'none' }
  if (count > 1) return { is: 'unclear', why: `it carries ${count} signed texts, and which one counts nobody can say` }
  const [text] = texts
  return text ? readText(text.leaf, text.from, pagesIn(root)) : readPart(parts[0], pagesIn(root))
}

const pagesIn = (part: Part): number => leavesOf(part).filter(({ type }) => type === 'text/html').length

/** In which lines signed texts begin. */
const beginningsIn = (lines: readonly string[]): readonly number[] =>
  lines.flatMap((one, i) => (one.startsWith(BEGIN) && withoutTail(one) === BEGIN ? [i] : []))

const malformed = (why: string): Search => ({ is: 'malformed', why })

function readPart(part: Part | undefined, pages: number): Search {
  const [signed, signature] = part?.parts ?? []
  if (part?.parts.length !== 2 || !signed || signature?.type !== 'application/pgp-signature')
    return malformed('its signed part does not stand beside exactly one signature')
  const bytes = signed.raw.replace(/\r?\n/g, '\r\n')
  const micalg = part.params.get('micalg')?.toLowerCase().replace(/^pgp-/, '')
  const hashes = micalg === undefined ? [] : [micalg]
  return {
    is: 'one',
    found: {
      bytes,
      signature: decoded(signature),
      hashes,
      entity: bytes,
      how: 'part',
      remarks: [],
      beside: alone(signature),
      pages: pages - pagesIn(signed),
    },
  }
}

/** A part in a mail of its own: between lines of a boundary, for its end is read by them, and of one that nobody can have put into it. */
function alone({ raw }: Part): string {
  const boundary = createHash('sha256').update(raw, 'latin1').digest('hex')
  return `Content-Type: multipart/mixed; boundary=${boundary}\r\n\r\n--${boundary}\r\n${raw}\r\n--${boundary}--\r\n`
}

/** The cleartext signature framework (RFC 9580, 7). What is not in it exactly so is refused: people would take it for signed. */
function readText(leaf: Part, begin: number, pages: number): Search {
  const rows = decoded(leaf).split(/\r?\n/).slice(begin).map(withoutTail)
  const blank = rows.indexOf('')
  const from = rows.indexOf(SIGNATURE)
  const to = rows.indexOf(END)
  if (from < 0 || to < from) return malformed('its signed text has no end')
  if (rows.lastIndexOf(SIGNATURE) !== from || rows.lastIndexOf(END) !== to) return malformed('its signed text has more than one end')
  if (blank < 0 || blank > from) return malformed('its signed text does not begin with an empty line')
  const heads = rows.slice(1, blank).map((row) => /^Hash: ([\w ,-]+)$/.exec(row)?.[1])
  if (heads.includes(undefined)) return malformed('something stands in the head of its signed text that is not signed')
  const signed = rows.slice(blank + 1, from)
  if (signed.some((row) => /^-(?! )/.test(row))) return malformed('a line of its signed text begins with a dash that is not escaped')
  const bytes = signed.map((row) => row.replace(/^- /, '')).join('\r\n')
  return {
    is: 'one',
    found: {
      bytes,
      signature: rows.slice(from, to + 1).join('\n'),
      hashes: heads.flatMap((head) => head?.toLowerCase().split(/[ ,]+/) ?? []),
      entity: `Content-Type: text/plain; charset=${/^[\w.:-]+$/.exec(leaf.params.get('charset') ?? '')?.[0] ?? 'utf-8'}\r\n\r\n${bytes}`,
      how: 'text',
      remarks: remarksIn(rows.slice(from + 1, to)),
      beside: '',
      pages,
    },
  }
}

/** Headers of the armour that say something: they are signed by nobody, and people see them. */
const remarksIn = (rows: readonly string[]): readonly string[] =>
  rows.slice(0, Math.max(0, rows.indexOf(''))).filter((row) => !/^Version: [\w .()/+:-]{1,60}$/.test(row))
