import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { takeReports } from '../../src/app/rollout/reports.ts'
import { verifyAudit } from '../../src/db/audit.ts'
import {
  allReport,
  announced,
  done,
  eventually,
  FIXED,
  moveTo,
  OPENSSL,
  ROLLING,
  refused,
  report,
  startWalk,
  TEAM,
  until,
  type Walk,
} from './paths-support.ts'

const ENCORE = /^openssl security update \(derived sample\)/
const REVIEW = /^Review: openssl/

let walk: Walk
beforeAll(async () => {
  walk = await startWalk()
  await announced(walk, { plan: { runner: 'manual' } })
})
afterAll(() => walk?.house.end())

const rows = () => walk.house.house.db.rolloutHost.findMany({ orderBy: { host: 'asc' } })
const statusOf = async (host: string): Promise<string | undefined> => (await rows()).find((r) => r.host === host)?.status
const ordered = async (): Promise<readonly string[]> => (await rows()).filter((r) => r.status === 'ordered').map((r) => r.host)
const now = (): string => walk.now().toISOString()
const soon = (seconds: number): Promise<void> => moveTo(walk.house, new Date(walk.now().getTime() + seconds * 1000))

describe('who may report, and about what', () => {
  test('nothing is taken before its order: the window has not opened', async () => {
    expect(await report(walk, '1', [{ host: 'web-01', step: 'installed', at: now(), version: FIXED }])).toMatchObject({
      status: 202,
      accepted: 0,
      refused: [{ index: 0, reason: 'nothing was ordered for this host yet' }],
    })
  })

  test('without the token of the reports nobody gets in', async () => {
    for (const token of ['', 'wrong', walk.house.tokens.people[0]?.token ?? ''])
      expect(await report(walk, '1', [{ host: 'web-01', step: 'arrived', at: now() }], token)).toMatchObject({ status: 401 })
  })

  test.each(['99', '0', 'x', '-1'])('there is no rollout %s', async (change) => {
    expect(await report(walk, change, [{ host: 'web-01', step: 'arrived', at: now() }])).toMatchObject({ status: 404 })
  })

  test('a batch of the wrong shape is refused as a whole', async () => {
    expect(await report(walk, '1', [])).toMatchObject({ status: 400 })
  })
})

