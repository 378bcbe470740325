import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createMsrcReader, createMsrcSource, type MsrcReader, parseFile } from '../../adapters/sources/msrc/index.ts'
import { linuxPackage, namesOf } from '../../adapters/sources/msrc/names.ts'
import { instantOf, releaseOf } from '../../adapters/sources/msrc/parts.ts'
import type { Bulletin } from '../../src/core/identify/bulletin.ts'
import { verdictOf } from '../../src/core/identify/verification.ts'
import { source as sourceSchema } from '../../src/core/policy/sources.ts'
import type { Batch } from '../../src/ports.ts'
import { httpsServer, LOOPBACK, type TestServer, testHttp } from '../support/https-server.ts'
import { month, monthJson, monthXml, type TestMonth, weakness } from '../support/msrc.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const parts = (one: TestMonth = month()): readonly Bulletin[] => parseFile(bytes(monthJson(one)), 'month').bulletins
const part = (family: string, one?: TestMonth): Bulletin => {
  const found = parts(one).find(({ title }) => title.endsWith(`: ${family}`))
  if (!found) throw new Error(`no part ${family}`)
  return found
}

describe('a month', () => {
  test('is one bulletin per product family that has news; its own Linux is one, wherever Microsoft lists it', () => {
    expect(parts().map(({ vendorId, severity }) => `${vendorId} ${severity}`)).toEqual([
      'MSRC-2026-Sep-windows critical',
      'MSRC-2026-Sep-microsoft-office important',
      'MSRC-2026-Sep-azure-linux moderate',
    ])
    expect(new Set(parts().map(({ release }) => release))).toEqual(new Set(['Microsoft, September 2026']))
  })

  test('JSON and XML say the same', () => {
    const own = month({ weaknesses: [...month().weaknesses, weakness('CVE-2026-1007', ['6'], { action: 'No', fixes: [] })] })
    expect(parseFile(bytes(monthXml(own)), 'month')).toEqual(parseFile(bytes(monthJson(own)), 'month'))
  })

  test('Windows: names for a person, no versions; KB numbers, builds and what they replace in the sections', () => {
    const windows = part('Windows')
    expect(windows.fixed).toEqual([])
    expect(windows.names).toEqual([
      'windows 11 version 23h2',
      'microsoft windows 11 version 23h2',
      'windows server 2022',
      'microsoft windows server 2022',
    ])
    expect(windows.sections.patchInformation.deployment).toContain(
      'Windows Server 2022: KB5075906, fixed build 10.0.20348.4773, replaces 5073457, Security Update',
    )
    expect(windows).toMatchObject({ restart: 'reboot', updatedAt: '2026-09-08T07:00:00.000Z', revision: '20260908.70000.0' })
  })

  test('known exploited by what Microsoft says of it; a no is not kept: it was true on one day', () => {
    const said = Object.fromEntries(part('Windows').vulnerabilities.map((v) => [v.cve, v.knownExploited]))
    expect(said).toEqual({ 'CVE-2026-1001': 'unknown', 'CVE-2026-1002': 'yes' })
  })

  test('an update without a KB number is what stands there; a workaround is text', () => {
    const office = part('Microsoft Office')
    expect(office.sections.patchInformation.deployment).toContain('Microsoft Word 2016 (64-bit edition): Click to Run')
    expect(office.sections.workarounds).toBe('CVE-2026-1002: Turn the preview off.')
    expect(office.restart).toBe('none stated')
  })

  test('what Microsoft has fixed itself is told, and nobody is looked for who has nothing to do', () => {
    const browser = part('Browser', month({ weaknesses: [weakness('CVE-2026-1007', ['6'], { action: 'No', fixes: [] })] }))
    expect(browser.names).toEqual([])
    expect(browser.sections.summary.affectedSoftware).toBe('Microsoft Edge (Chromium-based)')
    expect(browser.sections.patchInformation.deployment).toBe(
      'Microsoft Edge (Chromium-based): nothing to do for CVE-2026-1007, Microsoft has fixed it itself',
    )
  })

  test.each(['Yes', '', 'Not yet', 'unknown'])('"%s" is not "no": a fix is missed', (action) => {
    const browser = part('Browser', month({ weaknesses: [weakness('CVE-2026-1007', ['6'], { action, fixes: [] })] }))
    expect(browser.names).not.toEqual([])
    expect(browser.sections.patchInformation.deployment).toContain('no fix named for CVE-2026-1007')
  })

  test('packages of its Linux have versions: fixed ones, and those without a fix', () => {
    const linux = part('Azure Linux')
    expect(linux.fixed).toEqual([
      {
        stream: 'Azure Linux 3.0',
        name: 'zlib',
        scheme: 'rpm',
        arch: '*',
        evr: { epoch: 0, version: '1.3.2', release: '1' },
        cves: ['CVE-2026-1003'],
      },
    ])
    expect(linux.unfixed.map(({ name, stream }) => `${stream} ${name}`)).toEqual(['Azure Linux 3.0 vim'])
    expect(linux.names).toEqual([])
  })

  test('one vulnerability that cannot be read is dropped and said; the others stand', () => {
    const json = JSON.parse(monthJson(month()))
    json.Vulnerability[0].CVE = 7
    const read = parseFile(bytes(JSON.stringify(json)), 'month')
    expect(read.dropped).toHaveLength(1)
    expect(read.bulletins).toHaveLength(3)
  })

  test.each([
    ['a web page', '<!doctype html><html></html>', /well-formed/],
    ['another XML', '<rss></rss>', /root is <rss>/],
    ['entities', '<!DOCTYPE x [<!ENTITY a "b">]><cvrf:cvrfdoc xmlns:cvrf="u"/>', /document type/],
    ['broken XML', '<cvrf:cvrfdoc xmlns:cvrf="u"><a></cvrf:cvrfdoc>', /no well-formed XML/],
    ['deep XML', `<cvrfdoc>${'<a>'.repeat(5_000)}`, /nested/],
    ['cut off JSON', monthJson(month()).slice(0, 900), /cut off/],
    ['another JSON', '{"value": []}', /no CVRF month/],
    ['a foreign id', monthJson(month({ id: '2026-13' })), /id of a month/],
    ['no date at all', monthJson(month({ published: '0001-01-01T00:00:00', updated: '' })), /no release date/],
  ])('%s is no month, and says so', (_, text, words) => {
    const { bulletins, dropped } = parseFile(bytes(text), 'month')
    expect(bulletins).toEqual([])
    expect(dropped[0]?.reason).toMatch(words)
  })
})

