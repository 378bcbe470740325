import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createKevReader, createKevSource } from '../../adapters/sources/kev/index.ts'
import { catalogueNews } from '../../src/core/identify/exploited.ts'
import type { Batch } from '../../src/ports.ts'
import { httpsServer, LOOPBACK, type TestServer, testHttp } from '../support/https-server.ts'
import { recorded, recordedText } from '../support/recorded.ts'

const http = testHttp()
const reader = createKevReader()
let server: TestServer
beforeAll(async () => {
  server = await httpsServer()
})
afterAll(() => Promise.all([server.close(), http.close(), reader.close()]))

const DAY = 86_400_000
let now = 0
beforeEach(() => {
  now = Date.parse('2026-11-01T00:00:00Z')
})

const ids = (count: number): readonly string[] => Array.from({ length: count }, (_, i) => `CVE-2026-${10_000 + i}`)
/** A catalogue of CISA's shape that is made for a test, released now. */
const catalogue = (cves: readonly string[]): string =>
  JSON.stringify({
    catalogVersion: '2026.11.01',
    dateReleased: new Date(now).toISOString(),
    count: cves.length,
    vulnerabilities: cves.map((cveID) => ({
      cveID,
      vendorProject: 'Vendor',
      product: 'Product',
      vulnerabilityName: 'Something',
      dateAdded: '2026-01-01',
      dueDate: '2026-01-22',
      knownRansomwareCampaignUse: 'Unknown',
    })),
  })
const source = () =>
  createKevSource(
    {
      id: 'kev',
      name: 'KEV',
      kind: 'kev',
      url: server.at('/kev'),
      everyMinutes: 60,
      maxMegabytes: 10,
      allowNetworks: LOOPBACK,
      silentDays: null,
    },
    { http, reader, clock: { now: () => new Date(now) } },
  )
/** The next look, `days` later, at a catalogue of so many. */
const look = (before: Batch | null, count: number, days = 1): Promise<Batch> => {
  now += days * DAY
  server.pages.set('/kev', catalogue(ids(count)))
  return source().fetch(before?.cursor ?? null, new AbortController().signal)
}
const failure = (batch: Promise<Batch>): Promise<string> =>
  batch.then(
    () => 'taken',
    (error: Error) => error.message,
  )

describe('a catalogue that loses entries', () => {
  test('one that is retracted is taken, and is news', async () => {
    const first = await look(null, 100)
    const second = await look(first, 99)
    const known = ids(100).map((cve) => ({ cve, retracted: false }))
    expect(catalogueNews(second.exploited?.entries.map(({ cve }) => cve) ?? [], known).retracted).toEqual(['CVE-2026-10099'])
  })

  test('more than a tenth at once is taken for a broken catalogue', async () => {
    const first = await look(null, 100)
    expect(await failure(look(first, 89))).toBe(
      'The catalogue has 89 entries; the last one had 100. It is taken for incomplete. If it is right all the same: `npm run -s patchcrier -- source reset kev --reason TEXT`.',
    )
    expect(await failure(look(first, 90))).toBe('taken')
  })

  test('so is more than a tenth little by little: each loss is small, all of them together are not', async () => {
    let batch = await look(null, 100)
    for (const count of [97, 94, 91]) batch = await look(batch, count)
    expect(await failure(look(batch, 89))).toBe(
      'The catalogue has 89 entries; one of the last 30 days had 100. It is taken for incomplete. If it is right all the same: `npm run -s patchcrier -- source reset kev --reason TEXT`.',
    )
  })

  test('in between it may grow: the largest counts', async () => {
    let batch = await look(null, 100)
    for (const count of [92, 95, 91, 94]) batch = await look(batch, count)
    expect(await failure(look(batch, 89))).toContain('had 100')
  })

  test('no answer "not modified" in between makes it forget', async () => {
    let batch = await look(await look(null, 100), 92)
    server.pages.set('/kev', (_, response) => void response.writeHead(304).end())
    batch = await source().fetch(batch.cursor, new AbortController().signal)
    expect(await failure(look(batch, 85))).toContain('had 100')
  })

  test('what CISA takes out over years is taken: a larger one is forgotten after thirty days', async () => {
    let batch = await look(null, 100)
    for (let count = 99; count >= 80; count -= 1) batch = await look(batch, count, 4)
    expect(batch.exploited?.entries).toHaveLength(80)
  })

  test('a source that failed for a month still knows the last one', async () => {
    const first = await look(null, 100)
    expect(await failure(look(first, 50, 60))).toContain('the last one had 100')
  })

  test('a cursor from before this was remembered is good', async () => {
    const first = await look(null, 100)
    const { larger: _, ...old } = JSON.parse(first.cursor)
    expect(await failure(look({ ...first, cursor: JSON.stringify(old) }, 89))).toContain('the last one had 100')
  })
})

describe.skipIf(!recorded('01-kev/history'))("CISA's own history", () => {
  test('what it ever took out would have been taken', async () => {
    interface Version {
      readonly count: number
      readonly removed: readonly string[]
    }
    const versions: readonly Version[] = JSON.parse(recordedText('01-kev/history/deltas.json'))
    const losing = versions.filter(({ removed }, i) => removed.length > 0 || (versions[i + 1]?.removed.length ?? 0) > 0)
    let batch: Batch | null = null
    for (const { count } of losing) batch = await look(batch, count, 0)
    expect(batch?.exploited?.entries).toHaveLength(losing.at(-1)?.count ?? 0)
  })
})
