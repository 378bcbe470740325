import { describe, expect, test } from 'vitest'
import { gaps, type Installed, mayCarry, nameOf, watches } from '../../src/core/assess/coverage.ts'
import { type SourceRule, source } from '../../src/core/policy/sources.ts'

const rule = (own: object): SourceRule => source.parse({ id: 'x', name: 'X', ...own })
const SOURCES = {
  debian: rule({ kind: 'advisory', format: 'debian' }),
  ubuntu: rule({ kind: 'advisory', format: 'ubuntu' }),
  mozilla: rule({ kind: 'advisory', format: 'mozilla' }),
  microsoft: rule({ kind: 'msrc' }),
  guide: rule({ kind: 'msrc-guide' }),
  redhat: rule({ kind: 'csaf', provider: 'redhat.com', namespaces: ['www.redhat.com'] }),
  cisco: rule({ kind: 'csaf', provider: 'cisco.com', namespaces: ['www.cisco.com'] }),
  alma: rule({ kind: 'osv', url: 'https://osv.example.org', ecosystems: ['AlmaLinux:9', 'npm'] }),
  fortinet: rule({ kind: 'feed', url: 'https://www.fortiguard.com/rss/ir.xml', publisher: 'Fortinet', domains: ['www.fortiguard.com'] }),
  mail: rule({
    kind: 'mailbox',
    host: 'imap.house.example',
    user: 'x',
    senders: [{ from: 'psirt@moxa.com', publisher: 'Moxa', idPrefixes: ['MPSA-'] }],
  }),
  kev: rule({ kind: 'kev', url: 'https://www.cisa.gov/kev.json' }),
} as const

const packages = (scheme: Installed['scheme'], stream: string, hosts = 1): Installed => ({ scheme, stream, name: '', hosts })
const product = (name: string, hosts = 1): Installed => ({ scheme: 'generic', stream: '', name, hosts })

describe('who watches what', () => {
  test.each<[Installed, string]>([
    [packages('dpkg', 'Debian:12'), 'debian'],
    [packages('dpkg', 'Ubuntu:22.04'), 'ubuntu'],
    [packages('rpm', 'BaseOS-8.6.0.Z.EUS'), 'redhat'],
    [packages('rpm', 'AlmaLinux:9'), 'alma'],
    [packages('rpm', 'Azure Linux 3.0'), 'microsoft guide'],
    [packages('semver', 'npm'), 'alma'],
    [packages('apk', 'Alpine:v3.20'), ''],
    [packages('rpm', ''), ''],
    [product('Windows Server 2022'), 'microsoft guide'],
    [product('Microsoft Word 2016'), 'microsoft guide'],
    [product('Mozilla Firefox'), 'mozilla'],
    [product('Cisco IOS XE'), 'cisco'],
    [product('Fortinet FortiOS'), 'fortinet'],
    [product('Moxa NPort 5110'), 'mail'],
    [product('Some ERP'), ''],
  ])('%j: %s', (installed, names) => {
    const found = Object.entries(SOURCES).filter(([, one]) => watches(one, installed))
    expect(found.map(([name]) => name).join(' ')).toBe(names)
  })
})

describe('gaps', () => {
  const watching = (name: keyof typeof SOURCES, healthy = true) => ({ rule: SOURCES[name], healthy })

  test('the most hosts first, with what would help', () => {
    const found = gaps(
      [product('Some ERP', 3), packages('apk', 'Alpine:v3.20', 40), packages('dpkg', 'Debian:12', 9)],
      [watching('debian')],
    )
    expect(found.map((gap) => `${nameOf(gap)} (${gap.hosts}): ${gap.proposal}`)).toEqual([
      'packages of Alpine:v3.20 (40): a source of kind osv with the ecosystem Alpine:v3.20',
      "Some ERP (3): its vendor's CSAF provider or feed",
    ])
  })

  test('a source that does not work watches nothing, and is named', () => {
    const [gap] = gaps([packages('dpkg', 'Debian:12')], [watching('debian', false)])
    expect(gap).toMatchObject({ broken: ['X'], proposal: 'repair X: it does not answer well' })
  })

  test.each<[Installed, string]>([
    [packages('dpkg', 'Ubuntu:24.04'), 'a source of kind advisory with format ubuntu'],
    [packages('dpkg', 'Debian:13'), 'a source of kind advisory with format debian'],
    [packages('rpm', 'BaseOS-9.4'), 'the CSAF provider of Red Hat (redhat)'],
    [packages('rpm', 'Rocky Linux:9'), 'a source of kind osv with the ecosystem Rocky Linux:9'],
    [packages('rpm', ''), 'name the product streams of these hosts in the inventory: without one no rpm package matches'],
    [product('Windows 11'), 'a source of kind msrc'],
    [product('Firefox'), 'a source of kind advisory with format mozilla'],
  ])('%j: %s', (installed, proposal) => {
    expect(gaps([installed], [])[0]?.proposal).toBe(proposal)
  })
})

test.each([
  ['Debian:12', 'dpkg', true],
  ['Debian:12', 'rpm', false],
  ['BaseOS-8.6.0', 'rpm', true],
  ['npm', 'semver', true],
  ['npm', 'dpkg', false],
  ['PyPI', 'pep440', true],
] as const)('stream %s carries %s: %s', (stream, scheme, carries) => expect(mayCarry(stream, scheme)).toBe(carries))
