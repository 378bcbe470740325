import { describe, expect, test } from 'vitest'
import { addressChecks, linksIn, ownedBy, unwrapped } from '../../src/core/identify/address.ts'
import { verdictOf } from '../../src/core/identify/verification.ts'
import { policyShape, type SourceRule } from '../../src/core/policy.ts'

const sources: readonly SourceRule[] = policyShape.shape.sources.parse([
  { id: 'rh', name: 'Mirror', kind: 'csaf', provider: 'access.mirror.example', namespaces: ['www.mirror.example'] },
  { id: 'feed', name: 'Feed', kind: 'feed', url: 'https://feeds.vendor.example/all', publisher: 'Vendor', domains: ['vendor.example'] },
])
const owned = ownedBy(sources)
const outcomes = (text: string) => Object.fromEntries((addressChecks(text, owned) ?? []).map(({ name, outcome }) => [name, outcome]))
const verdict = (text: string) => verdictOf(addressChecks(text, owned) ?? [])

describe('an address, without asking anybody', () => {
  test.each([
    ['https://www.redhat.com/errata/1', { address: 'pass', domain: 'pass', lookalike: 'pass' }],
    ['https://docs.vendor.example/', { address: 'pass', domain: 'pass', lookalike: 'pass' }],
    ['https://WWW.MIRROR.EXAMPLE.', { address: 'pass', domain: 'pass', lookalike: 'pass' }],
    ['www.cisa.gov/news', { address: 'pass', domain: 'pass', lookalike: 'pass' }],
    ['https://aka.ms/patch', { address: 'pass', domain: 'pass', lookalike: 'pass' }],
    ['http://www.redhat.com', { address: 'fail', domain: 'pass', lookalike: 'pass' }],
    ['https://bit.ly/x', { address: 'fail', domain: 'unavailable' }],
    ['https://192.0.2.7/kb.exe', { address: 'fail', domain: 'unavailable' }],
    ['https://[2001:db8::1]/kb', { address: 'fail', domain: 'unavailable' }],
    ['https://3221225991/kb', { address: 'fail', domain: 'unavailable' }],
    ['https://www.redhat.com@evil.example/', { address: 'fail', lookalike: 'fail' }],
    ['https://microsoft@evil.example/', { address: 'fail', lookalike: 'fail' }],
    ['http://localhost:3978/kb', { address: 'fail', domain: 'unavailable' }],
    ['https://intranet/kb', { address: 'pass', domain: 'unavailable' }],
    ['https://user@somewhere.example/', { address: 'fail', domain: 'unavailable' }],
    ['https://storage.blob.core.windows.net/x', { address: 'pass', domain: 'unavailable' }],
    ['https://notvendor.example/', { address: 'pass', domain: 'unavailable' }],
  ])('%s', (text, expected) => expect(outcomes(text)).toEqual(expected))

  test.each([
    ['https://update.microsoft.com.example.net/kb', 'BOGUS'],
    ['https://www.redhat.com@evil.example/', 'BOGUS'],
    ['https://www.r\u0435dhat.com/', 'BOGUS'],
    ['http://www.redhat.com/', 'QUARANTINED'],
    ['https://bit.ly/x', 'QUARANTINED'],
    // Its own address proves that it could be real, not that it is.
    ['https://www.redhat.com/errata', 'UNCONFIRMED'],
    ['https://example.org/', 'UNCONFIRMED'],
  ])('%s alone is %s', (text, expected) => expect(verdict(text)).toBe(expected))

  test.each([
    '',
    'RHSA-2023:3408',
    'javascript:alert(1)',
    'file:///etc/passwd',
    'ftp://vendor.example/x',
    'two words',
    '__proto__',
    "' OR 1=1",
  ])('"%s" is none', (text) => expect(addressChecks(text, owned)).toBeNull())
})

describe('a link that was rewritten is judged by where it leads', () => {
  test.each([
    ['https://eur02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fmicrosft.com%2Fkb&data=1', 'https://microsft.com/kb'],
    ['https://www.google.com/url?q=https://evil.example/x', 'https://evil.example/x'],
    ['https://urldefense.proofpoint.com/v2/url?u=https-3A__evil.example_x&d=1', 'https://evil.example/x'],
    ['https://www.google.com/search?q=patch', 'https://www.google.com/search?q=patch'],
  ])('%s', (text, expected) => expect(unwrapped(text)).toBe(expected))

  test('one that is wrapped round and round ends', () => {
    const wrap = (inner: string): string => `https://www.google.com/url?q=${encodeURIComponent(inner)}`
    expect(unwrapped(wrap(wrap(wrap(wrap(wrap(wrap('https://evil.example/'))))))).length).toBeGreaterThan(0)
  })
})

test('links in a text, each once and without the end of the sentence', () => {
  expect(linksIn('See https://a.example/x, (https://b.example/y). And www.c.example! Again https://a.example/x.')).toEqual([
    'https://a.example/x',
    'https://b.example/y',
    'www.c.example',
  ])
})
