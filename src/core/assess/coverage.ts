import type { Scheme } from '../identify/bulletin.ts'
import { domainOf } from '../identify/mail.ts'
import type { SourceRule } from '../policy.ts'

/** What the inventory has of one kind: packages of a product stream, or one product that belongs to none. */
export interface Installed {
  readonly scheme: Scheme
  /** As the hosts name it, e.g. `Debian:12`; empty: no stream of its hosts has such packages. */
  readonly stream: string
  /** Of a product without a stream; empty for packages of a stream. */
  readonly name: string
  readonly hosts: number
}

/** A source with its rule. `healthy`: it has answered well, and does not fail. */
export interface Watching {
  readonly rule: SourceRule
  readonly healthy: boolean
}

/** Something that no healthy source watches. */
export interface Gap extends Installed {
  /** Sources that would watch it, and do not work. */
  readonly broken: readonly string[]
  /** What would help, for an admin. */
  readonly proposal: string
}

/** How packages of a stream are written, by what stands before the colon. Streams of rpm have names of all kinds. */
const STREAM_SCHEMES: readonly (readonly [RegExp, Scheme])[] = [
  [/^(?:debian|ubuntu)\b/i, 'dpkg'],
  [/^(?:alpine|wolfi|chainguard|alpaquita|bellsoft|minimos)\b/i, 'apk'],
  [/^pypi\b/i, 'pep440'],
  [/^(?:npm|go|crates\.io|hex|nuget|packagist|pub|swifturl)\b/i, 'semver'],
  [/^(?:maven|rubygems|cran|bitnami|hackage|github actions)\b/i, 'generic'],
]

/** Can packages of this scheme come from this stream? */
export const mayCarry = (stream: string, scheme: Scheme): boolean =>
  (STREAM_SCHEMES.find(([family]) => family.test(stream))?.[1] ?? 'rpm') === scheme

const OTHER_RPM = /^(?:alma|rocky|suse|opensuse|azure linux|cbl mariner|fedora|mageia|oracle|amazon|photon|openeuler)/i
const MICROSOFT = /\bmicrosoft\b|\bwindows\b|\bms office\b|\bsql server\b|\bexchange server\b|\.net\b/i
const MOZILLA = /\b(?:firefox|thunderbird)\b/i

const wordsOf = (text: string): readonly string[] =>
  text
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word.length > 2 && !['www', 'com', 'org', 'net', 'security', 'the', 'inc'].includes(word))

const says = ({ stream, name }: Installed, words: readonly string[]): boolean => {
  const own = new Set(wordsOf(`${stream} ${name}`))
  return words.some((word) => own.has(word))
}

const isRedHat = (namespace: string): boolean => /(?:^|\.)redhat\.com$/.test(namespace)

/** Packages of Red Hat's own streams (`BaseOS-9.4.0`): rpm, and nobody else's. */
const fromRedHat = ({ scheme, stream }: Installed): boolean => scheme === 'rpm' && stream !== '' && !OTHER_RPM.test(stream)

/** Would this source tell of a flaw in it? A rule of thumb by names: it is about where to look, not about a version. */
export function watches(rule: SourceRule, installed: Installed): boolean {
  const { stream, name } = installed
  switch (rule.kind) {
    case 'osv':
      return rule.ecosystems.some((one) => stream === one || stream.startsWith(`${one}:`))
    case 'msrc':
    case 'msrc-guide':
      return /^(?:azure linux|cbl mariner)/i.test(stream) || MICROSOFT.test(name)
    case 'advisory':
      if (rule.format === 'mozilla') return MOZILLA.test(name)
      return stream.toLowerCase().startsWith(rule.format)
    case 'csaf':
    case 'csaf-folder':
      return rule.namespaces.some((host) => (isRedHat(host) ? fromRedHat(installed) : says(installed, wordsOf(host))))
    case 'feed':
      return says(installed, [...wordsOf(rule.publisher), ...rule.domains.flatMap(wordsOf)])
    case 'mailbox':
      return rule.senders.some(({ from, publisher }) => says(installed, [...wordsOf(publisher), ...wordsOf(domainOf(from))]))
    case 'cve':
    case 'kev':
      // Facts about vulnerabilities that somebody else has to tell of.
      return false
    default:
      return rule satisfies never
  }
}

const PROPOSALS: readonly (readonly [RegExp, string])[] = [
  [/^ubuntu/i, 'a source of kind advisory with format ubuntu'],
  [/^debian/i, 'a source of kind advisory with format debian'],
  [/^(?:suse|opensuse)/i, 'the CSAF provider of SUSE (suse)'],
  [/^(?:azure linux|cbl mariner)/i, 'a source of kind msrc'],
]

function proposalFor(installed: Installed): string {
  const { scheme, stream, name } = installed
  if (MICROSOFT.test(name)) return 'a source of kind msrc'
  if (MOZILLA.test(name)) return 'a source of kind advisory with format mozilla'
  const known = PROPOSALS.find(([family]) => family.test(stream))?.[1]
  if (known !== undefined) return known
  if (stream === '' && name === '')
    return `name the product streams of these hosts in the inventory: without one no ${scheme} package matches`
  if (fromRedHat(installed)) return 'the CSAF provider of Red Hat (redhat)'
  if (stream !== '') return `a source of kind osv with the ecosystem ${stream}`
  return "its vendor's CSAF provider or feed"
}

/** What no healthy source watches, the most hosts first. */
export function gaps(installed: readonly Installed[], sources: readonly Watching[]): readonly Gap[] {
  return installed
    .flatMap((one): readonly Gap[] => {
      const watching = sources.filter(({ rule }) => watches(rule, one))
      if (watching.some(({ healthy }) => healthy)) return []
      const broken = watching.map(({ rule }) => rule.name)
      const proposal = broken.length > 0 ? `repair ${broken.join(', ')}: it does not answer well` : proposalFor(one)
      return [{ ...one, broken, proposal }]
    })
    .sort((a, b) => b.hosts - a.hosts || (nameOf(a) < nameOf(b) ? -1 : 1))
}

/** What it is called. */
export const nameOf = ({ scheme, stream, name }: Pick<Installed, 'scheme' | 'stream' | 'name'>): string =>
  name !== '' ? name : stream !== '' ? `packages of ${stream}` : `${scheme} packages of no named stream`