describe('the pilot', () => {
  let one = ''
  let two = ''

  test('when the window opens, then the pilot hosts are ordered, and their order can be read', async () => {
    await until(walk, TEAM, ROLLING, /RUNNING/)
    ;[one = '', two = ''] = await ordered()
    expect(await ordered()).toHaveLength(2)
    expect(await walk.hands.see(TEAM, /^Ring 1 "Pilot" started/)).toMatch(new RegExp(`${one}|${two}`))
    expect(await walk.hands.see(TEAM, ROLLING)).not.toMatch(/REHEARSAL/)
  })

  test('good entries of a batch count, bad ones are named by their index', async () => {
    const answer = await report(walk, '1', [
      { host: one, step: 'arrived', at: now() },
      { host: 'web-99', step: 'arrived', at: now() },
      { host: one, step: 'exploded', at: now() },
      { host: one, step: 'attempted', at: 'yesterday' },
      { host: one, step: 'attempted', at: now(), mood: 'good' },
      'nonsense',
      { host: one, step: 'attempted', at: now() },
      { host: two, step: 'arrived', at: '2020-01-01T00:00:00Z' },
    ])
    expect(answer.status).toBe(202)
    expect(answer.accepted).toBe(2)
    expect(answer.refused.map((r) => r.index)).toEqual([1, 2, 3, 4, 5, 7])
    expect(answer.refused[0]?.reason).toBe('"web-99" is not a host of this rollout')
    expect(answer.refused[1]?.reason).toMatch(/step: .*got "exploded"/)
    expect(answer.refused[5]?.reason).toMatch(/before the order of this try/)
    expect(await statusOf(one)).toBe('attempted')
    expect(await statusOf(two)).toBe('ordered')
  })

  test('the same reports again change nothing', async () => {
    const before = [await rows(), await walk.house.house.db.auditRecord.count()]
    const again = [{ host: one, step: 'arrived', at: (await walk.house.house.clock.now()).toISOString() }]
    const first = await report(walk, '1', again)
    const second = await report(walk, '1', again)
    expect([first.accepted, second.accepted]).toEqual([1, 1])
    expect((await rows()).map((r) => r.status)).toEqual((before[0] as { status: string }[]).map((r) => r.status))
    const once = await walk.house.house.db.auditRecord.count()
    await report(walk, '1', again)
    expect(await walk.house.house.db.auditRecord.count()).toBe(once)
  })

  test('installed is no success yet: a check with the version has to say so', async () => {
    await report(walk, '1', [{ host: one, step: 'installed', at: now() }])
    expect(await statusOf(one)).toBe('installed')
    expect(await report(walk, '1', [{ host: one, step: 'verified', at: now() }])).toMatchObject({
      accepted: 0,
      refused: [{ index: 0, reason: '"verified" without the version that was found' }],
    })
    expect(await statusOf(one)).toBe('installed')
    await report(walk, '1', [{ host: one, step: 'verified', at: now(), version: FIXED }])
    expect(await statusOf(one)).toBe('verified')
  })

  test('a success with another version is a failure, and halts the pilot; people retry and resume', async () => {
    await soon(5)
    await report(walk, '1', [{ host: two, step: 'installed', at: now(), version: '1:1.1.1k-7.el8_6' }])
    expect(await statusOf(two)).toBe('failed')
    expect(await walk.hands.see(TEAM, ROLLING)).toMatch(/HALTED/)
    const card = await walk.hands.see(TEAM, /wrong version/)
    expect(card).toMatch(/wrong version: found 1:1\.1\.1k-7\.el8_6, expected 1:1\.1\.1k-9\.el8_6/)
    await done(walk.hands.press('ben', TEAM, /wrong version/, 'I take it'))
    expect(await walk.hands.see(TEAM, /wrong version/)).toMatch(/Ben Okafor/)
    refused(await walk.hands.press('kofi', TEAM, /wrong version/, 'Retry'), /ROLE_MISSING/)
    await done(walk.hands.press('ben', TEAM, /wrong version/, 'Retry'))
    await done(walk.hands.press('farah', TEAM, ROLLING, 'Resume'))
    await done(walk.hands.press('emil', TEAM, ROLLING, 'Resume'))
    await soon(5)
    expect(await ordered()).toEqual([two])
  })

  test('when the bot dies after it saved the last reports, then what follows from them happens when it is back', async () => {
    const at = now()
    const steps = (['arrived', 'attempted', 'installed', 'verified'] as const).map((step) => ({ host: two, step, at, version: FIXED }))
    // Saved, and nothing after it: this is where it died.
    expect(await takeReports(walk.house.house, 1, steps)).toMatchObject({ moved: true, accepted: 4 })
    await walk.house.settle()
    expect(await walk.hands.see(TEAM, ROLLING)).toMatch(/waits for the recorded outcome of the pilot/)
    expect(await walk.house.house.db.due.count({ where: { kind: 'advance', dueAt: { lte: walk.now() } } })).toBe(0)
  })
})

