import { line } from './text.ts'

/** What the `Release` of a Debian archive says (wiki.debian.org/DebianRepository/Format). */
export interface Release {
  /** For people: codename, or suite. */
  readonly name: string
  /** As it is written; empty: it does not say. */
  readonly date: string
  /** From then on it must not be used; null: it does not say. */
  readonly validUntil: Date | null
  readonly byHash: boolean
  /** SHA-256 of every index, by its path below the folder of the release. */
  readonly sums: ReadonlyMap<string, string>
}

const MOST_SUMS = 100_000

/** Reads the text that was signed. Lines that are none of its are left out. */
export function readRelease(text: string): Release {
  const fields = new Map<string, string>()
  const sums = new Map<string, string>()
  let field = ''
  for (const row of text.split(/\r?\n/)) {
    const [, name, value = ''] = /^([A-Za-z0-9-]+):\s*(.*)$/.exec(row) ?? []
    if (name !== undefined) {
      field = name.toLowerCase()
      fields.set(field, value.trim())
      continue
    }
    const [, sum, path] = /^\s([0-9a-f]{64})\s+\d+\s+(\S+)\s*$/.exec(row) ?? []
    if (field === 'sha256' && sum && path && isPath(path) && sums.size < MOST_SUMS) sums.set(path, sum)
  }
  const until = fields.get('valid-until')
  return {
    name: line(fields.get('codename') ?? fields.get('suite') ?? '', 60),
    date: line(fields.get('date') ?? '', 60),
    // A date that cannot be read is one that has passed: else a wrong one would last for ever.
    validUntil: until === undefined ? null : new Date(Date.parse(until) || 0),
    byHash: fields.get('acquire-by-hash')?.toLowerCase() === 'yes',
    sums,
  }
}

const isPath = (path: string): boolean => /^[A-Za-z0-9][A-Za-z0-9._+~/-]{0,300}$/.test(path) && !path.includes('..')

/** The path of an index as it is when it is unpacked. */
export const unpacked = (path: string): string => path.replace(/\.(?:gz|xz)$/, '')

const MOST_INDEXES = 8

/**
 * The indexes that could list a package, as paths: those of its architecture, packed where they can be unpacked here. The component that
 * stands in the address of the file comes first.
 */
export function indexesFor({ sums }: Release, fileName: string, url: string): readonly string[] {
  const [, architecture = 'all'] = /_([a-z0-9-]+)\.deb$/.exec(fileName) ?? []
  const found = [...sums.keys()].filter((path) => /(?:^|\/)binary-[a-z0-9-]+\/Packages(?:\.gz|\.xz)?$/.test(path))
  const own = found.filter((path) => path.includes(`binary-${architecture}/`))
  // Many archives list what fits every architecture beside each of them.
  const fitting = own.length > 0 || architecture !== 'all' ? own : found
  // Archives name the unpacked one, too, and do not have it.
  const packed = [...new Set(fitting.map(unpacked))].map(
    (path) => ['.gz', '.xz', ''].map((ending) => `${path}${ending}`).find((one) => sums.has(one)) ?? path,
  )
  const named = (path: string): number => (url.includes(`/${path.split('/binary-')[0]}/`) ? 0 : 1)
  return packed.toSorted((a, b) => named(a) - named(b)).slice(0, MOST_INDEXES)
}

/** One package of an index. */
export interface Listed {
  readonly name: string
  readonly version: string
  /** Last part of its path in the archive. */
  readonly fileName: string
  readonly sha256: string
}

/** Reads an index piece by piece, and keeps what has this hash or this file name. */
export function indexReader(wanted: { readonly sha256: string; readonly name: string }) {
  let rest = ''
  const fields = new Map<string, string>()
  const found: Listed[] = []
  const close = (): void => {
    const said = (field: string): string => fields.get(field) ?? ''
    const [name, version, sha256] = [said('package'), said('version'), said('sha256')]
    const fileName = said('filename').split('/').at(-1) ?? ''
    if (sha256 !== '' && (sha256 === wanted.sha256 || fileName === wanted.name)) found.push({ name, version, fileName, sha256 })
    fields.clear()
  }
  const read = (row: string): void => {
    if (row.trim() === '') close()
    const [, name, value = ''] = /^(Package|Version|Filename|SHA256):\s*(.*)$/i.exec(row) ?? []
    if (name !== undefined) fields.set(name.toLowerCase(), value.trim())
  }
  return {
    take: (piece: string): void => {
      const rows = (rest + piece).split('\n')
      // A row without an end is not kept for ever: none that is asked for is that long.
      rest = (rows.pop() ?? '').slice(0, 10_000)
      for (const row of rows) read(row)
    },
    /** The best first: the very file, else another of its name. */
    end: (): Listed | null => {
      read(rest)
      close()
      return found.find(({ sha256 }) => sha256 === wanted.sha256) ?? found[0] ?? null
    },
  }
}
