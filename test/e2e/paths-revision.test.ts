import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { publisher, revised, sampleDocument } from '../support/publisher.ts'
import {
  done,
  eventually,
  GO,
  OPENSSL,
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

const OPENSSL_FILE = 'arrivals/01-openssl/rhsa-2023_3408.json'
const KERNEL_FILE = 'arrivals/02-kernel-rt/rhsa-2023_4378.json'
const KERNEL = /^kernel-rt/
const C_ARES = /^c-ares/

const vendor = publisher()
let walk: Walk
beforeAll(async () => {
  walk = await startWalk(vendor.parts)
  await eventually(walk, OPENSSL)
})
afterAll(() => walk?.house.end())

const manual = { plan: { runner: 'manual' } }

describe('a revision with changed facts', () => {
  test('given an alert, when the severity rises, then the same card shows it and its thread says what changed', async () => {
    await vendor.publish(walk.house, await revised(OPENSSL_FILE, true, { version: 2, severity: 'Important' }))
    expect(await walk.hands.count(TEAM, OPENSSL)).toBe(1)
    const card = await walk.hands.see(TEAM, OPENSSL)
    expect(card).toMatch(/^HIGH AUTHENTIC/)
    expect(card).toMatch(/RHSA-2023:3408 rev 2/)
    expect(card).toMatch(/High \(the publisher says important\)/)
    expect(await walk.hands.see(TEAM, /^Revision 2/)).toMatch(/severity Moderate -> Important/)
  })

  test('given a plan that is being decided, then the plan is void: no buttons, late votes are refused, tests of new builds begin anew', async () => {
    await submitted(walk, manual)
    await done(walk.hands.press('dana', TEAM, GO, 'Approve'))
    const digest = (await walk.house.house.db.post.findFirstOrThrow({ where: { purpose: { startsWith: 'decision' } } })).payload as {
      digest: string
    }
    await vendor.publish(
      walk.house,
      await revised(OPENSSL_FILE, true, { version: 3, severity: 'Important', replace: ['1.1.1k-9.el8_6', '1.1.1k-10.el8_6'] }),
    )
    expect(await walk.hands.buttons(TEAM, GO)).toEqual(['Full plan'])
    expect(await walk.hands.see(TEAM, GO)).toMatch(/no longer being decided/)
    const note = await walk.hands.see(TEAM, /^Revision 3/)
    expect(note).toMatch(/fixed build openssl.* 1:1\.1\.1k-9\.el8_6 -> 1:1\.1\.1k-10\.el8_6/)
    expect(note).toMatch(/The plan that was waiting is void/)
    refused(
      await walk.intent({ person: 'emil', place: TEAM, verb: 'approve', subject: 'change:1', ...digest }),
      /change 1 (has none|is being tested)/,
    )
    expect(await walk.hands.see(TEAM, /^Test openssl/)).toMatch(/☐/)
    expect(await walk.hands.buttons(TEAM, /^Test openssl/)).toContain('Record a test')
  })

  test('given an announced plan, then everybody reads that its date no longer counts, and nothing starts', async () => {
    await done(walk.hands.press('ben', TEAM, /^Test openssl/, 'Record a test', { note: 'once more' }))
    await done(walk.hands.press('ana', TEAM, /^Test openssl/, 'Make the plan', manual.plan))
    await vote(walk)
    await tellAll(walk)
    await vendor.publish(
      walk.house,
      await revised(OPENSSL_FILE, true, { version: 4, severity: 'Critical', replace: ['1.1.1k-9.el8_6', '1.1.1k-10.el8_6'] }),
    )
    for (const place of ['end-users', 'representatives']) {
      expect(await walk.hands.see(place, /no longer counts/)).toMatch(/You need to do nothing/)
      expect(await walk.hands.buttons(place, /no longer counts/)).toEqual([])
    }
    await walk.at('22:30')
    expect(await walk.house.house.db.runnerOrder.count()).toBe(0)
    expect(await walk.hands.buttons(TEAM, /^Test openssl/)).toContain('Make the plan')
  })

  test('given a rollout that has begun, when new builds come, then it goes on and they get a change of their own', async () => {
    await done(walk.hands.press('ana', TEAM, /^Test openssl/, 'Make the plan', manual.plan))
    await vote(walk)
    await tellAll(walk)
    await until(walk, TEAM, ROLLING, /RUNNING/)
    await vendor.publish(
      walk.house,
      await revised(OPENSSL_FILE, true, { version: 5, severity: 'Critical', replace: ['1.1.1k-9.el8_6', '1.1.1k-12.el8_6'] }),
    )
    expect(await walk.hands.see(TEAM, ROLLING)).toMatch(/RUNNING/)
    expect(await walk.hands.count(TEAM, OPENSSL)).toBe(2)
    expect(await walk.hands.see(TEAM, OPENSSL)).toMatch(/rev 5.*1:1\.1\.1k-12\.el8_6/)
    expect(await walk.hands.see(TEAM, /^Revision 5/)).toMatch(/Change 1 was about the revision before/)
  })
})

describe('the same revision, generated again', () => {
  test('given an open change, when no fact changed, then nobody hears of it; the evidence does', async () => {
    await done(walk.hands.press('ana', TEAM, /is connected/, 'Open RHSA-2023:7207'))
    const before = await walk.hands.see(TEAM, C_ARES)
    const bytes = await readFile(new URL('../fixtures/csaf/rhsa-2023_7207.2025-09-26.json', import.meta.url))
    await vendor.publish(walk.house, { fileName: 'rhsa-2023_7207.json', bytes, signed: true })
    expect(await walk.hands.see(TEAM, C_ARES)).toBe(before)
    expect(await walk.hands.count(TEAM, /^Revision 3/)).toBe(1)
    expect((await done(walk.hands.press('ana', TEAM, C_ARES, 'Evidence'))).text).toMatch(
      /regenerated by the publisher, the signature is good/,
    )
  })

  test('given no good signature, then it is held: other bytes under the same version are a contradiction', async () => {
    const { fileName, bytes } = await sampleDocument('history/rhsa-2023_7207.json', false)
    const forged = new TextEncoder().encode(new TextDecoder().decode(bytes).replaceAll('c-ares', 'C-ARES'))
    const before = await walk.hands.see(TEAM, C_ARES)
    await vendor.publish(walk.house, { fileName, bytes: forged, signed: false })
    expect(await walk.hands.see(TEAM, C_ARES)).toBe(before)
  })
})

describe('better and worse proof', () => {
  test('given an UNCONFIRMED bulletin, when the signature comes later, then it is AUTHENTIC and needs nobody to vouch', async () => {
    await eventually(walk, KERNEL)
    expect(await walk.hands.buttons(TEAM, KERNEL)).not.toContain('Classify')
    await vendor.publish(walk.house, await sampleDocument(KERNEL_FILE, true))
    expect(await walk.hands.see(TEAM, KERNEL)).toMatch(/AUTHENTIC .*Signed by: Patchcrier sample key/)
    expect(await walk.hands.buttons(TEAM, KERNEL)).toContain('Classify')
    expect(await walk.hands.see(TEAM, /^The proof has changed/)).toMatch(/verdict UNCONFIRMED -> AUTHENTIC/)
  })
})

describe('a revision of what is over', () => {
  test('given a change that was decided to be not relevant, when facts change, then a new one asks again', async () => {
    await done(walk.hands.press('ana', TEAM, KERNEL, 'Not relevant', { reason: 'The cranes are switched off.' }))
    await vendor.publish(walk.house, await revised(KERNEL_FILE, true, { version: 2, severity: 'Critical' }))
    expect(await walk.hands.count(TEAM, KERNEL)).toBe(2)
    expect(await walk.hands.see(TEAM, KERNEL)).toMatch(/^CRITICAL.*RHSA-2023:4378 rev 2/)
    expect(await walk.hands.see(TEAM, /^Revision 2/)).toMatch(/was about the revision before.*severity Important -> Critical/)
  })
})
