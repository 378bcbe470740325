import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openChange } from '../../src/app/bulletins/open-change.ts'
import { startDrill } from '../../src/app/change/drill.ts'
import { inventoryChanged } from '../../src/app/change/elsewhere.ts'
import { exemptHosts, exemptionsExpiring } from '../../src/app/change/exemptions.ts'
import { tellExploited } from '../../src/app/change/exploited.ts'
import { transact } from '../../src/app/house.ts'
import { readWholeHosts } from '../../src/app/inventory/read.ts'
import { writeAssets } from '../../src/app/inventory/write.ts'
import { afterUpdate } from '../../src/core/assess/installed.ts'
import type { ChangeState } from '../../src/core/change/state.ts'
import { verifyAudit } from '../../src/db/audit.ts'
import {
  done,
  eventually,
  GO,
  moveTo,
  OPENSSL,
  ROLLING,
  refused,
  report,
  startWalk,
  TEAM,
  tellAll,
  until,
  vote,
  type Walk,
} from './paths-support.ts'

const KERNEL = /^kernel-rt/
const C_ARES = /^c-ares/
const DRILL = /^DRILL/

let walk: Walk
/** A day so many days from now. */
const dayIn = (days: number): string => new Date(walk.now().getTime() + days * 86_400_000).toISOString().slice(0, 10)
beforeAll(async () => {
  walk = await startWalk()
  await eventually(walk, OPENSSL)
})
afterAll(() => walk?.house.end())

const stateOf = async (id: number): Promise<ChangeState> =>
  (await walk.house.house.db.change.findUniqueOrThrow({ where: { id } })).state as unknown as ChangeState

describe('a change that can wait', () => {
  test('given it is classified, then the next role reads what it needs and takes over', async () => {
    await done(walk.hands.press('ana', TEAM, OPENSSL, 'Classify'))
    const card = /^Hand-over of openssl: identification to testing and planning/
    expect(await walk.hands.see(TEAM, card)).toMatch(/AUTHENTIC, medium by Ana Ferreira.*how is edge-03 patched\? no runner reaches it/)
    expect(await walk.hands.see(TEAM, /^Test openssl/)).toMatch(/Nobody has taken over testing and planning yet/)
    refused(await walk.hands.press('greta', TEAM, card, 'I take over'), /ROLE_MISSING/)
    await done(walk.hands.press('ben', TEAM, card, 'I take over'))
    expect(await walk.hands.see(TEAM, card)).toMatch(/Taken over by Ben Okafor/)
    expect(await walk.hands.see(TEAM, /^Test openssl/)).toMatch(/In the hands of Ben Okafor/)
    refused(
      await walk.intent({ person: 'chiara', place: TEAM, verb: 'accept-handover', subject: 'change:1', digest: 'handover-1' }),
      /Ben Okafor has/,
    )
  })

  test('when somebody lets it wait, then every place where it is asked for says so', async () => {
    refused(
      await walk.hands.press('ana', TEAM, /^Test openssl/, 'Let it wait', { until: 'soon' }),
      /Expected a day such as 2026-12-01, got "soon"/,
    )
    await done(walk.hands.press('ana', TEAM, /^Test openssl/, 'Let it wait', { what: 'The update rollup of December.' }))
    expect(await walk.hands.see(TEAM, /^Test openssl/)).toMatch(/Waits for: The update rollup of December\.. Since Ana Ferreira/)
    expect(await walk.hands.buttons(TEAM, /^Test openssl/)).toEqual(['End the waiting', 'Reclassify', 'Done elsewhere'])
    expect((await walk.say('ana', 'changes')).text).toMatch(/waits for: The update rollup of December/)
    expect((await walk.say('ana', 'why web-01')).text).toMatch(/left to wait for The update rollup of December\., by Ana Ferreira/)
  })

  test('when its hole is known exploited, then a new alert takes it over by itself, with its clock', async () => {
    const news = { kind: 'exploited', cve: 'CVE-2022-4450', addedOn: '2026-11-24', dueOn: '2026-12-15', catalogue: '2026.11.24' } as const
    const opened = await transact(walk.house.house, async (unit) => {
      const alerts = await tellExploited(unit, news)
      const changes = []
      for (const { rowId, differences, earlier } of alerts) changes.push(await openChange(unit, rowId, { differences, earlier }))
      expect(await tellExploited(unit, news)).toEqual([])
      return changes
    })
    expect(opened).toEqual([2])
    expect(await walk.hands.see(TEAM, /^CVE-2022-4450 is now known exploited/)).toMatch(/catalogue 2026\.11\.24.*14 hosts without the fix/)
    expect(await walk.hands.count(TEAM, /^Taken over by change 2/)).toBe(1)
    expect(await walk.hands.see(TEAM, /^Takes change 1 over/)).toMatch(/The clocks run since/)
    expect(await walk.hands.see(TEAM, OPENSSL)).toMatch(/HIGH AUTHENTIC KNOWN EXPLOITED.*CVE-2022-4450.*\(known exploited\)/)
    const [before, after] = [await stateOf(1), await stateOf(2)]
    expect(before).toMatchObject({ phase: 'superseded', joinedInto: { change: 2, by: null } })
    expect(after).toMatchObject({ phase: 'alerted', inheritedZero: before.clocks?.zero, proposal: { class: 'high' } })
    refused(
      await walk.intent({ person: 'ana', place: TEAM, verb: 'end-waiting', subject: 'change:1', inputs: { reason: 'x' } }),
      /goes on as part of change 2/,
    )
  })
})

