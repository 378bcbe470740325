import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { dpkgVersion } from '../../adapters/sources/advisory/dpkg.ts'
import { FORMATS } from '../../adapters/sources/advisory/formats.ts'
import { type AdvisoryReader, createAdvisoryReader, createAdvisorySource, parseFile } from '../../adapters/sources/advisory/index.ts'
import type { Bulletin } from '../../src/core/identify/bulletin.ts'
import { judge } from '../../src/core/identify/judge.ts'
import { storyOf } from '../../src/core/identify/story.ts'
import { verdictOf } from '../../src/core/identify/verification.ts'
import { source as sourceSchema } from '../../src/core/policy/sources.ts'
import type { Batch, BulletinSource } from '../../src/ports.ts'
import { rss } from '../support/feed.ts'
import { httpsServer, LOOPBACK, type TestServer, testHttp } from '../support/https-server.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const only = (text: string, format: string): Bulletin => {
  const [bulletin] = parseFile(bytes(text), 'notice', format).bulletins
  if (!bulletin) throw new Error(`no bulletin: ${JSON.stringify(parseFile(bytes(text), 'notice', format).dropped)}`)
  return bulletin
}
const builds = ({ fixed }: Bulletin): readonly string[] =>
  fixed.map((b) => `${b.stream} ${b.name} ${b.evr.epoch}:${b.evr.version}-${b.evr.release}`)

const usn = (more: object = {}): string =>
  JSON.stringify({
    id: 'USN-9001-1',
    title: 'Zlib vulnerability',
    summary: 'Zlib could be made to crash.',
    description: 'Somebody found something.',
    instructions: 'In general, a standard system update will make all the necessary changes.',
    published: '2026-11-20T10:11:12.345',
    cves_ids: ['CVE-2026-2001', 'no id'],
    releases: [
      { codename: 'jammy', version: '22.04', support_tag: 'LTS' },
      { codename: 'plucky', version: '25.04', support_tag: '' },
    ],
    release_packages: {
      jammy: [
        { name: 'zlib', version: '1:1.2.11-1ubuntu9.3', is_source: true },
        { name: 'zlib1g', version: '1:1.2.11-1ubuntu9.3', is_source: false, pocket: 'security' },
        { name: 'zlib-old', version: '1:1.0-1ubuntu1+esm1', is_source: false, pocket: 'esm-infra' },
      ],
      plucky: [
        { name: 'zlib1g', version: '1:1.3-2', is_source: false, pocket: 'security' },
        { name: 'zlib-bin', version: '', is_source: false },
      ],
    },
    ...more,
  })

const DSA = `[20 Nov 2026] DSA-9001-1 zlib - security update
\t{CVE-2026-2001 CVE-2026-2002}
\t[bookworm] - zlib 1:1.2.13.dfsg-1+deb12u2
\t[trixie] - zlib 1:1.3.dfsg-3+deb13u1
\tNOTE: read on
[19 Nov 2026] DSA-9000-2 linux - regression update
\t[bookworm] - linux 6.1.200-1
\t[sarge] - linux 2.6.8-1
[not a date] DSA-8999-1 x - y
`

const MFSA = `## mfsa2026-99.yml
announced: November 18, 2026
impact: high
fixed_in:
- Firefox 150.0.1
- Firefox ESR 140.6
title: Security Vulnerabilities fixed in Firefox 150.0.1
advisories:
  CVE-2026-3001:
    title: 'Use-after-free in something'
    impact: critical
    reporter: Somebody
`

describe('Ubuntu', () => {
  test('binary packages by release; an LTS also as OSV writes it; ESM for subscribers only', () => {
    expect(builds(only(usn(), 'ubuntu'))).toEqual([
      'Ubuntu:22.04:LTS zlib1g 1:1.2.11-1ubuntu9.3',
      'Ubuntu:22.04 zlib1g 1:1.2.11-1ubuntu9.3',
      'Ubuntu:Pro:22.04:LTS zlib-old 1:1.0-1ubuntu1+esm1',
      'Ubuntu:Pro:22.04 zlib-old 1:1.0-1ubuntu1+esm1',
      'Ubuntu:25.04 zlib1g 1:1.3-2',
    ])
  })
  test('what it says of itself; a package without a version is dropped and said', () => {
    expect(only(usn(), 'ubuntu')).toMatchObject({
      vendorId: 'USN-9001-1',
      revision: '20261120.101112.0',
      restart: 'none stated',
      vulnerabilities: [{ cve: 'CVE-2026-2001', knownExploited: 'unknown' }],
    })
    expect(parseFile(bytes(usn()), 'n', 'ubuntu').dropped.map(({ reason }) => reason)).toEqual(['n: zlib-bin in plucky: no version'])
  })
  test('a kernel says that it needs a reboot', () => {
    const text = 'After a standard system update you need to reboot your computer to make all the necessary changes.'
    expect(only(usn({ instructions: text }), 'ubuntu').restart).toBe('reboot')
  })
  test('the list names notices by links to them, once each; what a text mentions is no notice', () => {
    const feed = rss(
      { title: 'USN-9001-1: x', link: 'https://ubuntu.com/security/notices/USN-9001-1', text: 'USN-8000-1 fixed less' },
      { title: 'USN-9000-1: y', link: 'https://ubuntu.com/security/notices/USN-9000-1' },
    )
    expect(FORMATS.ubuntu.list(feed + feed).map(({ key }) => key)).toEqual(['USN-9001-1', 'USN-9000-1'])
  })
})

