import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { done, GO, OPENSSL, ROLLING, refused, startWalk, submitted, TEAM, tellAll, until, vote, type Walk } from './paths-support.ts'

const TEST = /^Test openssl/
const INCIDENT = /^Kofi Mensah: "It went wrong"/

let walk: Walk
beforeAll(async () => {
  walk = await startWalk()
  await submitted(walk, { plan: { runner: 'manual' } })
})
afterAll(() => walk?.house.end())

interface Submitted {
  readonly digest: string
}
const plans = async (): Promise<readonly Submitted[]> => {
  const { state } = await walk.house.house.db.change.findFirstOrThrow({ where: { id: 1 } })
  const { pastSubmissions, submission } = state as unknown as { pastSubmissions: Submitted[]; submission?: Submitted }
  return [...pastSubmissions, ...(submission ? [submission] : [])]
}
const voteBy = (person: string, verb: 'approve' | 'reject', digest: string, inputs = {}) =>
  walk.intent({ person, place: TEAM, verb, subject: 'change:1', digest, inputs })

describe('a plan that is rejected', () => {
  test('given one vote against it, then with a reason, it ends the round whoever approved before', async () => {
    await done(walk.hands.press('dana', TEAM, GO, 'Approve'))
    expect(await walk.hands.see(TEAM, GO)).toMatch(/Approved so far by Dana Kowalska \(security\)/)
    refused(
      await walk.hands.press('kofi', TEAM, GO, 'Reject', { reason: 'No.' }),
      /To reject a plan you need the role security or operations/,
    )
    refused(await walk.hands.press('ana', TEAM, GO, 'Reject', { reason: 'My own.' }), /ROLE_MISSING/)
    refused(await walk.hands.press('emil', TEAM, GO, 'Reject', { reason: '  ' }), /so that the plan can be mended/)
    await done(walk.hands.press('emil', TEAM, GO, 'Reject', { reason: 'The ships are being cleared that night.' }))
    expect(await walk.hands.see(TEAM, GO)).toMatch(/Rejected by Emil Sørensen.*The ships are being cleared that night\./)
    expect(await walk.hands.buttons(TEAM, GO)).toEqual(['Full plan'])
    expect(await walk.hands.see(TEAM, TEST)).toMatch(/The last plan was rejected: The ships are being cleared that night\./)
  })

  test('then a late vote on it is refused with who decided and when', async () => {
    const [first] = await plans()
    refused(await voteBy('chiara', 'approve', first?.digest ?? ''), /ALREADY_DECIDED: Already rejected by Emil Sørensen at \d\d:\d\d\./)
  })

  test('when a better plan comes, then it gets a card of its own, and the old one stays without buttons', async () => {
    const other = (await walk.house.house.db.change.findFirstOrThrow()).state as unknown as {
      submission: { plan: { window: { start: string } } }
    }
    const later = new Date(Date.parse(other.submission.plan.window.start) + 86_400_000).toISOString()
    await done(walk.hands.press('ana', TEAM, TEST, 'Make the plan', { runner: 'manual', window: `nightly|${later}` }))
    expect(await walk.hands.count(TEAM, GO)).toBe(2)
    expect(await walk.hands.buttons(TEAM, GO)).toEqual(['Approve', 'Reject', 'Check a patch file', 'Full plan'])
    expect(await walk.hands.count(TEAM, /^Go or no-go/)).toBe(2)
  })
})

describe('a plan that changes while votes come in', () => {
  test('given somebody approved, when the plan is changed, then that vote is gone and a vote on the old one is refused', async () => {
    await done(walk.hands.press('dana', TEAM, GO, 'Approve'))
    const old = (await plans()).at(-1)?.digest ?? ''
    refused(
      await walk.hands.press('ben', TEAM, TEST, 'Change the plan', { runner: 'nobody' }),
      /There is no runner "nobody"; expected rehearsal or manual/,
    )
    refused(await walk.hands.press('ben', TEAM, TEST, 'Change the plan', { undo: ' ' }), /please say how it is undone/)
    await done(walk.hands.press('ben', TEAM, TEST, 'Change the plan', { runner: 'manual', silent: 'no' }))
    refused(
      await voteBy('emil', 'approve', old),
      /PLAN_CHANGED: This plan changed at \d\d:\d\d \(by Ben Okafor\)\. Please look at the new one: plan [0-9a-f]{8}\./,
    )
    expect(await walk.hands.see(TEAM, GO)).not.toMatch(/Approved so far/)
    expect(await walk.hands.see(TEAM, GO)).toMatch(/the user sees it/)
    refused(await walk.hands.press('ben', TEAM, TEST, 'Change the plan', { runner: 'manual', silent: 'no' }), /PLAN_SAME/)
  })

  test('then the new one needs the whole quorum, and who asked for it never counts', async () => {
    expect(await walk.hands.see(TEAM, GO)).toMatch(/Needs.*1 of security, 1 of operations.*not Ben Okafor/)
    refused(await voteBy('emil', 'approve', 'made-up'), /PLAN_CHANGED/)
    await vote(walk)
    const digest = (await plans()).at(-1)?.digest ?? ''
    refused(await voteBy('farah', 'approve', digest), /Already approved by Dana Kowalska and Emil Sørensen/)
    const full = (await done(walk.hands.press('greta', TEAM, GO, 'Full plan'))).text
    expect(full).toContain(digest)
    expect(full).toMatch(/left out: edge-03, unmanaged: no runner can reach it/)
  })
})

