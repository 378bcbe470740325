import { describe, expect, test } from 'vitest'
import { decisionCard } from '../../src/cards/decision.ts'
import { threadNote } from '../../src/cards/notes.ts'
import { progressCard } from '../../src/cards/progress.ts'
import type { ChangeEvent, Command } from '../../src/core/change/command.ts'
import { openHeld } from '../../src/core/change/held.ts'
import { waitOf } from '../../src/core/overview/wait.ts'
import { pendingOf } from '../../src/core/remind/change-reasons.ts'
import { DIGEST, evolved, facts, given, haltOf, NOW, opened, PLAN, policy, UNTIL } from '../support/change.ts'

const COPY = { rowId: 77, name: 'rhsa-2023_3408.json', reason: 'QUARANTINED: The same id and version came with other content.', own: false }
/** The very bulletin that the change rests on, contradicted later. */
const OWN = { ...COPY, rowId: facts.rowId, reason: 'QUARANTINED: An independent origin contradicts it.', own: true }
const note = (document = COPY): Command => ({ kind: 'note-held', document })
const noted = (document = COPY): ChangeEvent => ({ kind: 'document held', document })
const held = (document = COPY): ChangeEvent => ({
  kind: 'halted',
  by: null,
  ring: null,
  reason: `${document.name}: ${document.reason}`,
  cause: 'bulletin',
})
const decide = (own: Partial<Extract<Command, { kind: 'decide-held' }>> = {}): Command => ({
  kind: 'decide-held',
  rowId: COPY.rowId,
  goesOn: true,
  reason: 'a broken mirror; the vendor says so on the phone',
  ...own,
})
const decided = (own: Partial<Extract<ChangeEvent, { kind: 'held document decided' }>> = {}): ChangeEvent => ({
  kind: 'held document decided',
  by: 'dana',
  rowId: COPY.rowId,
  name: COPY.name,
  goesOn: true,
  reason: 'a broken mirror; the vendor says so on the phone',
  ...own,
})

describe('given a change, when a document is held that says it is its bulletin', () => {
  test.each(['approved', 'announced', 'told', 'pilotRuns', 'pilotPassed'] as const)('then what is %s is held', (phase) => {
    given(UNTIL[phase]).when(note(), null).yields(noted(), held())
  })

  test.each([
    'alerted',
    'testing',
    'deciding',
    'halted',
    'stopped',
    'rollingBack',
    'reviewing',
  ] as const)('then in %s it is noted, and there is nothing to hold', (phase) => {
    given(UNTIL[phase]).when(note(), null).yields(noted())
  })

  test.each(['closed', 'notRelevant'] as const)('then what is %s hears nothing', (phase) => {
    given(UNTIL[phase]).when(note(), null).yields()
  })

  test('then the same one again is no news, also after it was decided on', () => {
    given([...UNTIL.pilotRuns, noted(), held()])
      .when(note(), null)
      .yields()
    given([...UNTIL.pilotRuns, noted(), held(), decided()])
      .when(note(), null)
      .yields()
  })

  test('then what was let go on is held again for another reason, and that one has to be decided on by itself', () => {
    const other = { ...COPY, reason: 'QUARANTINED: An independent origin contradicts it.' }
    const history = [...UNTIL.pilotRuns, noted(), decided()]
    given(history).when(note(other), null).yields(noted(other), held(other))
    const after = evolved(opened(), [...history, noted(other), held(other)])
    expect(openHeld(after).map(({ reason }) => reason)).toEqual([other.reason])
    expect(openHeld(evolved(opened(), [...history, noted(other), held(other), decided()]))).toEqual([])
  })

  test('then no person can say so', () => {
    given(UNTIL.pilotRuns).when(note(), 'dana').refuses('HOUSE_ONLY')
  })

  describe('then of a flood of them', () => {
    const copies = (count: number) => Array.from({ length: count }, (_, i) => ({ ...COPY, rowId: 100 + i }))
    const full = [...UNTIL.deciding, ...copies(20).map(noted)]
    const ONE_MORE = { ...COPY, reason: 'It is one of more than 20 that are held.' }
    const letGo = (rowId: number) => decided({ rowId })

    test('each is counted, and none is told at length any more', () => {
      given(full).when(note(), null).yields(noted(ONE_MORE))
      const before = evolved(opened(), full)
      const after = evolved(opened(), [...full, noted(ONE_MORE)])
      expect(openHeld(after).length).toBe(21)
      expect(after.acts).toEqual(before.acts)
      expect(JSON.stringify(after.submission && decisionCard(after, after.submission, policy))).toContain('And 18 more that are held.')
    })
    test('the change hears once that there are more than can be told', () => {
      const told = [1, 2, 3].map((more) => {
        const late = copies(20 + more)
          .slice(20)
          .map(({ rowId }) => noted({ ...ONE_MORE, rowId }))
        const after = evolved(opened(), [...full, ...late])
        return threadNote(after, after, late.at(-1) ?? noted())
      })
      expect(told.map((one) => (one === null ? null : JSON.stringify(one)))).toEqual([
        expect.stringContaining('More than 20 documents are held'),
        null,
        null,
      ])
    })
    test('nothing goes on until each is decided on, also those that were not told', () => {
      const twenty = copies(20).map(({ rowId }) => letGo(rowId))
      given([...full, noted(ONE_MORE), ...twenty])
        .when({ kind: 'approve', digest: DIGEST }, 'dana')
        .refuses('DOCUMENT_HELD', /one of more than 20/)
      const after = evolved(opened(), [...full, noted(ONE_MORE), ...twenty, letGo(COPY.rowId)])
      expect(openHeld(after)).toEqual([])
    })
    test('none takes the place of one that the change rests on, and that security has rejected', () => {
      const rejected = [noted(OWN), decided({ rowId: OWN.rowId, goesOn: false })]
      const after = evolved(opened(), [...UNTIL.deciding, ...rejected, ...copies(50).map(noted)])
      expect(openHeld(after)[0]).toMatchObject({ rowId: OWN.rowId, decided: { goesOn: false } })
      given(full).when(note(OWN), null).yields(noted(OWN))
    })
  })
})

