import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toAdaptiveCard } from '../../src/cards/adaptive.ts'
import { renderCard } from '../../src/cards/block-kit/card.ts'
import type { Block, Card, Text } from '../../src/cards/card.ts'
import { plainText } from '../../src/cards/text.ts'
import { complaints, objects, shown } from '../support/adaptive.ts'
import { textOf } from '../support/block-kit.ts'
import { anyCard, card, HOSTILE } from '../support/cards.ts'
import { UNTIL } from '../support/change.ts'
import { cardsOf, stateAt } from '../support/change-cards.ts'

// What a card says, a reader of either platform can read: word by word, or the platform's limit is said. Where lines break is the
// platform's affair, so white space is left out on both sides.

const bare = (text: string): string => plainText(text).replace(/\s+/g, '')

/** Everything that a card says in words, one thing each; times apart. */
function factsOf(one: Card): readonly string[] {
  const parts = [
    one.title,
    one.subtitle ?? '',
    ...one.badges.map(({ text }) => text),
    ...one.blocks.flatMap(blockFacts),
    ...one.actions.map(({ label }) => label),
  ]
  return parts.map(bare).filter((part) => part !== '' && part !== '–')
}

function blockFacts(block: Block): readonly string[] {
  switch (block.kind) {
    case 'text':
    case 'outcome':
      return textFacts(block.text)
    case 'heading':
      return [block.text]
    case 'facts':
      return block.facts.flatMap(({ label, value }) => [label, ...textFacts(value)])
    case 'list':
      return block.items.flatMap(textFacts)
    case 'table':
      return block.rows.flat()
    case 'progress':
      return [block.label, `${block.done} of ${block.of}`]
    case 'picture':
      return [block.alt]
    case 'links':
      return block.links.map(({ label }) => label)
    default:
      return block satisfies never
  }
}

const textFacts = (text: Text): readonly string[] =>
  text.flatMap((span) => (typeof span === 'string' ? [span] : 'strong' in span ? [span.strong] : 'mention' in span ? [span.name] : []))

/** The times of a card, as its JSON on each platform has them. */
const timesOf = (one: Card): readonly { readonly slack: string; readonly adaptive: string }[] =>
  JSON.stringify(one.blocks)
    .match(/"time":"[^"]+"/g)
    ?.map((found) => found.slice(8, -1))
    .map((time) => ({
      slack: `"timestamp":${Math.floor(Date.parse(time) / 1000)}`,
      adaptive: `${new Date(time).toISOString().slice(0, 19)}Z`,
    })) ?? []

const onSlack = (one: Card): string => bare(textOf(renderCard(one).blocks))
function onAdaptive(one: Card): string {
  const json = toAdaptiveCard(one)
  const titles = objects(json).flatMap((each) => (typeof each.title === 'string' ? [each.title] : []))
  return bare([...shown(json), ...titles].join('\n'))
}

/** Slack's limits are small; what they cut ends with this sign, or is counted behind it. */
const CUT = '…'

describe('both platforms say the same', () => {
  const phases = Object.keys(UNTIL) as (keyof typeof UNTIL)[]
  test.each(phases)('every card of a change that is %s', (phase) => {
    for (const [name, one] of cardsOf(stateAt(phase))) {
      const [slack, adaptive] = [onSlack(one), onAdaptive(one)]
      for (const fact of factsOf(one)) {
        expect(adaptive, `${name} in Teams and on the web`).toContain(fact)
        expect(slack, `${name} in Slack`).toContain(fact)
      }
      const json = [JSON.stringify(renderCard(one)), JSON.stringify(toAdaptiveCard(one))]
      for (const time of timesOf(one)) {
        expect(json[0], name).toContain(time.slack)
        expect(json[1], name).toContain(time.adaptive)
      }
    }
  })

  test('any card: each fact is in both, unless Slack’s limits cut it, and then that is said', () => {
    let whole = 0
    fc.assert(
      fc.property(anyCard, (one) => {
        const [slack, adaptive] = [onSlack(one), onAdaptive(one)]
        const missing = factsOf(one).filter((fact) => !slack.includes(fact))
        for (const fact of factsOf(one)) expect(adaptive).toContain(fact)
        if (missing.length === 0) whole++
        else expect(slack).toContain(CUT)
      }),
      { numRuns: 150 },
    )
    // The rule above must not hold by the exception.
    expect(whole).toBeGreaterThan(100)
  })
})

