import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { handleIntent } from '../../src/app/doors/intents.ts'
import { transact } from '../../src/app/house.ts'
import { writeAssets } from '../../src/app/inventory/write.ts'
import type { ChangeState } from '../../src/core/change/state.ts'
import type { Bulletin } from '../../src/core/identify/bulletin.ts'
import { anAsset } from '../support/asset.ts'
import { aBulletin, aVulnerability } from '../support/bulletin.ts'
import { type Intake, intake } from '../support/intake.ts'

// Microsoft tells of one part of a month in two places.
let house: Intake
beforeAll(async () => {
  house = await intake({ months: [{ kind: 'msrc' }, 'official'], guide: [{ kind: 'msrc-guide' }, 'official'] })
  const windows = { scheme: 'generic', name: 'Windows Server 2022', arch: 'x64', epoch: 0, version: '10.0.1', release: '' } as const
  await transact(house.house, (unit) => writeAssets(unit.tx, [anAsset({ host: 'win-01', streams: [], installs: [windows] })]))
  await house.poll('months')
  await house.poll('guide')
})
afterAll(() => house?.end())

let month = 0
beforeEach(() => {
  month += 1
})
const NAMES = ['', 'Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep']
const release = () => `Microsoft, month ${month}`
const vulnerability = (own: object = {}) =>
  aVulnerability({ cve: `CVE-2026-600${month}`, severity: 'critical', knownExploited: 'unknown', ...own })

const part = (source: 'months' | 'guide', own: Partial<Bulletin> = {}): Bulletin =>
  aBulletin({
    source,
    vendorId: `MSRC-2026-${NAMES[month]}-windows`,
    revision: '20260908.70000.0',
    updatedAt: '2026-09-08T07:00:00.000Z',
    title: `${release()}: Windows`,
    publisher: { name: 'Microsoft', namespace: 'https://api.msrc.microsoft.com', category: 'vendor' },
    severity: 'critical',
    names: ['windows server 2022'],
    fixed: [],
    unfixed: [],
    release: release(),
    vulnerabilities: [vulnerability()],
    ...own,
  })
const exploited = (own: object = {}): Partial<Bulletin> => ({
  revision: '20260923.70000.0',
  updatedAt: '2026-09-23T07:00:00.000Z',
  vulnerabilities: [vulnerability({ knownExploited: 'yes', ...own })],
})

const bring = async (bulletin: Bulletin): Promise<void> => {
  const source = house.sources[bulletin.source]
  if (!source) throw new Error('no source')
  source.next = { bulletins: [bulletin] }
  await house.poll(bulletin.source)
  source.next = {}
}
const rows = () =>
  house.house.db.bulletin.findMany({ where: { vendorId: `MSRC-2026-${NAMES[month]}-windows`, current: true }, orderBy: { id: 'asc' } })
const changes = async (): Promise<readonly ChangeState[]> => {
  const found = await house.house.db.change.findMany({ orderBy: { id: 'asc' } })
  return found.map(({ state }) => state as unknown as ChangeState).filter(({ bulletin }) => bulletin.vendorId.includes(`-${NAMES[month]}-`))
}
const open = (row: number | undefined) =>
  handleIntent(house.house, { actor: 'ana', place: 'patch-team', verb: 'open', subject: `bulletin:${row}`, inputs: {} })
const releaseCards = () => house.house.db.post.findMany({ where: { purpose: `release:${release()}` } })

describe.each([
  ['months', 'guide'],
  ['guide', 'months'],
] as const)('%s tell of it first, then %s', (first, second) => {
  test('one change with two origins, which confirm nothing of one another', async () => {
    await bring(part(first))
    await bring(part(second))
    expect((await changes()).map(({ bulletin }) => bulletin.source)).toEqual([first])
    expect((await rows()).map(({ source, verdict, changeId }) => [source, verdict, changeId])).toEqual(
      [first, second].map((source) => [source, 'UNCONFIRMED', expect.any(Number)]),
    )
    expect(new Set((await rows()).map(({ changeId }) => changeId)).size).toBe(1)
  })

  test('what one of them says later is what the change is about; what it says again, earlier or as late, is not', async () => {
    await bring(part(first))
    await bring(part(second, exploited()))
    const [change, ...others] = await changes()
    expect(others).toEqual([])
    expect([change?.bulletin.source, change?.bulletin.vulnerabilities[0]?.knownExploited]).toEqual([second, 'yes'])
    await bring(part(first, exploited({ severity: 'low' })))
    expect((await changes()).map(({ bulletin }) => bulletin.source)).toEqual([second])
  })

  test('a part that waits on the card of its release stands there once, and opened it is opened for both', async () => {
    const important = { severity: 'important' as const, vulnerabilities: [vulnerability({ severity: 'important', cvss: undefined })] }
    await bring(part(first, important))
    await bring(part(second, important))
    expect(await changes()).toEqual([])
    expect((await releaseCards()).map(({ subject }) => subject)).toEqual([`source:${first}`])
    const [one, other] = await rows()
    expect(await open(one?.id)).toMatchObject({ ok: true })
    expect(await open(other?.id)).toMatchObject({ refusal: { code: 'ALREADY_DONE' } })
    expect(await changes()).toHaveLength(1)
  })
})
