import { basename } from 'node:path'
import type { CatalogueReading } from '../../adapters/sources/kev/index.ts'
import { formatVersion } from '../core/assess/scheme.ts'
import type { Bulletin } from '../core/identify/bulletin.ts'
import { entryBulletin } from '../core/identify/entry.ts'
import { type PrintedBulletin, printedBulletin } from '../core/identify/printed.ts'
import { own } from '../core/own.ts'
import { arg, BAD, type Given, GOOD, Misuse, print, text } from './command.ts'
import { bytesOf } from './files.ts'

/** What a file holds. */
export interface ParsedFile {
  readonly bulletins: readonly Bulletin[]
  readonly dropped: readonly { readonly reason: string }[]
}

type Parse = (bytes: Buffer, fileName: string) => Promise<ParsedFile>

/** One line per kind. */
const KINDS: Readonly<Record<string, Parse>> = {
  csaf: async (bytes, name) => (await import('../../adapters/sources/csaf/index.ts')).parseFile(bytes, name),
  rss: async (bytes, name) => (await import('../../adapters/sources/feed/index.ts')).parseFile(bytes, name, new Date()),
  osv: async (bytes, name) => (await import('../../adapters/sources/osv/index.ts')).parseFile(bytes, name),
  msrc: async (bytes, name) => (await import('../../adapters/sources/msrc/index.ts')).parseFile(bytes, name),
  ubuntu: async (bytes, name) => noticed(bytes, name, 'ubuntu'),
  debian: async (bytes, name) => noticed(bytes, name, 'debian'),
  mozilla: async (bytes, name) => noticed(bytes, name, 'mozilla'),
  kev: async (bytes) => catalogued((await import('../../adapters/sources/kev/index.ts')).parseFile(bytes)),
}

const noticed = async (bytes: Buffer, name: string, format: string): Promise<ParsedFile> =>
  (await import('../../adapters/sources/advisory/index.ts')).parseFile(bytes, name, format)

/** A catalogue has no bulletins: each entry is shown as a notice of its vulnerability. */
function catalogued(read: CatalogueReading): ParsedFile {
  if (!read.ok) return { bulletins: [], dropped: [{ reason: read.problem }] }
  return { bulletins: read.catalogue.entries.map((entry) => entryBulletin(entry, read.catalogue)), dropped: [] }
}

/** The bulletins of a file, of a kind that must be one of ours. Throws Misuse. */
export async function bulletinsOf(kind: string, file: string): Promise<ParsedFile> {
  const parse = own(KINDS, kind)
  if (!parse) throw new Misuse(`--kind: expected ${Object.keys(KINDS).join(', ')}; got "${kind.slice(0, 40)}"`)
  return parse(await bytesOf(file), basename(file))
}

export async function parse(given: Given): Promise<number> {
  const { bulletins, dropped } = await bulletinsOf(text(given, 'kind') ?? 'csaf', arg(given, 0))
  const shown = bulletins.map((bulletin) => printedBulletin(bulletin, (build) => formatVersion(build.scheme, build.evr)))
  print(given, { bulletins: shown, dropped }, inWords(shown, dropped))
  return bulletins.length === 0 ? BAD : GOOD
}

const MOST_RANGES = 10

function inWords(bulletins: readonly PrintedBulletin[], dropped: ParsedFile['dropped']): string {
  const blocks = bulletins.map((b) =>
    [
      `${b.vendorId} rev ${b.revision} · ${b.severity === 'none' ? 'no severity given' : b.severity} · ${b.updatedAt}`,
      `  ${b.title}`,
      ...(b.cves.length > 0 ? [`  ${b.cves.join(', ')}`] : []),
      ...b.affected.slice(0, MOST_RANGES).map((a) => `  ${a.product} ${a.range} (${a.stream}, ${a.arch})`),
      ...(b.affected.length > MOST_RANGES ? [`  and ${b.affected.length - MOST_RANGES} more ranges`] : []),
      ...(b.names.length > 0 ? [`  names ${b.names.join(', ')}`] : []),
    ].join('\n'),
  )
  return `${[...blocks, ...dropped.map(({ reason }) => `dropped: ${reason}`)].join('\n')}\n`
}
