import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { resetSource } from '../../src/app/bulletins/reset.ts'
import { readSourceState } from '../../src/app/bulletins/source-state.ts'
import { renderPost } from '../../src/app/chat/render.ts'
import { handleIntent } from '../../src/app/doors/intents.ts'
import { overviewFor } from '../../src/app/doors/overview.ts'
import { transact } from '../../src/app/house.ts'
import { writeAssets } from '../../src/app/inventory/write.ts'
import type { Asset } from '../../src/core/assess/asset.ts'
import type { ChangeState } from '../../src/core/change/state.ts'
import type { Bulletin } from '../../src/core/identify/bulletin.ts'
import { verifyAudit } from '../../src/db/audit.ts'
import type { ExploitedCatalogue } from '../../src/ports.ts'
import { anAsset } from '../support/asset.ts'
import { aBulletin, aVulnerability } from '../support/bulletin.ts'
import { wordsOf } from '../support/change-cards.ts'
import { type Intake, intake } from '../support/intake.ts'

const FEED = { kind: 'feed', url: 'https://ubuntu.com/security/notices/rss.xml', publisher: 'Ubuntu', domains: ['ubuntu.com'] }
const CSAF = { kind: 'csaf', provider: 'ubuntu.com', namespaces: ['ubuntu.com'] }
const OSV = { kind: 'osv', url: 'https://osv.example.org', ecosystems: ['npm'] }
const KEV = { kind: 'kev', url: 'https://www.cisa.gov/kev.json' }

let house: Intake
beforeAll(async () => {
  house = await intake({ feed: [FEED, 'official'], csaf: [CSAF, 'signed'], osv: [OSV, 'official'], kev: [KEV, 'official'] })
  await transact(house.house, (unit) => writeAssets(unit.tx, ['web-01', 'web-02', 'db-01'].map(host)))
  // The first, silent poll of each.
  for (const id of Object.keys(house.sources)) await house.poll(id)
})
afterAll(() => house?.end())

const host = (name: string): Asset =>
  anAsset({
    host: name,
    installs: ['openssl', 'curl', 'nginx', 'zlib1g', 'sudo', 'vim', 'git', 'tar', 'less', 'bash'].map((product) => ({
      scheme: 'dpkg',
      name: product,
      arch: 'amd64',
      epoch: 0,
      version: '3.0.2',
      release: '0ubuntu1.1',
    })),
  })

const build = (name: string, release = '0ubuntu1.9') => ({
  stream: 'Ubuntu:22.04',
  scheme: 'dpkg' as const,
  name,
  arch: '*',
  evr: { epoch: 0, version: '3.0.2', release },
  cves: [],
})

let number = 6000
/** A notice of a feed: products, no versions. */
const notice = (product: string, own: Partial<Bulletin> = {}): Bulletin => {
  number += 1
  return aBulletin({
    source: 'feed',
    vendorId: `USN-${number}-1`,
    title: `${product} vulnerability`,
    publisher: { name: 'Ubuntu', namespace: 'https://ubuntu.com', category: 'feed' },
    severity: 'none',
    names: [product],
    vulnerabilities: [aVulnerability({ cve: `CVE-2026-${number}`, severity: 'none' })],
    ...own,
  })
}

const database = () => house.house.db
const bring = async (id: string, ...bulletins: readonly Bulletin[]): Promise<void> => {
  const source = house.sources[id]
  if (!source) throw new Error(`no source ${id}`)
  source.next = { bulletins }
  await house.poll(id)
  source.next = {}
}
const changesOf = async (vendorId: string): Promise<readonly ChangeState[]> =>
  (await database().change.findMany({ orderBy: { id: 'asc' } }))
    .map((r) => r.state as unknown as ChangeState)
    .filter((c) => c.bulletin.vendorId.toLowerCase().replace('_', '-') === vendorId.toLowerCase())
