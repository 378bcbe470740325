import { describe, expect, test } from 'vitest'
import {
  type BogusDrillView,
  bogusDrillCard,
  bogusDrillStartedCard,
  bogusNoticeCard,
  drillOverCard,
  sawThroughCard,
} from '../../src/cards/bogus-drill.ts'
import { bogusReportCard, type DoubtView, doubtCard, lessonOf, warnedCard, warningCard } from '../../src/cards/doubt.ts'
import { bogusDrillFigures, bogusDrillIn, bogusDrillMark } from '../../src/core/identify/bogus-drill.ts'
import { type Judged, judgeFile, judgeLink, judgeWords } from '../../src/core/identify/sent.ts'
import { HARD, type Verdict } from '../../src/core/identify/verification.ts'
import { HOSTILE } from '../support/cards.ts'
import { policy, T0 } from '../support/change.ts'
import { expectShowable, wordsOf } from '../support/change-cards.ts'

const link = (text: string): Judged => {
  const found = judgeLink(text, [], [])
  if (!found) throw new Error(`${text} is no link`)
  return found
}
const FORGED = link('https://microsft.com/kb')
const view = (own: Partial<DoubtView>): DoubtView => ({
  id: 7,
  judged: [FORGED],
  named: [],
  mayWarn: false,
  warned: false,
  helpPlace: '#it-help',
  ...own,
})

describe('the answer to "is this real?"', () => {
  test.each<[string, Judged, Verdict, RegExp]>([
    ['a forged link', FORGED, 'BOGUS', /Do not open it, do not click in it.*say so in #it-help now/],
    ['a shortened link', link('https://bit.ly/x'), 'QUARANTINED', /Do not act on it/],
    ['an unknown link', link('https://somewhere.example'), 'UNCONFIRMED', /Do not install anything from it/],
    ['words', judgeWords('Turn off your antivirus.'), 'BOGUS', /Real updates work with your protection switched on/],
    ['a program', judgeFile('kb1.exe', Buffer.from('MZ'), 'the patch'), 'BOGUS', /No vendor mails a patch/],
  ])('%s: verdict, why and what to do', (_, judged, verdict, words) => {
    const card = doubtCard(view({ judged: [judged] }))
    expect(card.badges[0]?.text).toBe(verdict)
    expect(card.look).toBe('whisper')
    expect(wordsOf(card).replaceAll('\n', ' ')).toMatch(words)
    const reasons = card.blocks.find(({ kind }) => kind === 'list')
    expect(reasons?.kind === 'list' && reasons.items.length).toBeGreaterThan(0)
    expectShowable(card)
  })

  test.each([
    [{ mayWarn: true }, ['warn-everybody']],
    [{ mayWarn: true, warned: true }, []],
    [{ mayWarn: false }, []],
    [{ mayWarn: true, id: null }, []],
  ])('%j: %j', (own, verbs) => expect(doubtCard(view(own)).actions.map(({ verb }) => verb)).toEqual(verbs))

  test('the worst leads, the others are named', () => {
    const words = wordsOf(doubtCard(view({ judged: [FORGED, link('https://somewhere.example/x')] })))
    expect(words).toContain('https://somewhere.example/x: UNCONFIRMED')
  })

  test('every hard rule has a lesson of its own', () => {
    const lessons = HARD.map((name) => lessonOf([{ name, outcome: 'fail', evidence: '' }]))
    expect(new Set(lessons).size).toBe(HARD.length)
    for (const lesson of lessons) expect(lesson.match(/[.!?](?:\s|$)/g)?.length).toBe(2)
  })
})

test('the warning repeats nothing that somebody could follow, whatever was reported', () => {
  for (const text of ['https://microsft.com/kb', ...HOSTILE]) {
    const card = warningCard({ ...FORGED, title: text }, policy.people[0]?.id ?? '', policy)
    expect(card.look).toBe('announcement')
    expect(wordsOf(card)).not.toContain('microsft')
    if (text !== '') expect(wordsOf(card)).not.toContain(text)
  }
})

describe('security sees who was sent it, and warns once', () => {
  const report = (warned: { by: string; at: string } | null) =>
    bogusReportCard({ id: 7, judged: FORGED, reports: 3, firstAt: T0, warned }, policy)
  test('before', () => {
    expect(wordsOf(report(null))).toContain('3 people asked about it')
    expect(report(null).actions.map(({ verb }) => verb)).toEqual(['warn-everybody'])
  })
  test('after', () => {
    const card = report({ by: policy.people[0]?.id ?? '', at: T0 })
    expect(card.actions).toEqual([])
    expect(wordsOf(card)).toContain(`Everybody was warned by ${policy.people[0]?.name}`)
  })
})

describe('a bogus drill', () => {
  const drill = (revealedAt: string | null): BogusDrillView => ({
    id: 3,
    by: policy.people[0]?.id ?? '',
    startedAt: T0,
    revealAt: T0,
    revealedAt,
    figures: bogusDrillFigures({ startedAt: T0, people: 8, reports: [] }),
  })

  test('its words are recognised again when somebody forwards them', () => {
    expect(bogusDrillIn(wordsOf(bogusNoticeCard(drill(null), policy)))).toBe(3)
    expect(bogusDrillIn(`x ${bogusDrillMark(123_456)}.`)).toBe(123_456)
    expect(bogusDrillIn('Ref. BD-1')).toBeNull()
  })

  test('revealed it says so in the first line, teaches, and leaves nothing of the notice', () => {
    const card = bogusNoticeCard(drill(T0), policy)
    expect(card.title).toMatch(/^That was a drill/)
    expect(card.actions).toEqual([])
    expect(wordsOf(card)).not.toContain('disconnected')
  })

  test.each([
    ['no report', [], { reported: 0, rate: 0, firstSeconds: null, medianSeconds: null }],
    ['one', [60], { reported: 1, rate: 0.25, firstSeconds: 60, medianSeconds: 60 }],
    ['some', [600, 60, 120, 30], { reported: 4, rate: 1, firstSeconds: 30, medianSeconds: 60 }],
    ['a clock that went back', [-5], { reported: 1, rate: 0.25, firstSeconds: 0, medianSeconds: 0 }],
  ])('figures: %s', (_, seconds, expected) => {
    const reports = seconds.map((s) => new Date(Date.parse(T0) + s * 1000).toISOString())
    expect(bogusDrillFigures({ startedAt: T0, people: 4, reports })).toMatchObject(expected)
  })

  test('meant for nobody it has no rate', () => {
    expect(bogusDrillFigures({ startedAt: T0, people: 0, reports: [] }).rate).toBeNull()
  })

  test('all its cards can be shown', () => {
    for (const card of [
      bogusNoticeCard(drill(null), policy),
      bogusNoticeCard(drill(T0), policy),
      bogusDrillCard(drill(null), policy),
      bogusDrillCard(drill(T0), policy),
      bogusDrillStartedCard(drill(null)),
      sawThroughCard(),
      drillOverCard(),
      warnedCard(),
    ])
      expectShowable(card)
  })
})