describe('two bulletins in one change', () => {
  test('given another advisory, when it is joined, then its alert points there and offers nothing', async () => {
    await eventually(walk, KERNEL)
    refused(await walk.hands.press('kofi', TEAM, KERNEL, 'Join with another change', { change: '2' }), /ROLE_MISSING/)
    refused(await walk.hands.press('ana', TEAM, KERNEL, 'Join with another change', { change: '99' }), /There is no change 99/)
    refused(await walk.hands.press('ana', TEAM, KERNEL, 'Join with another change', { change: '1' }), /STALE/)
    await done(walk.hands.press('ana', TEAM, KERNEL, 'Join with another change', { change: '2' }))
    expect(await walk.hands.see(TEAM, KERNEL)).toMatch(/Part of change 2, by Ana Ferreira/)
    expect(await walk.hands.buttons(TEAM, KERNEL)).toEqual([])
    expect(await walk.hands.see(TEAM, OPENSSL)).toMatch(/Also.*RHSA-2023:4378 \(UNCONFIRMED\).*reboot needed/)
    const evidence = (await done(walk.hands.press('ana', TEAM, OPENSSL, 'Evidence'))).text
    for (const id of [/RHSA-2023:3408/, /RHSA-2023:4378/]) expect(evidence).toMatch(id)
    const rows = await walk.house.house.db.bulletin.findMany({ where: { changeId: 2 }, select: { vendorId: true } })
    expect(new Set(rows.map((r) => r.vendorId))).toEqual(new Set(['RHSA-2023:3408', 'RHSA-2023:4378']))
  })

  test('then the unproved one needs its own vouch, the clock is the first one’s, and one plan brings both', async () => {
    refused(
      await walk.intent({ person: 'ana', place: TEAM, verb: 'classify', subject: 'change:2', inputs: { class: 'high' } }),
      /RHSA-2023:4378 is UNCONFIRMED/,
    )
    await done(walk.hands.press('dana', TEAM, OPENSSL, 'Vouch for it', { reason: 'Compared with the publisher.' }))
    await done(walk.hands.press('ana', TEAM, OPENSSL, 'Classify'))
    expect((await stateOf(2)).clocks?.zero).toBe((await stateOf(1)).clocks?.zero)
    refused(
      await walk.hands.press('chiara', TEAM, /^Test/, 'Done elsewhere', { hosts: 'web-99', reason: 'x' }),
      /Not hosts of change 2: web-99/,
    )
    await done(walk.hands.press('chiara', TEAM, /^Test/, 'Done elsewhere', { hosts: 'web-01', reason: 'By hand, while it was down.' }))
    await done(walk.hands.press('ben', TEAM, /^Test/, 'Record a test', { note: 'on vm-1' }))
    await done(walk.hands.press('ben', TEAM, /^Test/, 'Leave hosts out', { hosts: 'web-02', reason: 'Customs runs on it.' }))
    expect(await walk.hands.see(TEAM, /^Excluded: web-02/)).toMatch(/Customs runs on it\..*Nothing protects them meanwhile/)
    await done(walk.hands.press('ana', TEAM, /^Test/, 'Make the plan', { runner: 'manual' }))
    const decision = await walk.hands.see(TEAM, GO)
    expect(decision).toMatch(/normal change 2 · RHSA-2023:3408, RHSA-2023:4378/)
    expect(decision).toMatch(/Left out.*web-01.*reported as done elsewhere/)
    expect(decision).toMatch(/Left out.*web-02.*exempt until 20\d\d-\d\d-\d\d: Customs runs on it\./)
    await vote(walk)
    expect(await walk.hands.see(TEAM, /^Hand-over of openssl: testing and planning to deployment/)).toMatch(/on vm-1 \(Ben Okafor\)/)
  })

  test('a host that is left out is exempt until a day, with what protects it, and can be taken back', async () => {
    await tellAll(walk)
    await until(walk, TEAM, ROLLING, /RUNNING/)
    const row = await walk.house.house.db.rolloutHost.findFirstOrThrow({
      where: { changeId: 2, status: 'ordered' },
      orderBy: { host: 'asc' },
    })
    const at = walk.now().toISOString()
    await report(walk, '2', [{ host: row.host, step: 'failed', at, cause: 'broken disk' }])
    const failure = new RegExp(`^${row.host}: broken disk`)
    refused(await walk.hands.press('ben', TEAM, failure, 'Exclude', { reason: 'New disk.', until: '2020-01-01' }), /still to come/)
    const day = dayIn(60)
    await done(walk.hands.press('ben', TEAM, failure, 'Exclude', { reason: 'New disk next week.', control: 'Off the network', until: day }))
    const card = new RegExp(`^Excluded: ${row.host}`)
    expect(await walk.hands.see(TEAM, card)).toMatch(/Ben Okafor: New disk next week\..*Exempt until.*Meanwhile: Off the network/)
    const { db } = walk.house.house
    expect(await exemptHosts(db, walk.now())).toEqual(new Set(['web-02', row.host]))
    expect(await exemptHosts(db, new Date(dayIn(100)))).toEqual(new Set())
    expect(await exemptionsExpiring(db, walk.now(), 7)).toEqual([])
    expect(await exemptionsExpiring(db, walk.now(), 400)).toMatchObject([
      { host: row.host, control: 'Off the network', until: expect.stringContaining(`${day}T2`) },
      { host: 'web-02' },
    ])
    refused(await walk.hands.press('kofi', TEAM, card, 'End the exemption'), /ROLE_MISSING/)
    await done(walk.hands.press('dana', TEAM, card, 'End the exemption'))
    expect(await walk.hands.see(TEAM, card)).toMatch(/ended by Dana Kowalska.*counts as unpatched again/)
    expect(await walk.hands.buttons(TEAM, card)).toEqual([])
    refused(
      await walk.intent({ person: 'dana', place: TEAM, verb: 'end-exemption', subject: 'change:2', inputs: { host: row.host } }),
      /no exemption that lasts/,
    )
  })
})

