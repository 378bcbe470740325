import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { checkItem, type FeedRule } from '../../adapters/sources/feed/bulletin.ts'
import { feedDate } from '../../adapters/sources/feed/dates.ts'
import { decodeFeed } from '../../adapters/sources/feed/decode.ts'
import { vendorIdOf } from '../../adapters/sources/feed/ids.ts'
import { parseFile } from '../../adapters/sources/feed/index.ts'
import type { FeedItem } from '../../adapters/sources/feed/item.ts'
import { readFeed } from '../../adapters/sources/feed/items.ts'
import { normaliseXml } from '../../adapters/sources/feed/normalise.ts'
import { revise } from '../../adapters/sources/feed/revise.ts'
import { checkedLink } from '../../adapters/sources/feed/source.ts'
import { compareRevisions } from '../../src/core/identify/history.ts'
import { namesIn } from '../../src/core/identify/names.ts'
import { reasonOf, verdictOf } from '../../src/core/identify/verification.ts'
import { bytes, rss, type TestItem } from '../support/feed.ts'

const NOW = new Date('2026-11-25T12:00:00Z')

const itemsOf = async (xml: string | Uint8Array, contentType = ''): Promise<readonly FeedItem[]> => {
  const reading = await readFeed({ bytes: typeof xml === 'string' ? bytes(xml) : xml, contentType })
  if (!reading.ok) throw new Error(reading.problem)
  return reading.items
}
const itemOf = async (item: TestItem): Promise<FeedItem> => {
  const [found] = await itemsOf(rss(item))
  if (found === undefined) throw new Error('no item')
  return found
}

describe('a date', () => {
  test.each([
    ['Tue, 21 July 2026  12:30:54', '2026-07-21T12:30:54.000Z'],
    ['Wed, 16 Sep 2020 13:58:04 +0000', '2020-09-16T13:58:04.000Z'],
    ['Wed, 16 Sep 2020 13:58:04 -0730', '2020-09-16T21:28:04.000Z'],
    ['Mon, 15 Jan 2024 14:30:22 GMT+0100', '2024-01-15T13:30:22.000Z'],
    ['Sat, 05 Sep 2026 15:45:08 EST', '2026-09-05T20:45:08.000Z'],
    ['5 Sep 26 15:45', '2026-09-05T15:45:00.000Z'],
    ['05-Sep-2026', '2026-09-05T00:00:00.000Z'],
    ['September 5, 2026', '2026-09-05T00:00:00.000Z'],
    ['Sep 5, 2026 15:45:08 UTC', '2026-09-05T15:45:08.000Z'],
    ['2026-09-05T15:45:08+09:00', '2026-09-05T06:45:08.000Z'],
    ['2026-09-05T15:45:08.123456', '2026-09-05T15:45:08.000Z'],
    ['2026-09-05 15:45:08', '2026-09-05T15:45:08.000Z'],
    ['2025-09-26', '2025-09-26T00:00:00.000Z'],
    ['2025', '2025-01-01T00:00:00.000Z'],
    ['29 Feb 2028', '2028-02-29T00:00:00.000Z'],
    ['31 Dec 2026 23:59:59 GMT', '2026-12-31T23:59:59.000Z'],
    ['Sat, Dec 16 2023 02:02:33 PM', '2023-12-16T14:02:33.000Z'],
    ['5 Sep 2026 12:05 a.m. EST', '2026-09-05T05:05:00.000Z'],
    ['Sep 5, 2026 12:30 pm', '2026-09-05T12:30:00.000Z'],
  ])('%s is %s', (text, instant) => {
    expect(feedDate(text)).toBe(instant)
  })

  test.each([
    '',
    'yesterday',
    '0001-01-01T00:00:00Z',
    '31 Foo 2026',
    '2026-13-01',
    '2026-02-31',
    '2026-02-29',
    '31 Apr 2026 12:00:00 GMT',
    'February 30, 2026',
    '99999999',
    `${'9'.repeat(5_000)}`,
    '12:30',
  ])('%s is none', (text) => {
    expect(feedDate(text)).toBeNull()
  })
})

