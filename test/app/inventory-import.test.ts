import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { csvFormat } from '../../adapters/inventory/csv/index.ts'
import { dpkgFormat } from '../../adapters/inventory/dpkg-l/index.ts'
import { jsonFormat } from '../../adapters/inventory/json/index.ts'
import { rpmQaFormat } from '../../adapters/inventory/rpm-qa/index.ts'
import { matchedHosts, openChange } from '../../src/app/bulletins/open-change.ts'
import { json, readChange } from '../../src/app/change/rows.ts'
import { renderPost } from '../../src/app/chat/render.ts'
import { type House, transact } from '../../src/app/house.ts'
import { importInventory } from '../../src/app/inventory/import.ts'
import { lastImports, mendImports } from '../../src/app/inventory/import-row.ts'
import { readWholeHosts } from '../../src/app/inventory/read.ts'
import { readInventory } from '../../src/app/inventory/summary.ts'
import { QUEUES } from '../../src/app/jobs.ts'
import { createMembers } from '../../src/app/people/members.ts'
import { SAMPLE_FOLDER, samplePolicy } from '../../src/app/sample.ts'
import { type ImportView, inventoryCard } from '../../src/cards/inventory.ts'
import type { Asset } from '../../src/core/assess/asset.ts'
import { installedVersion } from '../../src/core/assess/scheme.ts'
import { evolve } from '../../src/core/change/evolve.ts'
import type { Bulletin } from '../../src/core/identify/bulletin.ts'
import { storyOf } from '../../src/core/identify/story.ts'
import { verifyAudit } from '../../src/db/audit.ts'
import { startBoss } from '../../src/db/boss.ts'
import { createWriter } from '../../src/db/writer.ts'
import { bulletin, fixedIn } from '../core/assess-support.ts'
import { wordsOf } from '../support/change-cards.ts'
import { type FreshDatabase, freshDatabase } from '../support/database.ts'
import { offlineMails } from '../support/mails.ts'
import { offlinePatchFiles } from '../support/patch-files.ts'

let fresh: FreshDatabase
let house: House
let now = new Date('2026-11-24T12:00:00.000Z')
let closeBoss: () => Promise<void>

beforeAll(async () => {
  fresh = await freshDatabase(8)
  const boss = await startBoss({ url: fresh.url, queues: QUEUES as never, log: () => undefined })
  closeBoss = () => boss.stop()
  house = {
    db: fresh.db,
    write: createWriter(fresh.db, { atOnce: 4, waiting: 100 }),
    boss,
    clock: { now: () => now },
    log: pino({ level: 'silent' }),
    inForce: await samplePolicy(SAMPLE_FOLDER),
    members: createMembers({ now: () => new Date() }),
    sources: new Map(),
    runners: new Map(),
    formats: new Map([csvFormat, jsonFormat, rpmQaFormat, dpkgFormat].map((format) => [format.kind, format])),
    mails: offlineMails,
    patchFiles: offlinePatchFiles,
    policyFile: null,
    adopt: async () => undefined,
  }
})
afterAll(async () => {
  await closeBoss?.()
  await fresh?.drop()
})
beforeEach(async () => {
  now = new Date('2026-11-24T12:00:00.000Z')
  const tables = ['Install', 'Asset', 'InventoryImport', 'Post', 'Bulletin', 'RolloutHost', 'Change', 'Due']
  await fresh.db.$executeRawUnsafe(`TRUNCATE ${tables.map((t) => `"${t}"`).join(', ')} RESTART IDENTITY CASCADE`)
})

async function take(bytes: string, more: { kind?: string; host?: string; fileName?: string } = {}): Promise<ImportView> {
  const ruled = await importInventory(house, { kind: 'csv', fileName: 'fleet.csv', by: 'ana', ...more, bytes })
  if (!ruled.ok) throw new Error(ruled.refusal.text)
  return ruled.value
}

const figures = ({ rows, taken, skipped, figures: f }: ImportView) => ({
  rows,
  taken,
  skipped: skipped.count,
  added: f.added,
  changed: f.changed,
  same: f.same,
})
const hosts = async (): Promise<readonly Asset[]> =>
  readWholeHosts(
    house.db,
    (await house.db.asset.findMany({ select: { host: true } })).map((a) => a.host),
  )