describe('done outside Patchcrier', () => {
  test('given it is reported for all hosts, then nothing counts before something shows it', async () => {
    await done(walk.hands.press('ben', TEAM, /is connected$/, 'Open RHSA-2023:7207'))
    await done(walk.hands.press('chiara', TEAM, C_ARES, 'Done elsewhere', { reason: 'Rolled out by the image team.', when: '2026-11-20' }))
    expect(await walk.hands.see(TEAM, C_ARES)).toMatch(
      /Done outside Patchcrier, says Chiara Ricci: 4 hosts.*Rolled out by the image team\..*They do not count as patched/,
    )
    refused(
      await walk.hands.press('ana', TEAM, C_ARES, 'Look into the inventory'),
      /NOT_SEEN: The inventory does not show the fixed version yet on: /,
    )
  })

  test('when a report shows one and the inventory the others, then it is reviewed, and the baseline moves', async () => {
    const { id, hosts } = await stateOf(4)
    const [first, ...others] = hosts
    const version = first?.packages[0]?.to
    const at = walk.now().toISOString()
    expect(await report(walk, `${id}`, [{ host: first?.host, step: 'verified', at, version: '0:0-0' }])).toMatchObject({ accepted: 0 })
    expect(await report(walk, `${id}`, [{ host: first?.host, step: 'verified', at, version }])).toMatchObject({ accepted: 1, refused: [] })
    expect((await stateOf(id)).elsewhere.filter((e) => e.seenAt).map((e) => e.host)).toEqual([first?.host])
    await transact(walk.house.house, async (unit) => {
      const assets = await readWholeHosts(
        unit.tx,
        others.map((h) => h.host),
      )
      const patched = others.flatMap((h) => assets.filter((a) => a.host === h.host).map((a) => afterUpdate(a, h.packages, false)))
      await writeAssets(unit.tx, patched)
    })
    expect(await inventoryChanged(walk.house.house)).toEqual([id])
    await walk.house.settle()
    const review = /^Review: c-ares/
    expect(await walk.hands.see(TEAM, review)).toMatch(/4 hosts done outside Patchcrier and seen at the fixed version/)
    await done(walk.hands.press('greta', TEAM, review, 'Close the review'))
    expect(await walk.hands.see('management', /^Security update finished: c-ares/)).toMatch(/done outside Patchcrier/)
    expect(await walk.house.house.db.baseline.count({ where: { changeId: id } })).toBeGreaterThan(0)
  })
})

