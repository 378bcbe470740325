import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hostKind, vendorNamed } from '../../src/core/identify/lookalike.ts'
import { editDistance, mixesAlphabets, skeleton } from '../../src/core/identify/skeleton.ts'
import { VENDORS } from '../../src/core/identify/vendors.ts'

/** As a browser takes it. */
const kind = (host: string) => hostKind(new URL(`https://${host}`).hostname).kind

describe('imitations: no honest reason is left', () => {
  test.each([
    // The brand in the wrong label.
    'update.microsoft.com.example.net',
    'www-microsoft-com.example.net',
    'microsoft.com.github.io',
    'login.microsoft.com.azurewebsites.net',
    'microsoft-update.pages.dev',
    'update.microsoft.com-kb.net',
    'crowdstrike.com.vc',
    // A slip of the finger.
    'microsft.com',
    'mircosoft.com',
    'microsoftt.com',
    'debain.org',
    'ubunto.com',
    'fortlnet.com',
    'aple.com',
    'ciscoo.com',
    'crowdstrlke.com',
    // Letters that look like others.
    'rnicrosoft.com',
    'micros0ft.com',
    'cisc0.com',
    'mozi11a.org',
    'pa1oaltonetworks.com',
    'm\u0456crosoft.com',
    'www.r\u0435dhat.com',
    'xn--rdhat-zwe.com',
    'gоogle.com',
    'αpple.com',
    // The brand with a lure.
    'microsoft-update.net',
    'updatemicrosoft.com',
    'crowdstrike-hotfix.com',
    'redhat-security.example',
    'dell-support.com',
    'adobe-patch.download',
    // Letters of several alphabets in one word.
    'b\u0430nk.example',
  ])('%s', (host) => expect(kind(host)).toBe('imitation'))
})

describe('genuine vendors are never called forged', () => {
  test.each([
    'www.microsoft.com',
    'msrc.microsoft.com',
    'api.msrc.microsoft.com',
    'catalog.update.microsoft.com',
    'download.windowsupdate.com',
    'aka.ms',
    'access.redhat.com',
    'security.access.redhat.com',
    'red.ht',
    'ftp.suse.com',
    'www.suse.com',
    'ubuntu.com',
    'security.ubuntu.com',
    'www.debian.org',
    'security-tracker.debian.org',
    'sec.cloudapps.cisco.com',
    'www.mozilla.org',
    'chromereleases.googleblog.com',
    'helpx.adobe.com',
    'www.oracle.com',
    'support.apple.com',
    'support.broadcom.com',
    'www.fortiguard.com',
    'security.paloaltonetworks.com',
    'www.crowdstrike.com',
    'www.cisa.gov',
    'cert-portal.siemens.com',
  ])('%s is its own', (host) => expect(kind(host)).toBe('own'))

  test('every domain of the table is its vendor’s', () => {
    const wrong = VENDORS.flatMap((vendor) => vendor.domains.filter((domain) => !['own', 'hosted'].includes(hostKind(domain).kind)))
    expect(wrong).toEqual([])
  })
})

describe('honest neighbours are not called forged', () => {
  test.each([
    'ample.com',
    'disco.com',
    'adore.com',
    'nasa.gov',
    'visa.com',
    'pineapple.com',
    'applebees.com',
    'snapple.com',
    'oraclecloud.com',
    'coracle.co.uk',
    'oracles.com',
    'ciscolive.com',
    'sapphire.com',
    'dellekom.de',
    'googleapis.com',
    'google.de',
    'google.co.uk',
    'microsoft.de',
    'redhat.mirror.example.edu',
    'debian.mirror.lrz.example',
    'use.com',
    'suse.org',
    'github.com',
    'user.github.io',
    'microsoft.github.io',
    'mozilla-services.github.io',
    'example.org',
    'localhost',
    'münchen.de',
    '日本語.jp',
    'kernel.org',
    'openssl.org',
    'www.first.org',
    'intranet.firma.de',
  ])('%s', (host) => expect(kind(host)).not.toBe('imitation'))
})

test.each([
  'x.blob.core.windows.net',
  'sites.google.com',
  'docs.google.com',
  'people.debian.org',
  'techcommunity.microsoft.com',
  'onedrive.live.com',
  'raw.githubusercontent.com',
])('%s: anybody may publish there', (host) => expect(kind(host)).toBe('hosted'))

test('a place where anybody may publish stays one, whatever the policy calls its own', () => {
  expect(hostKind('github.com', [{ name: 'GitHub advisories', domains: ['github.com'] }]).kind).toBe('hosted')
})

test('what the policy calls its own is, whatever the table says', () => {
  expect(hostKind('redhat-mirror.update.example', [{ name: 'Mirror', domains: ['update.example'] }])).toEqual({ kind: 'own', of: 'Mirror' })
})

describe('senders that call themselves a vendor', () => {
  test.each([
    ['Microsoft Security Team', 'Microsoft'],
    ['Micr0s0ft Support', 'Microsoft'],
    ['M\u0456crosoft', 'Microsoft'],
    ['Red Hat Product Security', 'Red Hat'],
    ['CrowdStrike Falcon', 'CrowdStrike'],
    ['Windows Update', 'Microsoft'],
    ['CISA', 'CISA'],
    ['Palo Alto Networks PSIRT', 'Palo Alto Networks'],
  ])('%s', (name, vendor) => expect(vendorNamed(name)?.name).toBe(vendor))

  test.each(['Ana Ruiz', 'IT Help Desk', 'Pineapple Ltd', 'Ben Appleton', 'Francisco Gomez', 'Delli', ''])('"%s" is none', (name) =>
    expect(vendorNamed(name)).toBeNull())
})

describe('the measures themselves', () => {
  test('skeletons', () => {
    expect(skeleton('MICROSOFT')).toBe(skeleton('m\u0456cr0s0ft'))
    expect(skeleton('rnodern')).toBe(skeleton('modem'))
    expect(skeleton('ａｐｐｌｅ')).toBe(skeleton('apple'))
  })
  test('mixed alphabets', () => {
    expect(mixesAlphabets('r\u0435dhat')).toBe(true)
    expect(mixesAlphabets('redhat')).toBe(false)
    expect(mixesAlphabets('東京tokyo')).toBe(false)
  })
  test('edit distance is symmetric, nought only for the same, and a swap is one', () => {
    const word = fc.string({ maxLength: 8, unit: fc.constantFrom('a', 'b', 'c') })
    fc.assert(
      fc.property(word, word, (a, b) => editDistance(a, b, 9) === editDistance(b, a, 9) && (editDistance(a, b, 9) === 0) === (a === b)),
    )
    expect(editDistance('debian', 'debain', 2)).toBe(1)
    expect(editDistance('abc', 'xyz', 2)).toBe(3)
  })
  test('no host breaks it', () => {
    fc.assert(fc.property(fc.domain(), (host) => typeof hostKind(host).kind === 'string'))
    fc.assert(fc.property(fc.string(), (host) => typeof hostKind(host).kind === 'string'))
  })
})