describe('"It went wrong"', () => {
  test('given an announced update, when somebody says so, then they are thanked and the team can claim it', async () => {
    await tellAll(walk)
    const card = /^Security update for your computer/
    expect(await walk.hands.see('end-users', card)).toMatch(/press "Install" when a window of the update appears/)
    refused(await walk.hands.press('kofi', 'end-users', card, 'It went wrong', { text: ' ' }), /Please say in a sentence what went wrong/)
    const thanks = await done(
      walk.hands.press('kofi', 'end-users', card, 'It went wrong', { text: 'The scanner <!channel> does not start.' }),
    )
    expect(thanks.text).toMatch(/The patch team has been told.*incident 1 of change 1/)
    expect(await walk.hands.see(TEAM, INCIDENT)).toMatch(/The scanner <!channel> does not start\./)
    refused(await walk.hands.press('kofi', TEAM, INCIDENT, 'I take it'), /ROLE_MISSING/)
    await done(walk.hands.press('ben', TEAM, INCIDENT, 'I take it'))
    expect(await walk.hands.see(TEAM, INCIDENT)).toMatch(/Ben Okafor/)
    expect(await walk.hands.buttons(TEAM, INCIDENT)).toEqual([])
    const subject = 'failure:1/incident-1'
    refused(await walk.intent({ person: 'chiara', place: TEAM, verb: 'claim', subject }), /Ben Okafor already takes care of it/)
    await done(walk.intent({ person: 'ben', place: TEAM, verb: 'claim', subject }))
  })

  test.each([
    'change:1',
    'failure:1/incident-9',
    'failure:1/ring-1-00000000',
    'failure:1/constructor',
  ])('nobody claims %s, which is nothing', async (subject) => {
    refused(await walk.intent({ person: 'ben', place: TEAM, verb: 'claim', subject }), /There is no such failure/)
  })
})

describe('what comes by hand, past the cards', () => {
  test.each([
    [{ verb: 'explode', subject: 'change:1' }, /"explode" is not something that can be done here/],
    [{ verb: 'classify', subject: 'change:99', inputs: { class: 'high' } }, /There is no change 99/],
    [{ verb: 'classify', subject: 'change:1; DROP TABLE', inputs: { class: 'high' } }, /Expected change:NUMBER/],
    [{ verb: 'classify', subject: 'change:1', inputs: { class: 'urgent' } }, /class: .*got "urgent"/],
    [{ verb: 'classify', subject: 'change:1', inputs: { class: 'low', reason: 'x' } }, /You cannot classify it now: change 1 is announced/],
    [{ verb: 'record-test', subject: 'change:1', inputs: { test: 'x', passed: 'perhaps' } }, /passed: expected yes or no; got "perhaps"/],
    [{ verb: 'start-ring', subject: 'change:1' }, /VERB_UNKNOWN/],
    [{ verb: 'finish', subject: 'change:1' }, /VERB_UNKNOWN/],
    [{ verb: 'close-review', subject: 'change:1' }, /You cannot close the review now/],
    [{ verb: 'retry', subject: 'change:1' }, /You cannot retry hosts now/],
    [{ verb: 'resume', subject: 'change:1', digest: 'halt-1' }, /does not stand still/],
    [{ verb: 'roll-back', subject: 'change:1', inputs: { reason: 'x' } }, /You cannot roll back now/],
    [{ verb: 'read', subject: 'change:99' }, /Nothing was announced under this number/],
    [{ verb: 'grant-delay', subject: 'delay:9' }, /There is no request 9/],
  ])('%j is refused with a sentence', async (body, said) => {
    refused(await walk.intent({ person: 'chiara', place: TEAM, ...body }), said)
  })

  test('the same delivery twice has one effect and one answer', async () => {
    const body = {
      person: 'lena',
      place: 'end-users',
      verb: 'went-wrong',
      subject: 'change:1',
      inputs: { text: 'My mail is gone.' },
      delivery: 'click-1',
    }
    const [first, second] = [await walk.intent(body), await walk.intent(body)]
    expect(second).toEqual(first)
    expect(await walk.hands.count(TEAM, /^Lena Brandt: "It went wrong"/)).toBe(1)
    await until(walk, TEAM, ROLLING)
    expect(await walk.hands.count(TEAM, OPENSSL)).toBe(1)
  })
})
