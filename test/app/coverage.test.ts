import { afterAll, beforeAll, expect, test } from 'vitest'
import { readCoverage } from '../../src/app/bulletins/coverage.ts'
import { readDay } from '../../src/app/digest/day.ts'
import { transact } from '../../src/app/house.ts'
import { writeAssets } from '../../src/app/inventory/write.ts'
import type { Install } from '../../src/core/assess/asset.ts'
import { nameOf } from '../../src/core/assess/coverage.ts'
import { anAsset } from '../support/asset.ts'
import { type Intake, intake } from '../support/intake.ts'

const OSV = { kind: 'osv', url: 'https://osv.example.org', ecosystems: ['Debian:12'] }

let house: Intake
beforeAll(async () => {
  house = await intake({ osv: [OSV, 'official'] })
  await house.poll('osv')
})
afterAll(() => house?.end())

const of = (scheme: Install['scheme'], ...names: readonly string[]): readonly Install[] =>
  names.map((name) => ({ scheme, name, arch: 'x', epoch: 0, version: '1', release: '' }))

test('packages count once a host and stream that can carry them; products without a stream one by one; what is watched is no gap', async () => {
  const hosts = [
    anAsset({ host: 'deb-01', streams: ['Debian:12'], installs: of('dpkg', 'curl', 'git') }),
    anAsset({ host: 'ubu-01', streams: ['Ubuntu:22.04', 'PyPI'], installs: [...of('dpkg', 'curl', 'git'), ...of('pep440', 'flask')] }),
    anAsset({ host: 'ubu-02', streams: ['Ubuntu:22.04'], installs: [...of('dpkg', 'curl'), ...of('pep440', 'flask')] }),
    anAsset({ host: 'lost-01', streams: [], installs: of('dpkg', 'curl') }),
    anAsset({ host: 'win-01', streams: ['Ubuntu:22.04'], installs: of('generic', '7-Zip', 'PuTTY') }),
    anAsset({ host: 'win-02', streams: [], installs: of('generic', '7-Zip') }),
    anAsset({ host: 'bare-01', streams: ['Ubuntu:22.04'], installs: [] }),
  ]
  await transact(house.house, (unit) => writeAssets(unit.tx, hosts))
  const { gaps, watched } = await readCoverage(house.house, house.house.db)
  const lines = gaps.map(({ scheme, stream, name, hosts: count }) => `${scheme} ${stream || name || '-'}: ${count}`)
  expect(lines.toSorted()).toEqual([
    'dpkg -: 1',
    'dpkg Ubuntu:22.04: 2',
    'generic 7-Zip: 2',
    'generic PuTTY: 1',
    'pep440 -: 1',
    'pep440 PyPI: 1',
  ])
  expect(watched).toBe(1)
  const { unwatched } = await transact(house.house, (unit) => readDay(unit, unit.now.toISOString()))
  expect(unwatched.map((one) => `${one.name}: ${one.hosts}`)).toEqual(gaps.map((gap) => `${nameOf(gap)}: ${gap.hosts}`))
  expect(unwatched[1]).toEqual({ name: 'packages of Ubuntu:22.04', hosts: 2, proposal: 'a source of kind advisory with format ubuntu' })
})
