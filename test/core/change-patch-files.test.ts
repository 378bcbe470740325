import { describe, expect, test } from 'vitest'
import { decisionCard } from '../../src/cards/decision.ts'
import { fullPlanCard } from '../../src/cards/full-plan.ts'
import { threadNote } from '../../src/cards/notes.ts'
import { progressCard } from '../../src/cards/progress.ts'
import { testCard } from '../../src/cards/test.ts'
import type { ChangeEvent, Command } from '../../src/core/change/command.ts'
import { standingOf } from '../../src/core/change/patch-files.ts'
import type { BulletinFacts } from '../../src/core/change/state.ts'
import { patchHashOf } from '../../src/core/identify/patch.ts'
import { aPlan, approvedBy, DIGEST, evolved, facts, given, haltOf, opened, PLAN, policy, submitted, UNTIL } from '../support/change.ts'
import { aPatchFile } from '../support/patch-files.ts'

const GOOD = aPatchFile()
const BAD = aPatchFile({}, 'fail')
const note = (file = GOOD): Command => ({ kind: 'note-patch-file', file })
const noted = (file = GOOD): ChangeEvent => ({ kind: 'patch file checked', by: 'ana', file })
const accept: Command = { kind: 'accept-patch-file', sha256: BAD.sha256, reason: 'rebuilt by our mirror, compared by hand' }
const accepted: ChangeEvent = { ...accept, kind: 'patch file accepted', by: 'dana', name: 'fix.rpm' } as ChangeEvent
const approve: Command = { kind: 'approve', digest: DIGEST }

describe('what a result is worth', () => {
  test.each([
    ['the hash of the bulletin', GOOD, 'proved'],
    ['another hash', BAD, 'bad'],
    ['no hash in the bulletin', aPatchFile({}, 'unavailable'), 'not proved'],
    [
      'a good signature alone: of somebody',
      aPatchFile({ checks: [{ name: 'code-signature', outcome: 'pass', evidence: '' }] }),
      'not proved',
    ],
    [
      'the right hash, and a signature that does not hold',
      aPatchFile({ checks: [...GOOD.checks.slice(0, 1), { name: 'code-signature', outcome: 'fail', evidence: '' }] }),
      'bad',
    ],
    ['nothing that was asked', aPatchFile({ checks: [] }), 'not proved'],
  ])('%s', (_, file, standing) => expect(standingOf(file)).toBe(standing))

  const file = { name: 'fix.rpm', bytes: 3, sha256: 'a'.repeat(64), sha512: 'b'.repeat(128) }
  const named = (verdict: 'AUTHENTIC' | 'CORROBORATED', letter: string) => ({
    vendorId: 'RHSA-1',
    verdict,
    hashes: [{ fileName: 'fix.rpm', algorithm: 'sha256', value: letter.repeat(64) }],
  })
  test.each([
    ['an AUTHENTIC bulletin proves', [named('AUTHENTIC', 'a')], 'pass'],
    ['one that is only CORROBORATED does not', [named('CORROBORATED', 'a')], 'unavailable'],
    ['another hash is a failure, whoever says so', [named('AUTHENTIC', 'a'), named('CORROBORATED', 'c')], 'fail'],
    ['no bulletin says anything', [], 'unavailable'],
  ] as const)('%s', (_, bulletins, outcome) => expect(patchHashOf(file, bulletins).outcome).toBe(outcome))
})

