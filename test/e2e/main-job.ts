import { expect } from 'vitest'
import type { TestHouse } from '../support/house.ts'
import type { Answer, Hands } from './hands.ts'

/** Moves the sample's clock, and waits until everything that follows has happened. */
export interface Time {
  next(): Promise<void>
  pass(seconds: number): Promise<void>
}

export function timeOf(house: TestHouse): Time {
  const move = async (to: Date | 'next'): Promise<void> => {
    const moved = await house.doors.moveClock?.(to)
    if (moved === undefined || moved === null || 'code' in moved) throw new Error(`the clock did not move: ${JSON.stringify(moved)}`)
    await house.settle()
  }
  return {
    next: () => move('next'),
    // In small steps: a runner's reports come while the time passes, not all at its end.
    pass: async (seconds) => {
      for (let left = seconds; left > 0; left -= 5) await move(new Date(house.house.clock.now().getTime() + Math.min(5, left) * 1000))
    },
  }
}

const GO = /^Go or no-go/
const ROLLING = /^Rolling out openssl/
const TEAM = 'patch-team'

function refused(answer: Answer, what: RegExp): void {
  expect(answer.refused, answer.text).toBe(true)
  expect(answer.text).toMatch(what)
}

async function done(answer: Promise<Answer>): Promise<Answer> {
  const known = await answer
  expect(known.refused, known.text).toBe(false)
  return known
}

/** Moves to the next events until the place shows what is awaited. */
async function until(time: Time, hands: Hands, place: string, title: RegExp, text?: RegExp): Promise<void> {
  for (let events = 0; events < 12; events += 1) {
    if ((await hands.count(place, title)) > 0) {
      if (!text) return
      const shown = await hands.see(place, title)
      if (text.test(shown)) return
    }
    await time.next()
  }
  await hands.see(place, title, text)
}

/**
 * The whole main job, as people do it: from the bulletin to the closed review. Unchanged on every platform. `beat` is called between
 * the steps; a test may kill or restart something there.
 */
export async function mainJob(hands: Hands, time: Time, beat: (step: string) => Promise<void> = async () => undefined): Promise<void> {
  await alertAndClassify(hands, time)
  await beat('classified')
  await test(hands)
  await beat('tested')
  await planAndDecide(hands)
  await beat('approved')
  await announce(hands, time)
  await beat('announced')
  await pilot(hands, time)
  await beat('pilot')
  await haltAndResume(hands, time)
  await beat('resumed')
  await finish(hands, time)
  await beat('finished')
  await review(hands)
}

async function alertAndClassify(hands: Hands, time: Time): Promise<void> {
  await until(time, hands, TEAM, /^openssl security update/)
  const alert = await hands.see(TEAM, /^openssl security update/)
  for (const fact of [
    /AUTHENTIC/,
    /Patchcrier sample key, not the vendor's/,
    /CVE-2022-4450/,
    /CVSS 7\.5/,
    /known exploited: unknown/,
    /14 of 61 hosts/,
    /2 mission critical/,
    /1 unmanaged/,
    /1 stale/,
    /start within 1 month/,
  ])
    expect(alert).toMatch(fact)
  expect((await done(hands.press('ana', TEAM, /^openssl security update/, 'Evidence'))).text).toMatch(/SHA-512/)
  expect((await done(hands.press('ana', TEAM, /^openssl security update/, 'Details'))).text).toMatch(/Workarounds/)
  expect((await done(hands.press('ana', TEAM, /^openssl security update/, 'Affected hosts'))).text).toMatch(/edge-03/)
  refused(await hands.press('kofi', TEAM, /^openssl security update/, 'Classify'), /role/)
  refused(await hands.press('ana', TEAM, /^openssl security update/, 'Classify', { class: 'high' }), /reason/)
  await done(
    hands.press('ana', TEAM, /^openssl security update/, 'Classify', { class: 'high', reason: 'The web servers face the internet.' }),
  )
  expect(await hands.see(TEAM, /^openssl security update/, /Classified high by Ana Ferreira/)).toMatch(/web servers face the internet/)
  expect(await hands.buttons(TEAM, /^openssl security update/)).toEqual([
    'Join with another change',
    'Details',
    'Affected hosts',
    'Evidence',
  ])
}

async function test(hands: Hands): Promise<void> {
  for (let left = 10; left > 0 && (await hands.buttons(TEAM, /^Test openssl/)).includes('Record a test'); left -= 1)
    await done(hands.press('ben', TEAM, /^Test openssl/, 'Record a test', { note: 'on vm-1' }))
  await hands.see(TEAM, /^Test openssl/, /All tests passed/)
}

async function planAndDecide(hands: Hands): Promise<void> {
  await done(hands.press('chiara', TEAM, /^Test openssl/, 'Make the plan'))
  await hands.see(TEAM, GO, /REHEARSAL/)
  await hands.see(TEAM, GO, /Needs.*1 of security, 1 of operations.*not Chiara Ricci/)
  refused(await hands.press('chiara', TEAM, GO, 'Approve'), /someone else/)
  await done(hands.press('dana', TEAM, GO, 'Approve'))
  refused(await hands.press('dana', TEAM, GO, 'Approve'), /already/)
  // Oskar is Dana's delegate: together they are one person.
  refused(await hands.press('oskar', TEAM, GO, 'Approve'), /already/)
  await done(hands.press('emil', TEAM, GO, 'Approve'))
  await hands.see(TEAM, GO, /Approved by Dana Kowalska \(security\).*Emil Sørensen \(operations\)/)
  expect(await hands.buttons(TEAM, GO)).not.toContain('Approve')
}

