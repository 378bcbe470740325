import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { nextPage } from '../../adapters/sources/msrc/guide/pages.ts'
import { createGuideSource, createMsrcReader, createMsrcSource, type MsrcReader } from '../../adapters/sources/msrc/index.ts'
import { operatorOf } from '../../src/core/identify/corroborate.ts'
import { storyOf } from '../../src/core/identify/story.ts'
import { verdictOf } from '../../src/core/identify/verification.ts'
import { source as sourceSchema } from '../../src/core/policy/sources.ts'
import type { Batch, RawDocument } from '../../src/ports.ts'
import { GUIDE, type Guide, guideOf, type Row, serveGuide } from '../support/guide.ts'
import { httpsServer, LOOPBACK, type TestServer, testHttp } from '../support/https-server.ts'
import { month, monthJson, weakness } from '../support/msrc.ts'
import { recorded, recordedText } from '../support/recorded.ts'

let server: TestServer
let reader: MsrcReader
const http = testHttp()
beforeAll(async () => {
  server = await httpsServer()
  reader = createMsrcReader()
})
afterAll(() => Promise.all([reader.close(), http.close(), server.close()]))
beforeEach(() => {
  server.pages.clear()
  server.asked.length = 0
})

const NOW = '2026-09-25T12:00:00Z'
const guideRule = (own: object = {}) => {
  const parsed = sourceSchema.parse({
    id: 'guide',
    name: 'Guide',
    kind: 'msrc-guide',
    url: server.at(GUIDE),
    allowNetworks: LOOPBACK,
    ...own,
  })
  if (parsed.kind !== 'msrc-guide') throw new Error('another kind')
  return parsed
}
const clock = { now: () => new Date(NOW) }
const source = (own: object = {}) => createGuideSource(guideRule(own), { http, reader, clock })
const look = (cursor: string | null, own: object = {}): Promise<Batch> => source(own).fetch(cursor, new AbortController().signal)
const names = ({ documents }: Batch): readonly string[] => documents.map(({ fileName }) => fileName)
const texts = (documents: readonly RawDocument[]): readonly unknown[] =>
  documents.map(({ bytes }) => JSON.parse(new TextDecoder().decode(bytes)))

const PARTS = ['msrc-2026-sep-azure-linux.json', 'msrc-2026-sep-microsoft-office.json', 'msrc-2026-sep-windows.json']
const AUGUST = month({
  id: '2026-Aug',
  published: '2026-08-11T07:00:00',
  weaknesses: [weakness('CVE-2026-0801', ['1'], { revised: '2026-08-20T07:00:00' })],
})

describe('a release of the guide', () => {
  test('is made into the very parts that its month is made into', async () => {
    const own = month({ weaknesses: [...month().weaknesses, weakness('CVE-2026-1007', ['6'], { action: 'No', fixes: [] })] })
    serveGuide(server, guideOf(own))
    server.pages.set('/cvrf/v3.0/updates', JSON.stringify({ value: [{ ID: '2026-Sep', CurrentReleaseDate: month().updated }] }))
    server.pages.set('/cvrf/v3.0/cvrf/2026-Sep', monthJson(own))
    const rule = sourceSchema.parse({ id: 'months', name: 'M', kind: 'msrc', url: server.at('/cvrf/v3.0/'), allowNetworks: LOOPBACK })
    if (rule.kind !== 'msrc') throw new Error('another kind')
    const months = await createMsrcSource(rule, { http, reader, clock }).fetch(null, new AbortController().signal)
    const guide = await look(null)
    expect(guide.dropped).toEqual([])
    const byId = (documents: readonly RawDocument[]) => Object.fromEntries(documents.map((one, i) => [one.fileName, texts(documents)[i]]))
    expect(Object.keys(byId(guide.documents)).sort()).toEqual([
      'msrc-2026-sep-azure-linux.json',
      'msrc-2026-sep-browser.json',
      ...PARTS.slice(1),
    ])
    expect(byId(guide.documents)).toEqual(byId(months.documents))
  })

  test('is UNCONFIRMED, one story with its month, and no independent word for it: both are of Microsoft, wherever they are fetched', async () => {
    serveGuide(server, guideOf(month()))
    const [raw] = (await look(null)).documents
    if (!raw) throw new Error('no document')
    const { bulletin, checks } = await source().check(raw, new Date())
    expect(checks.filter(({ outcome }) => outcome === 'fail')).toEqual([])
    expect(verdictOf(checks)).toBe('UNCONFIRMED')
    if (!bulletin) throw new Error('not read')
    expect(storyOf(bulletin)).toBe(storyOf({ ...bulletin, source: 'months' }))
    const mirrored = sourceSchema.parse({ id: 'm', name: 'M', kind: 'msrc', url: 'https://mirror.example.org/' })
    expect([operatorOf(guideRule(), bulletin), operatorOf(mirrored, bulletin)]).toEqual(['microsoft.com', 'microsoft.com'])
  })

  test('the policy needs nothing but the kind', () => {
    expect(sourceSchema.parse({ id: 'g', name: 'Guide', kind: 'msrc-guide' })).toMatchObject({
      url: 'https://api.msrc.microsoft.com/sug/v2.0/sugodata/v2.0/en-US/',
      families: [],
    })
  })

  test('only the families that are wanted', async () => {
    serveGuide(server, guideOf(month()))
    expect(names(await look(null, { families: ['Windows'] }))).toEqual(['msrc-2026-sep-windows.json'])
  })
})