describe('a checked file', () => {
  test('is noted for who had it checked', () => {
    given(UNTIL.deciding).when(note(), 'ana').yields(noted())
  })

  test('the same result again is no news', () => {
    given([...UNTIL.deciding, noted()])
      .when(note(), 'ana')
      .yields()
  })

  test('who is none of the team has none checked', () => {
    given(UNTIL.deciding).when(note(), 'greta').refuses('ROLE_MISSING')
  })

  test('none of a change that is over', () => {
    given(UNTIL.closed).when(note(), 'ana').refuses('STALE')
  })

  test('at most twenty', () => {
    const files = Array.from({ length: 20 }, (_, i) => noted(aPatchFile({ url: `https://vendor.example/${i}` })))
    given([...UNTIL.deciding, ...files])
      .when(note(), 'ana')
      .refuses('TOO_MANY_FILES')
    given([...UNTIL.deciding, ...files])
      .when(note(aPatchFile({ url: 'https://vendor.example/3', sha256: 'e' })), 'ana')
      .yields(noted(aPatchFile({ url: 'https://vendor.example/3', sha256: 'e' })))
    // What is bad is never left out.
    const bad = aPatchFile({ url: 'https://vendor.example/21' }, 'fail')
    given([...UNTIL.deciding, ...files])
      .when(note(bad), 'ana')
      .yields(noted(bad))
  })

  test('a later file of the same address takes the place of a bad one, an address that answers no more does not', () => {
    const filesAfter = (file = GOOD) => evolved(opened(), [noted(BAD), noted(file)]).patchFiles
    expect(filesAfter()).toEqual([GOOD])
    const silent = aPatchFile({ sha256: '' }, 'unavailable')
    expect(filesAfter(silent)).toEqual([BAD, silent])
  })

  test('another revision opens what was proved, and keeps what was bad', () => {
    const other = aPatchFile({ url: 'https://vendor.example/other.rpm' }, 'fail')
    const revised = (own: Partial<BulletinFacts>, differences: readonly string[] = []): ChangeEvent => ({
      kind: 'bulletin revised',
      bulletin: { ...facts, revision: '4', ...own },
      hosts: opened().hosts,
      differences,
      voidsPlan: false,
    })
    const filesOnce = (event: ChangeEvent) => evolved(opened(), [noted(), noted(other), event]).patchFiles
    expect(filesOnce(revised({}, ['severity']))).toEqual([other])
    // Of a hash that changed no difference tells: the bytes do.
    expect(filesOnce(revised({ digest: 'e'.repeat(64) }))).toEqual([other])
    expect(filesOnce(revised({ verdict: 'UNCONFIRMED' }))).toEqual([other])
    expect(filesOnce(revised({}))).toEqual([GOOD, other])
  })
})

describe('a bad file', () => {
  test('stops the go, and the refusal says why', () => {
    given([...UNTIL.deciding, noted(BAD)])
      .when(approve, 'dana')
      .refuses('PATCH_FILE_BAD', 'fix.rpm failed its check: The hash: fail. Security has to decide on it first, with a reason.')
  })

  test('also when one yes is there already', () => {
    given([...UNTIL.deciding, approvedBy('dana'), noted(BAD)])
      .when(approve, 'emil')
      .refuses('PATCH_FILE_BAD')
  })

  test('is let pass by security, with a reason; then the go goes on', () => {
    given([...UNTIL.deciding, noted(BAD)])
      .when(accept, 'dana')
      .yields(accepted)
    given([...UNTIL.deciding, noted(BAD), accepted])
      .when(approve, 'dana')
      .yields(approvedBy('dana'))
  })

  test('the same bytes that were found at another address, too, are decided on again', () => {
    const mirrored = aPatchFile({ url: 'https://mirror.example/fix.rpm' }, 'fail')
    given([...UNTIL.deciding, noted(BAD), accepted, noted(mirrored)])
      .when(approve, 'dana')
      .refuses('PATCH_FILE_BAD')
    given([...UNTIL.deciding, noted(BAD), accepted, noted(mirrored)])
      .when(accept, 'dana')
      .yields(accepted)
    given([...UNTIL.deciding, noted(BAD), accepted, noted(mirrored), accepted])
      .when(approve, 'dana')
      .yields(approvedBy('dana'))
  })

  test.each([
    ['by nobody else', accept, 'emil', 'ROLE_MISSING'],
    ['not by the house', accept, null, 'PERSON_NEEDED'],
    ['not without a reason', { ...accept, reason: ' \n' }, 'dana', 'REASON_NEEDED'],
    ['not another file', { ...accept, sha256: '0' }, 'dana', 'STALE'],
  ] as const)('%s', (_, command, by, code) => {
    given([...UNTIL.deciding, noted(BAD)])
      .when(command, by)
      .refuses(code)
  })

  test('once', () => {
    given([...UNTIL.deciding, noted(BAD), accepted])
      .when(accept, 'dana')
      .refuses('ALREADY_DONE')
  })

  test('a good one needs nobody, and a later bad one is not covered by what was said of the first', () => {
    given([...UNTIL.deciding, noted()])
      .when(accept, 'dana')
      .refuses('STALE')
    given([...UNTIL.deciding, noted(BAD), accepted, noted({ ...BAD, sha256: 'e' })])
      .when(approve, 'dana')
      .refuses('PATCH_FILE_BAD')
  })
})

