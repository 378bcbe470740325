import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { startTestHouse, type TestHouse } from '../support/house.ts'

let house: TestHouse
beforeAll(async () => {
  house = await startTestHouse()
  await house.settle()
})
afterAll(() => house.end())

async function scrape() {
  const response = await fetch(new URL('/metrics', house.url))
  const text = await response.text()
  const values = new Map(
    text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))] as const),
  )
  return { response, text, values, of: (name: string) => values.get(`patchcrier_${name}`) }
}

/** A change as far as a figure looks at it; its rows are the test's own. */
async function change(phase: string, clocks: object): Promise<number> {
  const row = await house.house.db.change.create({ data: { phase, state: { clocks }, createdAt: house.house.clock.now() } })
  return row.id
}

test('every figure is there with a help text, and what is not there is said to be zero', async () => {
  const { response, text, of, values } = await scrape()
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  const names = new Set([...values.keys()].map((key) => key.replace(/\{.*/, '')))
  for (const name of names) expect(name).toMatch(/^patchcrier_/)
  for (const [, name] of text.matchAll(/^# TYPE (\S+)/gm)) expect(text).toMatch(new RegExp(`^# HELP ${name} \\S`, 'm'))
  expect(of('posts_uncertain{platform="web"}')).toBe(0)
  expect(of('posts_waiting{platform="web"}')).toBe(0)
  expect(of('due_late')).toBe(0)
  expect(of('clocks_overdue{clock="start"}')).toBe(0)
  expect(of('audit_records')).toBe(await house.house.db.auditRecord.count())
  expect(of('last_tick_seconds')).toBeGreaterThanOrEqual(0)
  expect([...values].filter(([key, n]) => n > 0 && key.startsWith('patchcrier_jobs{queue="poll-source"')).length).toBeGreaterThan(0)
  expect(of('process_resident_memory_bytes')).toBeGreaterThan(1_000_000)
})

test('they follow the rows', async () => {
  const { db, clock } = house.house
  const id = house.house.inForce.policy.sources[0]?.id ?? ''
  // The first poll is a job of its own: it writes its state before or after this.
  await vi.waitFor(async () => expect(await db.setting.count({ where: { key: `source:${id}` } })).toBe(1), 60_000)
  await house.settle()
  const now = clock.now()
  const ago = (seconds: number): Date => new Date(now.getTime() - seconds * 1_000)
  const late = await change('testing', { startBy: ago(60).toISOString(), completeBy: ago(30).toISOString() })
  await change('rolling out', { startBy: ago(60).toISOString(), completeBy: ago(-3_600).toISOString() })
  await change('closed', { startBy: ago(60).toISOString(), completeBy: ago(60).toISOString() })
  await change('awaiting', { startBy: null, completeBy: null })
  await db.rolloutHost.createMany({
    data: ['web-01', 'web-02'].map((host) => ({ changeId: late + 1, host, ring: 1, state: {}, status: 'failed' })),
  })
  await db.rolloutHost.create({ data: { changeId: late, host: 'web-03', ring: 1, state: {}, status: 'failed' } })
  const post = { placeId: house.house.inForce.policy.places[0]?.id ?? '', updatedAt: now, notBefore: ago(-86_400) }
  await db.post.create({ data: { ...post, subject: 'x:1', purpose: 'a', createdAt: ago(500), failures: 1 } })
  await db.post.create({ data: { ...post, subject: 'x:1', purpose: 'b', createdAt: ago(900), status: 'uncertain' } })
  const value = { lastGoodAt: ago(7_200).toISOString(), failingSince: ago(60).toISOString() }
  await db.setting.update({ where: { key: `source:${id}` }, data: { value } })

  const { of, text } = await scrape()
  expect(of('changes{phase="testing"}')).toBe(1)
  expect(of('clocks_overdue{clock="start"}')).toBe(1)
  expect(of('clocks_overdue{clock="complete"}')).toBe(1)
  expect(of('hosts{status="failed"}')).toBe(2)
  expect(of('posts_waiting{platform="web"}')).toBe(1)
  expect(of('posts_uncertain{platform="web"}')).toBe(1)
  expect(of('oldest_waiting_post_seconds{platform="web"}')).toBeGreaterThanOrEqual(500)
  expect(of('oldest_waiting_post_seconds{platform="web"}')).toBeLessThan(900)
  expect(of(`source_failing{source="${id}"}`)).toBe(1)
  expect(of(`source_last_good_seconds{source="${id}"}`)).toBeGreaterThanOrEqual(7_200)

  const { people } = house.house.inForce.policy
  const hosts = (await db.asset.findMany({ select: { host: true } })).map(({ host }) => host)
  const labels = [...text.matchAll(/="([^"]*)"/g)].map(([, label]) => label)
  expect(labels.filter((label) => [...hosts, ...people.flatMap(({ id: person, name }) => [person, name])].includes(label ?? ''))).toEqual(
    [],
  )
})

test('a page elsewhere cannot read them', async () => {
  const response = await fetch(new URL('/metrics', house.url), { headers: { origin: 'https://elsewhere.example' } })
  expect(response.status).toBe(403)
})
