import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, test } from 'vitest'
import { type CheckedDocument, createChecker, fileNameOf } from '../../adapters/sources/csaf/check.ts'
import { createReader } from '../../adapters/sources/csaf/reader.ts'
import type { CheckName } from '../../src/core/identify/verification.ts'
import { newSigner, published, SAMPLE_NOW, sampleKey, sampleRaw, sampleRule } from '../support/csaf.ts'

const checker = createChecker()
afterAll(() => checker.close())

const OPENSSL = 'arrivals/01-openssl/rhsa-2023_3408.json'
const genuine = sampleRaw(OPENSSL)
const text = Buffer.from(genuine.bytes).toString('utf8')

const outcomesOf = (checked: CheckedDocument): Record<string, string> =>
  Object.fromEntries(checked.checks.map((check) => [check.name, check.outcome]))
const evidenceOf = (checked: CheckedDocument, name: CheckName): string =>
  checked.checks.find((check) => check.name === name)?.evidence ?? ''

describe('a genuine document', () => {
  test('passes every check, in the order hash, signature, then what is inside', async () => {
    const checked = await checker.checkDocument(genuine, sampleRule, sampleKey, SAMPLE_NOW)
    expect(checked.checks.map((check) => [check.name, check.outcome])).toEqual([
      ['hash', 'pass'],
      ['signature', 'pass'],
      ['schema', 'pass'],
      ['file-name', 'pass'],
      ['namespace', 'pass'],
    ])
    expect(checked).toMatchObject({
      bulletin: { vendorId: 'RHSA-2023:3408' },
      signedBy: "Patchcrier sample key, not the vendor's",
      dropped: [],
    })
    expect(evidenceOf(checked, 'namespace')).toContain('A folder has no domain of its own')
  })

  test('without a signature: unavailable, still read, signed by nobody', async () => {
    const { signature: _, ...unsigned } = genuine
    const checked = await checker.checkDocument(unsigned, sampleRule, sampleKey, SAMPLE_NOW)
    expect(outcomesOf(checked)).toMatchObject({ signature: 'unavailable', schema: 'pass' })
    expect(checked.bulletin).not.toBeNull()
    expect(checked).not.toHaveProperty('signedBy')
  })

  test('under another name', async () => {
    const checked = await checker.checkDocument({ ...genuine, fileName: 'RHSA-2023_3408.json' }, sampleRule, sampleKey, SAMPLE_NOW)
    expect(outcomesOf(checked)).toMatchObject({ 'file-name': 'fail', schema: 'pass' })
  })

  test.each([
    ['of a publisher that the key may not speak for', ['www.cisa.gov'], 'fail'],
    ['of a parent domain only', ['redhat.com'], 'fail'],
    ['in upper case in the policy', ['WWW.REDHAT.COM'], 'pass'],
  ])('%s: %s %s', async (_, namespaces, outcome) => {
    const checked = await checker.checkDocument(genuine, { ...sampleRule, namespaces }, sampleKey, SAMPLE_NOW)
    expect(outcomesOf(checked)).toMatchObject({ namespace: outcome })
  })
})

describe('a failed hash or signature ends it: nothing of the document is read', () => {
  const { signature: _, ...unsigned } = genuine
  const other = sampleRaw('arrivals/04-webmethods/va-24-254-01.json')
  test.each([
    { what: 'bytes changed', raw: { ...genuine, bytes: Buffer.from(text.replaceAll('Moderate', 'Low')) }, hash: 'fail', signature: 'fail' },
    { what: 'bytes changed, no signature', raw: { ...unsigned, bytes: Buffer.from(`${text} `) }, hash: 'fail', signature: 'unavailable' },
    { what: 'another signature', raw: { ...unsigned, signature: other.signature ?? '' }, hash: 'pass', signature: 'fail' },
  ])('$what', async ({ raw, hash, signature }) => {
    const checked = await checker.checkDocument(raw, sampleRule, sampleKey, SAMPLE_NOW)
    expect(outcomesOf(checked)).toEqual({ hash, signature, schema: 'unavailable', 'file-name': 'unavailable', namespace: 'unavailable' })
    expect(checked.bulletin).toBeNull()
  })
})