describe('given a document that is held against a change, then nothing goes on', () => {
  test('no go, no announcement, no ring', () => {
    given([...UNTIL.deciding, noted()])
      .when({ kind: 'approve', digest: DIGEST }, 'dana')
      .refuses('DOCUMENT_HELD', /Security has to decide on it first/)
    given([...UNTIL.approved, noted(), held()])
      .when({ kind: 'announce', what: 'A hole is closed.', why: 'Attackers use it.' }, 'ana')
      .refuses('DOCUMENT_HELD')
    given([...UNTIL.told, noted()])
      .when({ kind: 'start-ring', ring: 1, hosts: ['web-01'] }, null)
      .refuses('DOCUMENT_HELD')
    given([...UNTIL.told, noted(), held()])
      .when({ kind: 'start-ring', ring: 1, hosts: ['web-01'] }, null)
      .refuses('STANDS_STILL')
  })

  test.each([
    ['by the document', [...UNTIL.pilotRuns, noted(), held()]],
    ['by a threshold before', [...UNTIL.halted, noted()]],
    ['by a person before', [...UNTIL.stopped, noted()]],
  ])('and the quorum resumes what is held %s only after security has decided', (_, events) => {
    const resume = (more: readonly ChangeEvent[]) => {
      const now = given([...events, ...more])
      return now.when({ kind: 'resume', digest: haltOf(now.state) }, 'emil')
    }
    resume([]).refuses('DOCUMENT_HELD')
    expect(
      resume([decided()])
        .state()
        .rollout?.resumeApprovals.map(({ person }) => person),
    ).toEqual(['emil'])
  })

  test('while a roll-back is always possible', () => {
    const back: Command = { kind: 'roll-back', reason: 'the vendor has withdrawn it' }
    given([...UNTIL.pilotRuns, noted(), held()])
      .when(back, 'chiara')
      .yields({ kind: 'rolled back', by: 'chiara', reason: back.reason })
  })
})

describe('the decision of security', () => {
  test('is written down, and makes nothing go on by itself', () => {
    const now = given([...UNTIL.pilotRuns, noted(), held()]).when(decide(), 'dana')
    now.yields(decided())
    expect(now.state().rollout?.status).toBe('halted')
  })

  test.each([
    ['by nobody else', decide(), 'emil', 'ROLE_MISSING'],
    ['not without a reason', decide({ reason: ' \n' }), 'dana', 'REASON_NEEDED'],
    ['not on another document', decide({ rowId: 1 }), 'dana', 'STALE'],
  ] as const)('%s', (_, command, by, code) => {
    given([...UNTIL.pilotRuns, noted(), held()])
      .when(command, by)
      .refuses(code)
  })

  test('once', () => {
    given([...UNTIL.pilotRuns, noted(), held(), decided()])
      .when(decide(), 'dana')
      .refuses('STALE')
  })

  test('the same bytes that verify later settle it without a person', () => {
    given([...UNTIL.pilotRuns, noted(), held()])
      .when(decide(), null)
      .yields(decided({ by: null }))
  })

  test('a bulletin that is rejected cannot be rolled out any further, and does not stand in the way of the next one', () => {
    const rejected = decided({ rowId: OWN.rowId, goesOn: false, reason: 'forged' })
    const now = given([...UNTIL.pilotRuns, noted(OWN), held(OWN), rejected])
    now.when({ kind: 'resume', digest: haltOf(now.state) }, 'emil').refuses('DOCUMENT_HELD', /rejected .*: forged/)
    const bulletin = { ...facts, rowId: 5, digest: 'b'.repeat(64) }
    const revised = evolved(now.state, [{ kind: 'bulletin revised', bulletin, hosts: now.state.hosts, differences: [], voidsPlan: false }])
    expect([openHeld(now.state).length, openHeld(revised).length]).toEqual([1, 0])
  })
})