describe('what changed', () => {
  test('nothing: the next look asks for the changes alone, brings nothing and writes nothing', async () => {
    serveGuide(server, guideOf(month(), AUGUST))
    const first = await look(null)
    expect(names(first)).toHaveLength(4)
    server.asked.length = 0
    const second = await look(first.cursor)
    expect([second.documents, second.dropped, second.cursor]).toEqual([[], [], first.cursor])
    expect(server.asked.filter((path) => path.includes('releaseNumber'))).toEqual([])
  })

  test('pages that come in another order are no change', async () => {
    const { vulnerability, affectedProduct } = guideOf(month())
    serveGuide(server, { vulnerability, affectedProduct }, 3)
    const first = await look(null)
    const touched = vulnerability.map((row) => ({ ...row, latestRevisionDate: '2026-09-24T07:00:00Z' })).slice(2)
    serveGuide(
      server,
      { vulnerability: [...touched, ...vulnerability.slice(0, 2)].reverse(), affectedProduct: affectedProduct.toReversed() },
      4,
    )
    expect(names(await look(first.cursor))).toEqual(['msrc-2026-sep-azure-linux.json'])
  })

  test('between two months: a vulnerability that is exploited now is a revision of the families that it is in', async () => {
    serveGuide(server, guideOf(month()))
    const first = await look(null)
    const [head, ...rest] = month().weaknesses
    if (!head) throw new Error('no weakness')
    const exploited = { ...head, exploit: 'Publicly Disclosed:Yes;Exploited:Yes', revised: '2026-09-23T07:00:00' }
    serveGuide(server, guideOf(month({ weaknesses: [exploited, ...rest] })))
    const second = await look(first.cursor)
    expect(names(second)).toEqual(['msrc-2026-sep-windows.json'])
    const [raw] = second.documents
    const bulletin = raw && (await source().check(raw, new Date())).bulletin
    expect(bulletin?.revision).toBe('20260923.70000.0')
    expect(bulletin?.vulnerabilities.find(({ cve }) => cve === head.cve)?.knownExploited).toBe('yes')
  })

  test('a date that is far away hides no later change of its release', async () => {
    const spoilt = weakness('CVE-2026-1090', ['6'], { revised: '2099-01-01T00:00:00' })
    serveGuide(server, guideOf(month({ weaknesses: [...month().weaknesses, spoilt] })))
    const first = await look(null)
    const more = weakness('CVE-2026-1091', ['4'], { revised: '2026-09-24T07:00:00' })
    serveGuide(server, guideOf(month({ weaknesses: [...month().weaknesses, spoilt, more] })))
    expect(names(await look(first.cursor))).toEqual(['msrc-2026-sep-microsoft-office.json'])
  })

  test('an old release that gets a revision comes whole', async () => {
    serveGuide(server, guideOf(month()))
    const first = await look(null)
    const old = month({
      id: '2024-Nov',
      published: '2024-11-12T07:00:00',
      weaknesses: [weakness('CVE-2024-9001', ['1'], { revised: '2026-09-22T07:00:00' })],
    })
    serveGuide(server, guideOf(month(), old))
    expect(names(await look(first.cursor))).toEqual(['msrc-2024-nov-windows.json'])
  })
})