const host = async (name: string): Promise<Asset> => {
  const found = (await hosts()).find((a) => a.host === name)
  if (!found) throw new Error(`no host ${name}`)
  return found
}
const packages = (asset: Asset): readonly string[] => asset.installs.map((i) => `${i.name} ${installedVersion(i)}`).sort()
const actions = async (): Promise<readonly string[]> =>
  (await house.db.auditRecord.findMany({ orderBy: { seq: 'asc' } })).map((r) => (JSON.parse(r.body) as { action: string }).action)

const HEAD = 'host,os,streams,criticality,environment,exposure,serial,fqdn,last_seen,packages\n'
const row = (
  name: string,
  more: Partial<Record<'criticality' | 'environment' | 'exposure' | 'serial' | 'fqdn' | 'seen' | 'packages', string>> = {},
): string =>
  [
    name,
    'Debian GNU/Linux 12',
    'Debian:12',
    more.criticality ?? '',
    more.environment ?? '',
    more.exposure ?? '',
    more.serial ?? '',
    more.fqdn ?? '',
    more.seen ?? '2026-11-24T06:00:00Z',
    more.packages ?? 'openssl=3.0.11-1.amd64;bash=5.2-1.amd64',
  ].join(',')
const file = (...rows: string[]): string => `${HEAD}${rows.join('\n')}\n`

describe('taking a file in', () => {
  test('given a broken row, everything else is taken and the row is named', async () => {
    const view = await take(file(row('web-01'), row('web 02'), row('web-03')))
    expect(figures(view)).toEqual({ rows: 2, taken: 2, skipped: 1, added: 2, changed: 0, same: 0 })
    expect(view).toMatchObject({ status: 'done', skipped: { first: [{ line: 3, reason: 'host: expected a host name, got "web 02"' }] } })
    expect((await hosts()).map((a) => a.host)).toEqual(['web-01', 'web-03'])
    expect(packages(await host('web-01'))).toEqual(['bash 5.2-1', 'openssl 3.0.11-1'])
  })

  test('the same file again changes nothing', async () => {
    const text = file(row('web-01'), row('web-02', { criticality: 'mission-critical' }))
    await take(text)
    const before = await hosts()
    const ids = await house.db.install.findMany({ orderBy: { id: 'asc' } })
    now = new Date('2026-11-25T12:00:00.000Z')
    expect(figures(await take(text))).toEqual({ rows: 2, taken: 2, skipped: 0, added: 0, changed: 0, same: 2 })
    expect(await hosts()).toEqual(before)
    expect(await house.db.install.findMany({ orderBy: { id: 'asc' } })).toEqual(ids)
  })

  test('what a later file does not say stays; its packages replace the former ones; a sign of life never goes back', async () => {
    await take(file(row('web-01', { criticality: 'mission-critical', serial: 'S1' })))
    await take('host,department,last_seen,packages,os\nweb-01,Sales,2026-11-01,openssl=3.0.11-1.amd64,Debian GNU/Linux 12\n')
    const after = await host('web-01')
    expect(after).toMatchObject({
      department: 'Sales',
      criticality: 'mission-critical',
      serial: 'S1',
      lastSeen: '2026-11-24T06:00:00.000Z',
    })
    expect(packages(after)).toEqual(['openssl 3.0.11-1'])
  })

  test('a host that a later file does not have stays, with its old sign of life', async () => {
    await take(file(row('web-01'), row('web-02')))
    now = new Date('2026-12-24T12:00:00.000Z')
    await take(file(row('web-01', { seen: '2026-12-24T00:00:00Z' })))
    expect((await hosts()).map((a) => [a.host, a.lastSeen.slice(0, 10)])).toEqual([
      ['web-01', '2026-12-24'],
      ['web-02', '2026-11-24'],
    ])
  })

  test('a package list changes the packages of its host and nothing else', async () => {
    await take(file(row('web-01', { criticality: 'mission-critical' }), row('web-02')))
    const view = await take('bash 5.2-2 amd64 ii \n', { kind: 'dpkg-l', host: 'WEB-01', fileName: 'web-01.dpkg' })
    expect(figures(view)).toMatchObject({ taken: 1, changed: 1 })
    expect(await host('web-01')).toMatchObject({ criticality: 'mission-critical', streams: ['Debian:12'] })
    expect(packages(await host('web-01'))).toEqual(['bash 5.2-2'])
    expect(packages(await host('web-02'))).toHaveLength(2)
  })

  test.each([
    [{ kind: 'xlsx' }, 'FORMAT_UNKNOWN'],
    [{ kind: 'rpm-qa' }, 'HOST_NEEDED'],
    [{ place: 'nowhere' }, 'PLACE_UNKNOWN'],
  ])('%j is refused', async (more, code) => {
    const ruled = await importInventory(house, { kind: 'csv', fileName: 'f', by: 'ana', bytes: '', ...more })
    expect(ruled).toMatchObject({ ok: false, refusal: { code } })
    expect(await house.db.inventoryImport.count()).toBe(0)
  })

  test('many hosts go in batches, and the card shows how far it is', async () => {
    const seen: string[] = []
    const names = Array.from({ length: 700 }, (_, i) => `host-${`${i}`.padStart(3, '0')}`)
    async function* slowly(): AsyncGenerator<Uint8Array> {
      yield new TextEncoder().encode(HEAD)
      for (const name of names) {
        const [one] = await lastImports(house.db, 1)
        if (one && seen.at(-1) !== `${one.status} ${one.taken}`) seen.push(`${one.status} ${one.taken}`)
        yield new TextEncoder().encode(`${row(name)}\n`)
      }
    }
    const ruled = await importInventory(house, { kind: 'csv', fileName: 'fleet.csv', by: 'ana', place: 'patch-team', bytes: slowly() })
    expect(ruled).toMatchObject({ ok: true, value: { taken: 700, status: 'done' } })
    expect(seen).toEqual(['running 0', ...[1, 2, 3, 4, 5, 6].map((n) => `running ${n}00`)])
    const posts = await house.db.post.findMany({ where: { subject: 'import:1' } })
    const admin = house.inForce.policy.places.filter((p) => p.audience === 'admin').map((p) => p.id)
    expect(posts.map((p) => p.placeId).sort()).toEqual([...new Set([...admin, 'patch-team'])].sort())
    const [post] = posts
    expect(await house.db.redraw.count({ where: { subject: 'import:1' } })).toBeGreaterThan(2)
    const card = post && (await renderPost(house, post))
    expect(card && wordsOf(card)).toContain('700 of 700 taken: 700 new, 0 changed, 0 as before')
  })
})