const only = async (vendorId: string): Promise<ChangeState> => {
  const [change, ...more] = await changesOf(vendorId)
  if (!change || more.length > 0) throw new Error(`expected one change of ${vendorId}, found ${more.length + (change ? 1 : 0)}`)
  return change
}
const thread = async (change: number): Promise<string> => {
  const posts = await database().post.findMany({ where: { subject: `change:${change}`, parentId: { not: null } }, orderBy: { id: 'asc' } })
  return posts.map((p) => JSON.stringify(p.payload)).join('\n')
}
const card = async (subject: string, purpose: string): Promise<string> => {
  const post = await database().post.findFirstOrThrow({ where: { subject, purpose: { startsWith: purpose } } })
  const drawn = await renderPost(house.house, post)
  if (!drawn) throw new Error('nothing to show')
  return [drawn.title, wordsOf(drawn), ...drawn.actions.map((a) => `[${a.label}]`)].join('\n')
}
const press = (actor: string, verb: string, subject: string, inputs: Record<string, string> = {}) =>
  handleIntent(house.house, { actor, place: 'patch-team', verb, subject, inputs })

const catalogueOf = (version: string, ...cves: readonly string[]): ExploitedCatalogue => ({
  version,
  releasedAt: '2026-11-25T00:00:00.000Z',
  entries: cves.map((cve) => ({
    cve,
    vendor: 'Git',
    product: 'git',
    name: 'x',
    addedOn: '2026-11-25',
    dueOn: '2026-12-16',
    ransomware: 'unknown',
  })),
})

describe('a notice of a feed', () => {
  test('that names what nobody here has makes no noise', async () => {
    await bring('feed', notice('postgresql-15'))
    expect(await changesOf(`USN-${number}-1`)).toEqual([])
    expect(await database().bulletin.findFirst({ where: { vendorId: `USN-${number}-1` } })).toMatchObject({
      matched: 0,
      verdict: 'UNCONFIRMED',
    })
  })

  test('that names what hosts have asks what is affected; a person says it, and the hosts are there', async () => {
    await bring('feed', notice('openssl'))
    const { id, hosts } = await only(`USN-${number}-1`)
    expect(hosts).toEqual([])
    expect(await card(`change:${id}`, 'alert')).toMatch(
      /Ubuntu names openssl, which 3 hosts have\..*\n(?:.*\n)*\[Say what is affected\]\n\[Vouch for it\]/,
    )
    const said = { product: 'openssl', version: '3.0.2-0ubuntu1.9', source: 'https://ubuntu.com/security/notices' }
    expect(await press('kofi', 'say-affected', `change:${id}`, said)).toMatchObject({ refusal: { code: 'ROLE_MISSING' } })
    expect(await press('ana', 'say-affected', `change:${id}`, { ...said, product: 'oracle-db' })).toMatchObject({
      refusal: { code: 'PRODUCT_UNKNOWN' },
    })
    expect(await press('ana', 'say-affected', `change:${id}`, { ...said, version: '' })).toMatchObject({ field: 'version' })
    expect(await press('ana', 'say-affected', `change:${id}`, said)).toMatchObject({ ok: true })
    const after = await only(`USN-${number}-1`)
    expect(after.hosts.map((h) => [h.host, h.packages[0]?.to])).toEqual([
      ['db-01', '3.0.2-0ubuntu1.9'],
      ['web-01', '3.0.2-0ubuntu1.9'],
      ['web-02', '3.0.2-0ubuntu1.9'],
    ])
    expect(await thread(id)).toMatch(/Ana Ferreira says: openssl is fixed in 3\.0\.2-0ubuntu1\.9/)
  })

  test('the next revision of the feed keeps what the person said', async () => {
    await bring(
      'feed',
      notice('openssl', {
        vendorId: `USN-${number}-1`,
        revision: '4',
        title: 'openssl vulnerabilities',
        updatedAt: '2026-02-01T00:00:00.000Z',
      }),
    )
    number -= 1
    expect((await only(`USN-${number}-1`)).hosts).toHaveLength(3)
  })
})

