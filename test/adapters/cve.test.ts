import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { probabilitiesOf } from '../../adapters/sources/cve/epss.ts'
import { type CveReader, createCveReader, createCveSource } from '../../adapters/sources/cve/index.ts'
import { scoreOf } from '../../adapters/sources/cve/record.ts'
import { source as sourceSchema } from '../../src/core/policy/sources.ts'
import { httpsServer, LOOPBACK, type TestServer, testHttp } from '../support/https-server.ts'

const CISA = '134c704f-9b21-4f2e-91b3-4a467353bcc0'
const CVE = 'CVE-2026-1234'

const container = (orgId: string, options: readonly object[], timestamp = '2026-01-01T00:00:00Z'): object => ({
  providerMetadata: { orgId },
  metrics: [{ other: { type: 'kev', content: {} } }, { other: { type: 'ssvc', content: { options, timestamp } } }],
})
const record = (adp: readonly object[], cveId = CVE): object => ({
  cveMetadata: { cveId, state: 'PUBLISHED' },
  containers: { cna: {}, adp },
})
const OPTIONS = [{ Exploitation: 'poc' }, { Automatable: 'yes' }, { 'Technical Impact': 'Total' }]

describe('a CVE record', () => {
  test.each<[string, object, object | string]>([
    ['CISA says all', record([container(CISA, OPTIONS)]), { cve: CVE, automatable: 'yes', impact: 'total', exploitation: 'poc' }],
    ['CISA says a part', record([container(CISA, [{ Automatable: 'no' }])]), { cve: CVE, automatable: 'no' }],
    ['words that are none', record([container(CISA, [{ Automatable: 'perhaps' }])]), { cve: CVE }],
    ['somebody else says it', record([container('af854a3a-2127-422b-91ae-364da2661108', OPTIONS)]), { cve: CVE }],
    [
      'the latest counts',
      record([container(CISA, [{ Automatable: 'yes' }], '2026-02-02T00:00:00Z'), container(CISA, [{ Automatable: 'no' }])]),
      { cve: CVE, automatable: 'yes' },
    ],
    ['nobody has looked', record([]), { cve: CVE }],
    ['another record', record([container(CISA, OPTIONS)], 'CVE-2026-9999'), 'it is the record of another vulnerability'],
    ['another shape', { vulnerabilities: [] }, 'it is no CVE record of version 5'],
  ])('%s', (_, value, expected) => expect(scoreOf(value, CVE)).toEqual(expected))
})

test.each<[string, unknown, unknown]>([
  ['numbers as texts', { data: [{ cve: CVE, epss: '0.97', percentile: '0.9' }] }, new Map([[CVE, 0.97]])],
  ['what was not asked for', { data: [{ cve: 'CVE-2026-9999', epss: '0.97' }] }, new Map()],
  ['more than certain', { data: [{ cve: CVE, epss: '1.5' }] }, 'it is no answer of EPSS'],
])('EPSS: %s', (_, value, expected) => expect(probabilitiesOf(value, [CVE])).toEqual(expected))

describe('over https', () => {
  let server: TestServer
  let reader: CveReader
  const http = testHttp()
  beforeAll(async () => {
    server = await httpsServer()
    reader = createCveReader()
  })
  afterAll(async () => {
    await Promise.all([reader.close(), http.close(), server.close()])
  })
  const look = (...wanted: readonly string[]) => {
    const own = { id: 'cve', name: 'CVE', kind: 'cve', url: server.at('/api/cve/'), epss: server.at('/epss'), allowNetworks: LOOPBACK }
    const rule = sourceSchema.parse(own)
    if (rule.kind !== 'cve') throw new Error('another kind')
    return createCveSource(rule, { http, reader }).fetch(null, new AbortController().signal, wanted)
  }

  test('nothing wanted, nothing asked', async () => {
    expect(await look()).toMatchObject({ scores: [], dropped: [] })
    expect(server.asked).toEqual([])
  })

  test('records and probabilities together; a record that is not there yet says nothing; a broken one is told and asked for again', async () => {
    server.pages.set(`/api/cve/${CVE}`, JSON.stringify(record([container(CISA, OPTIONS)])))
    server.pages.set('/api/cve/CVE-2026-3333', '<html>down</html>')
    server.pages.set('/epss*', JSON.stringify({ data: [{ cve: CVE, epss: '0.5' }] }))
    const { scores, dropped, documents } = await look(CVE, 'CVE-2026-2222', 'CVE-2026-3333')
    expect(scores).toEqual([{ cve: CVE, automatable: 'yes', impact: 'total', exploitation: 'poc', epss: 0.5 }, { cve: 'CVE-2026-2222' }])
    expect(dropped.map(({ fileName }) => fileName)).toEqual(['CVE-2026-3333'])
    expect(documents).toEqual([])
  })

  test('where nothing can be read the source fails', async () => {
    server.pages.clear()
    server.pages.set('/api/cve/*', 'no')
    await expect(look(CVE)).rejects.toThrow(expect.objectContaining({ code: expect.stringMatching(/^(?:SOURCE_FAILED|HTTP_)/) }))
  })
})