describe("the publisher's own id", () => {
  test.each([
    ['USN-6000-1: OpenSSL vulnerabilities', 'USN-6000-1'],
    ['[DSA 5000-1] openjdk-17 security update', 'DSA-5000-1'],
    ['DLA 3500-1: curl security update', 'DLA-3500-1'],
    ['Important: kernel update (rhsa-2023:1234)', 'RHSA-2023:1234'],
    ['SUSE-SU-2024:0012-1: important: Security update for curl', 'SUSE-SU-2024:0012-1'],
    ['https://github.com/advisories/GHSA-26vr-8j45-3r4w', 'GHSA-26vr-8j45-3r4w'],
    ['Mozilla Foundation Security Advisory MFSA 2023-01', 'MFSA-2023-01'],
    ['https://sec.cloudapps.cisco.com/x/cisco-sa-iosxe-webui-privesc-j22SaA4z', 'cisco-sa-iosxe-webui-privesc-j22SaA4z'],
    ['https://www.fortiguard.com/psirt/FG-IR-22-059', 'FG-IR-22-059'],
    ['ICSA-24-254-01 Siemens', 'ICSA-24-254-01'],
    ['SSA-123456: Vulnerability in SIMATIC', 'SSA-123456'],
    ['CVE-2024-38063 Windows TCP/IP Remote Code Execution', 'CVE-2024-38063'],
  ])('%s: %s', (text, id) => {
    expect(vendorIdOf([text], 'key')).toBe(id)
  })

  test('none: a short one that stays as long as the guid does, and differs for another', () => {
    const id = vendorIdOf(['Big news'], 'guid-1')
    expect(id).toMatch(/^item-[0-9a-f]{12}$/)
    expect(vendorIdOf(['Bigger news'], 'guid-1')).toBe(id)
    expect(vendorIdOf(['Big news'], 'guid-2')).not.toBe(id)
    expect(vendorIdOf(['CVE-2024-1111 and CVE-2024-2222'], 'guid-1')).toBe(id)
  })
})

describe('the products that a title names', () => {
  test.each([
    ['USN-6000-1: OpenSSL vulnerabilities', ['openssl']],
    ['[DSA 5000-1] openjdk-17 security update', ['openjdk-17']],
    ['DSA-6012-1 nncp - security update', ['nncp']],
    ['USN-5000-1: Linux kernel (Azure) vulnerabilities', ['linux kernel']],
    ['RHSA-2023:3408: Important: openssl security update', ['openssl']],
    ['openSUSE-SU-2024:0012-1: important: Security update for chromium', ['chromium']],
    ['Security Vulnerabilities fixed in Firefox ESR 102.7, Thunderbird 102.7', ['firefox', 'thunderbird']],
    ['Vulnerability in OpenSSL library', ['openssl']],
    ['Cisco IOS XE Software Web UI Privilege Escalation Vulnerability', ['cisco', 'ios', 'xe', 'web', 'ui']],
    ['Stable Channel Update for Desktop', []],
    ['', []],
  ])('%s: %j', (title, names) => {
    expect(namesIn(title)).toEqual(names)
  })

  test('never more than ten', () => {
    expect(namesIn(Array.from({ length: 40 }, (_, i) => `word${i}x`).join(' '))).toHaveLength(10)
  })
})

