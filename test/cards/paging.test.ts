import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Card } from '../../src/cards/card.ts'
import { affectedCard } from '../../src/cards/details.ts'
import { listPages, pageLine, pageOf } from '../../src/cards/paging.ts'
import { aHost } from '../support/change.ts'
import { expectShowable, wordsOf } from '../support/change-cards.ts'

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i)
/** Which page a button asks for; null: there is no such button. */
const leadsTo = (card: Pick<Card, 'actions'>, label: string): number | null => {
  const action = card.actions.find((a) => a.label === label)
  return action ? Number(/(?:page:|page-)(\d+)/.exec(action.id)?.[1]) : null
}

describe('a page of a long list', () => {
  test.each([
    { total: 0, page: 1, says: '', more: null, back: null },
    { total: 20, page: 1, says: '', more: null, back: null },
    { total: 21, page: 1, says: '1–20 of 21', more: 2, back: null },
    { total: 21, page: 2, says: '21–21 of 21', more: null, back: 1 },
    { total: 137, page: 3, says: '41–60 of 137', more: 4, back: 2 },
    { total: 137, page: 99, says: 'There is no page 99.', more: null, back: 7 },
  ])('$page of $total says "$says"', ({ total, page: number, says, more, back }) => {
    const page = pageOf(numbers(total), number, 20)
    expect(pageLine(page)).toEqual(says === '' ? [] : [{ kind: 'text', text: [says], quiet: true }])
    const card = { actions: listPages(page, 'bulletins') }
    expect([leadsTo(card, 'Show more'), leadsTo(card, 'Back')]).toEqual([more, back])
  })

  test('property: whoever goes on to the end has seen everything once, in its order, and comes back to the first', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.integer({ min: 1, max: 30 }), (total, size) => {
        const seen: number[] = []
        let last = 1
        for (let next: number | null = 1; next !== null; ) {
          const page = pageOf(numbers(total), next, size)
          seen.push(...page.items)
          last = next
          next = leadsTo({ actions: listPages(page, 'x') }, 'Show more')
        }
        expect(seen).toEqual(numbers(total))
        for (
          let back: number | null = last;
          back !== null;
          back = leadsTo({ actions: listPages(pageOf(numbers(total), back, size), 'x') }, 'Back')
        )
          last = back
        expect(last).toBe(1)
      }),
    )
  })
})

test('property: all hosts of a change can be read page by page, and no platform refuses a page', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 120 }), (count) => {
      const hosts = numbers(count).map((number) => aHost(`host-${number}`))
      const words: string[] = []
      for (let next: number | null = 1; next !== null; ) {
        const card = affectedCard('openssl', 'change:12', hosts, next)
        words.push(...(wordsOf(card).match(/host-\d+/g) ?? []))
        expectShowable(card)
        next = leadsTo(card, 'Show more')
      }
      expect(words).toEqual(hosts.map((one) => one.host))
    }),
    { numRuns: 20 },
  )
})
