import { parse } from 'tldts'
import { ANYBODYS } from './places.ts'
import { editDistance, mixesAlphabets, skeleton, unicodeHost } from './skeleton.ts'
import { VENDORS, type Vendor } from './vendors.ts'

/** Domains that the organisation's own policy takes for somebody's. They come before the table. */
export interface Owned {
  readonly name: string
  readonly domains: readonly string[]
}

/** Whose a host is, or whom it imitates. */
export type HostKind =
  | { readonly kind: 'own'; readonly of: string }
  /** Below somebody's domain, but anybody may publish there. */
  | { readonly kind: 'hosted'; readonly of: string }
  /** Made to be taken for another: no honest reason is left. */
  | { readonly kind: 'imitation'; readonly of: string; readonly how: string }
  /** Like another, which chance may do, too. */
  | { readonly kind: 'resemblance'; readonly of: string; readonly how: string }
  | { readonly kind: 'unknown' }

/** Words that forgers put beside a brand. */
const LURES = new Set(
  'update updates updater patch patches patching security secure support login signin account verify verification download downloads fix hotfix kb advisory bulletin alert helpdesk portal center centre service services official recovery remediation'
    .split(' ')
    .map(skeleton),
)

/** What the brands look like, worked out once. */
const SHAPES = new Map(VENDORS.flatMap(({ brands }) => brands.map((brand) => [brand, skeleton(brand)] as const)))

/** Registrable domain, the label before its public suffix, the suffix, and the labels before. Null: an address of numbers, or a suffix alone. */
export function partsOf(
  host: string,
): { readonly domain: string; readonly label: string; readonly suffix: string; readonly before: readonly string[] } | null {
  const { domain, domainWithoutSuffix, publicSuffix, subdomain, isIp } = parse(host, { allowPrivateDomains: true })
  if (isIp || !domain || !domainWithoutSuffix || !publicSuffix) return null
  return { domain, label: domainWithoutSuffix, suffix: publicSuffix, before: subdomain ? subdomain.split('.') : [] }
}

const below = (host: string, domain: string): boolean => host === domain || host.endsWith(`.${domain}`)

/** Whose is this host? First whether it is anybody's, then what the policy says, then the vendors' exact lists, then whether it imitates one of them. */
export function hostKind(host: string, owned: readonly Owned[] = [], vendors: readonly Vendor[] = VENDORS): HostKind {
  const name = host.toLowerCase().replace(/\.$/, '')
  const service = ANYBODYS.find((one) => below(name, one))
  if (service !== undefined) return disguisedAt(name, service, vendors) ?? { kind: 'hosted', of: service }
  const owner = owned.find(({ domains }) => domains.some((domain) => below(name, domain)))
  if (owner) return { kind: 'own', of: owner.name }
  const parts = partsOf(name)
  const vendor = vendors.find(({ domains }) => domains.some((domain) => below(name, domain)))
  if (vendor) return { kind: (vendor.hosted ?? []).some((place) => below(name, place)) ? 'hosted' : 'own', of: vendor.name }
  if (!parts) return { kind: 'unknown' }
  const shape = shapeOf(parts)
  const found = vendors.flatMap((one) => likeness(one, shape) ?? [])
  return found.find(({ kind }) => kind === 'imitation') ?? mixed(parts.domain) ?? found[0] ?? { kind: 'unknown' }
}

/** `microsoft.com.github.io`: a vendor's whole address in front of a service's. */
function disguisedAt(host: string, service: string, vendors: readonly Vendor[]): HostKind | null {
  const before = host.slice(0, -service.length - 1).split('.')
  const found = vendors.flatMap((one) => wrongPlace(one, { domain: service, label: '', suffix: service, before }) ?? [])
  return found.find(({ kind }) => kind === 'imitation') ?? null
}

function mixed(domain: string): HostKind | null {
  const shown = unicodeHost(domain)
  return shown.split('.').some(mixesAlphabets)
    ? { kind: 'imitation', of: 'another', how: `${shown} mixes letters of several alphabets` }
    : null
}

type Parts = NonNullable<ReturnType<typeof partsOf>>

/** The label as people see it, and what that looks like. */
interface Shape extends Parts {
  readonly seen: string
  readonly look: string
}

function shapeOf(parts: Parts): Shape {
  const seen = unicodeHost(`${parts.label}.com`).replace(/\.com$/, '')
  return { ...parts, seen, look: skeleton(seen) }
}

type Likeness = Extract<HostKind, { kind: 'imitation' | 'resemblance' }>

const imitation = (of: string, how: string): Likeness => ({ kind: 'imitation', of, how })
const resemblance = (of: string, how: string): Likeness => ({ kind: 'resemblance', of, how })

function likeness(vendor: Vendor, parts: Shape): Likeness | null {
  const wrong = wrongPlace(vendor, parts)
  if (wrong?.kind === 'imitation') return wrong
  const found = vendor.brands.flatMap((brand) => likeBrand(vendor, brand, parts) ?? [])
  return found.find(({ kind }) => kind === 'imitation') ?? found[0] ?? wrong
}

