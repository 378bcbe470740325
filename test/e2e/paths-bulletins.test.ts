import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { done, eventually, GO, OPENSSL, refused, startWalk, TEAM, until, type Walk } from './paths-support.ts'

const KERNEL = /^kernel-rt/
const WORKER = /^rhc-worker-script/
const SUMMARY = /is connected$/
const HELD = /^Held: rhsa-2023_3408\.json/

let walk: Walk
beforeAll(async () => {
  walk = await startWalk()
})
afterAll(() => walk?.house.end())

const cards = (place: string): Promise<number> => walk.hands.count(place, /(?:)/)
const say = async (person: string, line: string): Promise<string> => (await done(walk.say(person, line))).text

describe('the history of a source', () => {
  test('given the first poll, then one card tells of all that was there, and nothing else is said', async () => {
    await eventually(walk, OPENSSL)
    expect(await walk.hands.count(TEAM, SUMMARY)).toBe(1)
    const summary = await walk.hands.see(TEAM, SUMMARY)
    expect(summary).toMatch(/Before that it had published 5 bulletins, which made no noise here; hosts of yours match 4 of them\./)
    expect(summary).toMatch(/RHSA-2023:7207 3 c-ares security update AUTHENTIC 4 hosts/)
    expect(summary).toMatch(/VA-24-201-01 1\.0\.0 .* no match/)
    expect(await cards(TEAM)).toBe(2)
    for (const place of ['security', 'representatives', 'end-users', 'management', 'admin']) expect(await cards(place)).toBe(0)
  })

  test('when somebody opens one of it, then it gets a change with an alert, and cannot be opened again', async () => {
    const open = 'Open RHSA-2023:7207'
    const { id } = await walk.house.house.db.bulletin.findFirstOrThrow({ where: { vendorId: 'RHSA-2023:7207' } })
    refused(await walk.hands.press('kofi', TEAM, SUMMARY, open), /ROLE_MISSING/)
    await done(walk.hands.press('ben', TEAM, SUMMARY, open))
    expect(await walk.hands.see(TEAM, /^c-ares/)).toMatch(/MEDIUM AUTHENTIC .*Affects 4 of 61 hosts/)
    expect(await walk.hands.buttons(TEAM, SUMMARY)).not.toContain(open)
    expect(await walk.hands.see(TEAM, SUMMARY)).toMatch(/c-ares security update AUTHENTIC change 2/)
    refused(await walk.intent({ person: 'ben', place: TEAM, verb: 'open', subject: `bulletin:${id}` }), /It is already change 2/)
    expect(await walk.hands.count(TEAM, /^c-ares/)).toBe(1)
  })
})

describe('an advisory without a signature', () => {
  test('given the kernel, then it is UNCONFIRMED and cannot be classified, whoever asks', async () => {
    await eventually(walk, KERNEL)
    const alert = await walk.hands.see(TEAM, KERNEL)
    for (const fact of [
      /HIGH UNCONFIRMED/,
      /Looks official, nothing more \(signature missing\)/,
      /5 of 61 hosts: 1 mission critical \(crane-01\)/,
      /1 reboot pending \(crane-04\)/,
      /reboot needed/,
      /security.* vouch/,
    ])
      expect(alert).toMatch(fact)
    expect(await walk.hands.buttons(TEAM, KERNEL)).toEqual([
      'Vouch for it',
      'Not relevant',
      'Join with another change',
      'Done elsewhere',
      'Details',
      'Affected hosts',
      'Evidence',
    ])
    refused(
      await walk.intent({ person: 'ana', place: TEAM, verb: 'classify', subject: 'change:3', inputs: { class: 'high' } }),
      /NOT_VOUCHED: This bulletin is UNCONFIRMED\. Somebody of security has to vouch for it first/,
    )
  })

  test('when somebody of security vouches with a reason, then it may be classified', async () => {
    refused(
      await walk.hands.press('ana', TEAM, KERNEL, 'Vouch for it', { reason: 'Looks good.' }),
      /you need the role security.*Dana Kowalska/,
    )
    refused(await walk.hands.press('dana', TEAM, KERNEL, 'Vouch for it', { reason: '  ' }), /where did you check it\?/)
    await done(walk.hands.press('dana', TEAM, KERNEL, 'Vouch for it', { reason: 'Compared with the page of the publisher.' }))
    expect(await walk.hands.see(TEAM, KERNEL)).toMatch(/vouched for it: Dana Kowalska,.*Compared with the page of the publisher\./)
    await done(walk.hands.press('ana', TEAM, KERNEL, 'Classify'))
  })

  test('then a plan without the reboot that the fix needs is refused, and two named humans decide on the other one', async () => {
    const TEST = /^Test kernel-rt/
    await done(walk.hands.press('ben', TEAM, TEST, 'Record a test', { note: 'on vm-1' }))
    refused(await walk.hands.press('ana', TEAM, TEST, 'Make the plan', { reboot: 'no' }), /only works after a reboot/)
    await done(walk.hands.press('ana', TEAM, TEST, 'Make the plan', { reboot: 'yes' }))
    await done(walk.hands.press('dana', TEAM, GO, 'Approve'))
    // Oskar is Dana's delegate: they are one human.
    refused(await walk.hands.press('oskar', TEAM, GO, 'Approve'), /already approved/)
    expect(await walk.hands.buttons(TEAM, GO)).toContain('Approve')
    await done(walk.hands.press('chiara', TEAM, GO, 'Approve'))
    expect(await walk.hands.see(TEAM, GO)).toMatch(/Approved by Dana Kowalska \(security\).*Chiara Ricci \(operations\)/)
  })
})

