import type { SourceRule } from '../policy.ts'
import type { Bulletin } from './bulletin.ts'
import { partsOf } from './lookalike.ts'
import type { Check } from './verification.ts'

/** Who tells of something: independence counts these, not addresses. */
export interface Teller {
  /** Registrable domain of who answers for it, e.g. `redhat.com`. */
  readonly operator: string
  /** Name of the source, for people. */
  readonly name: string
}

/** What one source says, as far as another can confirm it. */
export interface Told extends Teller {
  readonly story: string
  readonly cves: readonly string[]
  /** Products and packages that it names. */
  readonly products: readonly string[]
}

/** What a catalogue entry confirms. */
export interface ToldCve extends Teller {
  readonly cve: string
  readonly vendor: string
  readonly product: string
  /** The catalogue has not been read for long: the entry may have been taken out since. */
  readonly stale?: boolean
}

/** The registrable part of a host name, by the public suffix list. */
export const siteOf = (host: string): string => partsOf(host)?.domain ?? host.toLowerCase()

/** Databases that OSV mirrors, by the beginning of their ids: the database is the origin, not who copies it. */
const OSV_DATABASES: readonly (readonly [RegExp, string])[] = [
  // These copy one another.
  [/^(?:GHSA|PYSEC|GO|RUSTSEC)-/i, 'github.com'],
  [/^(?:DSA|DLA|DTSA)-|^DEBIAN-/i, 'debian.org'],
  [/^(?:USN|LSN)-|^UBUNTU-/i, 'ubuntu.com'],
  [/^AL[SBE]A-/i, 'almalinux.org'],
  [/^RL[SBE]A-/i, 'rockylinux.org'],
  [/^RH[SBE]A-/i, 'redhat.com'],
  [/^(?:SUSE|openSUSE)-/i, 'suse.com'],
  [/^CVE-/i, 'cve.org'],
]

const hostOf = (address: string): string => (URL.canParse(address) ? new URL(address).hostname : address)

/** Who answers for what a source says. CISA's advisories and its catalogue are one origin. */
export function operatorOf(rule: SourceRule, bulletin: Pick<Bulletin, 'vendorId' | 'publisher'>): string {
  switch (rule.kind) {
    case 'osv':
      return OSV_DATABASES.find(([ids]) => ids.test(bulletin.vendorId))?.[1] ?? 'osv.dev'
    case 'feed':
    case 'cve':
    case 'kev':
      return siteOf(hostOf(rule.url))
    case 'msrc':
    case 'msrc-guide':
      // Both are Microsoft's, also where one of them comes from a mirror: the one cannot confirm the other.
      return 'microsoft.com'
    case 'advisory':
    case 'mailbox':
    case 'csaf':
    case 'csaf-folder':
      return siteOf(hostOf(bulletin.publisher.namespace))
    default:
      return rule satisfies never
  }
}

/** Words that many products share say nothing about which one it is. */
const COMMON = new Set([
  'lib',
  'libs',
  'devel',
  'dev',
  'core',
  'common',
  'server',
  'client',
  'tools',
  'utils',
  'update',
  'security',
  'the',
  'and',
  'for',
])

/** `openssl-libs` and `OpenSSL` are one product; `python-jinja2` and `python-urllib3` are two. Empty: it names none. */
const baseOf = (product: string): string =>
  product
    .toLowerCase()
    .split(/[^a-z0-9+.]+/)
    .filter((word) => word !== '' && !COMMON.has(word))
    .join('-')

/** Do both name one product? */
const meet = (a: readonly string[], b: readonly string[]): boolean => {
  const bases = new Set(b.map(baseOf).filter((base) => base !== ''))
  return a.some((product) => bases.has(baseOf(product)))
}

const wordsOf = (texts: readonly string[]): ReadonlySet<string> =>
  new Set(texts.flatMap((text) => text.toLowerCase().split(/[^a-z0-9]+/)).filter((word) => word.length > 2 && !COMMON.has(word)))

/** Is this vendor among those whom a text names? */
const names = (texts: readonly string[], vendor: string): boolean => {
  const words = wordsOf(texts)
  return [...wordsOf([vendor])].some((word) => words.has(word))
}

export const productsOf = ({ fixed, unfixed, names }: Pick<Bulletin, 'fixed' | 'unfixed' | 'names'>): readonly string[] => [
  ...new Set([...names, ...[...fixed, ...unfixed].map(({ name }) => name)]),
]

const check = (outcome: Check['outcome'], evidence: string): Check => ({ name: 'corroboration', outcome, evidence })

const listed = (ids: readonly string[]): string => ids.slice(0, 3).join(', ') + (ids.length > 3 ? ` and ${ids.length - 3} more` : '')

/** Who of those that could confirm it cannot be asked now. */
export interface Watch {
  /** Names of independent sources that are failing. */
  readonly failing: readonly string[]
}

/**
 * Does anybody independent confirm the ids of a bulletin? Another bulletin confirms its own id, or a CVE of it, where they name a
 * product in common; a catalogue entry where vendor and product match too. Who tells of the very id and names none of its vulnerabilities
 * contradicts it. A catalogue that has not been read for long is `stale`; while a source that could confirm it fails, nobody is
 * `unavailable`. Source: verification rules, "Corroboration".
 */
export function corroboration(
  own: Told & { readonly publisher: string },
  others: readonly Told[],
  entries: readonly ToldCve[],
  watch: Watch = { failing: [] },
): Check {
  const strangers = others.filter((o) => o.operator !== own.operator)
  const against = strangers.find((o) => o.story === own.story && disjoint(o.cves, own.cves))
  if (against)
    return check(
      'fail',
      `${against.name} (${against.operator}) tells of the same ${own.story} with ${listed(against.cves)}; here it is ${listed(own.cves)}.`,
    )
  const confirmed = strangers.filter((o) => meet(own.products, o.products)).flatMap((o) => confirmedBy(own, o))
  const named = entries.filter((e) => cataloguesIt(own, e))
  const fresh = named.filter((e) => e.stale !== true)
  const sentences = [...confirmed, ...(fresh.length > 0 ? [`${fresh[0]?.name} names ${listed(fresh.map((e) => e.cve))}`] : [])]
  if (sentences.length > 0) return check('pass', `${sentences.join('; ')}. ${own.name} is of ${own.operator}.`)
  if (named.length > 0)
    return check('stale', `${named[0]?.name} names ${listed(named.map((e) => e.cve))}, but it has not been read for long.`)
  return watch.failing.length > 0
    ? check('unavailable', `Nobody independent of ${own.operator} has told of it yet, and ${listed(watch.failing)} cannot be asked now.`)
    : check('not applicable', `Nobody independent of ${own.operator} has told of it yet.`)
}

const disjoint = (a: readonly string[], b: readonly string[]): boolean => a.length > 0 && b.length > 0 && !a.some((one) => b.includes(one))

function confirmedBy(own: Told, other: Told): readonly string[] {
  const ids = other.story === own.story ? [own.story] : own.cves.filter((cve) => other.cves.includes(cve))
  return ids.length > 0 ? [`${other.name} (${other.operator}) confirms ${listed(ids)}`] : []
}

const cataloguesIt = (own: Told & { readonly publisher: string }, entry: ToldCve): boolean =>
  entry.operator !== own.operator &&
  own.cves.includes(entry.cve) &&
  meet([entry.product, entry.vendor], own.products) &&
  names([...own.products, own.publisher], entry.vendor)