/** The vendor's own domain, or its brand, in front of somebody else's. */
function wrongPlace({ name, domains, brands }: Vendor, { before, domain, label }: Parts): Likeness | null {
  const shown = before.join('.')
  // `www-microsoft-com.example.net` and `update.microsoft.com-kb.net` read like it, too.
  const flat = [shown.replaceAll('-', '.'), label.replaceAll('-', '.')].map((text) => `.${text}.`)
  const whole = domains.find(
    (one) => one.length > 6 && (`.${shown}.`.includes(`.${one}.`) || flat.some((text) => text.includes(`.${one}.`))),
  )
  if (whole !== undefined) return imitation(name, `${whole} stands in front, but the address belongs to ${domain}`)
  const last = before.at(-1)
  const cut = brands.find((brand) => last === brand && /^(?:com|net|org|gov)-/.test(label))
  if (cut !== undefined) return imitation(name, `it reads like ${name}'s, but belongs to ${domain}`)
  const brand = brands.find((one) => one.length >= 6 && before.some((part) => part.split('-').includes(one)))
  return brand === undefined ? null : resemblance(name, `"${brand}" stands in front, but the address belongs to ${domain}`)
}

/** The registrable label against a brand: the same to the eye, a slip of the finger away, or the brand with a lure beside it. */
function likeBrand({ name, everywhere }: Vendor, brand: string, { seen, look, suffix, domain }: Shape): Likeness | null {
  if (seen === brand) return otherSuffix(name, brand, suffix, domain, everywhere === true)
  const target = SHAPES.get(brand) ?? skeleton(brand)
  // A short brand is too close to honest words.
  if (brand.length >= 5 && look === target) return imitation(name, `${shownAs(seen, domain)} is written to look like "${brand}"`)
  return slip(name, brand, look, target, domain) ?? beside(name, brand, look, target, domain)
}

const shownAs = (seen: string, domain: string): string => (/[^ -~]/.test(seen) ? `${seen} (${domain})` : domain)

/** `crowdstrike.com.vc`: the vendor's name with something behind it. Under another single suffix it may be a partner's, or a grabber's. */
function otherSuffix(name: string, brand: string, suffix: string, domain: string, everywhere: boolean): Likeness | null {
  if (brand.length < 5) return null
  if (/^(?:com|net|org|gov|co)\.[a-z]{2}$/.test(suffix) && brand.length >= 6 && !everywhere)
    return imitation(name, `${domain} is none of ${name}'s domains`)
  return resemblance(name, `${domain} is none of the domains that ${name} publishes on`)
}

/** Two slips in a long name (nine letters: `openssl` is two away from `opensuse`), one in a shorter one (`oracles` is a word, too); in a short one only a letter that is doubled or left out. */
function slip(name: string, brand: string, look: string, target: string, domain: string): Likeness | null {
  if (brand.length < 5) return null
  const distance = editDistance(look, target, 2)
  if (distance > 2) return null
  const said = `${domain} is ${distance === 1 ? 'one letter' : 'two letters'} away from "${brand}"`
  const strong =
    brand.length >= 9 ||
    (brand.length === 8 && distance === 1) ||
    (brand.length >= 6 && distance === 1 && !look.includes(target)) ||
    doubled(look) === doubled(target)
  return strong ? imitation(name, said) : brand.length >= 6 || distance === 1 ? resemblance(name, said) : null
}

const doubled = (text: string): string => text.replace(/(.)\1+/g, '$1')

/** `microsoft-update.net`, `updatemicrosoft.com`: the brand with a lure; with another word it may be anybody's. */
function beside(name: string, brand: string, look: string, target: string, domain: string): Likeness | null {
  const words = look.split('-')
  if (words.includes(target)) {
    const how = `"${brand}" is part of ${domain}, which is none of ${name}'s domains`
    return words.some((word) => LURES.has(word)) && brand.length >= 4
      ? imitation(name, how)
      : brand.length >= 6
        ? resemblance(name, how)
        : null
  }
  if (brand.length < 5) return null
  const rest = words.map((word) =>
    word.startsWith(target) ? word.slice(target.length) : word.endsWith(target) ? word.slice(0, -target.length) : null,
  )
  const joined = rest.find((word) => word !== null)
  if (joined === undefined || joined === null) return null
  const how = `"${brand}" is part of ${domain}, which is none of ${name}'s domains`
  if (LURES.has(joined.replace(/\d+$/, ''))) return imitation(name, how)
  return brand.length >= 8 ? resemblance(name, how) : null
}

/** The vendor that a sender's name claims to be; null: none. Look-alike letters count as what they look like. */
export function vendorNamed(text: string, vendors: readonly Vendor[] = VENDORS): Vendor | null {
  const words = ` ${skeleton(text)
    .replace(/[^a-z0-9/]+/g, ' ')
    .trim()} `
  const flat = (name: string): string =>
    ` ${skeleton(name)
      .replace(/[^a-z0-9/]+/g, ' ')
      .trim()} `
  return (
    vendors.find(({ brands, called = [] }) =>
      [...brands.filter((b) => b.length >= 4), ...called].some((name) => words.includes(flat(name))),
    ) ?? null
  )
}

/** Is the host one of this vendor's own, where nobody else may publish? */
export const isVendors = (host: string, vendor: Vendor): boolean => {
  const kind = hostKind(host, [], [vendor])
  return kind.kind === 'own'
}

/** Relaxed alignment: the same organisational domain. */
export const sameSite = (a: string, b: string): boolean => {
  const site = partsOf(a)?.domain
  return site !== undefined && site === partsOf(b)?.domain
}