describe('a drill', () => {
  test('ends at the decision: times and thin roles are told, nothing is announced or ordered', async () => {
    const { db } = walk.house.house
    const orders = await db.runnerOrder.count()
    const announced = await walk.hands.count('end-users', /./)
    const started = await transact(walk.house.house, (unit) => startDrill(unit, 'ana'))
    expect(started).toEqual({ ok: true, value: 5 })
    expect(await walk.hands.see(TEAM, DRILL)).toMatch(/CRITICAL CORROBORATED DRILL.*nothing was published/)
    expect(await walk.hands.buttons(TEAM, DRILL)).not.toContain('Join with another change')
    await done(walk.hands.press('ana', TEAM, DRILL, 'Classify'))
    await moveTo(walk.house, new Date(walk.now().getTime() + 5 * 60_000))
    await done(walk.hands.press('ben', TEAM, /^Test drill-exercise/, 'Record a test', { note: 'pretended' }))
    refused(await walk.hands.press('ben', TEAM, /^Test drill-exercise/, 'Make the plan', { runner: 'manual' }), /DRILL/)
    await done(walk.hands.press('ben', TEAM, /^Test drill-exercise/, 'Make the plan'))
    await vote(walk)
    const review = /^Review of the drill/
    const card = await walk.hands.see(TEAM, review)
    expect(card).toMatch(/DRILL.*recorded test.*Ben Okafor.*5 min/)
    expect(card).toMatch(/Finding: only Nora Yilmaz holds the role admin\./)
    expect(await walk.hands.buttons(TEAM, GO)).toEqual(['Full plan'])
    refused(
      await walk.intent({ person: 'ana', place: TEAM, verb: 'announce', subject: 'change:5', inputs: { what: 'x', why: 'x' } }),
      /DRILL: This is a drill/,
    )
    await done(walk.hands.press('ana', TEAM, review, 'Close the review'))
    expect(await db.runnerOrder.count()).toBe(orders)
    expect(await walk.hands.count('end-users', /./)).toBe(announced)
    expect(await walk.hands.count('management', /drill/i)).toBe(0)
    expect(await db.rolloutHost.count({ where: { changeId: 5 } })).toBe(0)
  })
})

test('two people join two changes with each other at the same instant: one of them does', async () => {
  const numbers = []
  for (const by of ['ana', 'ben']) {
    const started = await transact(walk.house.house, (unit) => startDrill(unit, by))
    numbers.push(started.ok ? started.value : 0)
  }
  const [one = 0, two = 0] = numbers
  const join = (person: string, from: number, into: number) =>
    walk.intent({ person, place: TEAM, verb: 'merge', subject: `change:${from}`, inputs: { change: `${into}` } })
  const answers = await Promise.all([join('ana', one, two), join('ben', two, one)])
  expect(answers.map((a) => a.refused).sort()).toEqual([false, true])
  expect([(await stateOf(one)).phase, (await stateOf(two)).phase].sort()).toEqual(['alerted', 'merged'])
})

test('and the audit chain holds for all of it', async () => {
  expect(await verifyAudit(walk.house.house.db)).toMatchObject({ ok: true })
})