describe('a file that breaks off half way', () => {
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield new TextEncoder().encode(HEAD)
    for (let i = 0; i < 250; i += 1) yield new TextEncoder().encode(`${row(`host-${i}`)}\n`)
    throw new Error('the connection is gone')
  }

  test('what was taken stays, it is said, and the whole file again completes it', async () => {
    const gone = importInventory(house, { kind: 'csv', fileName: 'fleet.csv', by: 'ana', bytes: broken() })
    await expect(gone).rejects.toMatchObject({ code: 'IMPORT_FAILED' })
    const [failed] = await lastImports(house.db, 1)
    expect(failed).toMatchObject({ status: 'failed', reason: 'the connection is gone', taken: 200 })
    const card = await renderPost(house, { subject: 'import:1', purpose: 'import', payload: null })
    expect(card && wordsOf(card)).toContain('import the file again. What was taken stays, and nothing is taken twice.')
    const view = await take(file(...Array.from({ length: 250 }, (_, i) => row(`host-${i}`))))
    expect(figures(view)).toMatchObject({ taken: 250, added: 50, same: 200 })
  })

  test('given a bot that was killed, its import is broken off at the next start, and what it changed is matched by the next one', async () => {
    const document = openssl()
    await store(document)
    await expect(importInventory(house, { kind: 'csv', fileName: 'fleet.csv', by: 'ana', bytes: broken() })).rejects.toThrow()
    await house.db.inventoryImport.updateMany({ data: { status: 'running', finishedAt: null } })
    await mendImports(house)
    expect((await lastImports(house.db, 1))[0]).toMatchObject({ status: 'broken off', reason: 'The bot was stopped while it ran.' })
    const view = await take(file(row('host-0')))
    expect(figures(view)).toMatchObject({ same: 1, changed: 0 })
    expect(view.figures.matched.opened).toEqual([1])
    expect((await readChange(house.db, 1))?.hosts).toHaveLength(200)
    expect(await house.db.inventoryImport.count({ where: { matched: false } })).toBe(0)
  })
})

