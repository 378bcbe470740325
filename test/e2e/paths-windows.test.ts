import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { firstOffset } from '../../src/app/sample.ts'
import { nextOpenings } from '../../src/core/deploy/window.ts'
import type { WindowRule } from '../../src/core/policy.ts'
import type { Answer } from './hands.ts'
import {
  allReport,
  announced,
  approved,
  done,
  GO,
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

interface Planned {
  readonly clocks: unknown
  readonly submission: { readonly plan: { readonly window: { readonly start: string } } }
}

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
describe('a delay that is granted, and a window that closes in the middle', () => {
  const ASKED = /^Lena Brandt asks for a delay of ws-lena/
  const state = async () => (await walk.house.house.db.change.findFirstOrThrow()).state as unknown as Planned
  const request = () => walk.house.house.db.delayRequest.findFirstOrThrow()
  beforeAll(async () => {
    walk = await startWalk()
    await announced(walk, manual)
  })
  afterAll(() => walk.house.end())

  const ask = (person: string, reason: string, inputs = {}): Promise<Answer> =>
    walk.hands.press(person, 'end-users', ANNOUNCEMENT, 'Ask for a delay', { reason, ...inputs })

  test('given a request for the night after the next one, then one of operations decides, and the deadlines stay', async () => {
    const { clocks, submission } = await state()
    const until = new Date(Date.parse(submission.plan.window.start) + 2 * DAY_MS).toISOString()
    refused(await ask('greta', 'Busy.'), /name at least one of your computers/)
    expect((await done(ask('lena', 'Month-end closing.', { until }))).text).toMatch(
      /Decided by operations\. The update follows in the next maintenance window after that time\./,
    )
    refused(await ask('lena', 'Again.'), /is waiting for its decision already/)
    refused(await walk.hands.press('lena', TEAM, ASKED, 'Grant'), /someone else of operations has to decide/)
    refused(await walk.hands.press('ben', TEAM, ASKED, 'Grant'), /Delays of this class are decided by operations/)
    await done(walk.hands.press('emil', TEAM, ASKED, 'Grant'))
    expect(await walk.hands.see('end-users', /^Lena Brandt: your delay is granted/)).toMatch(/updated in the window that begins/)
    expect((await state()).clocks).toEqual(clocks)
  })

  test('then it is decided, and the limit of the class is reached', async () => {
    refused(
      await walk.intent({ person: 'chiara', place: TEAM, verb: 'grant-delay', subject: 'delay:1' }),
      /Emil Sørensen has already decided/,
    )
    refused(await ask('lena', 'Once more.'), /You were granted 1 of 1 delays for this change; no further one is possible/)
  })

  test('given a pilot that is recorded after the window, then the rest waits for the next opening, and everybody can read when', async () => {
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
    expect(await walk.hands.count(TEAM, /^Ring 2 "Early" started/)).toBe(1)
  })

  test('then the delayed host starts in the window that was asked for, long after the others of its ring', async () => {
    await toReview()
    const asked = (await request()).until.getTime()
    const started = (await orderedAt('ws-lena'))?.getTime()
    expect(started).toBeGreaterThanOrEqual(asked)
    expect(started).toBeLessThan(asked + 90 * 60_000)
    expect((await orderedAt('ws-ines'))?.getTime()).toBeLessThan(asked - DAY_MS / 2)
    expect(await walk.hands.see(TEAM, /^Review/)).toMatch(/13 verified of 13 hosts/)
    expect((await done(walk.say('ana', 'why ws-lena'))).text).toMatch(
      /delay until .* asked by Lena Brandt: Month-end closing\. \(delay request 1\).*delay granted by Emil Sørensen/,
    )
  })
})

describe('a window that is missed', () => {
  const ASKED = /^Lena Brandt asks for a delay of ws-lena/
  beforeAll(async () => {
    walk = await startWalk()
    await approved(walk, manual)
  })
  afterAll(() => walk.house.end())

  test('given an approved plan that nobody announces, then nothing starts, announcing is refused, and it is planned again', async () => {
    await walk.at('22:30')
    expect(await orders()).toBe(0)
    await walk.at('00:30')
    refused(await walk.hands.press('ana', TEAM, GO, 'Announce'), /The window of this plan is over.*Please plan again/)
    expect(await walk.hands.count('representatives', /(?:)/)).toBe(0)
    await done(walk.hands.press('ana', TEAM, GO, 'Plan again'))
    await done(walk.hands.press('ana', TEAM, /^Test/, 'Make the plan', manual.plan))
    expect(await walk.hands.count(TEAM, GO)).toBe(2)
    expect(await walk.hands.buttons(TEAM, GO)).toContain('Approve')
  })

  test('given it is announced so late that the lead time does not fit, then the end users hear it at once', async () => {
    await vote(walk)
    await walk.at('21:40')
    await done(walk.hands.press('ana', TEAM, GO, 'Announce'))
    expect(await walk.hands.count('end-users', ANNOUNCEMENT)).toBe(1)
  })

  test('given a delay that is refused, then with a reason that the asker reads, and the host stays where it was', async () => {
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
  })

  test('given it is stopped all through its window, then nothing starts later at a time that nobody was told', async () => {
    await done(walk.hands.press('ines', 'end-users', ANNOUNCEMENT, 'Ask for a delay', { reason: 'Month-end closing.' }))
    await done(walk.hands.press('ana', TEAM, ROLLING, 'STOP'))
    await walk.at('00:30')
    await done(walk.hands.press('dana', TEAM, ROLLING, 'Resume'))
    await done(walk.hands.press('emil', TEAM, ROLLING, 'Resume'))
    expect(await walk.hands.see(TEAM, ROLLING)).toMatch(/The announced window passed and nothing was started/)
    await walk.at('22:30')
    expect(await orders()).toBe(0)
  })

  test('given nobody decided on a delay before the time it asks for, then it is too late to grant it', async () => {
    refused(
      await walk.hands.press('emil', TEAM, /^Ines Duarte asks for a delay/, 'Grant'),
      /DELAY_EXPIRED: The time that was asked for is over/,
    )
  })

  test('when it is planned again, then the old announcement no longer counts, and what waited for a decision is closed', async () => {
    await done(walk.hands.press('ana', TEAM, ROLLING, 'Plan again'))
    expect(await walk.hands.see('end-users', /no longer counts/)).toMatch(/told in a new message/)
    expect(await walk.hands.see(TEAM, /^Ines Duarte asks for a delay/)).toMatch(/The update was called off/)
    expect(await walk.hands.buttons(TEAM, /^Ines Duarte asks for a delay/)).toEqual([])
  })
})

describe('a change freeze', () => {
  afterAll(() => walk.house.end())
  const WORKER = /^rhc-worker-script/

  test('given a critical change in a freeze that outlasts its start deadline, then everybody reads that it was missed', async () => {
    const begins = Date.now() + firstOffset(Date.now())
    const freeze = {
      name: 'Stock-taking',
      from: new Date(begins + DAY_MS).toISOString(),
      to: new Date(begins + 6 * DAY_MS).toISOString(),
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
