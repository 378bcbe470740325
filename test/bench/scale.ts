import { jsonFormat } from '../../adapters/inventory/json/index.ts'
import { readCoverage } from '../../src/app/bulletins/coverage.ts'
import { importInventory } from '../../src/app/inventory/import.ts'
import { readInventory } from '../../src/app/inventory/summary.ts'
import { type Bench, timed } from './bench.ts'
import { benchHouse } from './house.ts'
import { longestTask } from './task.ts'

const HOSTS = Number(process.env.SCALE_HOSTS ?? 20_000)
const PACKAGES = 30
const NOW = new Date('2026-11-25T12:00:00Z')

/** A fleet of four kinds of hosts, as a file that is made while it is read. */
async function* fleet(): AsyncGenerator<Uint8Array> {
  const streams = [['Debian:12'], ['Ubuntu:22.04'], ['BaseOS-9.4.0', 'AppStream-9.4.0'], []]
  for (let i = 0; i < HOSTS; i += 1) {
    const kind = i % streams.length
    const installs = Array.from({ length: PACKAGES }, (_, p) => {
      if (kind === 3) return { scheme: 'generic', name: `Product ${(i + p * 7) % 400}`, version: `10.0.${p}`, arch: 'x64' }
      if (kind === 2) return { scheme: 'rpm', name: `package-${p}`, version: `3.0.${i % 5}-9.el9_4`, arch: 'x86_64' }
      return { scheme: 'dpkg', name: `package-${p}`, version: `3.0.${i % 5}-0ubuntu1`, arch: 'amd64' }
    })
    const host = { host: `host-${i}`, owner: 'it@example.org', streams: streams[kind], lastSeen: NOW.toISOString(), installs }
    yield Buffer.from(`${i === 0 ? '[' : ','}${JSON.stringify(host)}\n`)
  }
  yield Buffer.from(']')
}

/** A fleet of 20,000 hosts: taken in, looked at, and asked which of its products nobody watches. */
export async function bench(): Promise<Bench> {
  const { house, end } = await benchHouse(NOW)
  try {
    const one = { ...house, formats: new Map([['json', jsonFormat]]) }
    const task = { import: 0, look: 0, coverage: 0 }
    const measured = async (what: keyof typeof task, work: () => Promise<unknown>): Promise<number> =>
      timed(async () => {
        task[what] = await longestTask(work)
      })
    const taken = await measured('import', async () => {
      const ruled = await importInventory(one, { kind: 'json', fileName: 'fleet.json', by: 'bench', bytes: fleet() })
      if (!ruled.ok || ruled.value.taken !== HOSTS) throw new Error(`the fleet was not taken in: ${JSON.stringify(ruled).slice(0, 500)}`)
    })
    await house.db.$executeRaw`ANALYZE`
    const look = await measured('look', () => readInventory(one))
    const coverage = await measured('coverage', () => readCoverage(one, one.db))
    return {
      rows: [
        ['hosts taken in', `${HOSTS} with ${PACKAGES} packages each in ${(taken / 1_000).toFixed(1)} s`],
        ['longest task of the main thread meanwhile', `${task.import.toFixed(0)} ms of its processor, goal 20`],
        ['the inventory shown', `${look.toFixed(0)} ms, longest task ${task.look.toFixed(0)} ms`],
        ['coverage', `${coverage.toFixed(0)} ms, longest task ${task.coverage.toFixed(0)} ms`],
      ],
      figures: {
        hosts: HOSTS,
        importMs: Math.round(taken),
        importTaskMs: Math.round(task.import),
        lookMs: Math.round(look),
        lookTaskMs: Math.round(task.look),
        coverageMs: Math.round(coverage),
        coverageTaskMs: Math.round(task.coverage),
      },
    }
  } finally {
    await end()
  }
}
