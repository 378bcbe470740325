import { describe, expect, test } from 'vitest'
import { type FailureView, failureCard, hostsCard, incidentCard, progressCard } from '../../src/cards/progress.ts'
import type { ChangeEvent } from '../../src/core/change/command.ts'
import type { HostProgress } from '../../src/core/deploy/progress.ts'
import { evolved, halted, opened, PLAN, policy, started, stopped, T0, UNTIL } from '../support/change.ts'
import { cardOf, expectShowable, hostsOf, labelsOf, rehearsedAt, stateAt, wordsOf } from '../support/change-cards.ts'

const at = T0
const hosts = (own: Readonly<Record<string, Partial<HostProgress>>>): readonly HostProgress[] =>
  hostsOf(stateAt('told')).map((h) => ({ ...h, ...own[h.host] }))
const verified: Partial<HostProgress> = {
  status: 'verified',
  facts: { orderedAt: at, arrivedAt: at, attemptedAt: at, installedAt: at, verifiedAt: at },
  tries: 1,
}
const failed: Partial<HostProgress> = {
  status: 'failed',
  facts: { orderedAt: at, arrivedAt: at, failedAt: at },
  cause: 'lock held',
  tries: 1,
}

describe('the live card', () => {
  test('counts arrived, attempted, installed and verified apart, ring by ring', () => {
    const card = cardOf(
      stateAt('pilotPassed', started(2)),
      'progress',
      hosts({
        'web-01': verified,
        'web-02': verified,
        'web-03': failed,
        'web-04': { status: 'unknown', tries: 1, facts: { orderedAt: at } },
      }),
    )
    const words = wordsOf(card)
    expect(words).toContain('Rolling out openssl: ring 2 of 3 "Early"')
    expect(words).toMatch(/verified 2 of 5/)
    expect(words).toContain('Pilot 2 | 2 | 2 | 2 | 2 | 0 | 0 | 0 | done')
    expect(words).toContain('Early 2 | 1 | 0 | 0 | 0 | 1 | 0 | 1 | running')
    expect(words).toContain('Rest 1 | – | – | – | – | – | – | – | waits, soak 10 min')
    expect(words).toContain('Stops by itself when more fail than: Pilot 0, Early 1, Rest 3.')
    expect(card.summary).toBe('Rolling out openssl: 2 of 5 verified')
  })

  test('who was taken out, delayed or comes late is said', () => {
    const card = cardOf(
      stateAt('pilotRuns'),
      'progress',
      hosts({ 'web-01': { status: 'excluded' }, 'web-02': { ...verified, late: true }, 'web-03': { status: 'delayed' } }),
    )
    expect(wordsOf(card)).toMatch(/Pilot 2 .* running, 1 excluded, 1 late/)
    expect(wordsOf(card)).toMatch(/Early 2 .* waits, soak 10 min, 1 delayed/)
    expect(wordsOf(card)).toMatch(/verified 1 of 4/)
  })

  test.each<[string, keyof typeof UNTIL, readonly ChangeEvent[], string]>([
    ['before the window', 'told', [], 'not started yet'],
    ['in the pilot', 'pilotRuns', [], 'ring 1 of 3 "Pilot"'],
    ['between rings', 'pilotPassed', [], 'between rings, 1 of 3 done'],
    ['at the end', 'reviewing', [], 'finished'],
    ['taken back', 'rolledBack', [], 'rolled back'],
  ])('says where it is: %s', (_, phase, more, headline) => {
    expect(cardOf(stateAt(phase, ...more), 'progress').title).toBe(`Rolling out openssl: ${headline}`)
  })

  test.each<[keyof typeof UNTIL, string, string]>([
    ['told', 'WAITING', 'info'],
    ['pilotRuns', 'RUNNING', 'info'],
    ['halted', 'HALTED', 'danger'],
    ['stopped', 'STOPPED', 'danger'],
    ['rollingBack', 'ROLLING BACK', 'warning'],
    ['reviewing', 'FINISHED', 'good'],
  ])('%s: %s', (phase, badge, tone) => {
    const card = cardOf(stateAt(phase), 'progress')
    expect([card.badges[0], card.tone]).toEqual([{ text: badge, tone }, tone])
  })

  test('a halt says why, that nothing starts, and whom a resume needs', () => {
    const halt = wordsOf(cardOf(stateAt('halted'), 'progress'))
    expect(halt).toMatch(new RegExp(`HALTED by threshold\\W+${T0}: 1 failed in Pilot, at most 0 tolerated\\.`))
    expect(halt).toContain('Nothing starts. Resume needs 1 of security, 1 of operations · not Ana Ferreira, who asked for the plan.')
    const agreed = wordsOf(cardOf(stateAt('stopped', { kind: 'resume approved', by: 'dana', digest: 'x' }), 'progress'))
    expect(agreed).toMatch(new RegExp(`STOPPED by Ben Okafor\\W+${T0}: customs is down`))
    expect(agreed).toMatch(/Resume needs 1 of operations · .*Agreed so far: Dana Kowalska\./)
  })

  test.each([
    ['pilotRuns', 'running'],
    ['halted', 'halted'],
    ['stopped', 'stopped'],
  ] as const)('%s: its ring is said to be "%s"', (phase, word) => {
    const table = cardOf(stateAt(phase), 'progress').blocks.find((block) => block.kind === 'table')
    expect(table?.kind === 'table' && table.rows.map((row) => row.at(-1))).toEqual(
      expect.arrayContaining([expect.stringMatching(`^${word}`)]),
    )
  })

  test('after the resume the halt is history', () => {
    const words = wordsOf(cardOf(stateAt('halted', { kind: 'resumed', by: ['dana', 'emil'], accepted: [] }), 'progress'))
    expect(words).not.toMatch(/HALTED|Nothing starts/)
  })

  test('why nothing happens right now, or who is needed', () => {
    const draw = (state = stateAt('pilotSettled')) =>
      wordsOf(
        progressCard(state, {
          policy,
          plan: PLAN,
          rollout: state.rollout as never,
          hosts: hostsOf(state),
          waiting: ['Early waits for the pilot.'],
        }),
      )
    expect(draw()).toContain('\nEarly waits for the pilot.')
    expect(draw(stateAt('pilotSettled', { kind: 'people needed', text: '1 host(s) failed' }))).toMatch(/1 host\(s\) failed/)
    expect(draw(stateAt('halted'))).not.toContain('Early waits')
  })

  test('a rehearsal says that no computer is touched', () => {
    expect(cardOf(rehearsedAt('pilotRuns'), 'progress').subtitle).toBe('change 12 · RHSA-2023:3408 · a rehearsal: no computer is touched')
    expect(cardOf(stateAt('pilotRuns'), 'progress').subtitle).toBe('change 12 · RHSA-2023:3408')
  })
})

