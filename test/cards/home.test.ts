import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toAdaptiveCard } from '../../src/cards/adaptive.ts'
import { renderHome } from '../../src/cards/block-kit/card.ts'
import type { Card } from '../../src/cards/card.ts'
import { homeCard } from '../../src/cards/home.ts'
import type { Overview } from '../../src/core/overview/view.ts'
import { complaints as adaptiveComplaints } from '../support/adaptive.ts'
import { complaints } from '../support/block-kit.ts'
import { HOSTILE } from '../support/cards.ts'
import { wordsOf } from '../support/change-cards.ts'
import { aChange, anOverview } from '../support/overview.ts'

const words = (own: Partial<Overview>, urlOf?: Parameters<typeof homeCard>[1]): string => wordsOf(homeCard(anOverview(own), urlOf))
const linksOf = ({ blocks }: Card) => blocks.flatMap((block) => (block.kind === 'links' ? block.links : []))

describe('the page says first what waits for its reader', () => {
  test.each<[number, string]>([
    [0, 'Nothing waits for you'],
    [1, '1 thing waits for you'],
    [2, '2 things wait for you'],
  ])('%i', (count, title) => {
    const { waitsForYou } = anOverview()
    expect(homeCard(anOverview({ waitsForYou: waitsForYou.slice(0, count) })).title).toBe(title)
  })

  test('what to do, what about and by when; the way to it where it is on this platform', () => {
    const card = homeCard(anOverview({ changes: [] }), ({ post }) => (post === '1' ? 'https://t.slack.com/archives/C1/p1' : null))
    expect(wordsOf(card)).toContain(
      'Record 3 of 3 tests: openssl, change 12 https://t.slack.com/archives/C1/p1\nby 2023-03-30T14:10:00.000Z\nClassify it: bind, change 13',
    )
    expect(linksOf(card)).toEqual([{ label: 'Record 3 of 3 tests: openssl, change 12', url: 'https://t.slack.com/archives/C1/p1' }])
  })
})

describe('a change', () => {
  test.each<[string, Parameters<typeof aChange>[0], RegExp]>([
    ['on its first clock', {}, /critical · is being tested · start by 2023-03-30T14:10:00.000Z · Next: Record 3 of 3 tests \(Ana Duarte\)/],
    [
      'that was begun: on its second',
      {
        clocks: {
          zero: '',
          start: { by: '2023-03-30T14:10:00.000Z', doneAt: '2023-03-30T10:00:00.000Z', state: 'met', used: 0.9 },
          complete: { by: '2023-04-01T14:10:00.000Z', doneAt: null, state: 'running', used: 0.1 },
        },
      },
      /complete by 2023-04-01T14:10:00.000Z/,
    ],
    [
      'whose time is over',
      {
        clocks: {
          zero: '',
          start: { by: '2023-03-30T14:10:00.000Z', doneAt: null, state: 'overdue', used: 1.2 },
          complete: { by: null, doneAt: null, state: 'idle', used: 0 },
        },
      },
      /OVERDUE: start by 2023-03-30T14:10:00.000Z/,
    ],
    [
      'that nobody has classified',
      { class: null, clocks: null },
      /proposed high .* start within 24 hours, complete within 72 hours, once it is classified/,
    ],
    [
      'that stands still',
      { standsStill: 'halted', hosts: { total: 14, done: 9, failed: 2, unknown: 1 } },
      /HALTED.*9 of 14 hosts done, 2 failed/,
    ],
    ['known exploited, only rehearsed', { knownExploited: true, rehearsal: true }, /critical, known exploited, REHEARSAL/],
    ['that is a drill', { drill: true, rehearsal: true }, /critical, DRILL ·/],
  ])('%s', (_, own, line) => expect(words({ changes: [aChange(own)] })).toMatch(line))

  test('overdue ones are counted above all', () => {
    expect(homeCard(anOverview())).toMatchObject({ tone: 'danger', badges: [{ text: '1 OVERDUE', tone: 'danger' }] })
  })

  test('when there is none, that is said', () => expect(words({ changes: [] })).toContain('There are none.'))
})

test('sources that are not read are named', () => {
  expect(words({})).toContain('Not read: Ubuntu notices. Their bulletins do not come.')
})

test('a long list comes in pages, what waits first', () => {
  const many = Array.from({ length: 100 }, (_, index) => aChange({ id: index }))
  const card = homeCard(anOverview({ changes: many }))
  expect(wordsOf(card)).toMatch(/Record 3 of 3 tests[\s\S]*Open changes \(100\)[\s\S]*1-20 of 102/)
  expect(card.actions).toMatchObject([{ label: 'Show more', verb: 'more', id: 'home page 2' }])
})

test('whatever stands in an overview, Slack and Teams take the card', () => {
  const text = fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ maxLength: 400 }))
  const change = fc.record({ id: fc.nat(999), name: text, phaseWords: text, clockWords: text, names: fc.array(text, { maxLength: 9 }) })
  const task = fc.record({ text, about: text, due: fc.constantFrom(null, '2023-03-30T14:10:00.000Z') })
  fc.assert(
    fc.property(fc.array(change, { maxLength: 60 }), fc.array(task, { maxLength: 60 }), (changes, tasks) => {
      const card = homeCard(
        anOverview({
          changes: changes.map(({ names, ...own }) => aChange({ ...own, wait: { ...aChange().wait, names } })),
          waitsForYou: tasks.map((one) => ({ ...one, card: { place: 'team', post: '1' } })),
        }),
        () => 'https://t.slack.com/archives/C1/p1',
      )
      expect(complaints(renderHome(card), 100)).toEqual([])
      expect(adaptiveComplaints(toAdaptiveCard(card))).toEqual([])
    }),
    { numRuns: 60 },
  )
})