describe('what breaks', () => {
  const broken = (guide: Guide): Guide => ({
    vulnerability: [{ cveNumber: 7 }, ...guide.vulnerability].map(
      (row): Row => ({ releaseNumber: '2026-Sep', latestRevisionDate: '2026-09-09T07:00:00Z', ...row }),
    ),
    affectedProduct: [...guide.affectedProduct, { releaseNumber: '2026-Sep', cveNumber: 'CVE-2026-1001', product: null }],
  })

  test('an entry that cannot be read is dropped and counted; the others come', async () => {
    serveGuide(server, broken(guideOf(month())))
    const batch = await look(null)
    expect(names(batch).toSorted()).toEqual(PARTS)
    expect(batch.dropped.map(({ fileName, reason }) => `${fileName}: ${reason.split(':')[0]}`)).toEqual([
      'vulnerability: vulnerability 1',
      '2026-Sep: vulnerability 1',
      '2026-Sep: product 8',
    ])
    const kept = JSON.parse(Buffer.from(batch.dropped[2]?.bytes ?? []).toString())
    expect(kept).toEqual({ releaseNumber: '2026-Sep', cveNumber: 'CVE-2026-1001', product: null })
  })

  test('names without an end are cut, and spoil no part', async () => {
    const { vulnerability, affectedProduct } = guideOf(month())
    const long = { product: 'Windows '.repeat(60), productFamily: 'W'.repeat(400), productId: 'x' }
    serveGuide(server, { vulnerability, affectedProduct: [...affectedProduct, { ...affectedProduct[0], ...long }] })
    const { documents } = await look(null)
    const read = await Promise.all(documents.map((raw) => source().check(raw, new Date())))
    expect(read.map(({ bulletin }) => bulletin?.vendorId.replace(/w{40}/, 'w...')).toSorted()).toEqual([
      'MSRC-2026-Sep-azure-linux',
      'MSRC-2026-Sep-microsoft-office',
      'MSRC-2026-Sep-w...',
      'MSRC-2026-Sep-windows',
    ])
  })

  test('of many such entries the first are told, and the others counted', async () => {
    const bad = Array.from({ length: 30 }, (): Row => ({ releaseNumber: '2026-Sep' }))
    const { vulnerability, affectedProduct } = guideOf(month())
    serveGuide(server, { vulnerability, affectedProduct: [...affectedProduct, ...bad] }, 50)
    const { dropped } = await look(null)
    expect(dropped).toHaveLength(21)
    expect(dropped.at(-1)?.reason).toBe('product: 10 more that cannot be read')
  })

  /** It would be reached, and trusted by its certificate. */
  const elsewhere = ({ port }: URL): string => `https://other.example:${port}/elsewhere/affectedProduct?$skip=2`
  test.each<[string, (page: Row, asked: URL) => unknown, string]>([
    ['a next page on another host', (page, asked) => ({ ...page, '@odata.nextLink': elsewhere(asked) }), 'other.example'],
    [
      'a next page of another list',
      (page, asked) => ({ ...page, '@odata.nextLink': new URL('acknowledgement?$skip=2', asked).href }),
      'acknowledgement',
    ],
    ['a circle', (page, asked) => ({ ...page, '@odata.nextLink': asked.href }), 'in a circle'],
    ['pages without an end', (page, asked) => ({ ...page, value: [], '@odata.nextLink': `${asked.href}&again` }), 'more than 200 pages'],
    ['fewer entries than it says', (page) => ({ ...page, '@odata.count': 500 }), 'only 7 of them came'],
    [
      'fewer entries than its first page alone says',
      (page, asked) => ({ ...page, '@odata.count': asked.href.includes('skip') ? undefined : 8 }),
      'only 7 of them came',
    ],
    ['a web page', () => '<!doctype html><p>maintenance', 'a web page'],
    ['half a page', (page) => JSON.stringify(page).slice(0, -20), 'cut off'],
    ['no rows', (page) => ({ '@odata.context': page['@odata.context'], value: [] }), 'no affected product'],
  ])('%s: the release is said and asked for again, the other one comes', async (_, spoil, words) => {
    const bad = (page: Row, asked: URL): unknown =>
      asked.pathname.endsWith('affectedProduct') && asked.href.includes('Sep') ? spoil(page, asked) : page
    serveGuide(server, guideOf(month(), AUGUST), 2, bad)
    const batch = await look(null)
    expect(names(batch)).toEqual(['msrc-2026-aug-windows.json'])
    expect(batch.dropped).toEqual([{ fileName: '2026-Sep', reason: expect.stringContaining(words) }])
    expect(server.asked.filter((path) => !path.startsWith(GUIDE))).toEqual([])
    serveGuide(server, guideOf(month(), AUGUST))
    expect(names(await look(batch.cursor)).toSorted()).toEqual(PARTS)
  })

  test('all pages together are no larger than the policy allows', async () => {
    serveGuide(server, guideOf(month()), 1)
    await expect(look(null, { maxMegabytes: 0.001 })).rejects.toThrow(
      expect.objectContaining({ code: expect.stringMatching(/SOURCE_FAILED|HTTP_TOO_LARGE/) }),
    )
  })

  test.each<[string, (page: Row) => unknown]>([
    ['a web page', () => '<!doctype html><p>hello'],
    ['an empty list', (page) => ({ ...page, value: [], '@odata.count': 0, '@odata.nextLink': undefined })],
    ['another shape', () => '{"error": "no"}'],
    ['rows of another shape', () => ({ value: [{ a: 1 }, { b: 2 }] })],
  ])('%s instead of the list of changes is a failing source', async (_, spoil) => {
    serveGuide(server, guideOf(month()), 2, spoil)
    await expect(look(null)).rejects.toThrow(expect.objectContaining({ code: 'SOURCE_FAILED' }))
  })

  test('a release that leads to another host is refused', async () => {
    serveGuide(server, guideOf(month(), AUGUST))
    server.pages.set(
      `${GUIDE}affectedProduct?*`,
      (_, response) => void response.writeHead(302, { location: `https://other.example:${server.port}${GUIDE}x` }).end(),
    )
    server.pages.set(`${GUIDE}x`, JSON.stringify({ value: [] }))
    expect((await look(null)).dropped.map(({ reason }) => reason)).toEqual(Array(2).fill(expect.stringContaining('led to another host')))
  })
})