describe('the same bulletin from several sources', () => {
  test("the publisher's signed document takes the feed's notice over: one change, its thread says so, the hosts are there", async () => {
    const first = notice('curl')
    await bring('feed', first)
    const { id } = await only(first.vendorId)
    await bring('csaf', {
      ...first,
      source: 'csaf',
      vendorId: first.vendorId.toLowerCase(),
      names: [],
      fixed: [build('curl')],
      severity: 'important',
    })
    const after = await only(first.vendorId)
    expect([after.id, after.bulletin.verdict, after.bulletin.source, after.hosts.length]).toEqual([id, 'AUTHENTIC', 'csaf', 3])
    expect(await thread(id)).toMatch(/told by csaf now, before by feed: UNCONFIRMED -> AUTHENTIC/)
    const evidence = await press('ana', 'evidence', `change:${id}`)
    expect(JSON.stringify(evidence)).toMatch(/Told by 2 sources: feed \(UNCONFIRMED\); csaf \(AUTHENTIC\)/)
  })

  test('a weaker one that comes later changes nothing, and a revision of it neither', async () => {
    const signed = notice('nginx', { source: 'csaf', names: [], fixed: [build('nginx')] })
    await bring('csaf', signed)
    const before = await only(signed.vendorId)
    await bring('feed', { ...signed, source: 'feed', fixed: [], names: ['nginx'], title: 'forged title' })
    await bring('feed', {
      ...signed,
      source: 'feed',
      fixed: [],
      names: ['nginx'],
      title: 'forged again',
      revision: '4',
      updatedAt: '2026-02-01T00:00:00.000Z',
    })
    expect(await only(signed.vendorId)).toEqual(before)
  })

  test('an independent one that names its CVE and product corroborates it; the same publisher does not', async () => {
    const first = notice('zlib1g')
    await bring('feed', first)
    const { id } = await only(first.vendorId)
    const cve = first.vulnerabilities
    await bring('csaf', aBulletin({ ...first, source: 'csaf', vendorId: 'other-1', names: ['zlib1g'], vulnerabilities: cve }))
    expect((await only(first.vendorId)).bulletin.verdict).toBe('UNCONFIRMED')
    await bring('osv', aBulletin({ source: 'osv', vendorId: 'GHSA-aaaa-bbbb-cccc', names: ['zlib1g'], vulnerabilities: cve }))
    expect((await only(first.vendorId)).bulletin.verdict).toBe('CORROBORATED')
    expect(await thread(id)).toMatch(/osv \(github\.com\) confirms CVE/)
  })

  test('an independent one that tells of the very id with other vulnerabilities contradicts it: the one without proof is held', async () => {
    const first = notice('zlib1g')
    await bring('feed', first)
    const { publisher } = aBulletin({})
    await bring('csaf', { ...first, source: 'csaf', publisher, vulnerabilities: [aVulnerability({ cve: 'CVE-2020-7777' })] })
    const row = await house.house.db.bulletin.findFirstOrThrow({ where: { source: 'feed', vendorId: first.vendorId } })
    expect(row.verdict).toBe('QUARANTINED')
    expect(JSON.stringify(row.verification)).toContain('CVE-2020-7777')
    expect((await only(first.vendorId)).bulletin).toMatchObject({ source: 'csaf', verdict: 'AUTHENTIC' })
  })

  test('the one that a change rests on is contradicted: security sees it among what is held, and nothing can be decided', async () => {
    const first = notice('zlib1g', { fixed: [build('zlib1g')] })
    const { publisher } = aBulletin({})
    await bring('feed', first)
    const { id, bulletin } = await only(first.vendorId)
    const decide = () => press('ana', 'classify', `change:${id}`, { class: 'high' })
    expect(await press('dana', 'vouch', `change:${id}`, { reason: 'I looked at ubuntu.com.' })).toMatchObject({ ok: true })
    // Better proved, but it says no versions: it does not take the place of the one that does.
    await bring('csaf', { ...first, source: 'csaf', publisher, fixed: [], vulnerabilities: [aVulnerability({ cve: 'CVE-2020-8888' })] })
    expect((await only(first.vendorId)).bulletin).toMatchObject({ source: 'feed', verdict: 'QUARANTINED' })
    expect(await decide()).toMatchObject({ ok: false, refusal: { code: 'NOT_TRUSTED' } })
    expect(await thread(id)).toMatch(/UNCONFIRMED -> QUARANTINED/)
    const held = `bulletin:${bulletin.rowId}`
    const words = await card(held, 'held')
    expect(words).toMatch(new RegExp(`An independent origin contradicts it[^]*CVE-2020-8888[^]*Change ${id} has it`))
    expect(words).not.toContain('[Discard]')
    const security = await overviewFor(house.house, 'dana')
    const tasks = security.ok ? security.value.waitsForYou.map(({ text, about }) => `${text}: ${about}`) : []
    expect(tasks).toContain(`Look at a held document: ${first.vendorId}.json`)
  })

  test('property: in whatever order they come, there is one change and the best proof leads', async () => {
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(['feed', 'csaf', 'osv'], { minLength: 3 }), async (order) => {
        const one = notice('sudo')
        const from: Record<string, Bulletin> = {
          feed: one,
          csaf: { ...one, source: 'csaf', names: [], fixed: [build('sudo')] },
          osv: { ...one, source: 'osv', names: [], fixed: [build('sudo', '0ubuntu1.8')] },
        }
        for (const id of order) await bring(id, from[id] ?? one)
        const change = await only(one.vendorId)
        expect([change.bulletin.source, change.bulletin.verdict, change.hosts[0]?.packages[0]?.to]).toEqual([
          'csaf',
          'AUTHENTIC',
          '3.0.2-0ubuntu1.9',
        ])
      }),
      { numRuns: 6 },
    )
  })

  test('two sources at once: still one change', async () => {
    const one = notice('vim')
    for (const [id, bulletin] of [
      ['feed', one],
      ['csaf', { ...one, source: 'csaf', names: [], fixed: [build('vim')] }],
    ] as const) {
      const source = house.sources[id]
      if (source) source.next = { bulletins: [bulletin] }
    }
    await Promise.all([house.poll('feed'), house.poll('csaf')])
    for (const source of Object.values(house.sources)) source.next = {}
    expect((await only(one.vendorId)).bulletin.verdict).toBe('AUTHENTIC')
  })
})

