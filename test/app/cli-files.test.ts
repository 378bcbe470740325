import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cli } from '../support/cli.ts'

const SAMPLE = fileURLToPath(new URL('../../manifests/sample', import.meta.url))
const OPENSSL = join(SAMPLE, 'csaf/arrivals/01-openssl/rhsa-2023_3408.json')
const UNSIGNED = join(SAMPLE, 'csaf/arrivals/02-kernel-rt/rhsa-2023_4378.json')
const TAMPERED = join(SAMPLE, 'csaf/arrivals/06-openssl-tampered/rhsa-2023_3408.json')
const FLEET = join(SAMPLE, 'fleet.json')
const POLICY = join(SAMPLE, 'policy.json')

const USN = fileURLToPath(new URL('../fixtures/feed/ubuntu-usn.xml', import.meta.url))
const OSV_RECORD = {
  schema_version: '1.6.0',
  id: 'GHSA-aaaa-bbbb-cccc',
  modified: '2026-11-20T00:00:00Z',
  published: '2026-11-19T00:00:00Z',
  aliases: ['CVE-2026-0001'],
  summary: 'left-pad pads to the right',
  affected: [
    {
      package: { ecosystem: 'npm', name: 'left-pad' },
      ranges: [{ type: 'SEMVER', events: [{ introduced: '1.2.0' }, { fixed: '1.4.5' }] }],
    },
  ],
}
const CATALOGUE = {
  title: 'Known Exploited Vulnerabilities',
  catalogVersion: '2026.11.20',
  dateReleased: '2026-11-20T12:00:00.000Z',
  count: 1,
  vulnerabilities: [
    {
      cveID: 'CVE-2026-0001',
      vendorProject: 'Left',
      product: 'Pad',
      vulnerabilityName: 'Left Pad Overflow',
      dateAdded: '2026-11-20',
      shortDescription: 'x',
      requiredAction: 'x',
      dueDate: '2026-12-11',
      knownRansomwareCampaignUse: 'Unknown',
    },
  ],
}

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'patchcrier-cli-'))
  await writeFile(join(folder, 'broken.json'), '{"document":')
  await writeFile(join(folder, 'other.json'), '{"hello":"world"}')
  await writeFile(join(folder, 'GHSA-aaaa-bbbb-cccc.json'), JSON.stringify(OSV_RECORD))
  await writeFile(join(folder, 'kev.json'), JSON.stringify(CATALOGUE))
  await writeFile(join(folder, 'page.xml'), '<!doctype html><html><body>Not found</body></html>')
})
afterAll(() => rm(folder, { recursive: true }))