describe('what people read', () => {
  const shown = (...events: readonly ChangeEvent[]) => {
    const state = evolved(opened(), events)
    if (!state.rollout) throw new Error('there is a rollout')
    const card = progressCard(state, { policy, plan: PLAN, rollout: state.rollout, hosts: [], waiting: null })
    return { state, words: JSON.stringify(card.blocks), verbs: card.actions.map(({ verb }) => verb) }
  }

  test('the card of the rollout says why it is held, whose turn it is, and offers no resume before', () => {
    const { words, verbs } = shown(...UNTIL.pilotRuns, noted(), held())
    expect(words).toContain('HELD because its bulletin is contradicted')
    expect(words).toContain(`${COPY.name}: ${COPY.reason}`)
    expect(words).toContain(`Security decides on ${COPY.name} first`)
    expect(verbs).toEqual(['evidence', 'roll-back', 'hosts'])
    const after = shown(...UNTIL.pilotRuns, noted(), held(), decided())
    expect(after.words).not.toContain('Security decides')
    expect(after.verbs).toEqual(['resume', 'roll-back', 'hosts'])
  })

  test('one that came after the halt is on the card, too; and a rejected bulletin says what is left to do', () => {
    expect(shown(...UNTIL.halted, noted()).words).toContain(`${COPY.name} is held. ${COPY.reason}`)
    const rejected = decided({ rowId: OWN.rowId, goesOn: false, reason: 'forged' })
    expect(shown(...UNTIL.pilotRuns, noted(OWN), held(OWN), rejected).words).toMatch(/has rejected the bulletin: roll it back/)
  })

  test.each([
    ['deciding', [noted()]],
    ['approved', [noted(), held()]],
  ] as const)('the decision card says it in %s', (phase, more) => {
    const state = evolved(opened(), [...UNTIL[phase], ...more])
    if (!state.submission) throw new Error('there is a plan')
    const card = decisionCard(state, state.submission, policy)
    expect(JSON.stringify(card.blocks)).toContain(COPY.reason)
    expect(card.actions.map(({ verb }) => verb)).toContain('evidence')
  })

  test.each([
    ['deciding', 'there is no go until you decide on it.'],
    ['pilotRuns', 'the rollout is held.'],
    ['reviewing', 'please look whether it has to be rolled back.'],
  ] as const)('in %s its line in the thread asks security: %s', (phase, words) => {
    const before = evolved(opened(), UNTIL[phase])
    const line = threadNote(before, evolved(before, [noted()]), noted())
    expect(JSON.stringify(line?.card)).toContain(words)
  })

  test.each(['alerted', 'testing', 'planning'] as const)('in %s only security is told, by its own card', (phase) => {
    const before = evolved(opened(), UNTIL[phase])
    expect(threadNote(before, evolved(before, [noted()]), noted())).toBeNull()
  })

  test.each([
    ['deciding', [noted()]],
    ['approved', [noted(), held()]],
    ['pilotRuns', [noted(), held()]],
  ] as const)('in %s it is the turn of security, and security is reminded', (phase, more) => {
    const state = evolved(opened(), [...UNTIL[phase], ...more])
    const { text, roles } = waitOf({ state, hosts: [], policy, approved: true, now: NOW })
    expect([text, roles]).toEqual(['Decide on the document that is held against it', ['security']])
    expect(pendingOf(state, policy)?.roles).toEqual(['security'])
    expect(pendingOf(state, policy)?.line).toMatch(/security (to )?decides? on a held document/)
  })
})

test('given a change that is joined into another, then what is held against it goes along', () => {
  const before = evolved(opened(), [...UNTIL.testing, noted()])
  const into = { ...evolved(opened({ vendorId: 'RHSA-2023:9999', rowId: 9 }), UNTIL.testing), id: 14 }
  const after = given([], into).when({ kind: 'join', change: before, how: 'merged' }, 'ana').state()
  expect(openHeld(after).map(({ rowId }) => rowId)).toEqual([COPY.rowId])
})
