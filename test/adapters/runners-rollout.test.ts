import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { rehearsalRunner } from '../../adapters/runners/rehearsal/index.ts'
import { exclude, retry } from '../../src/core/deploy/acts.ts'
import { failuresByCause, ringCounters } from '../../src/core/deploy/counters.ts'
import { newProgress } from '../../src/core/deploy/progress.ts'
import { silence } from '../../src/core/deploy/report.ts'
import { planRings, type RingCandidate } from '../../src/core/deploy/ring.ts'
import type { RolloutView, Step } from '../../src/core/deploy/rollout.ts'
import type { RingRule } from '../../src/core/policy.ts'
import { changed, drive, type Night, PACKAGES, reported, resumed } from '../core/deploy-support.ts'
import { policy } from '../support/change.ts'

/** The default run of the rehearsal runner, led through the rules of the rollout from the pilot to its end. */
const rule = (id: string, share: number, atLeast: number): RingRule => ({
  id,
  name: id,
  share,
  atLeast,
  soakMinutes: 0,
  maxFailures: 1,
  minVerified: 0.5,
})
const RULES = [rule('pilot', 0.1, 2), rule('early', 0.3, 2), rule('rest', 1, 1)]
const HOSTS = Array.from(
  { length: 12 },
  (_, i): RingCandidate => ({
    host: `web-${String(i + 1).padStart(2, '0')}`,
    environment: 'production',
    criticality: 'normal',
    patchTeam: false,
    managed: true,
    lastSeen: '2026-11-23T20:00:00.000Z',
    location: 'data centre',
    ownership: 'company',
  }),
)

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rehearsal-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

function bed() {
  let now = Date.parse('2026-11-23T22:00:00.000Z')
  const instant = () => new Date(now).toISOString()
  const runner = rehearsalRunner({ folder, clock: { now: () => new Date(now) }, seed: 'sample' })
  const { rings } = planRings(HOSTS, RULES, { ...policy, now: instant() })
  const rollout: RolloutView = {
    status: 'waiting',
    rings: rings.map((ring, index) => ({ ...ring, number: index + 1, state: 'waiting', failuresAccepted: 0 })),
    hosts: rings.flatMap((ring, index) => ring.hosts.map((host) => newProgress(host, index + 1, PACKAGES))),
    window: { open: true, start: '2026-11-23T22:00:00.000Z', end: '2026-11-24T04:00:00.000Z' },
  }
  let night: Night & { step?: Step } = { rollout, given: [] }
  const orders: string[] = []

  /** Gives the runner what was decided since the last call. */
  async function give(): Promise<void> {
    for (const { kind, ring, hosts } of night.given.slice(orders.length)) {
      const action = kind === 'start' ? 'install' : 'verify'
      const before = orders.filter((id) => id.startsWith(`change-1.ring-${ring}.${action}.`)).length
      const id = `change-1.ring-${ring}.${action}.${before + 1}`
      orders.push(id)
      const options = { reboot: false, silent: true }
      await runner.start({ id, action, hosts: hosts.map((host) => ({ host, packages: PACKAGES })), options })
    }
  }

  async function tick(seconds: number): Promise<Step | undefined> {
    now += seconds * 1000
    const reports = (await Promise.all(orders.map((id) => runner.observe(id)))).flatMap((seen) => seen.reports)
    const stopped = night.rollout.status === 'halted'
    const folded = reported(night.rollout, reports)
    const hosts = folded.hosts.map((host) => silence(host, instant(), 10, stopped))
    night = drive({ ...night, rollout: { ...folded, hosts } }, instant())
    await give()
    return night.step
  }
  const rounds = async (count: number): Promise<Step | undefined> => {
    for (let i = 1; i < count; i++) await tick(5)
    return tick(5)
  }
  const change = (does: (rollout: RolloutView) => RolloutView): void => {
    night = { ...night, rollout: does(night.rollout) }
  }
  return { tick, rounds, change, hosts: () => night.rollout.hosts, rollout: () => night.rollout, orders, instant }
}

test('given the default script, when it is led to its end, then every fault shows as what it is and no host ran twice for one order', async () => {
  const { tick, rounds, change, hosts, orders, instant } = bed()
  const status = (name: string) => hosts().find(({ host }) => host === name)?.status

  // The pilot is clean, and ring 2 waits for its recorded outcome.
  await tick(0)
  expect(await rounds(6)).toMatchObject({ kind: 'wait', reason: 'pilot outcome' })
  expect(ringCounters(hosts())).toMatchObject({ verified: 2, waiting: 10 })
  change((rollout) => ({ ...rollout, pilotOutcome: 'passed' }))

  // Ring 2 halts by threshold.
  await tick(0)
  const halted = await rounds(2).then(async (step) => (step?.kind === 'halt' ? step : rounds(1)))
  expect(halted).toMatchObject({ kind: 'halt', ring: 2, reason: '2 failed in early, at most 1 tolerated.' })
  expect(failuresByCause(hosts()).map(({ hosts: inside }) => inside)).toEqual([['web-03'], ['web-04']])
  const given = orders.length
  expect(await rounds(4)).toMatchObject({ kind: 'wait', reason: 'not running' })
  expect(orders).toHaveLength(given)

  // The quorum resumes, the team retries both; ring 3 follows.
  change(resumed)
  change((rollout) => changed(changed(rollout, 'web-03', retry), 'web-04', retry))
  expect(await rounds(12)).toMatchObject({ kind: 'wait', reason: 'reports' })
  expect(
    hosts()
      .filter(({ ring }) => ring === 2)
      .every((host) => host.status === 'verified'),
  ).toBe(true)

  // Ring 3: silent, late, lost.
  await tick(600)
  await tick(1)
  const inside = hosts()
    .filter(({ ring }) => ring === 3)
    .map(({ host }) => host)
  const [silent = '', late = '', lost = ''] = inside
  expect([silent, late, lost].map(status)).toEqual(['unknown', 'unknown', 'unknown'])
  await tick(300)
  expect(await rounds(3)).toMatchObject({ kind: 'needs-people', hosts: [silent, lost] })
  expect(hosts().find(({ host }) => host === late)).toMatchObject({ status: 'verified', late: true })

  // Retried: the silent one answers, the lost one stays lost and is excluded.
  change((rollout) => changed(changed(rollout, silent, retry), lost, retry))
  await rounds(8)
  await tick(600)
  expect(await tick(1)).toMatchObject({ kind: 'needs-people', hosts: [lost] })
  change((rollout) => changed(rollout, lost, (host) => exclude(host, { by: 'ana', reason: 'lost', at: instant() })))
  expect(await tick(1)).toEqual({ kind: 'finish' })
  expect(ringCounters(hosts())).toMatchObject({ total: 12, verified: 11, excluded: 1, failed: 0, unknown: 0 })

  const runs = (await readFile(join(folder, 'runs.log'), 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  const keys = runs.map(({ order, host }) => `${order} ${host}`)
  expect(new Set(keys).size).toBe(keys.length)
  expect(new Set(runs.map(({ order }) => order))).toEqual(new Set(orders))
})