describe('a long text hides none of those that stand beside it', () => {
  const length = fc.oneof(fc.nat(60), fc.nat(5_000))
  const several = fc.array(length, { minLength: 2, maxLength: 9 })
  const LONGEST_OF_SLACK = 3_000
  /** Its own sign at its beginning and at its end, so long. */
  const long = (i: number, n: number): string => `begin${i}${'.'.repeat(n)}end${i}`
  const kinds: readonly (readonly [string, (texts: readonly string[]) => Block])[] = [
    ['facts', (texts) => ({ kind: 'facts', facts: texts.map((text, i) => ({ label: `label${i}`, value: [text] })) })],
    ['a list', (texts) => ({ kind: 'list', items: texts.map((text, i) => [{ strong: `label${i}` }, text]) })],
    ['links', (texts) => ({ kind: 'links', links: texts.map((text, i) => ({ label: `label${i}${text}`, url: 'https://a.example/' })) })],
    ['a wide table', (texts) => ({ kind: 'table', columns: ['', 'x'], rows: texts.map((text, i) => [`label${i}`, text]) })],
  ]

  test.each(kinds)('%s in Slack: each is there, whole or cut with a sign, and those left out are counted', (_, blockOf) => {
    let cut = 0
    fc.assert(
      fc.property(several, (lengths) => {
        const slack = onSlack(card({ blocks: [blockOf(lengths.map((n, i) => long(i, n)))] }))
        expect(slack.length).toBeLessThan(LONGEST_OF_SLACK + 200)
        for (const [i, n] of lengths.entries()) {
          expect(slack).toContain(`label${i}`)
          expect(slack).toContain(`begin${i}`)
          if (slack.includes(`end${i}`)) continue
          cut++
          // A short one needs not make room.
          expect(n).toBeGreaterThan(200)
        }
        expect(slack.split(CUT).length - 1).toBe(lengths.filter((_n, i) => !slack.includes(`end${i}`)).length)
      }),
      { numRuns: 150 },
    )
    expect(cut).toBeGreaterThan(20)
  })

  test('so many that not all have room: those left out are counted', () => {
    const facts = Array.from({ length: 60 }, (_, i) => ({ label: `label${i}`, value: [long(i, 400)] }))
    const slack = onSlack(card({ blocks: [{ kind: 'facts', facts }] }))
    const there = facts.filter(({ label }) => slack.includes(`${label}:`)).length
    expect(there).toBeGreaterThan(5)
    expect(slack).toContain(`${CUT}${60 - there}more`)
  })
})

describe('hostile text in every position of an Adaptive Card', () => {
  const LONG = 2_000
  const long = HOSTILE.map((text) => text.repeat(Math.ceil(LONG / text.length)))
  const everywhere = (text: string): Card =>
    card({
      title: text,
      subtitle: text,
      summary: text,
      badges: [{ text, tone: 'info' }],
      blocks: [
        { kind: 'text', text: [text, { strong: text }, { mention: 'person', id: 'x', name: text }] },
        { kind: 'text', text: [text, { time: '2026-11-25T10:00:00Z', style: 'time' }, text] },
        { kind: 'heading', text },
        { kind: 'facts', facts: [{ label: text, value: [text] }] },
        { kind: 'list', items: [[text]] },
        { kind: 'table', columns: [text], rows: [[text]] },
        { kind: 'progress', label: text, done: 1, of: 2 },
        { kind: 'outcome', text: [text], tone: 'good' },
        {
          kind: 'picture',
          alt: text,
          chart: { title: text, of: 1, points: [{ at: text, count: 1 }], marks: [{ at: text, label: text, tone: 'info' }] },
        },
        { kind: 'links', links: [{ label: text, url: text }] },
      ],
      actions: [
        { label: text, verb: 'approve', id: 'change:12', style: 'default' },
        {
          label: text,
          verb: 'reject',
          id: 'change:12',
          style: 'danger',
          form: {
            title: text,
            intro: text,
            submit: text,
            fields: [
              { kind: 'text', id: 'reason', label: text, hint: text, multiline: true, required: true, maxLength: 500 },
              { kind: 'choice', id: 'class', label: text, required: true, options: [{ value: 'x', label: text }] },
            ],
          },
        },
      ],
    })

  test.each(
    [...HOSTILE, ...long].map((text) => [text.slice(0, 40), text.length, text] as const),
  )('%j (%i characters)', (_start, _length, text) => {
    const called = { person: () => ({ id: '29:x', name: text }), role: () => [1, 2].map((n) => ({ id: `29:${n}`, name: text })) }
    for (const json of [toAdaptiveCard(everywhere(text)), toAdaptiveCard(everywhere(text), called)]) {
      expect(complaints(json)).toEqual([])
      const all = objects(json)
      // Microsoft's renderer reads markdown in a TextBlock alone: there must be no live mark but the mention itself.
      const entities = json.msteams?.entities.map((entity) => entity.text) ?? []
      for (const block of all.filter(({ type }) => type === 'TextBlock'))
        expect(() => shown({ ...block, text: entities.reduce((left, one) => left.replaceAll(one, ''), String(block.text)) })).not.toThrow()
      for (const run of all.filter(({ type }) => type === 'TextRun')) {
        expect(run.text).not.toContain('{{')
        expect(run.text).not.toMatch(/<\/?at>/i)
      }
      expect(all.filter((one) => one.type === 'Image' || one.type === 'Action.OpenUrl' || 'selectAction' in one)).toEqual([])
      expect(JSON.stringify(json)).not.toMatch(/[\u202A-\u202E\u2066-\u2069\u200B-\u200F\uFEFF]/)
    }
  })
})
