import { afterEach, describe, expect, test } from 'vitest'
import { nextOpenings } from '../../src/core/deploy/window.ts'
import type { WindowRule } from '../../src/core/policy.ts'
import {
  allReport,
  announced,
  approved,
  done,
  GO,
  moveTo,
  quickPolicy,
  ROLLING,
  refused,
  startWalk,
  submitted,
  TEAM,
  tellAll,
  until,
  vote,
  type Walk,
} from './paths-support.ts'

let walk: Walk
afterEach(() => walk?.house.end())

const DAY_MS = 86_400_000
const ANNOUNCEMENT = /^Security update for your computer/
const manual = { plan: { runner: 'manual' } }
const orders = (): Promise<number> => walk.house.house.db.runnerOrder.count()
const orderedAt = async (host: string): Promise<Date | undefined> => {
  const rows = await walk.house.house.db.runnerOrder.findMany({ where: { id: { contains: '.install.' } } })
  return rows.find((r) => (r.body as { hosts: { host: string }[] }).hosts.some((h) => h.host === host))?.storedAt
}
/** Every ordered host reports success, the pilot is recorded as passed, time goes on, until the review opens. */
async function toReview(version?: string): Promise<void> {
  for (let left = 16; left > 0 && (await walk.hands.count(TEAM, /^Review/)) === 0; left -= 1) {
    await allReport(walk, version)
    if ((await walk.hands.buttons(TEAM, ROLLING)).includes('Record the pilot'))
      await done(walk.hands.press('ben', TEAM, ROLLING, 'Record the pilot', { note: 'Fine.' }))
    if ((await walk.hands.count(TEAM, /^Review/)) === 0) await walk.time.next()
  }
}
const nightly = ({ house }: Walk): WindowRule => house.house.inForce.policy.windows[0] ?? expect.unreachable()
const berlin = (at: Date): string =>
  new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Berlin', hour: '2-digit', minute: '2-digit' }).format(at)

describe('a window that closes in the middle', () => {
  test('given a pilot that is recorded after it, then the rest waits for the next opening, and everybody can read when', async () => {
    walk = await startWalk()
    await announced(walk, manual)
    await until(walk, TEAM, ROLLING, /RUNNING/)
    await allReport(walk)
    await walk.at('23:45')
    await done(walk.hands.press('ben', TEAM, ROLLING, 'Record the pilot', { note: 'Fine.' }))
    await walk.at('00:30')
    const before = await orders()
    expect(await walk.hands.see(TEAM, ROLLING)).toMatch(/Outside the window "Every night"\. +Next:/)
    expect(await walk.hands.see('end-users', ANNOUNCEMENT)).toMatch(/There was no time for every computer\. The rest follows/)
    await walk.at('21:59')
    expect(await orders()).toBe(before)
    await walk.at('22:00')
    expect(await walk.hands.see(TEAM, /^Ring 2 "Early" started/)).toBeTruthy()
    const ring2 = await walk.house.house.db.rolloutHost.findMany({ where: { ring: 2 } })
    for (const { host } of ring2) expect(berlin((await orderedAt(host)) ?? new Date(0))).toMatch(/^22:00/)
  })
})

describe('an approved plan that nobody announces', () => {
  test('given its window passes, then nothing starts, announcing is refused, and it is planned again and announced', async () => {
    walk = await startWalk()
    await approved(walk, manual)
    await walk.at('22:30')
    expect(await orders()).toBe(0)
    await walk.at('00:30')
    refused(await walk.hands.press('ana', TEAM, GO, 'Announce'), /The window of this plan is over.*Please plan again/)
    expect(await walk.hands.count('representatives', /(?:)/)).toBe(0)
    await done(walk.hands.press('ana', TEAM, GO, 'Plan again'))
    await done(walk.hands.press('ana', TEAM, /^Test/, 'Make the plan', manual.plan))
    expect(await walk.hands.count(TEAM, GO)).toBe(2)
    expect(await walk.hands.buttons(TEAM, GO)).toContain('Approve')

    // Now it is announced so late that the lead time does not fit: the end users hear it at once.
    await vote(walk)
    await walk.at('21:40')
    await done(walk.hands.press('ana', TEAM, GO, 'Announce'))
    expect(await walk.hands.count('end-users', ANNOUNCEMENT)).toBe(1)
    await walk.at('22:00')
    expect(await walk.hands.see(TEAM, ROLLING)).toMatch(/RUNNING/)
  })
})

