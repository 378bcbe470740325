import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { manualRunner } from '../../adapters/runners/manual/index.ts'
import { rehearsalRunner } from '../../adapters/runners/rehearsal/index.ts'
import type { HostReport, Order } from '../../src/ports.ts'

const FROM = '1:1.1.1k-6.el8_5'
const TO = '1:1.1.1k-9.el8_6'
const order = (id: string, hosts: string[], action: Order['action'] = 'install'): Order => ({
  id,
  action,
  hosts: hosts.map((host) => ({ host, packages: [{ name: 'openssl', from: FROM, to: TO }] })),
  options: { reboot: false, silent: true },
})

let folder = ''
let now = 0
const clock = { now: () => new Date(now) }
const runner = (seed = 'sample') => rehearsalRunner({ folder, clock, seed })
const pass = (seconds: number): void => {
  now += seconds * 1000
}
/** Steps by host, e.g. `a: arrived, attempted, installed 1:2-3`. */
const told = (reports: readonly HostReport[]): string[] => {
  const hosts = [...new Set(reports.map(({ host }) => host))]
  const line = ({ step, version, cause }: HostReport) => [step, version, cause].filter(Boolean).join(' ')
  return hosts.map(
    (host) =>
      `${host}: ${reports
        .filter((one) => one.host === host)
        .map(line)
        .join(', ')}`,
  )
}
const see = async (id: string) => told((await runner().observe(id)).reports)
const runs = async (): Promise<{ order: string; host: string }[]> =>
  (await readFile(join(folder, 'runs.log'), 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rehearsal-'))
  now = Date.parse('2026-11-23T22:00:00.000Z')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('the rehearsal runner', () => {
  test('it says what it is', () => expect(runner()).toMatchObject({ name: 'rehearsal', rehearsal: true }))

  test('an order it was never given is not known, staged or not', async () => {
    await runner().stage(order('change-1.ring-1.install.1', ['a']))
    expect(await runner().observe('change-1.ring-1.install.1')).toEqual({ known: false, reports: [] })
  })

  test('reports come as the clock goes, dated within their spans', async () => {
    const id = 'change-1.ring-1.install.1'
    await runner().start(order(id, ['a', 'b']))
    expect(await runner().observe(id)).toEqual({ known: true, reports: [] })
    pass(4)
    expect(await see(id)).toEqual(['a: arrived', 'b: arrived'])
    pass(4)
    expect(await see(id)).toEqual(['a: arrived, attempted', 'b: arrived, attempted'])
    pass(7)
    expect(await see(id)).toEqual([`a: arrived, attempted, installed ${TO}`, `b: arrived, attempted, installed ${TO}`])
    const spans = { arrived: [2, 4], attempted: [4, 8], installed: [8, 15] } as const
    for (const { step, at } of (await runner().observe(id)).reports) {
      const seconds = (Date.parse(at) - Date.parse('2026-11-23T22:00:00.000Z')) / 1000
      const [from, to] = spans[step as keyof typeof spans]
      expect(seconds >= from && seconds <= to).toBe(true)
    }
  })

  test('a bot that was killed and comes back finds the same story; another seed tells another one', async () => {
    const id = 'change-1.ring-1.install.1'
    await runner().start(order(id, ['a', 'b']))
    pass(60)
    const before = await runner().observe(id)
    expect(await runner().observe(id)).toEqual(before)
    expect(await runner('other').observe(id)).not.toEqual(before)
  })

  test('starting again, at once or later, runs no host twice and moves no time', async () => {
    const one = order('change-1.ring-1.install.1', ['a', 'b'])
    await Promise.all(Array.from({ length: 20 }, () => runner().start(one)))
    pass(60)
    const before = await runner().observe(one.id)
    await runner().start(one)
    expect(await runner().observe(one.id)).toEqual(before)
    expect((await runs()).map(({ host }) => host)).toEqual(['a', 'b'])
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })

  test('several processes start the same order: each host runs once', async () => {
    const script = `
      import { rehearsalRunner } from ${JSON.stringify(new URL('../../adapters/runners/rehearsal/index.ts', import.meta.url).href)}
      await rehearsalRunner({ folder: ${JSON.stringify(folder)}, clock: { now: () => new Date(0) }, seed: 's' })
        .start(${JSON.stringify(order('change-1.ring-1.install.1', ['a', 'b', 'c']))})`
    const start = () => promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])
    await Promise.all([start(), start(), start()])
    expect((await runs()).map(({ host }) => host)).toEqual(['a', 'b', 'c'])
  })

  test('the same id with other hosts is a fault', async () => {
    await runner().start(order('change-1.ring-1.install.1', ['a']))
    await expect(runner().start(order('change-1.ring-1.install.1', ['b']))).rejects.toMatchObject({ code: 'RUNNER_FAILED' })
  })

  test('after a stop no further host begins; one that has begun goes on to its end', async () => {
    const id = 'change-1.ring-1.install.1'
    const hosts = Array.from({ length: 30 }, (_, i) => `h${i}`)
    await runner().start(order(id, hosts))
    pass(3)
    const begun = (await see(id)).length
    await runner().stop([id])
    pass(3600)
    await runner().stop([id])
    const after = await see(id)
    expect(begun > 0 && begun < 30).toBe(true)
    expect(after).toHaveLength(begun)
    expect(after.every((line) => line.endsWith(`installed ${TO}`))).toBe(true)
  })

  test('an order that was stopped before it was started runs nothing', async () => {
    await runner().stop(['change-1.ring-1.install.1'])
    pass(1)
    await runner().start(order('change-1.ring-1.install.1', ['a']))
    pass(60)
    expect(await runner().observe('change-1.ring-1.install.1')).toEqual({ known: true, reports: [] })
  })
})