describe('known exploited', () => {
  const publish = async (whole: ExploitedCatalogue): Promise<void> => {
    if (house.sources.kev) house.sources.kev.next = { exploited: whole }
    await house.poll('kev')
  }

  test('a vulnerability of an open change is added: raised, told in its thread; taken out again: told, too', async () => {
    const one = notice('git', { source: 'csaf', names: [], fixed: [build('git')], severity: 'moderate' })
    const cve = one.vulnerabilities[0]?.cve ?? ''
    await publish(catalogueOf('1', 'CVE-2000-1'))
    await bring('csaf', one)
    const before = await only(one.vendorId)
    expect([before.proposal.class, before.bulletin.vulnerabilities[0]?.knownExploited]).toEqual(['medium', 'no'])
    await publish(catalogueOf('2', 'CVE-2000-1', cve))
    const raised = await only(one.vendorId)
    expect([raised.proposal.class, raised.bulletin.vulnerabilities[0]?.knownExploited]).toEqual(['high', 'yes'])
    expect(await thread(raised.id)).toMatch(new RegExp(`${cve} is now known exploited`))
    await publish(catalogueOf('2', 'CVE-2000-1', cve))
    expect((await only(one.vendorId)).acts).toEqual(raised.acts)
    await publish(catalogueOf('3', 'CVE-2000-1'))
    expect((await only(one.vendorId)).bulletin.vulnerabilities[0]?.knownExploited).toBe('no')
    expect(await database().knownExploited.count({ where: { retractedAt: { not: null } } })).toBe(1)
  })

  test('a failed look at the catalogue changes nothing', async () => {
    const before = await database().knownExploited.findMany()
    if (house.sources.kev) house.sources.kev.next = new Error('half of it came')
    await house.poll('kev')
    expect(await database().knownExploited.findMany()).toEqual(before)
  })
})

describe('a flood', () => {
  test('twelve at once: five alerts of the ordinary ones, the others share a card; the urgent ones are never in it', async () => {
    const ordinary = Array.from({ length: 10 }, () =>
      notice('tar', { source: 'csaf', names: [], fixed: [build('tar')], severity: 'moderate' }),
    )
    const urgent = [0, 1].map(() => notice('tar', { source: 'csaf', names: [], fixed: [build('tar')], severity: 'critical' }))
    await bring('csaf', ...ordinary, ...urgent)
    const opened = await Promise.all([...ordinary, ...urgent].map(async ({ vendorId }) => (await changesOf(vendorId)).length))
    expect(opened).toEqual([1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 1, 1])
    const words = await card('source:csaf', 'rollup:')
    expect(words).toMatch(/csaf: 5 more bulletins today/)
    expect(words).toContain(`[Open ${ordinary[5]?.vendorId}]`)
    const row = await database().bulletin.findFirstOrThrow({ where: { vendorId: ordinary[5]?.vendorId ?? '' } })
    expect(await press('ana', 'open', `bulletin:${row.id}`)).toMatchObject({ ok: true })
    expect(await changesOf(ordinary[5]?.vendorId ?? '')).toHaveLength(1)
    expect(await card('source:csaf', 'rollup:')).toMatch(/4 more bulletins today/)
  })
})