describe('a group of failures', () => {
  const group: FailureView = { key: 'ring-1-abcd', cause: 'lock held', hosts: ['web-01', 'web-02'], open: ['web-01', 'web-02'], again: [] }
  const claimed: ChangeEvent = { kind: 'claimed', by: 'ben', key: 'ring-1-abcd', what: 'web-01, web-02' }

  test('names hosts and cause, and offers what helps', () => {
    const card = failureCard(stateAt('pilotRuns'), group, policy)
    expect([card.title, card.tone, labelsOf(card)]).toEqual(['web-01, web-02: lock held', 'warning', ['I take it', 'Retry', 'Exclude']])
    expect(card.actions.map((a) => a.id)).toEqual(Array(3).fill('failure:12/ring-1-abcd'))
    expectShowable(card)
  })
  test('many hosts: the title names the first, the card so many as no platform cuts, and its pages all', () => {
    const many = Array.from({ length: 40 }, (_, i) => `web-${i + 1}`)
    const card = failureCard(stateAt('pilotRuns'), { ...group, hosts: many, open: many }, policy)
    expect(card.title).toBe('web-1, web-2, web-3 (+37 more): lock held')
    expect(wordsOf(card)).toContain(`${many.slice(0, 20).join(', ')} (+20 more)`)
    expect(card.actions.at(-1)).toMatchObject({ label: 'All hosts', verb: 'failed-hosts', id: 'failure:12/ring-1-abcd' })
    expect(labelsOf(failureCard(stateAt('pilotRuns'), { ...group, hosts: many, open: [] }, policy))).toEqual(['All hosts'])
    expectShowable(card)
  })
  test('taken: by whom', () => {
    const card = failureCard(stateAt('pilotRuns', claimed), group, policy)
    expect(wordsOf(card)).toMatch(/Ben Okafor takes care of it/)
    expect(labelsOf(card)).toEqual(['Retry', 'Exclude'])
  })
  test('solved: nothing left to press', () => {
    const card = failureCard(stateAt('pilotRuns', claimed), { ...group, open: [] }, policy)
    expect([card.tone, labelsOf(card)]).toEqual(['good', []])
    expect(wordsOf(card)).toMatch(/Settled: none of these hosts is open any more\./)
  })
  test('partly solved: who is left, and nothing of those who are not', () => {
    const card = failureCard(stateAt('pilotRuns'), { ...group, open: ['web-02'] }, policy)
    expect(wordsOf(card)).toMatch(/Still open: web-02\./)
    expect(card.actions.find(({ label }) => label === 'Exclude')?.form?.title).toBe('Exclude 1 host')
  })
  test('tried again: not settled before they have said how it went', () => {
    const card = failureCard(stateAt('pilotRuns'), { ...group, open: [], again: ['web-01'] }, policy)
    expect([card.tone, labelsOf(card)]).toEqual(['warning', []])
    expect(wordsOf(card)).toMatch(/Their reports are awaited: web-01\./)
    expect(wordsOf(card)).not.toMatch(/Settled|somebody has to/)
  })
  test.each(['rollingBack', 'rolledBack', 'closed'] as const)('nothing is retried or left out any more: %s', (phase) => {
    expect(labelsOf(failureCard(stateAt(phase), group, policy))).toEqual(['I take it'])
  })
  test('what is silent has not failed', () => {
    const silent = { ...group, cause: 'no word from it (unknown, neither success nor failure)' }
    expect(failureCard(stateAt('pilotRuns'), silent, policy).summary).not.toMatch(/hosts? failed/)
  })
})

