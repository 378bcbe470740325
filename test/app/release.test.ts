import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { renderPost } from '../../src/app/chat/render.ts'
import { handleIntent } from '../../src/app/doors/intents.ts'
import { transact } from '../../src/app/house.ts'
import { rematch } from '../../src/app/inventory/rematch.ts'
import { writeAssets } from '../../src/app/inventory/write.ts'
import type { Asset } from '../../src/core/assess/asset.ts'
import type { Bulletin } from '../../src/core/identify/bulletin.ts'
import { anAsset } from '../support/asset.ts'
import { aBulletin, aVulnerability } from '../support/bulletin.ts'
import { wordsOf } from '../support/change-cards.ts'
import { type Intake, intake } from '../support/intake.ts'

const RELEASE = 'Microsoft, September 2026'
const PRODUCTS = ['Windows Server 2022', 'Microsoft Word 2016', 'Microsoft Edge', 'SQL Server 2022']

let house: Intake
beforeAll(async () => {
  house = await intake({ msrc: [{ kind: 'msrc' }, 'official'] })
  await transact(house.house, (unit) => writeAssets(unit.tx, ['win-01', 'win-02'].map(host)))
  await house.poll('msrc')
})
afterAll(() => house?.end())

const host = (name: string): Asset =>
  anAsset({
    host: name,
    assetClass: 'windows servers',
    operatingSystem: 'Windows Server 2022',
    streams: [],
    installs: PRODUCTS.map((product) => ({ scheme: 'generic', name: product, arch: 'x64', epoch: 0, version: '10.0.1', release: '' })),
  })

let cve = 7000
const part = (family: string, product: string, own: Partial<Bulletin> = {}): Bulletin => {
  cve += 1
  return aBulletin({
    source: 'msrc',
    vendorId: `MSRC-2026-Sep-${family.toLowerCase().replaceAll(' ', '-')}`,
    revision: '20260908.70000.0',
    title: `${RELEASE}: ${family}`,
    publisher: { name: 'Microsoft', namespace: 'https://api.msrc.microsoft.com', category: 'vendor' },
    severity: 'important',
    names: [product.toLowerCase()],
    fixed: [],
    unfixed: [],
    release: RELEASE,
    vulnerabilities: [aVulnerability({ cve: `CVE-2026-${cve}`, severity: 'important', knownExploited: 'unknown' })],
    ...own,
  })
}
const bring = async (...bulletins: readonly Bulletin[]): Promise<void> => {
  const source = house.sources.msrc
  if (!source) throw new Error('no source')
  source.next = { bulletins }
  await house.poll('msrc')
  source.next = {}
}
const cards = async (): Promise<readonly string[]> => {
  const posts = await house.house.db.post.findMany({ where: { purpose: { startsWith: 'release:' } }, orderBy: { id: 'asc' } })
  const drawn = await Promise.all(posts.map((post) => renderPost(house.house, post)))
  return drawn.map((card) => (card ? [card.title, wordsOf(card), ...card.actions.map((a) => `[${a.label}]`)].join('\n') : ''))
}
const alerts = () => house.house.db.post.count({ where: { purpose: 'alert' } })