describe('what nobody has opened yet', () => {
  test('a bulletin of a rollup is alerted when its vulnerability is known exploited', async () => {
    const many = Array.from({ length: 6 }, () => notice('less', { source: 'csaf', names: [], fixed: [build('less')], severity: 'low' }))
    await bring('csaf', ...many)
    const last = many.at(-1)
    expect(await changesOf(last?.vendorId ?? '')).toEqual([])
    if (house.sources.kev) house.sources.kev.next = { exploited: catalogueOf('9', last?.vulnerabilities[0]?.cve ?? '') }
    await house.poll('kev')
    expect((await only(last?.vendorId ?? '')).bulletin.vulnerabilities[0]?.knownExploited).toBe('yes')
  })

  test('a rollup that a killed poll did not show is shown by the next one', async () => {
    await database().post.deleteMany({ where: { subject: 'source:csaf', purpose: { startsWith: 'rollup:' } } })
    await bring('csaf')
    expect(await card('source:csaf', 'rollup:')).toMatch(/more bulletins? today/)
  })

  test('one that another source has opened already is not opened again', async () => {
    const one = notice('bash', { source: 'csaf', names: [], fixed: [build('bash')] })
    await bring('csaf', one)
    await bring('feed', { ...one, source: 'feed', fixed: [], names: ['bash'] })
    const row = await database().bulletin.findFirstOrThrow({ where: { source: 'feed', vendorId: one.vendorId } })
    expect(await press('ana', 'open', `bulletin:${row.id}`)).toMatchObject({ refusal: { code: 'ALREADY_DONE' } })
    expect(await changesOf(one.vendorId)).toHaveLength(1)
  })
})