describe('words and dates', () => {
  test.each([
    ['2026-Sep', 'September 2026'],
    ['2017-May-B', 'May 2017 B'],
    ['Oct-OOB', 'October 2026 OOB'],
  ])('%s is %s', (id, words) => expect(releaseOf(id, '2026-10-01T00:00:00.000Z')).toBe(words))

  test.each([
    ['2026-09-08T07:00:00', '2026-09-08T07:00:00.000Z'],
    ['2026-09-08T07:00:00Z', '2026-09-08T07:00:00.000Z'],
    ['0001-01-01T00:00:00', null],
    ['', null],
    ['soon', null],
  ])('date %s', (text, instant) => expect(instantOf(text)).toBe(instant))

  test.each([
    ['azl3 kernel 6.6.121.1-1 on Azure Linux 3.0', { name: 'kernel', stream: 'Azure Linux 3.0' }],
    ['cbl2 vim 9.1.0-1 on CBL Mariner 2.0', { name: 'vim', stream: 'CBL Mariner 2.0' }],
    ['Windows Server 2022', null],
  ])('%s', (product, found) => expect(linuxPackage(product)).toEqual(found))

  test('a name is without machine and edition, once', () => {
    expect(namesOf(['Windows 10 for 32-bit Systems', 'Windows 10 for x64-based Systems'])).toEqual(['windows 10', 'microsoft windows 10'])
  })
})