const nested = (depth: number): string => {
  const branch = '{"category":"vendor","name":"x","branches":['
  return text.replace('"product_tree": {', `"product_tree": {"x_deep": ${branch.repeat(depth)}${']}'.repeat(depth)},`)
}
const deepBranches = (depth: number): string => {
  const branch = '{"category":"vendor","name":"x","branches":['
  const leaf = '{"category":"vendor","name":"x","product":{"product_id":"deep","name":"x"}}'
  return text.replace(/"product_tree": \{\s*"branches": \[/, (start) => `${start}${branch.repeat(depth)}${leaf}${']}'.repeat(depth)},`)
}

test('CSAF 2.1 is read like 2.0: schema, mandatory tests, and its scores under metrics', async () => {
  const at = '2026-01-02T00:00:00Z'
  const document = {
    $schema: 'https://docs.oasis-open.org/csaf/csaf/v2.1/schema/csaf.json',
    document: {
      category: 'csaf_base',
      csaf_version: '2.1',
      distribution: { tlp: { label: 'CLEAR' } },
      publisher: { category: 'vendor', name: 'Test vendor', namespace: `https://${sampleRule.namespaces[0]}` },
      title: 'A notice of version 2.1',
      tracking: {
        id: 'TEST-21',
        status: 'final',
        version: '1',
        current_release_date: at,
        initial_release_date: at,
        revision_history: [{ number: '1', date: at, summary: 'First' }],
      },
    },
    product_tree: { full_product_names: [{ name: 'A', product_id: 'P1' }] },
    vulnerabilities: [
      {
        cve: 'CVE-2026-1111',
        metrics: [
          {
            content: {
              cvss_v3: {
                version: '3.1',
                vectorString: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
                baseScore: 9.8,
                baseSeverity: 'CRITICAL',
              },
            },
            products: ['P1'],
          },
        ],
        notes: [{ category: 'summary', text: 'Something' }],
        product_status: { known_affected: ['P1'] },
        remediations: [{ category: 'none_available', details: 'None yet', product_ids: ['P1'] }],
      },
    ],
  }
  const signer = await newSigner()
  const raw = await published('test-21.json', Buffer.from(JSON.stringify(document)), signer)
  const checked = await checker.checkDocument(raw, signer.rule, signer.keyArmored, SAMPLE_NOW)
  expect(outcomesOf(checked)).toEqual({ hash: 'pass', signature: 'pass', schema: 'pass', 'file-name': 'pass', namespace: 'pass' })
  expect(evidenceOf(checked, 'schema')).toBe('The CSAF 2.1 schema and its mandatory tests are met.')
  expect(checked.bulletin?.vulnerabilities[0]).toMatchObject({ severity: 'critical', cvss: { score: 9.8 } })
})

describe('hostile and broken documents: signed, with a right hash, and still refused with a reason', () => {
  const utf16 = Buffer.from(`\ufeff${text}`, 'utf16le')
  const latin1 = Buffer.concat([Buffer.from(text.slice(0, -2)), Buffer.from([0xe9, 0x7d])])
  test.each([
    ['empty', Buffer.alloc(0), 'The file is empty.'],
    ['blank', Buffer.from(' \n'), 'The file is not JSON.'],
    ['a web page', Buffer.from('\n<!DOCTYPE html><html><body>Not found</body></html>'), 'web page'],
    ['cut off', Buffer.from(text.slice(0, 5_000)), 'The file is not JSON.'],
    ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${text}`), 'byte order mark'],
    ['UTF-16', utf16, 'UTF-16'],
    ['Latin-1', latin1, 'not UTF-8'],
    ['a number', Buffer.from('42'), 'CSAF 2.0 schema'],
    ['null', Buffer.from('null'), 'CSAF 2.0 schema'],
    ['a list', Buffer.from('[]'), 'CSAF 2.0 schema'],
    ['an object that is not CSAF', Buffer.from('{"document": {"title": 7}}'), 'CSAF 2.0 schema'],
    ['CSAF 2.0 that calls itself 2.1', Buffer.from(text.replace('"csaf_version": "2.0"', '"csaf_version": "2.1"')), 'CSAF 2.1 schema'],
    [
      'a product id that is not in the tree',
      Buffer.from(text.replace('"BaseOS-8.6.0.Z.EUS:openssl-1:1.1.1k-9.el8_6.aarch64",', '"nowhere",')),
      'mandatoryTest_6_1_1 ',
    ],
    ['brackets 100,000 deep', Buffer.from('['.repeat(100_000) + ']'.repeat(100_000)), 'CSAF 2.0 schema'],
    ['branches 20,000 deep', Buffer.from(deepBranches(20_000)), 'nested too deep'],
    ['too large', Buffer.alloc(30_000_001, 0x20), 'more than the 30000000'],
  ])('%s', async (_, bytes, evidence) => {
    const signer = await newSigner()
    const raw = await published(genuine.fileName, bytes, signer)
    const checked = await checker.checkDocument(raw, signer.rule, signer.keyArmored, SAMPLE_NOW)
    expect(outcomesOf(checked)).toEqual({
      hash: 'pass',
      signature: 'pass',
      schema: 'fail',
      'file-name': 'unavailable',
      namespace: 'unavailable',
    })
    expect(evidenceOf(checked, 'schema')).toContain(evidence)
    expect(checked.bulletin).toBeNull()
  })

  test('a part that CSAF does not know, 20,000 deep, is no harm', async () => {
    const raw = await published(genuine.fileName, Buffer.from(nested(20_000)))
    const checked = await checker.checkDocument(raw, sampleRule, sampleKey, SAMPLE_NOW)
    expect(outcomesOf(checked)).toMatchObject({ hash: 'pass', schema: 'pass' })
  })

  test.each([
    ['https://www.redhat.com.evil.example', 'fail'],
    ['https://www.redhat.com@evil.example', 'fail'],
    ['https://user@www.redhat.com', 'fail'],
    ['https://www.redhat.com:8443/path', 'pass'],
    ['https://WWW.REDHAT.COM', 'pass'],
    ['ftp://www.redhat.com', 'fail'],
  ])('namespace %s: %s', async (namespace, outcome) => {
    const bytes = Buffer.from(text.replace('"namespace": "https://www.redhat.com"', `"namespace": "${namespace}"`))
    const checked = await checker.checkDocument(await published(genuine.fileName, bytes), sampleRule, sampleKey, SAMPLE_NOW)
    expect(outcomesOf(checked)).toMatchObject({ schema: 'pass', namespace: outcome })
  })
})

test.each([
  ['RHSA-2023:3408', 'rhsa-2023_3408.json'],
  ['VA-24-201-01', 'va-24-201-01.json'],
  ['Example Company - 2019-YH3234', 'example_company_-_2019-yh3234.json'],
  ['2022_#01-A', '2022_01-a.json'],
  ['A+B', 'a+b.json'],
  ['../../etc/passwd', '_etc_passwd.json'],
])('file name of %s: %s (CSAF 2.0, 5.1)', (id, name) => {
  expect(fileNameOf(id)).toBe(name)
})

describe('the reading process', () => {
  test('a document that outlasts its time is unreadable', async () => {
    // Given a limit that no start of a process can meet
    const hasty = createReader({ timeLimitMs: 1 })
    const late = await hasty.read({ source: 'sample', bytes: genuine.bytes })
    await hasty.close()
    expect(late).toMatchObject({ valid: false, bulletin: null, evidence: 'The document could not be read within 0.001 s.' })
  })
  test('a document that kills its process is unreadable, and the next one is read by a new process', async () => {
    const reader = createReader({ memoryLimitMb: 200 })
    const greedy = Buffer.from(`[${'[],'.repeat(9_000_000)}[]]`)
    const [killed, next] = await Promise.all([
      reader.read({ source: 'sample', bytes: greedy }),
      reader.read({ source: 'sample', bytes: genuine.bytes }),
    ])
    await reader.close()
    expect(killed).toEqual({
      valid: false,
      bulletin: null,
      dropped: [],
      evidence: 'The document cannot be read: it takes more memory than a document may.',
    })
    expect(next).toMatchObject({ valid: true, bulletin: { vendorId: 'RHSA-2023:3408' } })
  })
  test.skipIf(process.platform !== 'linux')('a process killed by somebody else is no fault of the document: it is read again', async () => {
    const children = (): readonly string[] => readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').trim().split(' ')
    const before = children()
    const reader = createReader()
    const reading = reader.read({ source: 'sample', bytes: genuine.bytes })
    const started = children().filter((pid) => !before.includes(pid))
    expect(started).toHaveLength(1)
    process.kill(Number(started[0]), 'SIGKILL')
    expect(await reading).toMatchObject({ valid: true })
    await reader.close()
  })
  test('many at once come back, each to its own', async () => {
    const paths = [OPENSSL, 'arrivals/03-known-exploited/rhsa-2023_5835.json', 'history/va-24-201-01.json']
    const checked = await Promise.all(paths.map((path) => checker.checkDocument(sampleRaw(path), sampleRule, sampleKey, SAMPLE_NOW)))
    expect(checked.map((one) => one.bulletin?.vendorId)).toEqual(['RHSA-2023:3408', 'RHSA-2023:5835', 'VA-24-201-01'])
  })
  test('closing rejects what waits and what comes: nothing is judged by halves', async () => {
    const reader = createReader()
    const waiting = Promise.allSettled([
      reader.read({ source: 's', bytes: genuine.bytes }),
      reader.read({ source: 's', bytes: genuine.bytes }),
    ])
    await reader.close()
    const outcomes = [...(await waiting), ...(await Promise.allSettled([reader.read({ source: 's', bytes: genuine.bytes })]))]
    expect(outcomes.map((one) => one.status === 'rejected' && one.reason)).toEqual(
      outcomes.map(() => expect.objectContaining({ code: 'SOURCE_FAILED' })),
    )
  })
})