describe('one host in two files', () => {
  test.each([
    ['serial number', { serial: 'ABC-1' }, { serial: 'abc-1' }],
    ['full name', { fqdn: 'web-01.x.example' }, { fqdn: 'WEB-01.x.example' }],
  ])('is one by its %s, under the name that it has already', async (what, first, second) => {
    await take(file(row('web-01', first)))
    const view = await take(file(row('srv-0815', second)), { fileName: 'cmdb.csv' })
    expect((await hosts()).map((a) => a.host)).toEqual(['web-01'])
    expect((await host('web-01')).aliases).toEqual(['srv-0815'])
    expect(view.figures.renamed.first).toEqual([`srv-0815 is known as web-01 (same ${what})`])
    expect(figures(await take(file(row('srv-0815')), { fileName: 'cmdb.csv' })), 'by its other name alone').toMatchObject({ added: 0 })
  })

  test('a serial number that two hosts of a file share tells nobody apart, and neither does one that makers leave empty', async () => {
    const view = await take(
      file(
        row('web-01', { serial: 'S1' }),
        row('web-02', { serial: 'S1' }),
        row('web-03', { serial: 'None' }),
        row('web-04', { serial: 'None' }),
      ),
    )
    expect((await hosts()).map((a) => a.host)).toEqual(['web-01', 'web-02', 'web-03', 'web-04'])
    expect(view.skipped.first).toEqual([
      { line: 3, reason: 'web-02: its serial number is that of web-01 in line 2, too, and was left out' },
    ])
  })

  test('twice in one file, the first counts', async () => {
    const view = await take(file(row('web-01', { criticality: 'normal' }), row('WEB-01', { criticality: 'mission-critical' })))
    expect(figures(view)).toMatchObject({ rows: 2, taken: 1, skipped: 1 })
    expect(view.skipped.first).toEqual([{ line: 3, reason: 'web-01 is there twice; line 2 counts' }])
    expect((await host('web-01')).criticality).toBe('normal')
  })

  test('where two files disagree both show and the worse counts, until one changes its word', async () => {
    await take(file(row('web-01', { criticality: 'normal', environment: 'production', exposure: 'internal' })), {
      fileName: 'fleet-2026-11-24.csv',
    })
    const other = await take(file(row('web-01', { criticality: 'mission-critical', environment: 'test', exposure: 'internet' })), {
      fileName: 'cmdb.csv',
    })
    expect(other.figures.conflicts.first).toEqual([
      {
        host: 'web-01',
        fact: 'criticality',
        said: [
          { origin: 'cmdb.csv', value: 'mission-critical' },
          { origin: 'fleet.csv', value: 'normal' },
        ],
        counts: 'mission-critical',
      },
      expect.objectContaining({ fact: 'environment', counts: 'production' }),
      expect.objectContaining({ fact: 'exposure', counts: 'internet' }),
    ])
    expect(await host('web-01')).toMatchObject({ criticality: 'mission-critical', environment: 'production', exposure: 'internet' })
    const settled = await take(file(row('web-01', { criticality: 'normal', environment: 'production', exposure: 'internal' })), {
      fileName: 'cmdb.csv',
    })
    expect(settled.figures.conflicts.count).toBe(0)
    expect(await host('web-01')).toMatchObject({ criticality: 'normal', environment: 'production', exposure: 'internal' })
  })

  test.each([
    '__proto__',
    'constructor',
  ])('a file called %s is an origin like any other: its word counts, and is kept', async (fileName) => {
    await take(file(row('web-01', { environment: 'production' })), { fileName })
    const other = await take(file(row('web-01', { environment: 'test' })), { fileName: 'fleet.csv' })
    expect(other.figures.conflicts.first).toEqual([
      {
        host: 'web-01',
        fact: 'environment',
        said: [
          { origin: fileName, value: 'production' },
          { origin: 'fleet.csv', value: 'test' },
        ],
        counts: 'production',
      },
    ])
    const settled = await take(file(row('web-01', { environment: 'test' })), { fileName })
    expect(settled.figures.conflicts.count).toBe(0)
    expect((await host('web-01')).environment).toBe('test')
  })

  test('a default is nobody’s word: the first file that says something is not contradicted by it', async () => {
    await take('host\nweb-01\n')
    const view = await take(file(row('web-01', { environment: 'test' })), { fileName: 'cmdb.csv' })
    expect(view.figures.conflicts.count).toBe(0)
    expect((await host('web-01')).environment).toBe('test')
  })
})