async function announce(hands: Hands, time: Time): Promise<void> {
  await done(hands.press('ana', TEAM, GO, 'Announce'))
  await hands.see('representatives', /Please pass on/, /Departments/)
  expect(await hands.count('end-users', /Security update/)).toBe(0)
  await done(hands.press('ines', 'representatives', /Please pass on/, 'I have passed it on'))
  await until(time, hands, 'end-users', /Security update for your computer/)
  await hands.see('end-users', /Security update/, /leave your computer switched on/)
  await done(hands.press('kofi', 'end-users', /Security update/, 'I have read it'))
  await done(hands.press('kofi', 'end-users', /Security update/, 'I have read it'))
  await hands.see('end-users', /Security update/, /1 person read it/)
  expect((await done(hands.press('kofi', 'end-users', /Security update/, 'Is this real?'))).text).toMatch(/this is real/)
  refused(await hands.press('lena', 'end-users', /Security update/, 'Ask for a delay', { reason: '' }), /why/i)
  await done(hands.press('lena', 'end-users', /Security update/, 'Ask for a delay', { reason: 'Month-end closing.' }))
  await done(hands.press('emil', TEAM, /Lena.*asks for a delay/, 'Grant'))
  await hands.see(TEAM, /Lena.*asks for a delay/, /Granted by Emil Sørensen/)
}

async function pilot(hands: Hands, time: Time): Promise<void> {
  await until(time, hands, TEAM, ROLLING, /RUNNING/)
  await time.pass(40)
  await hands.see(TEAM, ROLLING, /waits for the recorded outcome of the pilot/)
  expect(await hands.count(TEAM, /^Ring 2/)).toBe(0)
  await done(hands.press('chiara', TEAM, ROLLING, 'Record the pilot', { note: 'Both answer.' }))
  await hands.see(TEAM, ROLLING, /Pilot passed, recorded by Chiara Ricci/)
}

async function haltAndResume(hands: Hands, time: Time): Promise<void> {
  for (let left = 6; left > 0 && (await hands.count(TEAM, /^HALTED/)) === 0; left -= 1) {
    await time.next()
    await time.pass(30)
  }
  await hands.see(TEAM, ROLLING, /HALTED by threshold.*2 failed in Early/)
  expect(await hands.count(TEAM, /wrong version/)).toBe(1)
  await done(hands.press('ben', TEAM, /lock held/, 'I take it'))
  await done(hands.press('ben', TEAM, /lock held/, 'Retry'))
  await done(hands.press('ben', TEAM, /wrong version/, 'Retry'))
  refused(await hands.press('chiara', TEAM, ROLLING, 'Resume'), /others/)
  await done(hands.press('farah', TEAM, ROLLING, 'Resume'))
  await done(hands.press('emil', TEAM, ROLLING, 'Resume'))
  await time.pass(30)
  await hands.see(TEAM, /wrong version/, /Settled/)
  // STOP is anybody's of the team, and pressing it twice is pressing it once.
  await done(hands.press('ana', TEAM, ROLLING, 'STOP'))
  await hands.see(TEAM, ROLLING, /STOPPED by Ana Ferreira/)
  await done(hands.press('dana', TEAM, ROLLING, 'Resume'))
  await done(hands.press('emil', TEAM, ROLLING, 'Resume'))
}

async function finish(hands: Hands, time: Time): Promise<void> {
  const silent = /no word from it/
  for (let left = 12; left > 0 && (await hands.count(TEAM, /^Review/)) === 0; left -= 1) {
    await time.next()
    await time.pass(30)
    if ((await hands.count(TEAM, silent)) === 0) continue
    const offered = await hands.buttons(TEAM, silent)
    const open = await hands.see(TEAM, ROLLING)
    if (!offered.includes('Retry') || !/retry, roll back or exclude/.test(open)) continue
    // The first time they are tried again; who stays silent then is left out by name.
    if ((await hands.count(TEAM, /^Excluded/)) === 0 && left > 6) await done(hands.press('ben', TEAM, silent, 'Retry'))
    else await done(hands.press('ben', TEAM, silent, 'Exclude', { reason: 'It is with its owner on a journey.' }))
  }
  await hands.see(TEAM, ROLLING, /FINISHED/)
}

async function review(hands: Hands): Promise<void> {
  const card = await hands.see(TEAM, /^Review: openssl/)
  expect(card).toMatch(/verified/)
  expect(card).toMatch(/before its deadline/)
  await done(hands.press('chiara', TEAM, /^Review: openssl/, 'Write a lesson', { text: 'Announce a day earlier.' }))
  expect((await done(hands.press('greta', TEAM, /^Review: openssl/, 'Who did what'))).text).toMatch(/Emil Sørensen.*approved plan/)
  await done(hands.press('ana', TEAM, /^Review: openssl/, 'Close the review'))
  await hands.see(TEAM, /^Review: openssl/, /Closed by Ana Ferreira.*baseline/)
  await hands.see('management', /Security update finished/)
}
