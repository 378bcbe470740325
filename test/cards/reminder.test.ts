import { describe, expect, test } from 'vitest'
import { type ReminderView, reminderCard } from '../../src/cards/reminder.ts'
import { briefSummaryCard, daySummaryCard } from '../../src/cards/summary.ts'
import type { Said } from '../../src/core/remind/reminder.ts'
import { type CameIn, type DayFacts, rollups, summaryKind } from '../../src/core/remind/summary.ts'
import { later, T0 } from '../support/change.ts'
import { wordsOf } from '../support/change-cards.ts'

const said = (own: Partial<Said> = {}): Said => ({
  line: 'openssl (change 12) waits for go or no-go',
  since: later(-60),
  until: later(600),
  audience: 'patch team',
  roles: ['security', 'operations'],
  change: 12,
  at: T0,
  missed: 0,
  final: null,
  sentAt: T0,
  ...own,
})
const one = (own: Partial<Said> = {}, more: Omit<ReminderView, 'said'> = {}): ReminderView => ({ said: said(own), ...more })
const words = (value: unknown): string => JSON.stringify(value)

describe('the card of a reminder', () => {
  test('says what waits, for whom, since when and until when, and offers the next step', () => {
    const card = reminderCard(7, [one()])
    expect(card.title).toBe('Reminder: openssl (change 12) waits for go or no-go')
    expect(card.blocks).toEqual([
      {
        kind: 'facts',
        facts: [
          {
            label: 'For',
            value: [
              { mention: 'role', id: 'security', name: 'security' },
              ' and ',
              { mention: 'role', id: 'operations', name: 'operations' },
            ],
          },
          { label: 'Since', value: [{ time: later(-60), style: 'date-time' }] },
          { label: 'Until', value: [{ time: later(600), style: 'date-time' }] },
        ],
      },
    ])
    expect(card.actions.map((a) => [a.label, a.verb, a.id])).toEqual([
      ['Open', 'show-change', 'change:12'],
      ['Snooze', 'snooze', 'reminder:7'],
    ])
  })

  test('one that comes late says so, and for how many it stands', () => {
    expect(words(reminderCard(7, [one({ sentAt: later(90), missed: 3 })]))).toMatch(
      /Sent late: it was due .*It stands for 3 earlier ones, too/,
    )
    expect(words(reminderCard(7, [one({ sentAt: later(4) })]))).not.toMatch(/Sent late/)
  })

  test('done: who did it, and nothing left to press', () => {
    const card = reminderCard(7, [one({}, { ended: { what: 'Approved by Dana and Emil', at: later(20) } })])
    expect(card).toMatchObject({
      tone: 'good',
      actions: [],
      blocks: [{ kind: 'outcome', text: ['Approved by Dana and Emil, ', { time: later(20) }] }],
    })
  })

  test('snoozed: by whom and until when, and it can still be opened', () => {
    const card = reminderCard(7, [one({}, { snoozed: { by: 'Dana Kowalska', until: later(1440) } })])
    expect(words(card.blocks)).toMatch(/Snoozed by Dana Kowalska until .*The clocks run on/)
    expect(card.actions.map((a) => a.label)).toEqual(['Open'])
  })

  test('several at once are one list, each done by itself', () => {
    const other = one({ line: 'kernel (change 13) waits for a plan', change: 13 }, { ended: { what: 'Planned by Ana', at: later(5) } })
    const card = reminderCard(7, [one(), other])
    expect(card.title).toBe('Reminder: 2 things to look at')
    expect(words(card.blocks)).toMatch(
      /Openssl \(change 12\) waits for go or no-go.*for .*security.* and .*operations.*Kernel \(change 13\).*Planned by Ana/,
    )
    expect(card.actions.map((a) => a.label)).toEqual(['Snooze'])
  })
})

const NOTHING: DayFacts = {
  since: later(-1440),
  until: T0,
  bulletins: [],
  held: 0,
  opened: [],
  decided: [],
  finished: [],
  deadlines: [],
  sources: [{ name: 'Red Hat', lastGoodAt: T0, failingSince: null, silentSince: null }],
  doubts: { asked: 0, forged: 0, warned: 0, drills: [] },
  hosts: { all: 61, fresh: 58, days: 7 },
  unwatched: [],
}
const came = (product: string, vendorId: string, own: Partial<CameIn> = {}): CameIn => ({
  product,
  vendorId,
  revised: false,
  change: null,
  matched: 0,
  ...own,
})