describe('bytes become text', () => {
  const xml = (encoding: string, title: string): string => `<?xml version="1.0" encoding="${encoding}"?><t>${title}</t>`
  test.each<[string, Uint8Array, string]>([
    ['UTF-8', bytes(xml('utf-8', 'Zürich')), ''],
    ['UTF-8 with a byte order mark', bytes(`\ufeff${xml('utf-8', 'Zürich')}`), ''],
    ['UTF-16 little-endian with a byte order mark', Buffer.from(`\ufeff${xml('utf-16', 'Zürich')}`, 'utf16le'), ''],
    ['UTF-16 little-endian without one', Buffer.from(xml('utf-16', 'Zürich'), 'utf16le'), ''],
    ['UTF-16 big-endian without one', Buffer.from(xml('utf-16', 'Zürich'), 'utf16le').swap16(), ''],
    ['UTF-8 that claims to be UTF-16', bytes(xml('utf-16', 'Zürich')), ''],
    ['Latin-1 that says so', Buffer.from(xml('iso-8859-1', 'Zürich'), 'latin1'), ''],
    ['Latin-1 that claims to be UTF-8', Buffer.from(xml('utf-8', 'Zürich'), 'latin1'), ''],
    ['Latin-1 by the HTTP header', Buffer.from(xml('utf-8', 'Zürich'), 'latin1'), 'text/xml; charset=iso-8859-1'],
  ])('%s', (_, raw, contentType) => {
    const decoded = decodeFeed(raw, contentType)
    expect(decoded.ok && decoded.text).toContain('<t>Zürich</t>')
  })

  test.each([
    ['UTF-7', bytes(xml('utf-7', '+ADw-script+AD4-')), 'It is written in utf-7, which is not read.'],
    ['UTF-32', Uint8Array.of(0xff, 0xfe, 0, 0, 0x3c, 0, 0, 0), 'It is written in utf-32, which is not read.'],
    ['an invented one', bytes(xml('klingon', 'x')), 'It is written in klingon, which is not read.'],
  ])('%s is refused', (_, raw, problem) => {
    expect(decodeFeed(raw)).toEqual({ ok: false, problem })
  })

  test('control characters that XML forbids are left out', () => {
    expect(decodeFeed(bytes('<t>a\0b\u0008c\td</t>'))).toEqual({ ok: true, text: '<t>abc\td</t>' })
  })
})