describe('over https', () => {
  let server: TestServer
  let reader: MsrcReader
  const http = testHttp()
  beforeAll(async () => {
    server = await httpsServer()
    reader = createMsrcReader()
  })
  afterAll(async () => {
    await Promise.all([reader.close(), http.close(), server.close()])
  })

  const serve = (...months: readonly TestMonth[]): void => {
    const list = months.map(({ id, published, updated }) => ({ ID: id, InitialReleaseDate: published, CurrentReleaseDate: updated }))
    server.pages.set('/cvrf/v3.0/updates', JSON.stringify({ value: list }))
    for (const one of months) server.pages.set(`/cvrf/v3.0/cvrf/${one.id}`, monthJson(one))
  }
  const rule = () => {
    const parsed = sourceSchema.parse({
      id: 'msrc',
      name: 'Microsoft',
      kind: 'msrc',
      url: server.at('/cvrf/v3.0/'),
      allowNetworks: LOOPBACK,
    })
    if (parsed.kind !== 'msrc') throw new Error('not msrc')
    return parsed
  }
  const source = () => createMsrcSource(rule(), { http, reader, clock: { now: () => new Date('2026-11-25T12:00:00Z') } })
  const look = (cursor: string | null): Promise<Batch> => source().fetch(cursor, new AbortController().signal)
  const names = ({ documents }: Batch): readonly string[] => documents.map(({ fileName }) => fileName)

  test('the policy needs nothing but the kind', () => {
    expect(sourceSchema.parse({ id: 'ms', name: 'Microsoft', kind: 'msrc' })).toMatchObject({
      url: 'https://api.msrc.microsoft.com/cvrf/v3.0/',
      families: [],
    })
  })

  test('a new month: its parts, UNCONFIRMED until somebody independent confirms; the next look brings nothing', async () => {
    serve(month())
    const batch = await look(null)
    expect(names(batch)).toEqual(['msrc-2026-sep-windows.json', 'msrc-2026-sep-microsoft-office.json', 'msrc-2026-sep-azure-linux.json'])
    for (const raw of batch.documents) {
      const checked = await source().check(raw, new Date())
      expect(checked.checks.filter(({ outcome }) => outcome === 'fail')).toEqual([])
      expect(verdictOf(checked.checks)).toBe('UNCONFIRMED')
    }
    const again = await look(batch.cursor)
    expect(names(again)).toEqual([])
    expect(again.cursor).toBe(batch.cursor)
  })

  test('what changes in one family is a revision of that family alone', async () => {
    serve(month())
    const first = await look(null)
    const more = weakness('CVE-2026-1009', ['4'], { revised: '2026-09-15T07:00:00' })
    serve(month({ updated: '2026-09-15T07:00:00', weaknesses: [...month().weaknesses, more] }))
    const second = await look(first.cursor)
    expect(names(second)).toEqual(['msrc-2026-sep-microsoft-office.json'])
  })

  test('a change without a new date is a revision all the same, and no contradiction', async () => {
    serve(month())
    const first = await look(null)
    const [head, ...rest] = month().weaknesses
    if (!head) throw new Error('no weakness')
    serve(month({ updated: '2026-09-30T07:00:00', weaknesses: [{ ...head, severity: 'Important' }, ...rest] }))
    const [document] = (await look(first.cursor)).documents
    if (!document) throw new Error('no document')
    expect((await source().check(document, new Date())).bulletin?.revision).toBe('20260908.70000.1')
  })

  test('what came of a month that cannot be read is kept', async () => {
    serve(month({ id: '2026-Aug', published: '2026-08-11T07:00:00', updated: '2026-08-11T07:00:00' }), month())
    server.pages.set('/cvrf/v3.0/cvrf/2026-Aug', '{"DocumentTitle": ')
    const [{ fileName, bytes: came = Buffer.from('') } = { fileName: '' }] = (await look(null)).dropped
    expect([fileName, Buffer.from(came).toString()]).toEqual(['2026-Aug', '{"DocumentTitle": '])
  })

  test('a month that breaks is said and asked for again; the others come', async () => {
    serve(month({ id: '2026-Aug', published: '2026-08-11T07:00:00', updated: '2026-08-11T07:00:00' }), month())
    server.pages.set('/cvrf/v3.0/cvrf/2026-Aug', '<html>down for maintenance</html>')
    const batch = await look(null)
    expect(names(batch)).toHaveLength(3)
    expect(batch.dropped[0]).toMatchObject({ fileName: '2026-Aug' })
    serve(month({ id: '2026-Aug', published: '2026-08-11T07:00:00', updated: '2026-08-11T07:00:00' }), month())
    expect(names(await look(batch.cursor))).toEqual(expect.arrayContaining(['msrc-2026-aug-windows.json']))
  })

  test.each([
    ['a web page', '<!doctype html><p>hello'],
    ['an empty list', '{"value": []}'],
    ['another shape', '{"error": "no"}'],
  ])('%s instead of the list of months is a failing source', async (_, page) => {
    server.pages.set('/cvrf/v3.0/updates', page)
    await expect(look(null)).rejects.toThrow(expect.objectContaining({ code: 'SOURCE_FAILED' }))
  })

  test('a document from elsewhere, or one that was changed, is held', async () => {
    serve(month())
    const [raw] = (await look(null)).documents
    if (!raw) throw new Error('no document')
    const elsewhere = await source().check({ ...raw, url: 'https://elsewhere.example/x' }, new Date())
    expect(verdictOf(elsewhere.checks)).toBe('QUARANTINED')
    const renamed = await source().check({ ...raw, fileName: 'msrc-2026-oct-windows.json' }, new Date())
    expect(verdictOf(renamed.checks)).toBe('QUARANTINED')
    const broken = await source().check({ ...raw, bytes: bytes('{}') }, new Date())
    expect(broken.bulletin).toBeNull()
  })
})