describe('an announced plan that is stopped all through its window', () => {
  test('given it is resumed afterwards, then nothing starts at a time that nobody was told: it is planned again', async () => {
    walk = await startWalk()
    await announced(walk, manual)
    await done(walk.hands.press('ana', TEAM, ROLLING, 'STOP'))
    await walk.at('22:30')
    await walk.at('00:30')
    await done(walk.hands.press('dana', TEAM, ROLLING, 'Resume'))
    await done(walk.hands.press('emil', TEAM, ROLLING, 'Resume'))
    expect(await walk.hands.see(TEAM, ROLLING)).toMatch(/The announced window passed and nothing was started/)
    await walk.at('22:30')
    expect(await orders()).toBe(0)
    await done(walk.hands.press('ana', TEAM, ROLLING, 'Plan again'))
    expect(await walk.hands.see('end-users', /no longer counts/)).toMatch(/told in a new message/)
  })
})

describe('a delay', () => {
  const ASKED = /^Lena Brandt asks for a delay of ws-lena/

  test('given it is granted, then that host starts in the window asked for and not before; the deadlines stay', async () => {
    walk = await startWalk()
    await announced(walk, manual)
    const clocks = async () => ((await walk.house.house.db.change.findFirstOrThrow()).state as { clocks?: unknown }).clocks
    const before = await clocks()
    refused(
      await walk.hands.press('greta', 'end-users', ANNOUNCEMENT, 'Ask for a delay', { reason: 'Busy.' }),
      /name at least one of your computers/,
    )
    expect(
      (await done(walk.hands.press('lena', 'end-users', ANNOUNCEMENT, 'Ask for a delay', { reason: 'Month-end closing.' }))).text,
    ).toMatch(/Decided by operations\. The update follows in the next maintenance window after that time\./)
    refused(
      await walk.hands.press('lena', 'end-users', ANNOUNCEMENT, 'Ask for a delay', { reason: 'Again.' }),
      /is waiting for its decision already/,
    )
    refused(await walk.hands.press('lena', TEAM, ASKED, 'Grant'), /someone else of operations has to decide/)
    refused(await walk.hands.press('ben', TEAM, ASKED, 'Grant'), /Delays of this class are decided by operations/)
    await done(walk.hands.press('emil', TEAM, ASKED, 'Grant'))
    refused(
      await walk.intent({ person: 'chiara', place: TEAM, verb: 'grant-delay', subject: 'delay:1' }),
      /Emil Sørensen has already decided/,
    )
    expect(await walk.hands.see('end-users', /^Lena Brandt: your delay is granted/)).toMatch(/updated in the window that begins/)
    expect(await clocks()).toEqual(before)
    const asked = await walk.house.house.db.delayRequest.findFirstOrThrow()
    // The limit: high allows one.
    refused(
      await walk.hands.press('lena', 'end-users', ANNOUNCEMENT, 'Ask for a delay', { reason: 'Once more.' }),
      /You were granted 1 of 1 delays for this change; no further one is possible/,
    )
    await toReview()
    const started = await orderedAt('ws-lena')
    expect(started?.getTime()).toBeGreaterThanOrEqual(asked.until.getTime())
    expect(started?.getTime()).toBeLessThan(asked.until.getTime() + 90 * 60_000)
    expect((await orderedAt('ws-ines'))?.getTime()).toBeLessThan(asked.until.getTime() - 3_600_000)
    expect(await walk.hands.see(TEAM, /^Review/)).toMatch(/13 verified of 13 hosts/)
    expect((await done(walk.say('ana', 'why ws-lena'))).text).toMatch(
      /delay until .* asked by Lena Brandt: Month-end closing\. \(delay request 1\).*delay granted by Emil Sørensen/,
    )
  })

  test('given it is refused, then with a reason that the asker reads, and the host starts as announced', async () => {
    walk = await startWalk()
    await announced(walk, manual)
    await done(walk.hands.press('lena', 'end-users', ANNOUNCEMENT, 'Ask for a delay', { reason: 'I do not like updates.' }))
    refused(await walk.hands.press('emil', TEAM, ASKED, 'Refuse', { note: ' ' }), /Please say why/)
    await done(walk.hands.press('emil', TEAM, ASKED, 'Refuse', { note: 'The hole is being used by attackers.' }))
    expect(await walk.hands.see(TEAM, ASKED)).toMatch(/Refused by Emil Sørensen.*The hole is being used by attackers\./)
    expect(await walk.hands.buttons(TEAM, ASKED)).toEqual([])
    expect(await walk.hands.see('end-users', /^Lena Brandt: your delay is refused/)).toMatch(
      /updated as announced\. Why: The hole is being used/,
    )
    const row = await walk.house.house.db.rolloutHost.findFirstOrThrow({ where: { host: 'ws-lena' } })
    expect(row.status).toBe('waiting')

    // Nobody decides on the next one before the time that was asked for is past.
    await done(walk.hands.press('ines', 'end-users', ANNOUNCEMENT, 'Ask for a delay', { reason: 'Month-end closing.' }))
    const { until: asked } = await walk.house.house.db.delayRequest.findFirstOrThrow({ where: { person: 'ines' } })
    await moveTo(walk.house, new Date(asked.getTime() + 60_000))
    refused(await walk.hands.press('emil', TEAM, /^Ines Duarte asks for a delay/, 'Grant'), /DELAY_(EXPIRED|TOO_LATE)/)
  })
})