describe('what people write as XML', () => {
  test.each([
    ['a bare &', { title: 'AT&T & more' }, 'AT&T & more'],
    ["HTML's references", { title: 'Z&uuml;rich&nbsp;&amp; Bern' }, 'Zürich & Bern'],
    ['a bare <', { title: 'a < b' }, 'a < b'],
    ['markup in a title', { title: '&lt;b&gt;Important&lt;/b&gt; news' }, 'Important news'],
    ['real elements in a title', { title: '<b>Important</b> news' }, 'Important news'],
    ['a tag that is the subject', { title: 'XSS by &lt;script&gt; in CDATA' }, 'XSS by <script> in CDATA'],
    ['CDATA', { title: '<![CDATA[a < b & c]]>' }, 'a < b & c'],
    ['a number that is no character', { title: 'a&#0;b&#x110000;c&#xd800;d' }, 'abcd'],
    ['signs that turn the writing round or show nothing', { title: 'a\u202eb\u200bc\u2066d\ufeffe' }, 'abcde'],
  ])('%s', async (_, item, title) => {
    expect((await itemOf(item)).title).toBe(title)
  })

  test.each([
    ['escaped HTML', '&lt;p&gt;One&lt;/p&gt;&lt;p&gt;Two &lt;a href="https://evil.example"&gt;link&lt;/a&gt;&lt;/p&gt;', 'One\n\nTwo link'],
    ['HTML as elements, not even well-formed', '<p>One<br>Two<img src=x onerror=alert(1)></p>', 'One\nTwo'],
    ['scripts and styles', '<![CDATA[<style>p{}</style><script>alert(1)</script><p>One</p>]]>', 'One'],
    ['CDATA and elements mixed', '<![CDATA[<p>One</p>]]><p>Two</p>', 'One\n\nTwo'],
  ])('a description: %s', async (_, text, plain) => {
    expect((await itemOf({ title: 't', text })).text).toBe(plain)
  })

  test('Atom: the alternate link, the latest date, XHTML', async () => {
    const [item] =
      await itemsOf(`<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:entry><a:title type="xhtml"><div>Big <b>news</b></div></a:title>
      <a:link rel="self" href="https://v.example/self"/><a:link href="https://v.example/1"/><a:id>urn:1</a:id>
      <a:published>2026-01-02T03:04:05Z</a:published><a:updated>not a date</a:updated><a:updated>2026-02-03</a:updated>
      <a:content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>One</p></div></a:content></a:entry></a:feed>`)
    expect(item).toMatchObject({
      title: 'Big news',
      link: 'https://v.example/1',
      text: 'One',
      publishedAt: '2026-01-02T03:04:05.000Z',
      updatedAt: '2026-01-02T03:04:05.000Z',
    })
  })

  test('RDF', async () => {
    const [item] = await itemsOf(`<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
      xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>D</title></channel>
      <item rdf:about="https://d.example/msg1"><title>DSA-6012-1 nncp - security update</title><dc:date>2025-09-26</dc:date></item></rdf:RDF>`)
    expect(item).toMatchObject({ vendorId: 'DSA-6012-1', link: 'https://d.example/msg1', updatedAt: '2025-09-26T00:00:00.000Z' })
  })

  test.each([
    [
      'RSS 0.91 with its public document type',
      '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://x.example/rss.dtd"><rss version="0.91">',
    ],
    ['RSS without a version', '<rss>'],
    ['RSS in capitals', '<RSS VERSION="2.0">'],
  ])('%s', async (_, start) => {
    const end = start.includes('RSS VERSION') ? '</RSS>' : '</rss>'
    expect(await itemsOf(`${start}<channel><title>c</title><item><title>one</title></item></channel>${end}`)).toMatchObject([
      { title: 'one' },
    ])
  })

  test.each([
    ['severity in the text', { title: 't', text: 'Severity: Important. More.' }, 'Important'],
    ['in the title', { title: 'Critical: kernel security update' }, 'Critical'],
    ['in brackets', { title: 'kernel update (moderate)' }, 'moderate'],
    ['as a category', { title: 't', more: '<category>High</category>' }, 'High'],
    ['by a score', { title: 't', more: '<sec:cvss score="9.8" severity=""/>' }, 'critical'],
    ['not at all', { title: 'important people met', text: 'High time.' }, ''],
  ])('%s', async (_, item, severity) => {
    expect((await itemOf(item)).severity).toBe(severity)
  })

  test.each([
    ['entities that grow (billion laughs)', '<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><rss/>', 'DTD'],
    ['an external entity', '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss/>', 'DTD'],
    ['a definition after the root', '<rss><!ENTITY a "b"></rss>', 'DTD'],
    ['a web page', '<!DOCTYPE html><html></html>', 'web page'],
    ['another root', '<catalog/>', '<catalog>, which is no feed'],
    ['nothing', '  ', 'There is no XML'],
    ['200,000 deep', `<rss>${'<a>'.repeat(200_000)}`, 'nested more than 40 deep'],
    ['a comment without an end', '<rss><!-- ', 'cut off in a comment'],
    ['CDATA without an end', '<rss><![CDATA[ ', 'cut off in a CDATA section'],
    ['a tag without an end', `<rss a="${'x'.repeat(200_000)}`, 'a tag that does not end'],
    ['a title without an end', `<rss><channel><item><title>${'<b>'.repeat(50_000)}`, 'cut off in <title>'],
    ['half a million tags', `<rss><channel>${'<item></item>'.repeat(250_000)}`, 'more than 400000 tags'],
  ])('refused before it is parsed: %s', (_, xml, problem) => {
    expect(() => normaliseXml(xml)).toThrow(problem)
  })
})