/** A bulletin about openssl of Debian 12. */
const openssl = (version = '3.0.12-1'): Bulletin => ({
  ...bulletin('DSA-1', [fixedIn('dpkg', 'openssl', version, { stream: 'Debian:12' })]),
  source: 'debian',
})

async function store(document: Bulletin, origin = 'new'): Promise<number> {
  const { id } = await house.db.bulletin.create({
    data: {
      source: document.source,
      story: storyOf(document),
      vendorId: document.vendorId,
      revision: document.revision,
      updatedAt: now,
      digest: `${document.source} ${document.vendorId}`,
      fileName: `${document.vendorId}.json`,
      raw: new Uint8Array(),
      document: json(document),
      verdict: 'AUTHENTIC',
      verification: { reason: 'signed' },
      current: true,
      origin,
      seenAt: now,
    },
  })
  return id
}

/** The bulletin has come when the inventory was as it is. */
async function opened(document: Bulletin): Promise<number> {
  const id = await store(document)
  return transact(house, async (unit) => {
    await unit.tx.bulletin.update({ where: { id }, data: { matched: (await matchedHosts(unit, document)).length } })
    return openChange(unit, id)
  })
}

const stateOf = async (id: number) => {
  const state = await readChange(house.db, id)
  if (!state) throw new Error(`no change ${id}`)
  return state
}