describe('a source that is not well', () => {
  const said = async (id: string): Promise<number> =>
    database().post.count({ where: { subject: `source:${id}`, purpose: { startsWith: 'failing:' } } })

  test('a concern is said once, its news are taken, and its end is said', async () => {
    const source = house.sources.feed
    if (!source) throw new Error('no feed')
    const one = notice('less')
    source.next = { bulletins: [one], concern: 'The feed lists 3 items; the last time there were 30.' }
    await house.poll('feed')
    await house.poll('feed')
    expect([await said('feed'), (await changesOf(one.vendorId)).length]).toEqual([1, 1])
    source.next = {}
    await house.poll('feed')
    expect(await database().post.count({ where: { subject: 'source:feed', purpose: { startsWith: 'recovered:' } } })).toBe(1)
  })

  test('keys that are pinned at first sight are said once, where admins are; the source goes on with them', async () => {
    const source = house.sources.feed
    if (!source) throw new Error('no feed')
    const given: unknown[] = []
    const { fetch } = source.source
    source.source.fetch = async (cursor, stop, _wanted, known) => {
      given.push(known)
      return fetch(cursor, stop)
    }
    const firstKeys = [{ fingerprint: 'ab'.repeat(20), host: 'psirt.example', since: '2026-11-25T12:00:00.000Z' }]
    source.next = { firstKeys }
    await house.poll('feed')
    await house.poll('feed')
    expect(given.slice(-2)).toEqual([[], firstKeys])
    const posts = await database().post.findMany({ where: { subject: 'source:feed', purpose: { startsWith: 'first-keys:' } } })
    expect(posts.map(({ placeId, payload }) => [placeId, JSON.stringify(payload)])).toEqual([
      [expect.stringContaining('admin'), expect.stringContaining('ABAB ABAB')],
    ])
    source.next = {}
    source.source.fetch = fetch
  })

  test('such keys are kept before anything is proved by them: a look that breaks afterwards goes on with the same ones', async () => {
    const source = house.sources.csaf
    if (!source) throw new Error('no csaf')
    const firstKeys = [{ fingerprint: 'cd'.repeat(20), host: 'psirt.example', since: '2026-11-25T13:00:00.000Z' }]
    source.next = { firstKeys, dropped: null as never }
    await house.poll('csaf')
    expect(await readSourceState(house.house, 'csaf')).toMatchObject({ firstKeys, failingSince: expect.any(String) })
    expect(await database().post.count({ where: { subject: 'source:csaf', purpose: { startsWith: 'first-keys:' } } })).toBe(1)
    source.next = {}
    await house.poll('csaf')
  })

  // Files have the names that others gave them.
  test.each([
    'bad.json',
    '__proto__',
    'constructor',
  ])('a document %s that breaks is tried three times and then held; the others are taken at once', async (fileName) => {
    const [bad, good] = [notice('bash'), notice('bash')]
    const source = house.sources.feed
    if (!source) throw new Error('no feed')
    source.broken.add(fileName)
    const documents = [
      { fileName, bytes: Buffer.from(JSON.stringify(bad)) },
      { fileName: `${good.vendorId}.json`, bytes: Buffer.from(JSON.stringify(good)) },
    ]
    for (let poll = 1; poll <= 3; poll += 1) {
      source.next = { bulletins: [bad, good], documents }
      await house.poll('feed')
      expect(await changesOf(good.vendorId)).toHaveLength(1)
      expect(await database().bulletin.count({ where: { fileName } })).toBe(poll === 3 ? 1 : 0)
    }
    expect(await database().bulletin.findFirst({ where: { fileName } })).toMatchObject({
      origin: 'held',
      verdict: 'QUARANTINED',
    })
  })
  test('a catalogue of other vulnerabilities is no next one: the source fails, and nothing is retracted', async () => {
    const publish = async (...cves: readonly string[]): Promise<void> => {
      if (house.sources.kev) house.sources.kev.next = { exploited: catalogueOf('10', ...cves) }
      await house.poll('kev')
    }
    const standing = (await database().knownExploited.findMany({ where: { retractedAt: null } })).map(({ cve }) => cve)
    const many = Array.from({ length: 20 }, (_, i) => `CVE-2001-${1000 + i}`)
    await publish(...standing, ...many)
    const before = await database().knownExploited.findMany()
    await publish(...standing, ...many.map((cve) => cve.replace('2001', '2002')))
    expect(await database().knownExploited.findMany()).toEqual(before)
    expect(await said('kev')).toBe(1)
  })

  test('a list that was refused is taken once a person has said, with a reason, that it is right', async () => {
    const others = Array.from({ length: 20 }, (_, i) => `CVE-2003-${1000 + i}`)
    const look = async (): Promise<number> => {
      if (house.sources.kev) house.sources.kev.next = { exploited: catalogueOf('11', ...others) }
      await house.poll('kev')
      return database().knownExploited.count({ where: { cve: { in: others }, retractedAt: null } })
    }
    expect(await look()).toBe(0)
    const reset = (id: string, reason: string) => resetSource(house.house, id, { by: 'dana', reason })
    expect(await reset('keff', 'x')).toMatchObject({ ok: false, refusal: { code: 'SOURCE_UNKNOWN' } })
    expect(await reset('kev', ' ')).toMatchObject({ ok: false, refusal: { code: 'REASON_NEEDED' } })
    expect(await look()).toBe(0)
    const { firstKeys, firstPollDone } = await readSourceState(house.house, 'kev')
    expect((await reset('kev', 'CISA says so on its page')).ok).toBe(true)
    expect(await readSourceState(house.house, 'kev')).toMatchObject({ cursor: null, firstKeys, firstPollDone })
    expect(await look()).toBe(20)
    const record = await database().auditRecord.findFirst({ where: { body: { contains: '"reset-source"' } } })
    expect(JSON.parse(record?.body ?? '{}')).toMatchObject({
      actor: 'dana',
      subject: 'source:kev',
      detail: { reason: 'CISA says so on its page' },
    })
  })

  // The last one: it takes the house into the next year.
  test('one that answers and is silent against its habit is said once, and its return is said', async () => {
    const source = house.sources.feed
    if (!source) throw new Error('no feed')
    const day = (n: number): Date => new Date(Date.UTC(2027, 0, n, 12))
    const look = async (n: number, bulletins: readonly Bulletin[]): Promise<void> => {
      source.next = { bulletins }
      house.moveTo(day(n))
      await house.poll('feed')
    }
    const before = await said('feed')
    for (let n = 1; n <= 14; n += 1) await look(n, [notice(`daily-${n}`)])
    await look(34, [])
    expect(await said('feed')).toBe(before)
    await look(35, [])
    await look(36, [])
    expect(await said('feed')).toBe(before + 1)
    const recovered = { subject: 'source:feed', purpose: { startsWith: `recovered:${day(14).toISOString()}` } }
    expect(await database().post.count({ where: recovered })).toBe(0)
    await look(37, [notice('back')])
    expect(await database().post.count({ where: recovered })).toBe(1)
  })
})

test('the audit chain is whole after all of it', async () => {
  expect(await verifyAudit(database())).toMatchObject({ ok: true })
})