describe('a change freeze', () => {
  const WORKER = /^rhc-worker-script/

  test('given a critical change in a freeze that outlasts its start deadline, then everybody reads that it was missed', async () => {
    const freeze = {
      name: 'Stock-taking',
      from: new Date(Date.now() + DAY_MS).toISOString(),
      to: new Date(Date.now() + 6 * DAY_MS).toISOString(),
      reason: 'the warehouse counts',
    }
    walk = await startWalk({ policy: await quickPolicy((p) => ({ ...p, blackouts: [freeze] })) })
    await submitted(walk, { alert: WORKER, class: 'critical', ...manual })
    expect(await walk.hands.see(TEAM, GO)).toMatch(/this window is after the start deadline/)
    const inside = new Date(Date.parse(freeze.to) - DAY_MS)
    const frozen = nextOpenings(nightly(walk), [], inside.toISOString(), 1)[0]?.start
    refused(
      await walk.hands.press('ana', TEAM, /^Test/, 'Change the plan', { ...manual.plan, window: `nightly|${frozen}` }),
      /does not open then/,
    )
    await vote(walk)
    await tellAll(walk)
    await toReview('0:0.5-1.el7_9')
    const first = await walk.house.house.db.runnerOrder.findFirstOrThrow({ orderBy: { storedAt: 'asc' } })
    expect(first.storedAt.getTime()).toBeGreaterThan(Date.parse(freeze.to))
    expect(await walk.hands.see(TEAM, /^Review/)).toMatch(/Started .*, MISSED by \d+ d/)
    await done(walk.hands.press('ana', TEAM, /^Review/, 'Close the review'))
    expect(await walk.hands.see('management', /Security update finished/)).toMatch(/A deadline was missed\./)
  })
})