describe('what goes wrong in the default run', () => {
  const lock = 'rpm database lock held by another process'

  test('ring 2: a failed install and a success report with the wrong version', async () => {
    await runner().start(order('change-1.ring-2.install.1', ['a', 'b', 'c']))
    pass(15)
    expect(await see('change-1.ring-2.install.1')).toEqual([
      `a: arrived, attempted, failed ${FROM} ${lock}`,
      `b: arrived, attempted, installed ${FROM}`,
      `c: arrived, attempted, installed ${TO}`,
    ])
  })

  test('ring 3: a silent host, a late one, a lost one', async () => {
    const id = 'change-1.ring-3.install.1'
    await runner().start(order(id, ['silent', 'late', 'lost', 'good']))
    pass(14 * 60)
    expect(await see(id)).toEqual(['lost: arrived', `good: arrived, attempted, installed ${TO}`])
    pass(60)
    const late = (await runner().observe(id)).reports.filter(({ host }) => host === 'late')
    expect(told(late)).toEqual([`late: arrived, attempted, installed ${TO}`])
    expect(late.every(({ at }) => at < '2026-11-23T22:00:16')).toBe(true)
    pass(86_400)
    expect(await see(id)).toHaveLength(3)
  })

  test('a second try succeeds, but the lost host stays lost', async () => {
    await runner().start(order('change-1.ring-3.install.1', ['silent', 'late', 'lost']))
    await runner().start(order('change-1.ring-3.install.2', ['silent', 'lost']))
    pass(60)
    expect(await see('change-1.ring-3.install.2')).toEqual([`silent: arrived, attempted, installed ${TO}`, 'lost: arrived'])
  })

  test.each([1, 4, 9])('ring %i is clean, and a ring of one host has one fault at most', async (ring) => {
    await runner().start(order(`change-1.ring-${ring}.install.1`, ['a', 'b']))
    await runner().start(order('change-1.ring-2.install.1', ['x']))
    pass(60)
    expect((await see(`change-1.ring-${ring}.install.1`)).filter((line) => line.endsWith(`installed ${TO}`))).toHaveLength(2)
    expect(await see('change-1.ring-2.install.1')).toHaveLength(1)
  })

  test('another script is followed', async () => {
    const mine = rehearsalRunner({ folder, clock, seed: 's', script: { 1: ['clean', 'failed'] } })
    await mine.start(order('change-1.ring-1.install.1', ['a', 'b']))
    pass(60)
    expect(told((await mine.observe('change-1.ring-1.install.1')).reports).at(-1)).toContain('failed')
  })
})