describe('an advisory with a known exploited vulnerability', () => {
  test('given the document says so, then the alert is marked and the proposal is one class higher, with the CVE as its reason', async () => {
    await eventually(walk, WORKER)
    const alert = await walk.hands.see(TEAM, WORKER)
    expect(alert).toMatch(/CRITICAL AUTHENTIC KNOWN EXPLOITED/)
    expect(alert).toMatch(/CVE-2023-44487 CVSS 7\.5 \(known exploited\)/)
    expect(alert).toMatch(
      /Critical \(the publisher says important; one step up, known exploited: CVE-2023-44487\): start within 24 hours, complete within 72 hours/,
    )
  })

  test('when somebody says that it is not relevant, then with a reason, and the card keeps both', async () => {
    refused(await walk.hands.press('ana', TEAM, WORKER, 'Not relevant', { reason: ' ' }), /an auditor will ask/)
    await done(walk.hands.press('ana', TEAM, WORKER, 'Not relevant', { reason: 'The package is not started anywhere.' }))
    expect(await walk.hands.see(TEAM, WORKER)).toMatch(/Not relevant.*Ana Ferreira.*The package is not started anywhere\./)
    expect(await walk.hands.buttons(TEAM, WORKER)).toEqual(['Details', 'Affected hosts', 'Evidence'])
  })
})

describe('advisories that match nothing', () => {
  test('given software that nobody has, then no card: a line in `bulletins` and on the card of the source', async () => {
    const before = await cards(TEAM)
    await until(walk, TEAM, SUMMARY, /VA-24-254-01/)
    expect(await cards(TEAM)).toBe(before)
    expect(await walk.hands.see(TEAM, SUMMARY)).toMatch(
      /1 bulletin since then, matching nothing here:.*VA-24-254-01 1\.0\.0 IBM webMethods/,
    )
    expect(await say('ana', 'bulletins')).toMatch(
      /VA-24-254-01 1\.0\.0 IBM webMethods Integration Multiple Vulnerabilities AUTHENTIC new no match/,
    )
  })

  test('given a later revision of another one, then `bulletins` shows it, and no card', async () => {
    const before = await cards(TEAM)
    await until(walk, TEAM, SUMMARY, /VA-24-201-01 1\.0\.1/)
    expect(await cards(TEAM)).toBe(before)
    expect(await say('ana', 'bulletins')).toMatch(
      /VA-24-201-01 1\.0\.1 Adminer and AdminerEvo Multiple Vulnerabilities AUTHENTIC revised no match/,
    )
  })
})

describe('a tampered copy of a genuine advisory', () => {
  test('given wrong bytes under a good name, then security alone hears of it, and the genuine change stays as it is', async () => {
    const genuine = await walk.hands.see(TEAM, OPENSSL)
    const before = await cards(TEAM)
    await until(walk, 'security', HELD)
    expect(await cards('security')).toBe(1)
    expect(await cards(TEAM)).toBe(before)
    for (const place of ['representatives', 'end-users', 'management']) expect(await cards(place)).toBe(0)
    expect(await walk.hands.see(TEAM, OPENSSL)).toBe(genuine)
    const held = await walk.hands.see('security', HELD)
    expect(held).toMatch(/QUARANTINED/)
    expect(held).toMatch(/The file does not match its published hash\./)
    expect(held).toMatch(/SHA-512 differs in rhsa-2023_3408\.json: published [0-9a-f]{128}, found [0-9a-f]{128}/)
    expect(await walk.hands.buttons('security', HELD)).toEqual(['Evidence', 'Discard'])
  })

  test('then nobody can open, classify or look into it but security', async () => {
    const { id } = await walk.house.house.db.bulletin.findFirstOrThrow({ where: { origin: 'held' } })
    const subject = `bulletin:${id}`
    refused(await walk.intent({ person: 'dana', place: 'security', verb: 'open', subject }), /BULLETIN_UNKNOWN/)
    refused(
      await walk.intent({ person: 'dana', place: 'security', verb: 'classify', subject, inputs: { class: 'high' } }),
      /SUBJECT_UNKNOWN/,
    )
    refused(
      await walk.intent({ person: 'ana', place: TEAM, verb: 'evidence', subject }),
      /This document is held\. Only security looks into it\./,
    )
    refused(await walk.intent({ person: 'kofi', place: 'end-users', verb: 'evidence', subject }), /ROLE_MISSING/)
    const evidence = (await done(walk.hands.press('dana', 'security', HELD, 'Evidence'))).text
    expect(evidence).toMatch(/QUARANTINED.*✗ hash fail:.*✗ signature fail:.*\? schema unavailable: +Not checked/)
    expect(await say('ana', 'bulletins')).not.toMatch(/QUARANTINED/)
    expect(await say('farah', 'bulletins')).toMatch(/rhsa-2023_3408\.json .*QUARANTINED held not read/)
    expect(await say('ana', 'status')).toMatch(/1 held/)
  })

  test('when security discards it with what was found out, then the card says who and why', async () => {
    refused(await walk.hands.press('ana', 'security', HELD, 'Discard', { reason: 'Junk.' }), /Only security decides on a held bulletin/)
    refused(await walk.hands.press('dana', 'security', HELD, 'Discard', { reason: '' }), /an auditor will ask/)
    await done(walk.hands.press('dana', 'security', HELD, 'Discard', { reason: 'The mirror was broken into.' }))
    expect(await walk.hands.see('security', HELD)).toMatch(/Discarded by Dana Kowalska.*The mirror was broken into\./)
    expect(await walk.hands.buttons('security', HELD)).toEqual(['Evidence'])
  })
})