describe('an item gets a revision', () => {
  const item: FeedItem = {
    vendorId: 'USN-1-1',
    title: 'One',
    link: '',
    text: '',
    severity: '',
    categories: [],
    publishedAt: '2026-01-02T03:04:05.000Z',
    updatedAt: '2026-01-02T03:04:05.000Z',
  }
  const first = revise(item, undefined, NOW)

  test('from its date', () => {
    expect(first.document).toMatchObject({ revision: '20260102.30405.0', updatedAt: '2026-01-02T03:04:05.000Z' })
  })

  test('the same again is nothing', () => {
    expect(revise(item, first.known, NOW)).toEqual({ known: first.known, document: null })
  })

  test.each([
    ['with a later date', { title: 'Two', updatedAt: '2026-02-02T00:00:00.000Z' }, '2026-02-02T00:00:00.000Z'],
    ['with the same date', { title: 'Two' }, '2026-01-02T03:04:05.000Z'],
    ['with an earlier date', { title: 'Two', updatedAt: '2025-01-01T00:00:00.000Z' }, '2026-01-02T03:04:05.000Z'],
    ['without a date', { title: 'Two', updatedAt: null, publishedAt: null }, '2026-01-02T03:04:05.000Z'],
    ['from the future', { title: 'Two', updatedAt: '2099-01-01T00:00:00.000Z' }, NOW.toISOString()],
  ])('changed content %s: a higher revision, and a date that does not go back', (_, change, updatedAt) => {
    const next = revise({ ...item, ...change }, first.known, NOW)
    expect(next.document?.updatedAt).toBe(updatedAt)
    expect(compareRevisions(next.document?.revision ?? '', first.document?.revision ?? '')).toBeGreaterThan(0)
  })

  test('known or not, the same item is the same revision: a lost memory does no harm', () => {
    const later = { ...item, title: 'Two', updatedAt: '2026-02-02T00:00:00.000Z' }
    expect(revise(later, undefined, NOW).document).toEqual(revise(later, first.known, NOW).document)
  })

  test('without any date: the time of the first sight, and it stays', () => {
    const undated = { ...item, updatedAt: null, publishedAt: null }
    const found = revise(undated, undefined, NOW)
    expect(found.document?.updatedAt).toBe(NOW.toISOString())
    expect(revise(undated, found.known, new Date('2027-01-01')).document).toBeNull()
  })
})

describe('a link', () => {
  test.each([
    ['https://vendor.example/1', 'https://vendor.example/1'],
    ['http://vendor.example/1', 'https://vendor.example/1'],
    ['/1', 'https://vendor.example/1'],
    ['', ''],
    ['https://evil.example/1', null],
    ['https://vendor.example.evil.example/1', null],
    ['https://vendor.example@evil.example/', null],
    ['https://ana:pw@vendor.example/', null],
    ['https://vendor.example:8443/', null],
    ['javascript:alert(1)', null],
    ['data:text/html,x', null],
  ])('%s: %s', (link, kept) => {
    expect(checkedLink(link, 'https://vendor.example/feed.xml', ['vendor.example'])).toBe(kept)
  })
})