describe('a bad file that is found after the go', () => {
  const held: ChangeEvent = {
    kind: 'halted',
    by: null,
    ring: null,
    reason: 'fix.rpm failed its check: The hash: fail.',
    cause: 'patch file',
  }

  test.each(['approved', 'announced', 'told', 'pilotRuns', 'pilotPassed'] as const)('holds what is %s', (phase) => {
    given(UNTIL[phase]).when(note(BAD), 'ana').yields(noted(BAD), held)
  })

  test.each(['deciding', 'halted', 'stopped', 'rollingBack', 'reviewing'] as const)('is noted, and holds nothing, in %s', (phase) => {
    given(UNTIL[phase]).when(note(BAD), 'ana').yields(noted(BAD))
  })

  test.each([
    ['a good one', GOOD],
    ['one that could not be checked', aPatchFile({}, 'unavailable')],
  ])('%s holds nothing', (_, file) => {
    given(UNTIL.pilotRuns).when(note(file), 'ana').yields(noted(file))
  })

  test('is held once for one file', () => {
    given([...UNTIL.pilotRuns, noted(BAD), held])
      .when(note(BAD), 'ben')
      .yields()
  })

  test('nothing starts, whatever the house says, and nobody is told a date', () => {
    given([...UNTIL.told, noted(BAD), held])
      .when({ kind: 'start-ring', ring: 1, hosts: ['web-01'] }, null)
      .refuses('STANDS_STILL')
    given([...UNTIL.told, noted(BAD)])
      .when({ kind: 'start-ring', ring: 1, hosts: ['web-01'] }, null)
      .refuses('PATCH_FILE_BAD')
    given([...UNTIL.approved, noted(BAD), held])
      .when({ kind: 'announce', what: 'A hole is closed.', why: 'Attackers use it.' }, 'ana')
      .refuses('PATCH_FILE_BAD')
  })

  test.each([
    ['by the file', [...UNTIL.pilotRuns, noted(BAD), held]],
    ['by a threshold before', [...UNTIL.halted, noted(BAD)]],
    ['by a person before', [...UNTIL.stopped, noted(BAD)]],
  ])('the quorum resumes what is held %s only after security has decided', (_, events) => {
    const resume = (more: readonly ChangeEvent[]) => {
      const now = given([...events, ...more])
      return now.when({ kind: 'resume', digest: haltOf(now.state) }, 'emil')
    }
    resume([]).refuses('PATCH_FILE_BAD', /Security has to decide/)
    expect(
      resume([accepted])
        .state()
        .rollout?.resumeApprovals.map(({ person }) => person),
    ).toEqual(['emil'])
  })

  test('security alone makes nothing go on: a stop needs its quorum', () => {
    const after = given([...UNTIL.pilotRuns, noted(BAD), held])
      .when(accept, 'dana')
      .state()
    expect(after.rollout?.status).toBe('halted')
  })

  test('a second bad file is decided on for itself', () => {
    const other = aPatchFile({ url: 'https://vendor.example/b.rpm', name: 'b.rpm', sha256: 'e' }, 'fail')
    const now = given([...UNTIL.pilotRuns, noted(BAD), held, noted(other), accepted])
    now.when({ kind: 'resume', digest: haltOf(now.state) }, 'emil').refuses('PATCH_FILE_BAD', /^b\.rpm failed/)
  })

  const read = (...events: readonly ChangeEvent[]) => {
    const state = evolved(opened(), events)
    if (!state.rollout) throw new Error('there is a rollout')
    return { state, card: progressCard(state, { policy, plan: PLAN, rollout: state.rollout, hosts: [], waiting: null }) }
  }

  test('the card of the rollout says why it is held, and offers security what it has to decide instead of the resume', () => {
    const { card } = read(...UNTIL.pilotRuns, noted(BAD), held)
    expect(JSON.stringify(card.blocks)).toContain('HELD because of a patch file')
    expect(JSON.stringify(card.blocks)).toContain('fix.rpm failed its check: The hash: fail.')
    expect(card.actions.map(({ verb }) => verb)).toEqual(['accept-patch-file', 'roll-back', 'hosts'])
    const after = read(...UNTIL.pilotRuns, noted(BAD), held, accepted).card
    expect(after.actions.map(({ verb }) => verb)).toEqual(['resume', 'roll-back', 'hosts'])
  })

  test('a file that came after the halt is on the card, too', () => {
    expect(JSON.stringify(read(...UNTIL.halted, noted(BAD)).card.blocks)).toContain('fix.rpm FAILED its check. The hash: fail.')
  })

  test.each([
    ['deciding', 'there is no go until you decide on it.'],
    ['pilotRuns', 'the rollout is held.'],
    ['stopped', 'the rollout is held.'],
    ['reviewing', 'Please look whether it has to be rolled back.'],
  ] as const)('in %s its line in the thread asks security: %s', (phase, words) => {
    const before = evolved(opened(), UNTIL[phase])
    const after = evolved(before, [noted(BAD)])
    const line = threadNote(before, after, noted(BAD))
    expect(line?.under).toBe('alert')
    expect(JSON.stringify(line?.card)).toContain(words)
  })

  test('the card of the approved plan says it before the announcement', () => {
    const state = evolved(opened(), [...UNTIL.approved, noted(BAD), held])
    if (!state.submission) throw new Error('there is a plan')
    const card = decisionCard(state, state.submission, policy)
    expect(JSON.stringify(card.blocks)).toContain('HELD: fix.rpm failed its check')
    expect(card.actions.map(({ verb }) => verb)).toContain('accept-patch-file')
  })
})

