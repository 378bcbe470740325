import { describe, expect, test } from 'vitest'
import type { Bulletin, FixedBuild } from '../../src/core/identify/bulletin.ts'
import { differences } from '../../src/core/identify/differences.ts'
import { aBulletin, aVulnerability } from '../support/bulletin.ts'

const before = aBulletin({})
const build = (name: string, release: string, arch = 'x86_64'): FixedBuild => ({
  stream: 'BaseOS-8.6.0.Z.EUS',
  scheme: 'rpm',
  name,
  arch,
  evr: { epoch: 1, version: '1.1.1k', release },
  cves: [],
})
const withFixed = (...fixed: readonly FixedBuild[]): Bulletin => aBulletin({ fixed })

describe('facts', () => {
  test.each([
    { what: 'severity', after: aBulletin({ severity: 'critical' }), said: ['severity Important -> Critical'] },
    {
      what: 'a CVE more',
      after: aBulletin({ vulnerabilities: [...before.vulnerabilities, aVulnerability({ cve: 'CVE-2026-0002' })] }),
      said: ['CVE-2026-0002 added'],
    },
    { what: 'a CVE less', after: aBulletin({ vulnerabilities: [] }), said: ['CVE-2026-0001 removed'] },
    {
      what: 'a score',
      after: aBulletin({ vulnerabilities: [aVulnerability({ cvss: { version: '3.1', vector: 'CVSS:3.1/B', score: 9.8 } })] }),
      said: ['CVE-2026-0001 CVSS 7.5 (CVSS:3.1/A) -> 9.8 (CVSS:3.1/B)'],
    },
    {
      what: 'exploitation',
      after: aBulletin({ vulnerabilities: [aVulnerability({ knownExploited: 'yes' })] }),
      said: ['CVE-2026-0001 known exploited unknown -> yes'],
    },
    { what: 'restart', after: aBulletin({ restart: 'reboot' }), said: ['restart services -> reboot'] },
    {
      what: 'workarounds',
      after: aBulletin({ sections: { ...before.sections, workarounds: 'Switch it off.' } }),
      said: ['workarounds text changed'],
    },
  ])('$what', ({ after, said }) => {
    expect(differences(before, after)).toEqual(said)
  })
})

describe('fixed builds', () => {
  test('a package moved: one sentence for all architectures', () => {
    const old = withFixed(build('openssl', '7.el8_6'), build('openssl', '7.el8_6', 'aarch64'))
    const young = withFixed(build('openssl', '9.el8_6'), build('openssl', '9.el8_6', 'aarch64'))
    expect(differences(old, young)).toEqual(['fixed build openssl 1:1.1.1k-7.el8_6 -> 1:1.1.1k-9.el8_6 in BaseOS-8.6.0.Z.EUS'])
  })
  test('packages that moved alike share a sentence, long lists are cut', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
    const [old, young] = ['1', '2'].map((release) => withFixed(...names.map((name) => build(name, release))))
    expect(differences(old ?? before, young ?? before)).toEqual([
      'fixed build a, b, c, d, e and 2 more 1:1.1.1k-1 -> 1:1.1.1k-2 in BaseOS-8.6.0.Z.EUS',
    ])
  })
  test('a package was added, another removed', () => {
    expect(differences(withFixed(build('old', '1')), withFixed(build('young', '1'))).toSorted()).toEqual([
      'fixed build old 1:1.1.1k-1 removed in BaseOS-8.6.0.Z.EUS',
      'fixed build young 1:1.1.1k-1 added in BaseOS-8.6.0.Z.EUS',
    ])
  })
  test('an architecture came: told where nothing else changed', () => {
    const old = withFixed(build('openssl', '9'))
    expect(differences(old, withFixed(build('openssl', '9'), build('openssl', '9', 'aarch64')))).toEqual([
      'fixed build openssl 1:1.1.1k-9.x86_64 -> 1:1.1.1k-9.aarch64, 1:1.1.1k-9.x86_64 in BaseOS-8.6.0.Z.EUS',
    ])
  })
})

describe('no facts', () => {
  test.each([
    {
      what: 'dates and version',
      after: aBulletin({ revision: '4', updatedAt: '2026-05-05T00:00:00.000Z', publishedAt: '2026-05-05T00:00:00.000Z' }),
    },
    {
      what: 'line breaks',
      after: aBulletin({ sections: { ...before.sections, workarounds: ` ${before.sections.workarounds.replaceAll(' ', '\n')}\n` } }),
    },
    { what: 'links', after: aBulletin({ sections: { ...before.sections, knowledgeBase: [{ label: 'x', url: 'https://example.org' }] } }) },
  ])('$what', ({ after }) => {
    expect(differences(before, after)).toEqual([])
  })

  test('order of vulnerabilities', () => {
    const two = [aVulnerability({}), aVulnerability({ cve: 'CVE-2026-0002' })]
    expect(differences(aBulletin({ vulnerabilities: two }), aBulletin({ vulnerabilities: two.toReversed() }))).toEqual([])
  })
})