describe('"It went wrong"', () => {
  const incident: ChangeEvent = { kind: 'incident reported', by: 'kofi', number: 1, text: 'My printer is gone.' }
  const draw = (...more: readonly ChangeEvent[]) => {
    const state = evolved(opened(), [...UNTIL.pilotRuns, incident, ...more])
    return incidentCard(state, state.incidents[0] as never, policy)
  }
  test('who says so, in their words, and a button to take it', () => {
    expect([wordsOf(draw()), labelsOf(draw())]).toEqual(['\nKofi Mensah: "It went wrong"\n\nMy printer is gone.', ['I take it']])
    expectShowable(draw())
  })
  test('taken', () => {
    const card = draw({ kind: 'claimed', by: 'ana', key: 'incident-1', what: 'it' })
    expect(wordsOf(card)).toMatch(/Ana Ferreira takes care of it/)
    expect(labelsOf(card)).toEqual([])
  })
  test('in a rehearsal it is marked', () => {
    const state = evolved(rehearsedAt('pilotRuns'), [incident])
    expect(incidentCard(state, state.incidents[0] as never, policy).badges).toEqual([{ text: 'REHEARSAL', tone: 'info' }])
  })
})

test('every host with its three facts, by ring and name', () => {
  const {
    blocks: [table],
  } = hostsCard(
    1,
    hosts({
      'web-02': { ...failed, late: true, tries: 2 },
      'web-03': { status: 'delayed', delayedUntil: '2026-11-25T21:00:00.000Z' },
      'db-01': { status: 'excluded', excluded: { by: 'ana', reason: 'broken disk', at } },
    }).toReversed(),
    PLAN,
    { number: 1, size: 20, total: 5 },
  )
  expect(table).toMatchObject({
    rows: [
      ['web-01', 'Pilot', 'waiting', '–', '–', '–', ''],
      ['web-02', 'Pilot', 'failed', '✓', '–', '–', 'lock held; late; try 2'],
      ['web-03', 'Early', 'delayed', '–', '–', '–', 'delayed until 2026-11-25 21:00 UTC'],
      ['web-04', 'Early', 'waiting', '–', '–', '–', ''],
      ['db-01', 'Rest', 'excluded', '–', '–', '–', 'broken disk'],
    ],
  })
})

test('STOP stays until it is pressed, and then Resume stands in its place', () => {
  expect(labelsOf(cardOf(stateAt('pilotRuns'), 'progress'))[0]).toBe('STOP')
  for (const stand of [halted, stopped]) expect(labelsOf(cardOf(stateAt('pilotRuns', stand), 'progress'))[0]).toBe('Resume')
})