describe('what an item proves', () => {
  const rule: FeedRule = { id: 'f', url: 'https://vendor.example/feed', publisher: 'Vendor', domains: ['vendor.example'] }
  const { document } = revise(
    {
      vendorId: 'USN-1-1',
      title: 'USN-1-1: OpenSSL vulnerability (CVE-2024-1111)',
      link: 'https://vendor.example/1',
      text: 'See CVE-2024-2222. Severity: high',
      severity: 'high',
      categories: [],
      publishedAt: null,
      updatedAt: null,
    },
    undefined,
    NOW,
  )
  const raw = { fileName: 'usn-1-1.json', url: rule.url, bytes: bytes(JSON.stringify(document)) }

  test('is in our words', () => {
    expect(checkItem(raw, rule).bulletin).toMatchObject({
      source: 'f',
      vendorId: 'USN-1-1',
      severity: 'important',
      names: ['openssl'],
      fixed: [],
      vulnerabilities: [{ cve: 'CVE-2024-1111' }, { cve: 'CVE-2024-2222' }],
      url: 'https://vendor.example/1',
    })
  })

  test('alone it is UNCONFIRMED; confirmed CORROBORATED; never AUTHENTIC', () => {
    const { checks } = checkItem(raw, rule)
    const history = (['rollback', 'contradiction'] as const).map((name) => ({ name, outcome: 'not applicable' as const, evidence: '' }))
    const known = [...checks, ...history]
    expect([verdictOf(known), reasonOf(known)]).toEqual(['UNCONFIRMED', 'Looks official, nothing more (signature missing, hash missing)'])
    expect(verdictOf([...known, { name: 'corroboration', outcome: 'pass', evidence: '' }])).toBe('CORROBORATED')
  })

  test.each([
    ['fetched from elsewhere', { ...raw, url: 'https://evil.example/feed' }, 'namespace'],
    ['a link that leads elsewhere', { ...raw, bytes: bytes(JSON.stringify({ ...document, link: 'https://evil.example/' })) }, 'namespace'],
    ['a link without encryption', { ...raw, bytes: bytes(JSON.stringify({ ...document, link: 'http://vendor.example/' })) }, 'namespace'],
    ['under another name', { ...raw, fileName: 'usn-2-1.json' }, 'file-name'],
    ['no item at all', { ...raw, bytes: bytes('{}') }, 'schema'],
    ['no JSON', { ...raw, bytes: bytes('<x/>') }, 'schema'],
    ['no text', { ...raw, bytes: Uint8Array.of(0xff, 0xfe, 0xfd) }, 'schema'],
  ])('%s is held', (_, changed, name) => {
    const { checks } = checkItem(changed, rule)
    expect(checks.filter((one) => one.outcome === 'fail').map((one) => one.name)).toEqual([name])
  })
})

test('a file for the command line', async () => {
  const file = await parseFile(readFileSync(new URL('../fixtures/feed/ubuntu-usn.xml', import.meta.url)), 'ubuntu-usn.xml', NOW)
  expect(file.dropped).toEqual([])
  expect(file.bulletins).toMatchObject([
    {
      vendorId: 'USN-4505-1',
      names: ['openssl'],
      url: 'https://ubuntu.com/security/notices/USN-4505-1',
      updatedAt: '2020-09-16T13:58:04.000Z',
    },
    { vendorId: 'USN-4499-1', names: ['milkytracker'], vulnerabilities: [] },
  ])
  expect(file.bulletins[0]?.vulnerabilities.map((v) => v.cve)).toContain('CVE-2020-1968')
})

