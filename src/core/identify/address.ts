import type { SourceRule } from '../policy.ts'
import { type HostKind, hostKind, type Owned, vendorNamed } from './lookalike.ts'
import { domainOf } from './mail.ts'
import { SHORTENERS } from './places.ts'
import { line } from './text.ts'
import type { Check } from './verification.ts'

function parsed(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null
}

/** Hosts of publishers whose notices are known by format. */
const ADVISORY_HOSTS: Readonly<Record<'ubuntu' | 'debian' | 'mozilla', readonly string[]>> = {
  ubuntu: ['ubuntu.com'],
  debian: ['debian.org'],
  mozilla: ['mozilla.org'],
}

/** Hosts that the policy takes for a source's own. */
function hostsOf(source: SourceRule): readonly string[] {
  switch (source.kind) {
    case 'csaf-folder':
      return source.namespaces
    case 'csaf':
      return [...source.namespaces, hostOf(source.provider)]
    case 'feed':
      return [...source.domains, hostOf(source.url)]
    case 'osv':
      return source.url === undefined ? [] : [hostOf(source.url)]
    case 'advisory':
      return [...ADVISORY_HOSTS[source.format], ...[source.url, source.details].flatMap((one) => (one === undefined ? [] : [hostOf(one)]))]
    case 'mailbox':
      return source.senders.map(({ from }) => domainOf(from))
    case 'cve':
    case 'kev':
    case 'msrc':
    case 'msrc-guide':
      return [hostOf(source.url)]
    default:
      return source satisfies never
  }
}

const hostOf = (address: string): string => (parsed(address)?.hostname ?? address).toLowerCase()

/** The policy's own sources, as the look-alike rules take them. */
export const ownedBy = (sources: readonly SourceRule[]): readonly Owned[] =>
  sources.map((source) => ({ name: source.name, domains: hostsOf(source) }))

/** Services that rewrite links in mail, and the parameter in which the real one stands. */
const WRAPPERS: readonly (readonly [RegExp, readonly string[]])[] = [
  [/(?:^|\.)safelinks\.protection\.outlook\.com$/, ['url']],
  [/^urldefense(?:\.proofpoint)?\.com$/, ['u']],
  [/^(?:www\.)?google\.[a-z.]+$/, ['q', 'url']],
  [/^linkprotect\.cudasvc\.com$/, ['a']],
  [/^(?:www\.)?slack-redir\.net$/, ['url']],
  [/^statics\.teams\.cdn\.office\.net$/, ['url']],
  [/^l\.facebook\.com$/, ['u']],
]
const DEEPEST = 4

/** Where a link leads behind the services that rewrite links; without asking any of them. */
export function unwrapped(text: string, depth = 0): string {
  const url = parsed(text)
  const wrapper = url && WRAPPERS.find(([host]) => host.test(url.hostname))
  if (!url || !wrapper) return text
  const inner = wrapper[1].flatMap((name) => url.searchParams.get(name) ?? []).find((one) => /^https?:\/\//i.test(decoded(one)))
  return inner === undefined || depth >= DEEPEST ? text : unwrapped(decoded(inner), depth + 1)
}

/** Proofpoint's old form writes `-3A_` for `:/`. */
const decoded = (text: string): string =>
  /^https?-3A/i.test(text)
    ? text.replaceAll('_', '/').replace(/-([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
    : text

const check = (name: Check['name'], outcome: Check['outcome'], evidence: string): Check => ({ name, outcome, evidence })

/**
 * What an address shows by itself: its shape (https, nothing before an `@`, no number for a name, nothing that hides where it leads), whose
 * it is, and whom it imitates. Null: it is none. Nothing is fetched. Source: VERIFICATION.md, "Mail and links".
 */
export function addressChecks(text: string, owned: readonly Owned[]): readonly Check[] | null {
  const url = webAddress(unwrapped(text.trim()))
  if (!url) return null
  const host = url.hostname.toLowerCase().replace(/\.$/, '')
  const kind = hostKind(host, owned)
  return [shapeCheck(url, host, kind), ...(pretence(url) ?? whoseCheck(host, kind))]
}

function webAddress(text: string): URL | null {
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(text)
  const url = parsed(whole ? text : `https://${text}`)
  return url && /^https?:$/.test(url.protocol) && (whole || /\./.test(url.hostname)) ? url : null
}

/** A vendor's name before the `@` is there to be read as the host. */
function pretence(url: URL): readonly Check[] | null {
  const before = line(`${url.username}${url.password === '' ? '' : `:${url.password}`}`, 100)
  if (before === '' || !(before.includes('.') || vendorNamed(before))) return null
  return [check('lookalike', 'fail', `"${before}" stands before the "@" and looks like the host; the address leads to ${url.hostname}.`)]
}

function shapeCheck(url: URL, host: string, kind: HostKind): Check {
  const flaws = [
    ...(url.protocol === 'https:' ? [] : ['it is not encrypted (http): anybody on the way can change it']),
    ...(url.username === '' && url.password === '' ? [] : ['something stands before an "@"']),
    ...(/^localhost$|\.localhost$/.test(host) ? ['it leads to the machine of whoever follows it'] : []),
    ...(isNumeric(host) ? ['a number stands where a name belongs'] : []),
    ...(kind.kind !== 'own' && SHORTENERS.some((one) => host === one || host.endsWith(`.${one}`)) ? ['it hides where it leads'] : []),
  ]
  return flaws.length === 0
    ? check('address', 'pass', `${host}: https, and nothing in it hides where it leads.`)
    : check('address', 'fail', `${host}: ${flaws.join('; ')}.`)
}

const isNumeric = (host: string): boolean => host.startsWith('[') || /^\d+(?:\.\d+){3}$/.test(host)

function whoseCheck(host: string, kind: HostKind): readonly Check[] {
  switch (kind.kind) {
    case 'own':
      return [check('lookalike', 'pass', `${host} imitates nobody.`), check('domain', 'pass', `${host} belongs to ${kind.of}.`)]
    case 'imitation':
      return [check('lookalike', 'fail', `${kind.how}. It is not of ${kind.of}.`)]
    case 'resemblance':
      return [check('domain', 'unavailable', `${kind.how}. Whether it means to be taken for ${kind.of} cannot be told.`)]
    case 'hosted':
      return [check('domain', 'unavailable', `${host} is a place of ${kind.of} where anybody can publish.`)]
    case 'unknown':
      return [check('domain', 'unavailable', `Nobody here knows whose ${host} is.`)]
    default:
      return kind satisfies never
  }
}

const IN_TEXT = /\bhttps?:\/\/[^\s<>"'`\])}]+|\bwww\.[^\s<>"'`\])}]+/gi

/** Addresses that stand in a text, each once, at most `most`. What closes a sentence is not part of one. */
export const linksIn = (text: string, most = 50): readonly string[] =>
  [...new Set([...text.matchAll(IN_TEXT)].map(([found]) => found.replace(/[.,;:!?]+$/, '')))].slice(0, most)