describe('exit codes: 0 good, 1 a negative verdict, 2 used wrongly', () => {
  test.each<[string[], number, RegExp]>([
    [['parse', OPENSSL], 0, /RHSA-2023:3408/],
    [['parse', '--kind', 'csaf', '--json', OPENSSL], 0, /^\{"bulletins":\[\{/],
    [['parse', '/nowhere/x.json'], 2, /there is none/],
    [['parse', '--kind', 'gopher', OPENSSL], 2, /--kind: expected csaf/],
    [['parse'], 2, /expected FILE/],
    [['verify', OPENSSL], 0, /^AUTHENTIC/],
    [['verify', UNSIGNED], 1, /^UNCONFIRMED/],
    [['verify', TAMPERED], 1, /^QUARANTINED/],
    [['verify', '--json', TAMPERED], 1, /"verdict":"QUARANTINED"/],
    [['verify', '--key', OPENSSL, OPENSSL], 2, /--fingerprint HEX and --namespace HOST together/],
    [['match', '--bulletin', OPENSSL, '--inventory', FLEET], 0, /lower than/],
    [['match', '--bulletin', OPENSSL], 2, /expected --inventory FILE/],
    [['match', '--bulletin', OPENSSL, '--inventory', OPENSSL], 2, /expected an inventory/],
    [['replay', '--policy', POLICY, '--inventory', FLEET, SAMPLE], 0, /deadlines|Signatures were not checked/],
    [['replay', '--policy', POLICY, '--inventory', FLEET, '--delay', 'security=soon', SAMPLE], 2, /expected ROLE=DURATION/],
    [['replay', '--policy', FLEET, '--inventory', FLEET, SAMPLE], 1, /POLICY_INVALID/],
    [['replay', SAMPLE], 2, /--policy FILE and --inventory FILE/],
    [['mtach'], 2, /Did you mean `match`/],
  ])('%j: %i', async (args, code, words) => {
    const ran = await cli(...args)
    expect(ran.code, ran.err).toBe(code)
    expect(`${ran.out}${ran.err}`).toMatch(words)
  })

  test('what is no bulletin is said, and is a negative verdict', async () => {
    for (const file of ['broken.json', 'other.json']) {
      const { code, out } = await cli('parse', '--json', join(folder, file))
      expect(code).toBe(1)
      expect(JSON.parse(out)).toEqual({ bulletins: [], dropped: [{ reason: expect.stringMatching(/./) }] })
    }
  })
})

describe('what is printed', () => {
  test('parse: every field of a bulletin, its ranges as text', async () => {
    const { out } = await cli('parse', '--json', OPENSSL)
    const { bulletins } = JSON.parse(out) as { bulletins: Record<string, unknown>[] }
    expect(bulletins).toHaveLength(1)
    expect(bulletins[0]).toMatchObject({
      vendorId: 'RHSA-2023:3408',
      revision: '1',
      severity: 'moderate',
      cves: ['CVE-2022-4304', 'CVE-2022-4450', 'CVE-2023-0215'],
      affected: expect.arrayContaining([
        { product: 'openssl', scheme: 'rpm', range: '<1:1.1.1k-9.el8_6', stream: 'BaseOS-8.6.0.Z.EUS', arch: 'x86_64' },
      ]),
      sections: { summary: expect.anything(), patchInformation: expect.anything() },
    })
  })

  test('parse: a feed, an OSV record and a catalogue, too; a web page is none of them', async () => {
    const feed = JSON.parse((await cli('parse', '--kind', 'rss', '--json', USN)).out) as {
      bulletins: { vendorId: string; names: string[] }[]
    }
    expect(feed.bulletins.length).toBeGreaterThan(0)
    expect(feed.bulletins[0]?.vendorId).toMatch(/^USN-\d+-\d+$/)
    const osv = await cli('parse', '--kind', 'osv', '--json', join(folder, 'GHSA-aaaa-bbbb-cccc.json'))
    expect(JSON.parse(osv.out)).toMatchObject({
      bulletins: [
        {
          vendorId: 'GHSA-aaaa-bbbb-cccc',
          cves: ['CVE-2026-0001'],
          affected: [{ product: 'left-pad', scheme: 'semver', range: '>=1.2.0 <1.4.5' }],
        },
      ],
    })
    const kev = await cli('parse', '--kind', 'kev', '--json', join(folder, 'kev.json'))
    expect(JSON.parse(kev.out)).toMatchObject({ bulletins: [{ vendorId: 'CVE-2026-0001', title: 'Left Pad Overflow' }], dropped: [] })
    for (const kind of ['rss', 'osv', 'kev', 'csaf']) expect((await cli('parse', '--kind', kind, join(folder, 'page.xml'))).code).toBe(1)
  })

  test('match: host, product, version and the rule that matched', async () => {
    const { out } = await cli('match', '--json', '--bulletin', OPENSSL, '--inventory', FLEET)
    const { affected } = JSON.parse(out) as { affected: { host: string; product: string; version: string; rule: string }[] }
    expect(new Set(affected.map(({ host }) => host)).size).toBe(14)
    expect(affected[0]).toEqual({
      host: 'api-01',
      product: 'openssl',
      version: '1:1.1.1k-6.el8_5',
      rule: expect.stringContaining('is lower than'),
    })
  })

  test('replay: the same input gives the same bytes', async () => {
    const args = ['replay', '--json', '--policy', POLICY, '--inventory', FLEET, '--delay', 'security=4h', SAMPLE]
    const [first, second] = [await cli(...args), await cli(...args)]
    expect(first.out).toBe(second.out)
    expect(JSON.parse(first.out)).toMatchObject({ hosts: 61, totals: { changes: expect.any(Number) }, dropped: expect.any(Array) })
  })
})
