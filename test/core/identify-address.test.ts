import { describe, expect, test } from 'vitest'
import { readAddress } from '../../src/core/identify/address.ts'
import { policyShape, type SourceRule } from '../../src/core/policy.ts'

const sources: readonly SourceRule[] = policyShape.shape.sources.parse([
  { id: 'rh', name: 'Red Hat', kind: 'csaf', provider: 'access.redhat.example', namespaces: ['www.redhat.example'] },
  { id: 'feed', name: 'Feed', kind: 'feed', url: 'https://feeds.vendor.example/all', publisher: 'Vendor', domains: ['vendor.example'] },
  { id: 'kev', name: 'KEV', kind: 'kev', url: 'https://www.cisa.example/kev.json' },
])
const good = { https: true, disguised: false }

describe('an address, without asking anybody', () => {
  test.each([
    ['https://www.redhat.example/errata/1', { ...good, host: 'www.redhat.example', source: 'Red Hat' }],
    ['www.redhat.example/errata/1', { ...good, host: 'www.redhat.example', source: 'Red Hat' }],
    ['https://docs.vendor.example/', { ...good, host: 'docs.vendor.example', source: 'Feed' }],
    ['https://WWW.CISA.EXAMPLE.', { ...good, host: 'www.cisa.example', source: 'KEV' }],
    ['http://www.redhat.example', { ...good, https: false, host: 'www.redhat.example', source: 'Red Hat' }],
    // What looks like it is not it.
    ['https://www.redhat.example@evil.example/', { https: true, disguised: true, host: 'evil.example', source: null }],
    ['https://www.redhat.example.evil.example/', { ...good, host: 'www.redhat.example.evil.example', source: null }],
    ['https://notvendor.example/', { ...good, host: 'notvendor.example', source: null }],
    ['https://www.r\u0435dhat.example/', { ...good, host: 'www.xn--rdhat-zwe.example', source: null }],
  ])('%s', (text, expected) => expect(readAddress(text, sources)).toMatchObject(expected))

  test.each([
    '',
    'RHSA-2023:3408',
    'javascript:alert(1)',
    'file:///etc/passwd',
    'ftp://vendor.example/x',
    'two words',
    '__proto__',
    "' OR 1=1",
  ])('"%s" is none', (text) => expect(readAddress(text, sources)).toBeNull())
})