describe('the later rings', () => {
  const hosts: string[] = []

  test('given a recorded pilot, then the second ring starts after its soak time', async () => {
    await done(walk.hands.press('chiara', TEAM, ROLLING, 'Record the pilot', { note: 'Both answer.' }))
    expect(await ordered()).toEqual([])
    for (let left = 4; left > 0 && (await ordered()).length === 0; left -= 1) await walk.time.next()
    hosts.push(...(await ordered()))
    expect(hosts).toHaveLength(4)
  })

  test('a failure with its cause is grouped, excluded by a named person, and stays unpatched', async () => {
    const [broken = '', ...others] = hosts
    await soon(5)
    await report(walk, '1', [{ host: broken, step: 'failed', at: now(), cause: `${broken}: no space left on device (pid 4711)` }])
    expect(await walk.hands.see(TEAM, /no space left/)).toMatch(/this host: no space left on device \(pid N\)/)
    await report(
      walk,
      '1',
      others.slice(0, 2).flatMap((host) => [
        { host, step: 'installed', at: now() },
        { host, step: 'verified', at: now(), version: FIXED },
      ]),
    )
    const group = await walk.house.house.db.post.findFirstOrThrow({
      where: { purpose: { startsWith: 'failure:' } },
      orderBy: { id: 'desc' },
    })
    const ask = (person: string, page: string) =>
      walk.intent({ person, place: TEAM, verb: 'failed-hosts', subject: `failure:1/${group.purpose.slice('failure:'.length)}${page}` })
    for (const page of ['', '-page-1'])
      expect((await done(ask('ana', page))).text).toMatch(new RegExp(`1 host: .*no space left.*${broken}.*failed`, 's'))
    refused(await ask('ana', '-page-2'), /PAGE_BEYOND/)
    refused(await ask('ana', '0'), /FAILURE_UNKNOWN/)
    refused(await ask('kofi', ''), /ROLE_MISSING/)
    refused(await walk.hands.press('ben', TEAM, /no space left/, 'Exclude', { reason: '' }), /they stay unpatched/)
    await done(walk.hands.press('ben', TEAM, /no space left/, 'Exclude', { reason: 'It is replaced next week.' }))
    expect(await statusOf(broken)).toBe('excluded')
    // It may still say what it likes.
    await report(walk, '1', [{ host: broken, step: 'verified', at: now(), version: FIXED }])
    expect(await statusOf(broken)).toBe('excluded')
    expect((await done(walk.say('ana', `why ${broken}`))).text).toMatch(/excluded by Ben Okafor: It is replaced next week\. \(change 1\)/)
  })

  test('silence makes a host unknown, never a success; a late report brings it back', async () => {
    const [silent = ''] = await ordered()
    await until(walk, TEAM, /no word from it/)
    expect(await statusOf(silent)).toBe('unknown')
    await report(walk, '1', [
      { host: silent, step: 'installed', at: now() },
      { host: silent, step: 'verified', at: now(), version: FIXED },
    ])
    expect(await statusOf(silent)).toBe('verified')
    expect(await walk.hands.see(TEAM, ROLLING)).toMatch(/1 late/)
    expect(await walk.hands.see(TEAM, /no word from it/)).toMatch(/Settled/)
  })

  test('when the last ring has reported, then the rollout ends in a review', async () => {
    for (let left = 5; left > 0 && (await walk.hands.count(TEAM, REVIEW)) === 0; left -= 1) {
      await walk.time.next()
      await allReport(walk)
    }
    const all = await rows()
    expect(all.filter((r) => r.status === 'verified')).toHaveLength(12)
    expect(all.filter((r) => r.status === 'excluded')).toHaveLength(1)
  })
})

describe('the review', () => {
  test('both clocks are met, with how much was left', async () => {
    const card = await walk.hands.see(TEAM, REVIEW)
    expect(card).toMatch(/12 verified, 1 excluded of 13 hosts/)
    expect(card).toMatch(/Started .*, 6 d \d+ h before its deadline/)
    expect(card).toMatch(/Completed .*, 13 d \d+ h before its deadline/)
    expect(card).toMatch(/verified median .* \(12 hosts\)/)
  })

  test('when it is closed, then the baseline moves, management reads it, and the audit holds', async () => {
    refused(await walk.hands.press('kofi', TEAM, REVIEW, 'Close the review'), /ROLE_MISSING/)
    await done(walk.hands.press('ana', TEAM, REVIEW, 'Close the review'))
    expect(await walk.hands.see(TEAM, REVIEW)).toMatch(/Closed by Ana Ferreira/)
    expect(await walk.hands.see('management', /Security update finished: openssl/)).toMatch(/Deadlines were met\./)
    refused(await walk.intent({ person: 'ana', place: TEAM, verb: 'close-review', subject: 'change:1' }), /change 1 is closed/)
    expect(await verifyAudit(walk.house.house.db)).toMatchObject({ ok: true })
  })

  test('given the older advisory comes later, then it is for the hosts alone that were left out, and the baseline says so', async () => {
    const alert = await until(walk, TEAM, ENCORE)
    expect(alert).toMatch(/Affects 1 of 61 hosts: 1 unmanaged \(edge-03\)/)
    expect(alert).toMatch(/Baseline \d+ at, \d+ below/)
    const [, at, below, exempt] = /Baseline (\d+) at, (\d+) below(?:, \d+ above)?, (\d+) exempt/.exec(alert) ?? []
    // 12 verified and those of their classes that had the fixed build before; edge-03 is below, the excluded one is exempt for a while.
    expect(Number(at)).toBeGreaterThanOrEqual(12)
    expect(Number(below)).toBe(1)
    expect(Number(exempt)).toBe(1)
    expect(await walk.hands.count(TEAM, OPENSSL)).toBe(2)
  })
})

test('given the alert, then what was said before the review stays to be read', async () => {
  await eventually(walk, ENCORE)
  expect((await done(walk.hands.press('greta', TEAM, REVIEW, 'Who did what'))).text).toMatch(/Ben Okafor.*excluded/)
})