describe('the summary of a day', () => {
  test.each<[string, Partial<DayFacts>, string, ReturnType<typeof summaryKind>]>([
    ['nothing new', {}, later(-1440), null],
    ['nothing new for a week', {}, later(-7 * 1440), 'quiet week'],
    ['a bulletin', { bulletins: [came('openssl', 'A')] }, later(-1440), 'news'],
    ['a held document', { held: 1 }, later(-1440), 'news'],
    ['a deadline', { deadlines: [{ what: 'start openssl', by: T0 }] }, later(-1440), 'news'],
    ['a doubt', { doubts: { ...NOTHING.doubts, asked: 1 } }, later(-1440), 'news'],
    ['a failing source', { sources: [{ name: 'X', lastGoodAt: null, failingSince: T0, silentSince: null }] }, later(-1440), 'news'],
    ['a silent source', { sources: [{ name: 'X', lastGoodAt: T0, failingSince: null, silentSince: T0 }] }, later(-1440), 'news'],
  ])('%s', (_, own, lastCard, kind) => expect(summaryKind({ ...NOTHING, ...own }, lastCard)).toBe(kind))

  const PATCH_TUESDAY: DayFacts = {
    ...NOTHING,
    bulletins: [
      ...Array.from({ length: 30 }, (_, i) => came('unknown', `U-${i}`)),
      came('openssl', 'RHSA-1', { change: 12, matched: 14 }),
      came('openssl', 'RHSA-2'),
      came('kernel', 'RHSA-3', { matched: 5, revised: true }),
    ],
    opened: ['openssl (change 12)'],
    deadlines: [
      { what: 'start openssl (change 12)', by: later(-5) },
      { what: 'complete glibc (change 9)', by: later(600) },
    ],
  }

  test('what people doubted, and how a bogus drill went', () => {
    const drill = { people: 8, reported: 6, rate: 0.75, firstSeconds: 60, medianSeconds: 720 }
    const day: DayFacts = { ...NOTHING, doubts: { asked: 5, forged: 1, warned: 1, drills: [drill] } }
    const said = 'asked 5 times; 1 forgery, everybody warned of 1; bogus drill: 6 of 8 reported it (75 %), half of them within 12 min.'
    for (const card of [daySummaryCard(day, 'news'), briefSummaryCard(day, 'news')]) expect(wordsOf(card)).toContain(said)
    expect(wordsOf(daySummaryCard(NOTHING, 'quiet week'))).not.toContain('Is this real?')
  })

  test('a flood is a line per product, and what matched nothing is counted', () => {
    expect(rollups(PATCH_TUESDAY.bulletins)).toEqual([
      { product: 'openssl', bulletins: 2, changes: [12], unmatched: 1 },
      { product: 'unknown', bulletins: 30, changes: [], unmatched: 30 },
      { product: 'kernel', bulletins: 1, changes: [], unmatched: 0 },
    ])
    const card = daySummaryCard(PATCH_TUESDAY, 'news')
    expect(card.title).toBe('Since the last summary: 33 bulletins, 1 change opened, 2 deadlines near or missed')
    expect(words(card.blocks)).toMatch(/\["openssl","2","change 12, 1 no match"\],\["kernel","1","matched"\]/)
    expect(words(card.blocks)).toMatch(/31 bulletins matched nothing here/)
    expect(words(card.blocks)).toMatch(/MISSED: .*start openssl.*Soon: .*complete glibc/)
  })

  test('products that no source watches: the largest first, each with its hosts and what would help; management is spared', () => {
    const gap = (name: string, hosts: number) => ({ name, hosts, proposal: `a source for ${name}` })
    const day: DayFacts = {
      ...NOTHING,
      held: 1,
      unwatched: [gap('packages of Debian:12', 40), gap('Acrobat', 7), gap('7-Zip', 1), gap('Zoom', 1)],
    }
    const shown = wordsOf(daySummaryCard(day, 'news'))
    expect(shown).toContain('4 products that no source watches')
    expect(shown).toMatch(
      /Debian:12 on 40 hosts\. What would help: a source for packages of Debian:12\..*Acrobat on 7 hosts\..*7-Zip on 1 host\./s,
    )
    expect(shown).toContain('And 1 more: type "coverage".')
    expect(shown).not.toContain('Zoom')
    expect(wordsOf(briefSummaryCard(day, 'news'))).not.toContain('watches')
    expect(wordsOf(daySummaryCard(NOTHING, 'quiet week'))).not.toContain('watches')
  })

  test('management reads the figures', () => {
    const card = briefSummaryCard(PATCH_TUESDAY, 'news')
    expect(words(card.blocks)).toMatch(
      /1 opened, 0 decided, 0 finished.*MISSED: start openssl \(change 12\).*58 of 61 heard of within 7 days/,
    )
    expect(card.tone).toBe('warning')
  })

  test('a quiet week says that everything is watched', () => {
    const card = daySummaryCard(NOTHING, 'quiet week')
    expect(card.title).toBe('All quiet for a week')
    expect(words(card.blocks)).toMatch(/No bulletin came in.*1 of 1 answer well/)
  })
})
