import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  allReport,
  announced,
  done,
  GO,
  moveTo,
  ROLLING,
  refused,
  startWalk,
  TEAM,
  tellAll,
  until,
  vote,
  type Walk,
} from './paths-support.ts'

const REVIEW = /^Review: openssl/
const TEST = /^Test openssl/

let walk: Walk
beforeAll(async () => {
  walk = await startWalk()
  await announced(walk)
  await until(walk, TEAM, ROLLING, /RUNNING/)
  // Nobody asks the back end while its hosts report, as in a downtime.
  await moveTo(walk.house, new Date(walk.now().getTime() + 12 * 60_000))
  await walk.time.pass(10)
})
afterAll(() => walk?.house.end())

const orders = () => walk.house.house.db.runnerOrder.findMany({ orderBy: { storedAt: 'asc' } })
const inventoryOf = async (host: string): Promise<string | undefined> => {
  const install = await walk.house.house.db.install.findFirst({ where: { host, name: 'openssl' } })
  return install ? `${install.epoch}:${install.version}-${install.release}` : undefined
}
const pilotHosts = async (): Promise<readonly string[]> =>
  (await walk.house.house.db.rolloutHost.findMany({ where: { ring: 1 }, orderBy: { host: 'asc' } })).map((r) => r.host)

test('given hosts that reported while nobody listened, then they were not silent', async () => {
  expect(await walk.hands.count(TEAM, /no word from it/)).toBe(0)
  expect(await walk.hands.see(TEAM, ROLLING)).not.toMatch(/late/)
})

test('given a pilot that was patched, then the inventory says so at once', async () => {
  expect(await walk.hands.see(TEAM, ROLLING)).toMatch(/waits for the recorded outcome of the pilot/)
  for (const host of await pilotHosts()) expect(await inventoryOf(host)).toBe('1:1.1.1k-9.el8_6')
})

test('when somebody rolls back, then with a reason, and only the team and operations may', async () => {
  refused(await walk.hands.press('greta', TEAM, ROLLING, 'Roll back', { reason: 'No.' }), /ROLE_MISSING/)
  refused(await walk.hands.press('emil', TEAM, ROLLING, 'Roll back', { reason: ' ' }), /Please say why it is rolled back/)
  await done(walk.hands.press('emil', TEAM, ROLLING, 'Roll back', { reason: 'The customs client does not connect.' }))
  expect(await walk.hands.see(TEAM, ROLLING)).toMatch(/ROLLING BACK/)
  expect(await walk.hands.buttons(TEAM, ROLLING)).toEqual(['Details'])
  refused(
    await walk.intent({ person: 'ana', place: TEAM, verb: 'roll-back', subject: 'change:1', inputs: { reason: 'x' } }),
    /already being rolled back/,
  )
})

test('then the update is uninstalled on the hosts that have it, and on no other', async () => {
  await walk.time.pass(40)
  const given = await orders()
  const work = given.map((o) => o.id).filter((id) => !id.includes('.verify.'))
  expect(work).toEqual(['change-1.ring-1.install.1', 'change-1.ring-1.uninstall.1'])
  const body = given.at(-1)?.body as { hosts: { host: string }[] }
  expect(body.hosts.map((h) => h.host).sort()).toEqual(await pilotHosts())
  expect(await walk.hands.see(TEAM, ROLLING)).toMatch(/FINISHED.*rolled back.*Emil Sørensen.*The customs client does not connect/)
  expect(await walk.hands.see('end-users', /Security update/)).toMatch(/The update was taken back/)
})

test('then the inventory has the former builds again', async () => {
  for (const host of await pilotHosts()) expect(await inventoryOf(host)).not.toBe('1:1.1.1k-9.el8_6')
})

test('then the review calls it rolled back, not completed, and it can be planned again', async () => {
  const card = await walk.hands.see(TEAM, REVIEW)
  expect(card).toMatch(/11 not attempted, 2 rolled back of 13 hosts/)
  expect(card).toMatch(/Completed not yet ?, \d+ d( \d+ h)? left/)
  expect(card).toMatch(/baseline stays as it is/)
  expect(await walk.hands.buttons(TEAM, REVIEW)).toContain('Plan again')
  await done(walk.hands.press('ana', TEAM, REVIEW, 'Write a lesson', { text: 'Test the customs client first.' }))
  refused(await walk.hands.press('kofi', TEAM, REVIEW, 'Plan again'), /ROLE_MISSING/)
  await done(walk.hands.press('chiara', TEAM, REVIEW, 'Plan again'))
})

test('given a second plan, then the cards of the first offer nothing any more, and everybody is told anew', async () => {
  expect(await walk.hands.count(TEAM, REVIEW)).toBe(0)
  for (const title of [/no longer counts/, GO]) expect((await walk.hands.buttons(TEAM, title)).filter((b) => b !== 'Full plan')).toEqual([])
  expect(await walk.hands.see('end-users', /Security update/)).toMatch(/no longer counts.*You need to do nothing/)
  await done(walk.hands.press('ana', TEAM, TEST, 'Make the plan', { runner: 'manual' }))
  expect(await walk.hands.count(TEAM, GO)).toBe(2)
  await vote(walk)
  await tellAll(walk)
  expect(await walk.hands.count('end-users', /^Security update for your computer/)).toBe(1)
  expect(await walk.hands.count('end-users', /Security update/)).toBe(2)
  expect(await walk.hands.count('representatives', /Please pass on/)).toBe(1)
})

test('when the second rollout has run, then its review closes the change with the hosts of the second plan', async () => {
  await until(walk, TEAM, ROLLING, /RUNNING/)
  for (let left = 8; left > 0 && (await walk.hands.count(TEAM, REVIEW)) === 0; left -= 1) {
    await allReport(walk)
    if ((await walk.hands.buttons(TEAM, ROLLING)).includes('Record the pilot'))
      await done(walk.hands.press('ben', TEAM, ROLLING, 'Record the pilot', { note: 'The customs client connects.' }))
    if ((await walk.hands.count(TEAM, REVIEW)) === 0) await walk.time.next()
  }
  expect(await walk.hands.see(TEAM, REVIEW)).toMatch(/13 verified of 13 hosts/)
  await done(walk.hands.press('ana', TEAM, REVIEW, 'Close the review'))
  expect(await walk.house.house.db.baseline.count()).toBeGreaterThan(0)
})

test('then why tells both tries of a pilot host', async () => {
  const [host = ''] = await pilotHosts()
  const story = (await done(walk.say('ana', `why ${host}`))).text
  expect(story).toMatch(
    /install ordered \(order change-1\.ring-1\.install\.1\).*uninstall ordered.*reported rolled back.*install ordered \(order change-1\.ring-1\.install\.2\)/,
  )
})