describe('JSON Feed', () => {
  const json = (own: object): Uint8Array =>
    new TextEncoder().encode(JSON.stringify({ version: 'https://jsonfeed.org/version/1.1', title: 'Notices', items: [], ...own }))
  const read = (own: object) => readFeed({ bytes: json(own), contentType: 'application/feed+json' })

  test('items with all their parts', async () => {
    const item = {
      id: 'https://vendor.example/USN-6000-1',
      url: 'https://vendor.example/USN-6000-1',
      title: 'USN-6000-1: OpenSSL <vulnerabilities>',
      content_html: '<p>One</p><p>Two &amp; three</p>',
      date_published: '2026-11-23T14:05:00Z',
      tags: ['openssl'],
    }
    expect(await read({ items: [item] })).toMatchObject({
      ok: true,
      listed: 1,
      items: [
        {
          vendorId: 'USN-6000-1',
          title: 'USN-6000-1: OpenSSL <vulnerabilities>',
          link: 'https://vendor.example/USN-6000-1',
          text: 'One\n\nTwo & three',
          publishedAt: '2026-11-23T14:05:00.000Z',
          categories: ['openssl'],
        },
      ],
    })
  })

  test.each<[string, object]>([
    ['a number for an id', { id: 7, title: 'x' }],
    ['text without a title', { content_text: 'a < b' }],
    ['a date that is none', { id: 'a', title: 'x', date_published: 'soon' }],
  ])('%s is read all the same', async (_, item) => {
    expect(await read({ items: [item] })).toMatchObject({ ok: true, items: [{}] })
  })

  test('an item that is none is dropped and said; the others stand', async () => {
    const reading = await read({ items: [7, { title: 'good' }, null] })
    expect(reading).toMatchObject({ ok: true, listed: 3, items: [{ title: 'good' }] })
    expect(reading.ok && reading.dropped.map(({ found }) => found)).toEqual([expect.stringMatching(/^\[/), expect.stringMatching(/^\[/)])
  })

  test.each<[string, object | string]>([
    ['another version', { version: 'https://jsonfeed.org/version/9' }],
    ['no items', { items: 'none' }],
    ['another JSON', { version: '', count: 3 }],
  ])('%s is no feed', async (_, own) => {
    expect(await readFeed({ bytes: json(own as object), contentType: '' })).toMatchObject({ ok: false })
  })
})

describe('as suites of others want it', () => {
  const one = async (item: string, root = '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom">') => {
    const reading = await readFeed({
      bytes: new TextEncoder().encode(`${root}<channel><item>${item}</item></channel></rss>`),
      contentType: '',
    })
    if (!reading.ok || !reading.items[0]) throw new Error('no item')
    return reading.items[0]
  }

  test('text alone makes an item', async () => {
    expect(await one('<description>Only a text</description>')).toMatchObject({ title: 'Only a text', text: 'Only a text' })
  })

  test('an Atom entry by itself is a list of one; an entry of anything else is no feed', async () => {
    const entry = (namespace: string) =>
      `<entry xmlns="${namespace}"><title>A</title><id>urn:a</id><updated>2026-01-02T03:04:05Z</updated><summary>S</summary></entry>`
    const reading = (namespace: string) => readFeed({ bytes: new TextEncoder().encode(entry(namespace)), contentType: '' })
    expect(await reading('http://www.w3.org/2005/Atom')).toMatchObject({
      ok: true,
      listed: 1,
      dropped: [],
      items: [{ title: 'A', text: 'S', updatedAt: '2026-01-02T03:04:05.000Z' }],
    })
    expect(await reading('urn:x')).toEqual({ ok: false, problem: 'Its root is <entry>, which is no feed.' })
  })

  test('parts of Atom in RSS count', async () => {
    const item = await one('<title>x</title><atom:published>2026-01-02T03:04:05Z</atom:published><atom:content>Body</atom:content>')
    expect(item).toMatchObject({ text: 'Body', publishedAt: '2026-01-02T03:04:05.000Z' })
  })

  test('relative links are relative to xml:base', async () => {
    const item = await one('<title>x</title><link>post/1</link>', '<rss version="2.0" xml:base="https://vendor.example/feeds/">')
    expect(item.link).toBe('https://vendor.example/feeds/post/1')
  })

  test('base64 is read', async () => {
    expect((await one('<title mode="base64">RW50cnkgVGl0bGU=</title>')).title).toBe('Entry Title')
  })

  test('what stands in two cells, or a term and its meaning, is two words', async () => {
    const table =
      '&lt;table>&lt;tr>&lt;th>Version:&lt;/th>&lt;td>5.7&lt;/td>&lt;/tr>&lt;/table>&lt;dl>&lt;dt>Depth&lt;/dt>&lt;dd>3 km&lt;/dd>&lt;/dl>'
    expect((await one(`<description>${table}</description>`)).text.replace(/\s+/g, ' ')).toBe('Version: 5.7 Depth 3 km')
  })

  test('what is decoded once is not decoded twice', async () => {
    expect((await one('<title>a &amp;amp;lt; b</title>')).title).toBe('a &lt; b')
  })

  test('a second reader that counts other items is told', async () => {
    const outside = '<rss version="2.0"><channel><item><title>a</title></item></channel><item><title>b</title></item></rss>'
    const reading = await readFeed({ bytes: new TextEncoder().encode(outside), contentType: '' })
    expect(reading).toMatchObject({
      ok: true,
      listed: 2,
      dropped: [{ reason: 'a second reader counts 1 items, not 2: please look at the feed' }],
    })
  })
})