describe('checks and roll backs', () => {
  const verify = async (hosts: string[], run = 1): Promise<string[]> => {
    const id = `change-1.ring-2.verify.${run}`
    await runner().start(order(id, hosts, 'verify'))
    expect(await see(id)).toEqual([])
    pass(3)
    return see(id)
  }

  test('a check answers within 3 seconds with what the orders have left on the host', async () => {
    await runner().start(order('change-1.ring-2.install.1', ['failed', 'wrong', 'good']))
    pass(60)
    expect(await verify(['failed', 'wrong', 'good', 'untouched'])).toEqual([
      `failed: verified ${FROM}`,
      `wrong: verified ${FROM}`,
      `good: verified ${TO}`,
      `untouched: verified ${FROM}`,
    ])
  })

  test('a check during the installation finds the old version; of another change it knows nothing', async () => {
    await runner().start(order('change-1.ring-1.install.1', ['a']))
    await runner().start(order('change-12.ring-1.install.1', ['b']))
    expect(await verify(['a', 'b'])).toEqual([`a: verified ${FROM}`, `b: verified ${FROM}`])
    pass(60)
    expect(await verify(['a', 'b'], 2)).toEqual([`a: verified ${TO}`, `b: verified ${FROM}`])
  })

  test('a silent and a lost host do not answer it', async () => {
    await runner().start(order('change-1.ring-3.install.1', ['silent', 'late', 'lost']))
    pass(20 * 60)
    expect(await verify(['silent', 'late', 'lost'])).toEqual([`late: verified ${TO}`])
  })

  test('an uninstall order reports rolled back, and a check then finds the old version', async () => {
    await runner().start(order('change-1.ring-2.install.1', ['x', 'y', 'good']))
    pass(60)
    await runner().start(order('change-1.ring-2.uninstall.1', ['good'], 'uninstall'))
    pass(15)
    expect(await see('change-1.ring-2.uninstall.1')).toEqual([`good: arrived, attempted, rolled back ${FROM}`])
    expect(await verify(['good'])).toEqual([`good: verified ${FROM}`])
  })
})

describe('its files are not trusted', () => {
  const id = 'change-1.ring-1.install.1'
  const broken: [what: string, text: string][] = [
    ['empty', ''],
    ['half written', '{"order":'],
    ['of another shape', '{"order":{"id":"x"},"startedAt":"2026-11-23T22:00:00.000Z"}'],
    ['without a time', JSON.stringify({ order: order(id, ['a']), startedAt: 'now' })],
  ]
  test.each(broken)('an order file that is %s is a fault, not a crash', async (_what, text) => {
    await runner().start(order(id, ['a']))
    await writeFile(join(folder, `${id}.order.json`), text)
    await expect(runner().observe(id)).rejects.toMatchObject({ name: 'Fault', code: 'RUNNER_FAILED' })
  })

  test.each(['../x', '', 'a/b', '.hidden', 'x'.repeat(200)])('an order id that is no file name is a fault: %j', async (bad) => {
    await expect(runner().start(order(bad, ['a']))).rejects.toMatchObject({ code: 'RUNNER_FAILED' })
    await expect(runner().observe(bad)).rejects.toMatchObject({ code: 'RUNNER_FAILED' })
  })
})

test('the manual runner gives nothing and fetches nothing: people report through the door', async () => {
  const manual = manualRunner()
  const one = order('change-1.ring-1.install.1', ['a'])
  await manual.stage(one)
  await manual.start(one)
  await manual.stop([one.id])
  expect(manual).toMatchObject({ name: 'manual', rehearsal: false })
  expect(await manual.observe(one.id)).toEqual({ known: true, reports: [] })
})