describe('before the plan is made', () => {
  const choices = { openings: [{ value: 'w|s', label: 'a window' }], runners: [{ value: 'manual', label: 'manual' }] }
  const card = (...events: readonly ChangeEvent[]) => testCard(evolved(opened(), [...UNTIL.planning, ...events]), policy, choices)
  const form = (...events: readonly ChangeEvent[]) => card(...events).actions.find(({ verb }) => verb === 'submit-plan')?.form?.intro

  test('the card says what is known of the files, and has them checked', () => {
    expect(JSON.stringify(card().blocks)).toContain('no file was checked')
    expect(JSON.stringify(card(noted()).blocks)).toContain('fix.rpm is the file that the bulletin names')
    expect(card(noted(BAD)).actions.map(({ verb }) => verb)).toEqual(
      expect.arrayContaining(['submit-plan', 'check-patch-file', 'accept-patch-file']),
    )
  })

  test('the form of the plan says what goes into it, and what is in the way', () => {
    expect(form()).toMatch(/does not approve it\.$/)
    expect(form(noted())).toContain('The hashes of 1 proved patch file go into the plan.')
    expect(form(noted(BAD))).toContain('There is no go before security has decided on 1 bad patch file.')
  })

  test('the full plan names the files that were proved', () => {
    const plan = submitted(aPlan({ patchHashes: [GOOD.sha256] }))
    const { submission } = evolved(opened(), [...UNTIL.planning, plan])
    expect(submission && JSON.stringify(fullPlanCard(opened(), submission))).toContain(`SHA-256 ${GOOD.sha256}`)
  })
})

describe('the card of go or no-go', () => {
  const card = (...events: readonly ChangeEvent[]) => {
    const state = evolved(opened(), [...UNTIL.deciding, ...events])
    if (!state.submission) throw new Error('there is a plan')
    return decisionCard(state, state.submission, policy)
  }
  const line = (...events: readonly ChangeEvent[]): string => {
    const [facts] = card(...events).blocks
    const fact = facts?.kind === 'facts' ? facts.facts.find(({ label }) => label === 'Patch files') : undefined
    return JSON.stringify(fact?.value)
  }
  const verbs = (...events: readonly ChangeEvent[]) => card(...events).actions.map(({ verb }) => verb)

  test.each<[string, readonly ChangeEvent[], string]>([
    ['no file was checked', [], 'no file was checked'],
    ['the file of the bulletin', [noted()], 'fix.rpm is the file that the bulletin names'],
    ['what could not be checked, and why', [noted()], 'rpmkeys is not on this machine.'],
    ['a bad one', [noted(BAD)], 'fix.rpm FAILED its check'],
    ['who let it pass', [noted(BAD), accepted], 'Let pass by Dana Kowalska: rebuilt by our mirror, compared by hand'],
    ['never that an unproved one is good', [noted(aPatchFile({}, 'unavailable'))], 'fix.rpm is not proved'],
  ])('says %s', (_, events, words) => expect(line(...events)).toContain(words))

  const named = (verdict: 'AUTHENTIC' | 'CORROBORATED', count: number) => {
    const files = Array.from({ length: count }, (_, i) => ({ name: `fix-${i}.rpm`, url: `https://vendor.example/fix-${i}.rpm` }))
    const state = evolved(opened({ verdict, files }), UNTIL.deciding)
    return state.submission ? decisionCard(state, state.submission, policy) : null
  }

  test('offers the files that an AUTHENTIC bulletin names, at one press', () => {
    const offered = (card: ReturnType<typeof named>) => card?.actions.find(({ verb }) => verb === 'check-named-files')?.label
    expect(offered(named('AUTHENTIC', 1))).toBe("Check the bulletin's file")
    expect(offered(named('AUTHENTIC', 3))).toBe("Check the bulletin's 3 files")
    expect(offered(named('CORROBORATED', 3))).toBeUndefined()
    expect(offered(named('AUTHENTIC', 0))).toBeUndefined()
    expect(JSON.stringify(named('AUTHENTIC', 1)?.blocks)).toContain('no file was checked; the bulletin names fix-0.rpm')
  })

  test('offers to let a bad one pass, and nothing else', () => {
    expect(verbs()).toEqual(['approve', 'reject', 'check-patch-file', 'full-plan'])
    expect(verbs(noted(BAD))).toContain('accept-patch-file')
    expect(verbs(noted(BAD), accepted)).not.toContain('accept-patch-file')
  })
})
