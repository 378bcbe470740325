import type { SourceRule } from '../../core/policy.ts'
import { allow, type Ruled, refuse } from '../../core/result.ts'

/** A source as the file has it; what is left out gets its default. */
export type NewSource = { readonly id: string; readonly name: string } & Readonly<Record<string, unknown>> & {
    readonly kind: SourceRule['kind']
  }

const csaf = (id: string, name: string, provider: string, namespace: string): NewSource => ({
  id,
  kind: 'csaf',
  name,
  provider,
  namespaces: [namespace],
})
const feed = (id: string, name: string, url: string, publisher: string, ...domains: string[]): NewSource => ({
  id,
  kind: 'feed',
  name,
  url,
  publisher,
  domains,
})
const osv = (id: string, name: string, ecosystem: string): NewSource => ({
  id,
  kind: 'osv',
  name,
  url: 'https://osv-vulnerabilities.storage.googleapis.com/',
  ecosystems: [ecosystem],
})

/** Its addresses are known by its format (adapters/sources/advisory). */
const advisory = (id: 'ubuntu' | 'debian' | 'mozilla', name: string): NewSource => ({ id, kind: 'advisory', name, format: id })

/** Publishers that are known by a short name. */
export const VENDORS: readonly NewSource[] = [
  csaf('redhat', 'Red Hat', 'https://security.access.redhat.com/data/csaf/v2/provider-metadata.json', 'www.redhat.com'),
  csaf('suse', 'SUSE', 'https://www.suse.com/.well-known/csaf/provider-metadata.json', 'www.suse.com'),
  csaf('siemens', 'Siemens', 'https://cert-portal.siemens.com/productcert/csaf/provider-metadata.json', 'www.siemens.com'),
  advisory('ubuntu', 'Ubuntu'),
  advisory('debian', 'Debian'),
  { id: 'microsoft', kind: 'msrc', name: 'Microsoft', url: 'https://api.msrc.microsoft.com/cvrf/v3.0/' },
  { id: 'microsoft-guide', kind: 'msrc-guide', name: 'Microsoft Security Update Guide' },
  advisory('mozilla', 'Mozilla'),
  feed('chrome', 'Chrome', 'https://chromereleases.googleblog.com/feeds/posts/default', 'Google', 'chromereleases.googleblog.com'),
  feed(
    'cisco',
    'Cisco',
    'https://sec.cloudapps.cisco.com/security/center/psirtrss20/CiscoSecurityAdvisory.xml',
    'Cisco',
    'sec.cloudapps.cisco.com',
  ),
  feed('fortinet', 'Fortinet', 'https://www.fortiguard.com/rss/ir.xml', 'Fortinet', 'www.fortiguard.com', 'fortiguard.fortinet.com'),
  csaf('cisco-csaf', 'Cisco CSAF', 'https://www.cisco.com/.well-known/csaf/provider-metadata.json', 'www.cisco.com'),
  { id: 'cve', kind: 'cve', name: 'CVE records and EPSS', url: 'https://cveawg.mitre.org/api/cve/' },
  osv('npm', 'npm packages', 'npm'),
  osv('pypi', 'Python packages', 'PyPI'),
  osv('go', 'Go modules', 'Go'),
  osv('maven', 'Maven packages', 'Maven'),
  osv('crates', 'Rust crates', 'crates.io'),
  osv('almalinux', 'AlmaLinux', 'AlmaLinux:9'),
  osv('rocky', 'Rocky Linux', 'Rocky Linux:9'),
]

/** CISA's catalogue of known exploited vulnerabilities: every organisation gets it. */
export const EXPLOITED: NewSource = {
  id: 'kev',
  kind: 'kev',
  name: 'Known exploited (CISA)',
  url: 'https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json',
  everyMinutes: 240,
}

export const VENDOR_NAMES: readonly string[] = VENDORS.map(({ id }) => id)

/** A publisher by its short name, or a feed by its https address. */
export function readVendor(text: string): Ruled<NewSource> {
  const word = text.trim().toLowerCase().replaceAll(/\s+/g, '')
  const known = VENDORS.find(({ id, name }) => id === word || name.toLowerCase().replaceAll(/\s+/g, '') === word)
  if (known) return allow(known)
  const url = URL.parse(text.trim())
  if (url?.protocol === 'https:') return allow(feed(idOf(url.hostname), url.hostname, url.href, url.hostname, url.hostname))
  return refuse('VENDOR_UNKNOWN', `Expected ${VENDOR_NAMES.join(', ')}, or the https address of a feed; got "${text.trim()}".`)
}

/** What may stand as an id, of any text. */
export const idOf = (text: string): string =>
  text
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 40) || 'x'