describe('Patch Tuesday', () => {
  test('its parts share one card, the gravest first; each can be opened; what is not here is not on it', async () => {
    await bring(
      part('Microsoft Office', 'Microsoft Word 2016', { severity: 'moderate' }),
      part('Windows', 'Windows Server 2022'),
      part('Exchange Server', 'Microsoft Exchange Server 2019'),
    )
    expect(await alerts()).toBe(0)
    const [card, ...more] = await cards()
    expect(more).toEqual([])
    expect(card).toContain('Microsoft, September 2026: 2 products of ours, 2 to open')
    expect(card?.indexOf('Windows')).toBeLessThan(card?.indexOf('Microsoft Office') ?? 0)
    expect(card).toContain('[Open Windows]')
    expect(card).not.toContain('Exchange')
  })

  test('a part that comes late is on the same card', async () => {
    await bring(part('SQL Server', 'SQL Server 2022'))
    const [card, ...more] = await cards()
    expect(more).toEqual([])
    expect(card).toContain('3 products of ours, 3 to open')
  })

  test('a known exploited one does not wait there: it has an alert of its own, and its line says which change it is', async () => {
    await bring(
      part('Browser', 'Microsoft Edge', {
        vulnerabilities: [aVulnerability({ cve: 'CVE-2026-7999', severity: 'important', knownExploited: 'yes' })],
      }),
    )
    expect(await alerts()).toBe(1)
    const change = await house.house.db.change.findFirstOrThrow()
    const [card] = await cards()
    expect(card).toContain('4 products of ours, 3 to open')
    expect(card).toContain(`change ${change.id}`)
    expect(card).not.toContain('[Open Browser]')
  })

  test('nor does one that a revision makes critical: a change that nobody has opened has no clock', async () => {
    const critical = aVulnerability({ cve: 'CVE-2026-7999', severity: 'critical', knownExploited: 'unknown' })
    const revised = {
      revision: '20260909.70000.0',
      updatedAt: '2026-11-23T00:00:00.000Z',
      severity: 'critical',
      vulnerabilities: [critical],
    } as const
    await bring(part('SQL Server', 'SQL Server 2022', revised))
    expect(await alerts()).toBe(2)
    const [card] = await cards()
    expect(card).toContain('4 products of ours, 2 to open')
    expect(card).not.toContain('[Open SQL Server]')
  })

  test('opening a part makes it a change; the card follows', async () => {
    const row = await house.house.db.bulletin.findFirstOrThrow({ where: { vendorId: 'MSRC-2026-Sep-windows', current: true } })
    const answer = await handleIntent(house.house, {
      actor: 'ana',
      place: 'patch-team',
      verb: 'open',
      subject: `bulletin:${row.id}`,
      inputs: {},
    })
    if (!answer.ok) throw new Error(answer.refusal.text)
    const [card] = await cards()
    expect(card).toContain('4 products of ours, 1 to open')
    expect(card).not.toContain('[Open Windows]')
  })

  test('a revision of an opened part is a revision of its change, and no second card', async () => {
    await bring(
      part('Windows', 'Windows Server 2022', {
        revision: '20260910.70000.0',
        updatedAt: '2026-11-24T00:00:00.000Z',
        severity: 'moderate',
      }),
    )
    expect(await cards()).toHaveLength(1)
    expect(await house.house.db.change.count()).toBe(3)
  })
})

describe('an inventory that comes after the release', () => {
  test('brings a part onto the card of its release, and not onto another', async () => {
    const exchange = {
      scheme: 'generic',
      name: 'Microsoft Exchange Server 2019',
      arch: 'x64',
      epoch: 0,
      version: '15.2',
      release: '',
    } as const
    await transact(house.house, (unit) => writeAssets(unit.tx, [{ ...host('mail-01'), installs: [exchange] }]))
    const row = await house.house.db.bulletin.findFirstOrThrow({ where: { vendorId: 'MSRC-2026-Sep-exchange-server', current: true } })
    expect(row.matched).toBe(0)
    await house.house.db.asset.update({ where: { host: 'mail-01' }, data: { touched: 1 } })
    expect(await rematch(house.house, 1)).toMatchObject({ listed: 1, opened: [] })
    expect(await house.house.db.post.count({ where: { purpose: { startsWith: 'rollup:' } } })).toBe(0)
    expect(await cards()).toHaveLength(1)
    expect((await cards())[0]).toContain('[Open Exchange Server]')
  })
})

describe('coverage', () => {
  const coverage = async (): Promise<string> => {
    const answer = await handleIntent(house.house, {
      actor: 'ana',
      place: 'patch-team',
      verb: 'command',
      subject: '',
      inputs: { text: 'coverage' },
    })
    if (!answer.ok) throw new Error(answer.refusal.text)
    return answer.cards.map((card) => `${card.title}\n${wordsOf(card)}`).join('\n')
  }

  test('all is watched while the source works', async () => {
    expect(await coverage()).toContain('Every product is watched by a source that works')
  })

  test('what it watches is a gap as soon as it fails, the most hosts first', async () => {
    const source = house.sources.msrc
    if (!source) throw new Error('no source')
    source.next = new Error('it does not answer')
    await house.poll('msrc')
    await transact(house.house, (unit) => writeAssets(unit.tx, [{ ...host('erp-01'), streams: ['Debian:12'], installs: [erp, openssl] }]))
    const text = await coverage()
    expect(text).toContain('7 products that no source watches')
    expect(text).toContain('repair msrc: it does not answer well')
    expect(text).toContain('a source of kind advisory with format debian')
    expect(text.indexOf('SQL Server 2022')).toBeLessThan(text.indexOf('Some ERP'))
  })
})

const erp = { scheme: 'generic', name: 'Some ERP', arch: 'x64', epoch: 0, version: '1.0', release: '' } as const
const openssl = { scheme: 'dpkg', name: 'openssl', arch: 'amd64', epoch: 0, version: '3.0.2', release: '1' } as const