describe('Debian', () => {
  test('each entry of the list is a notice: source packages by release', () => {
    const { bulletins, dropped } = parseFile(bytes(DSA), 'list', 'debian')
    expect(bulletins.map(({ vendorId, title }) => `${vendorId} ${title}`)).toEqual([
      'DSA-9001-1 DSA-9001-1: zlib - security update',
      'DSA-9000-2 DSA-9000-2: linux - regression update',
    ])
    expect(bulletins.flatMap(builds)).toEqual([
      'Debian:12 zlib 1:1.2.13.dfsg-1+deb12u2',
      'Debian:13 zlib 1:1.3.dfsg-3+deb13u1',
      'Debian:12 linux 0:6.1.200-1',
    ])
    expect(dropped.map(({ reason }) => reason)).toEqual(['list: sarge linux 2.6.8-1: a release that is not known'])
    expect(bulletins.map(({ restart }) => restart)).toEqual(['none stated', 'reboot'])
    expect(bulletins[0]?.vulnerabilities.map(({ cve }) => cve)).toEqual(['CVE-2026-2001', 'CVE-2026-2002'])
  })
})

describe('Mozilla', () => {
  test('products for a person, and the versions as text', () => {
    const bulletin = only(MFSA, 'mozilla')
    expect(bulletin).toMatchObject({
      vendorId: 'MFSA-2026-99',
      publishedAt: '2026-11-18T00:00:00.000Z',
      severity: 'important',
      fixed: [],
      vulnerabilities: [{ cve: 'CVE-2026-3001', severity: 'critical' }],
    })
    expect(bulletin.names).toEqual(['firefox', 'mozilla firefox', 'firefox esr', 'mozilla firefox esr'])
    expect(bulletin.sections.summary.affectedSoftware).toBe('Fixed in Firefox 150.0.1, Firefox ESR 140.6')
  })
  test('is the same story as its item in a feed', () => {
    expect(storyOf(only(MFSA, 'mozilla'))).toBe(storyOf({ source: 'feed', vendorId: 'MFSA-2026-99' }))
  })
  test('aliases are refused: a few lines of them can grow without bounds', () => {
    const bomb = `${MFSA}a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n`
    expect(parseFile(bytes(bomb), 'm', 'mozilla').bulletins).toEqual([])
  })
})

describe('what is no notice is said to be none', () => {
  test.each([
    ['ubuntu', '<html>maintenance</html>'],
    ['ubuntu', '{"id": "USN-1-1"}'],
    ['ubuntu', usn({ id: 'RHSA-2026:1' })],
    ['debian', '<html>maintenance</html>'],
    ['debian', '[99 Nov 2026] DSA-1-1 x - y'],
    ['mozilla', '<html>maintenance</html>'],
    ['mozilla', MFSA.replace('November', 'Smarch')],
    ['mozilla', MFSA.replace('## mfsa2026-99.yml', '')],
    ['mozilla', '## mfsa2026-99.yml\n- a\n'],
  ])('%s: %s', (format, text) => {
    const { bulletins, dropped } = parseFile(bytes(text), 'x', format)
    expect(bulletins).toEqual([])
    expect(dropped.length).toBeGreaterThan(0)
  })
})

test.each([
  ['1:2.0-rc1-3+deb12u1', { epoch: 1, version: '2.0-rc1', release: '3+deb12u1' }],
  ['6.1.200-1', { epoch: 0, version: '6.1.200', release: '1' }],
  ['7', { epoch: 0, version: '7', release: '' }],
  ['', null],
  ['<unfixed>', null],
])('dpkg version %s', (text, evr) => expect(dpkgVersion(text)).toEqual(evr))

