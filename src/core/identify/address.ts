import type { SourceRule } from '../policy.ts'

/** What can be said of an address without asking anybody. */
export interface Address {
  /** As a browser would go there, lower case; an international name in its ASCII form. */
  readonly host: string
  readonly https: boolean
  /** Something stands before an `@`: people read that as the host, and it is not. */
  readonly disguised: boolean
  /** Name of the source that the host belongs to, by the policy; null: none. */
  readonly source: string | null
}

/** Reads an address; null where it is none. */
export function readAddress(text: string, sources: readonly SourceRule[]): Address | null {
  const url = parsed(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`)
  if (!url || !/\./.test(url.hostname) || !/^https?:$/.test(url.protocol)) return null
  const host = url.hostname.toLowerCase().replace(/\.$/, '')
  return {
    host,
    https: url.protocol === 'https:',
    disguised: url.username !== '' || url.password !== '',
    source: sources.find((source) => hostsOf(source).some((known) => host === known || host.endsWith(`.${known}`)))?.name ?? null,
  }
}

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
    case 'cve':
    case 'kev':
    case 'msrc':
      return [hostOf(source.url)]
    default:
      return source satisfies never
  }
}

const hostOf = (address: string): string => (parsed(address)?.hostname ?? address).toLowerCase()