describe('the next page', () => {
  const ASKED = new URL('https://api.example/a/vulnerability?$filter=x')
  test.each(['https://api.example/b/vulnerability?$skip=500', 'vulnerability?$skip=500', '?$skip=500'])('%s is asked for', (link) => {
    expect(nextPage(ASKED, link).host).toBe('api.example')
  })
  test.each([
    'http://api.example/a/vulnerability?$skip=500',
    'https://api.example:8443/a/vulnerability',
    'https://api.example.evil.example/a/vulnerability',
    'https://evil@api.example/a/vulnerability',
    '//evil.example/a/vulnerability',
    'https://api.example/a/vulnerability/../other',
    'file:///etc/passwd',
    'https://',
  ])('%s is not', (link) => {
    expect(() => nextPage(ASKED, link)).toThrow(expect.objectContaining({ code: 'SOURCE_FAILED' }))
  })
})

/** Answers of Microsoft's own, as they were recorded: their content may not be part of this project. */
describe.skipIf(!recorded('03-msrc/sug-api-v2'))('recorded answers', () => {
  const FOLDER: Readonly<Record<string, string>> = { vulnerability: 'vulnerability', affectedProduct: 'product' }

  /** The recording has two pages of each list, and knows no filters. */
  const serveRecorded = (): void => {
    for (const [list, folder] of Object.entries(FOLDER)) {
      const page = (skip: number): string =>
        recordedText(`03-msrc/sug-api-v2/${folder}/testdata/fixtures/happy/${skip}.json`).replaceAll(
          'https://api.msrc.microsoft.com',
          server.at(''),
        )
      server.pages.set(`${GUIDE}${list}?$skip=2`, page(2))
      server.pages.set(`${GUIDE}${list}?*`, page(0))
    }
  }

  test('both pages of each list are read, nothing is dropped, and what belongs together is one part', async () => {
    serveRecorded()
    const batch = await look(null)
    expect(batch.dropped).toEqual([{ fileName: '2024-Nov', reason: expect.stringContaining('no affected product') }])
    const bulletins = await Promise.all(batch.documents.map(async (raw) => (await source().check(raw, new Date())).bulletin))
    expect(bulletins.map((b) => [b?.vendorId, b?.severity, b?.vulnerabilities.map(({ cve, cvss }) => `${cve} ${cvss?.score}`)])).toEqual([
      ['MSRC-2025-Mar-azure', 'critical', ['CVE-2025-21384 8.3', 'CVE-2025-26683 8.1']],
      ['MSRC-2025-Mar-windows', 'important', ['CVE-2025-24066 7.8']],
    ])
    const windows = bulletins.find((b) => b?.vendorId.endsWith('windows'))
    expect(windows?.restart).toBe('reboot')
    expect(windows?.sections.patchInformation.deployment).toContain(
      'Windows Server 2016: KB5053594, fixed build 10.0.14393.7876, replaces 5052006, Security Update',
    )
  })
})