describe('what an import means for bulletins', () => {
  test('one that matched nothing before and matches now opens a change, and its alert says why', async () => {
    await take(file(row('web-01', { packages: 'bash=5.2-1.amd64' })))
    await store(openssl())
    const view = await take(file(row('web-01'), row('web-02', { packages: 'openssl=3.0.12-1.amd64' })))
    expect(view.figures.matched).toMatchObject({ opened: [1], renewed: [], reopened: [] })
    expect((await stateOf(1)).hosts.map((h) => [h.host, h.packages[0]?.from, h.packages[0]?.to, h.packages[0]?.scheme])).toEqual([
      ['web-01', '3.0.11-1', '3.0.12-1', 'dpkg'],
    ])
    const why = await house.db.post.findFirst({ where: { subject: 'change:1', purpose: 'why' } })
    expect(JSON.stringify(why?.payload)).toContain('Import 2 changed the inventory. Nothing matched this bulletin before.')
    expect((await take(file(row('web-01')))).figures.matched.opened, 'again').toEqual([])
  })

  test('one of the time before its source was connected makes no noise', async () => {
    const id = await store(openssl(), 'history')
    const view = await take(file(row('web-01')))
    expect(view.figures.matched).toMatchObject({ opened: [], history: 1 })
    expect((await house.db.bulletin.findUniqueOrThrow({ where: { id } })).matched).toBe(1)
  })

  test('a notice that only names a product that nobody had opens a change once somebody has it', async () => {
    await take(file(row('web-01', { packages: 'bash=5.2-1.amd64' })))
    await store({ ...bulletin('notice-1', []), source: 'feed', names: ['openjdk'] })
    await store({ ...bulletin('notice-2', []), source: 'feed', names: ['chrome'] })
    const view = await take(file(row('web-01', { packages: 'openjdk-17=17.0.9-1.amd64' })))
    expect(view.figures.matched.opened).toEqual([1])
    expect((await stateOf(1)).bulletin.vendorId).toBe('notice-1')
  })

  test('two origins of one bulletin open one change', async () => {
    await take(file(row('web-01', { packages: 'bash=5.2-1.amd64' })))
    for (const source of ['debian', 'osv']) await store({ ...openssl(), source })
    const view = await take(file(row('web-01')))
    expect([view.figures.matched.opened, await house.db.change.count()]).toEqual([[1], 1])
    expect((await house.db.bulletin.findMany()).map((b) => b.changeId)).toEqual([1, 1])
  })

  test('when many match at once, the ordinary ones share a card; an urgent one always has its own', async () => {
    await take(file(row('web-01', { packages: 'bash=5.2-1.amd64' })))
    for (let i = 0; i < 8; i += 1) await store({ ...openssl(), vendorId: `DSA-${i}` })
    await store({ ...openssl(), vendorId: 'DSA-9', severity: 'critical' })
    const { matched } = (await take(file(row('web-01')))).figures
    expect([matched.opened.length, matched.listed]).toEqual([6, 3])
    expect(await house.db.post.count({ where: { subject: 'source:debian', purpose: 'rollup:import-2' } })).toBe(1)
  })

  test('the hosts of an open change follow the inventory', async () => {
    await take(file(row('web-01'), row('web-02')))
    const change = await opened(openssl())
    const view = await take(
      file(row('web-01', { packages: 'openssl=3.0.12-1.amd64' }), row('web-02', { criticality: 'mission-critical' }), row('web-03')),
    )
    expect(view.figures.matched).toMatchObject({ opened: [], renewed: [change] })
    const state = await stateOf(change)
    expect(state.hosts.map((h) => [h.host, h.missionCritical])).toEqual([
      ['web-02', true],
      ['web-03', false],
    ])
    expect(state.acts.at(-1)?.what).toBe(
      'followed the inventory (Import 2 changed the inventory.): needed by web-03; not needed any more by web-01',
    )
  })

  test('a change that has its plan keeps its hosts, and the import says who else needs it', async () => {
    await take(file(row('web-01')))
    const change = await opened(openssl())
    await house.db.change.update({
      where: { id: change },
      data: { phase: 'announced', state: json({ ...(await stateOf(change)), phase: 'announced' }) },
    })
    const view = await take(file(row('web-01'), row('web-02')))
    expect(view.figures.matched).toMatchObject({ renewed: [], late: [{ change, hosts: ['web-02'] }] })
    expect((await stateOf(change)).hosts.map((h) => h.host)).toEqual(['web-01'])
  })

  test('one that was decided not relevant comes back when another host needs it, and only then', async () => {
    await take(file(row('web-01')))
    const change = await opened(openssl())
    const happened = { now: now.toISOString(), policy: house.inForce.policy }
    const dismissed = evolve(await stateOf(change), { kind: 'declared not relevant', by: 'ana', reason: 'a lab machine' }, happened)
    await house.db.change.update({ where: { id: change }, data: { phase: dismissed.phase, state: json(dismissed) } })
    expect((await take(file(row('web-01', { criticality: 'mission-critical' })))).figures.matched.reopened).toEqual([])
    const view = await take(file(row('web-01'), row('web-02')))
    expect(view.figures.matched.reopened).toEqual([{ earlier: change, change: change + 1 }])
    const why = await house.db.post.findFirst({ where: { subject: `change:${change + 1}`, purpose: 'why' } })
    expect(JSON.stringify(why?.payload)).toContain(
      'Change 1 was decided to be not relevant, and hosts need it now that did not then: web-02.',
    )
  })

  test('everything is in the audit, and the chain holds', async () => {
    await store(openssl())
    const before = (await actions()).length
    await take(file(row('web-01')))
    expect((await actions()).slice(before)).toEqual(['begin-import', 'import-hosts', 'open-change', 'finish-import'])
    expect(await verifyAudit(house.db)).toMatchObject({ ok: true })
  })
})

test('the inventory card answers the eight questions, and says how fresh each answer is', async () => {
  await take(
    file(
      row('web-01', { criticality: 'mission-critical' }),
      row('web-02', { seen: '2026-10-01T00:00:00Z', packages: 'openssl=3.0.12-1.amd64' }),
    ),
  )
  await take('host,os,managed,packages\npc-01,Windows 11 23H2,no,Google Chrome=120.0.1.x64\n', { fileName: 'pcs.csv' })
  await opened(openssl())
  const words = wordsOf(inventoryCard(await readInventory(house), await lastImports(house.db, 3)))
  for (const line of [
    /^Inventory: 3 hosts$/m,
    /^Operating systems: 2, in 2 versions$/m,
    /^Applications: 2, in 3 versions$/m,
    /^Different patches: 1 group of hosts/m,
    /^Matched by nothing: 1, all seen within 7 days: pc-01 \(no stream\)$/m,
    /^Unpatched: 1, all seen within 7 days: web-01$/m,
    /^Unmanaged: 1, all seen within 7 days: pc-01$/m,
    /^Mission critical: 1, all seen within 7 days: web-01$/m,
    /^Not seen lately: 1, of which 0 seen within 7 days, one not since .*: web-02$/m,
    /^Dependencies: not known/m,
  ])
    expect(words).toMatch(line)
})
