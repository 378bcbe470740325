import type { SourceRule } from '../policy.ts'
import type { Bulletin } from './bulletin.ts'
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
}

/** Suffixes below which everybody may register: the name before them counts, too. */
const SECOND_LEVEL = /^(?:co|com|ac|gov|org|net|edu|or|ne|go)\.[a-z]{2}$/

/** The registrable part of a host name. */
export function siteOf(host: string): string {
  const labels = host.toLowerCase().split('.')
  const two = labels.slice(-2).join('.')
  return SECOND_LEVEL.test(two) ? labels.slice(-3).join('.') : two
}

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
    case 'msrc':
      return siteOf(hostOf(rule.url))
    case 'advisory':
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

/**
 * Does anybody independent confirm the ids of a bulletin? Another bulletin confirms its own id, or a CVE of it, where they name a
 * product in common; a catalogue entry where vendor and product match too. Source: verification rules, "Corroboration".
 */
export function corroboration(own: Told & { readonly publisher: string }, others: readonly Told[], entries: readonly ToldCve[]): Check {
  const independent = others.filter((o) => o.operator !== own.operator && meet(own.products, o.products))
  const confirmed = independent.flatMap((o) => {
    const ids = o.story === own.story ? [own.story] : own.cves.filter((cve) => o.cves.includes(cve))
    return ids.length > 0 ? [`${o.name} (${o.operator}) confirms ${listed(ids)}`] : []
  })
  const catalogued = entries.filter(
    (e) =>
      e.operator !== own.operator &&
      own.cves.includes(e.cve) &&
      meet([e.product, e.vendor], own.products) &&
      names([...own.products, own.publisher], e.vendor),
  )
  const sentences = [
    ...confirmed,
    ...(catalogued.length > 0 ? [`${catalogued[0]?.name} names ${listed(catalogued.map((e) => e.cve))}`] : []),
  ]
  return sentences.length > 0
    ? check('pass', `${sentences.join('; ')}. ${own.name} is of ${own.operator}.`)
    : check('not applicable', `Nobody independent of ${own.operator} has told of it yet.`)
}