describe('over https', () => {
  let server: TestServer
  let reader: AdvisoryReader
  const http = testHttp()
  beforeAll(async () => {
    server = await httpsServer()
    reader = createAdvisoryReader()
  })
  afterAll(async () => {
    await Promise.all([reader.close(), http.close(), server.close()])
  })
  const source = (format: string, own: object) => {
    const rule = sourceSchema.parse({ id: format, name: format, kind: 'advisory', format, allowNetworks: LOOPBACK, ...own })
    if (rule.kind !== 'advisory') throw new Error('another kind')
    return createAdvisorySource(rule, { http, reader, clock: { now: () => new Date(now) } })
  }
  let now = ''
  beforeEach(() => {
    now = '2026-11-25T12:00:00Z'
    server.asked.length = 0
  })
  const revisions = (batch: Batch, of: BulletinSource) =>
    Promise.all(
      batch.documents.map(async (raw) => {
        const { bulletin, checks } = await of.check(raw, new Date(now))
        expect(checks.filter(({ outcome }) => outcome === 'fail')).toEqual([])
        return `${raw.fileName} ${bulletin?.revision}`
      }),
    )
  const ubuntu = () => source('ubuntu', { url: server.at('/rss.xml'), details: server.at('/notices/') })
  const debian = () => source('debian', { url: server.at('/dsa'), details: server.at('/tracker/') })
  const signal = new AbortController().signal
  const names = ({ documents }: Batch) => documents.map(({ fileName }) => fileName)
  const item = (id: string) => ({ title: `${id}: x`, link: `https://ubuntu.com/security/notices/${id}` })

  test('a feed triggers, the notice is fetched and UNCONFIRMED; nothing new is nothing', async () => {
    server.pages.set('/rss.xml', rss(item('USN-9001-1')))
    server.pages.set('/notices/USN-9001-1.json', usn())
    const batch = await ubuntu().fetch(null, signal)
    expect(names(batch)).toEqual(['usn-9001-1.txt'])
    const [raw] = batch.documents
    if (!raw) throw new Error('no document')
    const checked = await ubuntu().check(raw, new Date())
    expect(verdictOf(checked.checks)).toBe('UNCONFIRMED')
    expect(checked.checks.filter(({ outcome }) => outcome === 'fail')).toEqual([])
    const again = await ubuntu().fetch(batch.cursor, signal)
    expect(names(again)).toEqual([])
    expect(again.cursor).toBe(batch.cursor)
  })

  test('a notice that is not there yet is said and asked for again', async () => {
    server.pages.set('/rss.xml', rss(item('USN-9001-1')))
    const first = await ubuntu().fetch(null, signal)
    server.pages.set('/rss.xml', rss(item('USN-9002-1'), item('USN-9001-1')))
    const second = await ubuntu().fetch(first.cursor, signal)
    expect(second.dropped.map(({ fileName }) => fileName)).toEqual(['USN-9002-1'])
    server.pages.set('/notices/USN-9002-1.json', usn({ id: 'USN-9002-1' }))
    expect(names(await ubuntu().fetch(second.cursor, signal))).toEqual(['usn-9002-1.txt'])
  })

  test('a notice that is another one, or that comes from elsewhere, is held', async () => {
    const raw = { fileName: 'usn-9009-1.txt', url: server.at('/notices/USN-9009-1.json'), bytes: bytes(usn()) }
    expect(verdictOf((await ubuntu().check(raw, new Date())).checks)).toBe('QUARANTINED')
    const moved = { ...raw, fileName: 'usn-9001-1.txt', url: 'https://elsewhere.example/USN-9001-1.json' }
    expect(verdictOf((await ubuntu().check(moved, new Date())).checks)).toBe('QUARANTINED')
  })

  test('a list that has everything: oldest first, and only what is new', async () => {
    server.pages.set('/dsa', DSA)
    const batch = await debian().fetch(null, signal)
    expect(names(batch)).toEqual(['dsa-9000-2.txt', 'dsa-9001-1.txt'])
    server.pages.set('/dsa', `[21 Nov 2026] DSA-9002-1 curl - security update\n\t[trixie] - curl 8.1-1\n${DSA}`)
    expect(names(await debian().fetch(batch.cursor, signal))).toEqual(['dsa-9002-1.txt'])
  })

  describe('a notice that is changed under its id', () => {
    const changed = (title: string): void => void server.pages.set('/notices/USN-9001-1.json', usn({ title }))
    const first = async (): Promise<Batch> => {
      server.pages.set('/rss.xml', rss(item('USN-9001-1')))
      changed('as it was')
      return ubuntu().fetch(null, signal)
    }
    const nextDay = (day: number, before: Batch): Promise<Batch> => {
      now = `2026-11-${day}T12:00:00Z`
      return ubuntu().fetch(before.cursor, signal)
    }

    test('is a later revision of it at the next look of the next day, and each change another one', async () => {
      const one = await first()
      changed('corrected')
      const sameDay = await ubuntu().fetch(one.cursor, signal)
      expect(names(sameDay)).toEqual([])
      const two = await nextDay(26, sameDay)
      changed('corrected again')
      const three = await nextDay(27, two)
      const told = (await Promise.all([one, two, three].map((batch) => revisions(batch, ubuntu())))).flat()
      const [date = ''] = (told[0] ?? '').split(' ')[1]?.split(/\.0$/) ?? []
      expect(told).toEqual([`usn-9001-1.txt ${date}.0`, `usn-9001-1.1.txt ${date}.1`, `usn-9001-1.2.txt ${date}.2`])
    })

    test('and is no contradiction of what is known: it is judged as a revision', async () => {
      const one = await first()
      changed('corrected')
      const two = await nextDay(26, one)
      const [before, after] = await Promise.all(
        [one, two].map(({ documents }) => documents[0] && ubuntu().check(documents[0], new Date(now))),
      )
      if (!before?.bulletin || !after?.bulletin) throw new Error('not read')
      const known = { ...before.bulletin, digest: before.digest, verdict: 'UNCONFIRMED' as const, bulletin: before.bulletin }
      const { kind, verification, differences } = judge({ checked: after, known: [known], now })
      expect([kind, verification.verdict]).toEqual(['revised', 'UNCONFIRMED'])
      expect(differences).toEqual([expect.stringContaining('corrected')])
    })

    test('what is not read of it may change by itself: that is no news', async () => {
      const one = await first()
      const more = { cves: [{ id: 'CVE-2026-1', updated_at: '2026-11-26T01:02:03' }], related_notices: ['USN-9000-1'] }
      server.pages.set('/notices/USN-9001-1.json', usn({ title: 'as it was', ...more }))
      expect(names(await nextDay(26, one))).toEqual([])
    })

    test('nor is it overlooked that it cannot be read any more', async () => {
      const one = await first()
      server.pages.set('/notices/USN-9001-1.json', '{"id": "USN-9001-1"}')
      const two = await nextDay(26, one)
      const [raw] = two.documents
      expect(raw && verdictOf((await ubuntu().check(raw, new Date(now))).checks)).toBe('QUARANTINED')
      expect(names(await nextDay(27, two))).toEqual([])
    })

    test('what is the same is asked for once a day and is no news', async () => {
      const one = await first()
      const two = await nextDay(26, one)
      expect(names(two)).toEqual([])
      server.asked.length = 0
      const three = await ubuntu().fetch(two.cursor, signal)
      expect([three.documents, three.cursor, server.asked]).toEqual([[], two.cursor, ['/rss.xml']])
    })

    test('also while the list itself does not change', async () => {
      server.pages.set('/rss.xml', (request, response) => {
        const known = request.headers['if-none-match'] === '"1"'
        response.writeHead(known ? 304 : 200, { etag: '"1"' }).end(known ? '' : rss(item('USN-9001-1')))
      })
      changed('as it was')
      const one = await ubuntu().fetch(null, signal)
      changed('corrected')
      expect(names(await nextDay(26, one))).toEqual(['usn-9001-1.1.txt'])
    })

    test('one that cannot be had today is said, and looked at tomorrow', async () => {
      const one = await first()
      server.pages.delete('/notices/USN-9001-1.json')
      const two = await nextDay(26, one)
      expect(two.dropped.map(({ fileName }) => fileName)).toEqual(['USN-9001-1'])
      expect((await ubuntu().fetch(two.cursor, signal)).dropped).toEqual([])
      changed('corrected')
      expect(names(await nextDay(27, two))).toEqual(['usn-9001-1.1.txt'])
    })

    test('in a list that has the notices themselves: when its text changes', async () => {
      server.pages.set('/dsa', DSA)
      const one = await debian().fetch(null, signal)
      server.pages.set('/dsa', DSA.replace(/(DSA-9001-1[^\n]*\n)/, '$1\tNOTE: corrected\n'))
      const two = await debian().fetch(one.cursor, signal)
      expect(await revisions(two, debian())).toEqual([expect.stringMatching(/^dsa-9001-1\.1\.txt .*\.1$/)])
      expect(names(await debian().fetch(two.cursor, signal))).toEqual([])
      expect(server.asked.filter((path) => path !== '/dsa')).toEqual([])
    })

    test('a name with a count of its own proves nothing else: it must still be the name of that notice', async () => {
      const raw = { fileName: 'usn-9009-1.3.txt', url: server.at('/notices/USN-9009-1.json'), bytes: bytes(usn()) }
      expect(verdictOf((await ubuntu().check(raw, new Date())).checks)).toBe('QUARANTINED')
    })
  })

  test('a web page instead of a list is a failing source', async () => {
    server.pages.set('/dsa', '<html>maintenance</html>')
    await expect(debian().fetch(null, signal)).rejects.toThrow(expect.objectContaining({ code: 'SOURCE_FAILED' }))
  })
})
