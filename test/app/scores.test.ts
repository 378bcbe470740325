import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { oneDocumentAtATime } from '../../src/app/bulletins/in-turn.ts'
import { wantedScores } from '../../src/app/bulletins/scores.ts'
import { transact } from '../../src/app/house.ts'
import { writeAssets } from '../../src/app/inventory/write.ts'
import type { ChangeState } from '../../src/core/change/state.ts'
import type { Bulletin } from '../../src/core/identify/bulletin.ts'
import type { CveScore } from '../../src/core/identify/scores.ts'
import { anAsset } from '../support/asset.ts'
import { aBulletin, aVulnerability } from '../support/bulletin.ts'
import { type Intake, intake } from '../support/intake.ts'

let house: Intake
beforeAll(async () => {
  house = await intake({
    csaf: [{ kind: 'csaf', provider: 'ubuntu.com', namespaces: ['ubuntu.com'] }, 'signed'],
    cve: [{ kind: 'cve' }, 'official'],
  })
  await transact(house.house, (unit) => writeAssets(unit.tx, [host]))
  for (const id of ['csaf', 'cve']) await house.poll(id)
})
afterAll(() => house?.end())

const host = anAsset({ installs: [{ scheme: 'dpkg', name: 'zlib1g', arch: 'amd64', epoch: 0, version: '1.0', release: '1' }] })

const zlib = (number: number, product = 'zlib1g'): Bulletin =>
  aBulletin({
    source: 'csaf',
    vendorId: `USN-${number}-1`,
    publisher: { name: 'Ubuntu', namespace: 'https://ubuntu.com', category: 'vendor' },
    vulnerabilities: [aVulnerability({ cve: `CVE-2026-${number}`, severity: 'important' })],
    fixed: [
      { stream: 'Ubuntu:22.04', scheme: 'dpkg', name: product, arch: '*', evr: { epoch: 0, version: '1.0', release: '2' }, cves: [] },
    ],
  })

const bring = async (
  id: string,
  next: { readonly bulletins?: readonly Bulletin[]; readonly scores?: readonly CveScore[] },
): Promise<void> => {
  const source = house.sources[id]
  if (!source) throw new Error(`no source ${id}`)
  source.next = next
  await house.poll(id)
  source.next = {}
}
const audits = () => house.house.db.auditRecord.count({ where: { body: { contains: '"action":"take-scores"' } } })

const told = async (vendorId: string) =>
  ((await house.house.db.bulletin.findFirstOrThrow({ where: { vendorId, current: true } })).document as unknown as Bulletin)
    .vulnerabilities[0]

/** Until so many wait for their turn to take something in. */
async function waiting(count: number): Promise<void> {
  const blocked = () =>
    house.house.db.$queryRaw<unknown[]>`
      SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`
  while ((await blocked()).length < count) await new Promise(setImmediate)
}

describe('what others say of a vulnerability', () => {
  test('is asked for where a bulletin matches, and not for the rest of the world', async () => {
    await bring('csaf', { bulletins: [zlib(8001), zlib(8002, 'not-here')] })
    expect(await wantedScores(house.house)).toEqual(['CVE-2026-8001'])
  })

  test('fills the inputs of the deadlines on the change that is open, and is not asked for again', async () => {
    await bring('cve', { scores: [{ cve: 'CVE-2026-8001', automatable: 'yes', impact: 'total', exploitation: 'poc', epss: 0.42 }] })
    const row = await house.house.db.change.findFirstOrThrow({ orderBy: { id: 'asc' } })
    const [vulnerability] = (row.state as unknown as ChangeState).bulletin.vulnerabilities
    expect(vulnerability).toMatchObject({ automatable: 'yes', impact: 'total', epss: 0.42, knownExploited: 'unknown' })
    expect(await wantedScores(house.house)).toEqual([])
  })

  test('the same again changes nothing', async () => {
    const before = await audits()
    await bring('cve', { scores: [{ cve: 'CVE-2026-8001', automatable: 'yes', impact: 'total', exploitation: 'poc', epss: 0.42 }] })
    expect(await audits()).toBe(before)
  })

  test('a bulletin that comes later has it from the beginning', async () => {
    const again = { ...zlib(8003), vulnerabilities: [aVulnerability({ cve: 'CVE-2026-8001', severity: 'important' })] }
    await bring('csaf', { bulletins: [again] })
    const row = await house.house.db.bulletin.findFirstOrThrow({ where: { vendorId: 'USN-8003-1' } })
    expect((row.document as unknown as Bulletin).vulnerabilities[0]).toMatchObject({ automatable: 'yes', epss: 0.42 })
  })

  test('is told before it is kept: who is killed in between is told again, and a document that comes in between has it, too', async () => {
    const score: CveScore = { cve: 'CVE-2026-8001', automatable: 'yes', impact: 'total', exploitation: 'active', epss: 0.97 }
    const held = Promise.withResolvers<void>()
    const holding = Promise.withResolvers<void>()
    const holder = transact(house.house, async (unit) => {
      await oneDocumentAtATime(unit)
      holding.resolve()
      await held.promise
    })
    await holding.promise
    const late = { ...zlib(8004), vulnerabilities: [aVulnerability({ cve: 'CVE-2026-8001', severity: 'important' })] }
    const documents = bring('csaf', { bulletins: [late] })
    await waiting(1)
    const scores = bring('cve', { scores: [score] })
    await waiting(2)
    expect(await told('USN-8001-1')).toMatchObject({ epss: 0.97 })
    expect(await house.house.db.cveScore.findUnique({ where: { cve: score.cve } })).toMatchObject({ epss: 0.42 })
    held.resolve()
    await Promise.all([holder, documents, scores])
    expect(await told('USN-8004-1')).toMatchObject({ epss: 0.97 })
  })

  test('after a week it is asked for again', async () => {
    house.moveTo(new Date('2026-12-03T12:00:00Z'))
    expect(await wantedScores(house.house)).toEqual(['CVE-2026-8001'])
  })
})
