import fc from 'fast-check'
import { SaxesParser } from 'saxes'
import { describe, expect, test } from 'vitest'
import { pngAddress, pngOf } from '../../adapters/picture.ts'
import { toAdaptiveCard } from '../../src/cards/adaptive.ts'
import type { Chart, Picture } from '../../src/cards/card.ts'
import { chartSvg, svgAddress, utc } from '../../src/cards/chart.ts'
import { reviewCard } from '../../src/cards/review.ts'
import { complaints, objects } from '../support/adaptive.ts'
import { anyCard, card, HOSTILE } from '../support/cards.ts'
import { policy } from '../support/change.ts'
import { expectShowable, figuresOf, hostsOf, stateAt, wordsOf } from '../support/change-cards.ts'
import { verifiedAt } from '../support/chart.ts'

const START = '2026-11-24T21:00:00.000Z'
const later = (minutes: number): string => new Date(Date.parse(START) + minutes * 60_000).toISOString()
const chart = (more: Partial<Chart> = {}): Chart => ({
  title: 'Hosts verified: 3 of 4',
  of: 4,
  points: [
    { at: START, count: 0 },
    { at: later(5), count: 1 },
    { at: later(30), count: 3 },
  ],
  marks: [{ at: later(45), label: 'complete by', tone: 'warning' }],
  ...more,
})
const picture = (own: Chart = chart()): Picture => ({ kind: 'picture', alt: 'Hosts over time: 3 of 4 verified.', chart: own })

/** The elements of a drawing and its words; throws where it is no XML. */
function read(svg: string): {
  readonly elements: readonly { name: string; attributes: Record<string, string> }[]
  readonly words: readonly string[]
} {
  const elements: { name: string; attributes: Record<string, string> }[] = []
  const words: string[] = []
  const parser = new SaxesParser()
  parser.on('error', (error) => {
    throw error
  })
  parser.on('opentag', ({ name, attributes }) => elements.push({ name, attributes: attributes as Record<string, string> }))
  parser.on('text', (text) => words.push(text))
  parser.write(svg).close()
  return { elements, words: words.filter((word) => word.trim() !== '') }
}

describe('a chart', () => {
  test('says its title, all and none, the first and the last moment, and its marks', () => {
    expect(read(chartSvg(chart())).words).toEqual([
      'Hosts verified: 3 of 4',
      '4',
      '0',
      'complete by',
      '24 Nov 21:00 UTC',
      '24 Nov 21:45 UTC',
    ])
  })

  test('goes in steps: a count holds until the next one', () => {
    const curve = read(chartSvg(chart())).elements.find(({ name, attributes }) => name === 'path' && attributes.fill === 'none')
    expect(curve?.attributes.d).toMatch(/^M40 \d+(H[\d.]+V[\d.]+){2}H[\d.]+$/)
  })

  test('a mark that is far away is left to the words', () => {
    expect(read(chartSvg(chart({ marks: [{ at: later(90), label: 'complete by', tone: 'warning' }] }))).words).not.toContain('complete by')
  })

  test.each(HOSTILE)('foreign text is text: %j', (text) => {
    const svg = chartSvg(chart({ title: text, marks: [{ at: later(10), label: text, tone: 'danger' }] }))
    const names = new Set(read(svg).elements.map(({ name }) => name))
    expect([...names].sort()).toEqual(['circle', 'line', 'path', 'rect', 'svg', 'text'])
  })

  test('any figures draw a whole picture of plain shapes, the same twice, with every number in it finite', () => {
    const at = fc.oneof(
      fc.date({ noInvalidDate: true, min: new Date('1990-01-01'), max: new Date('2090-01-01') }).map((date) => date.toISOString()),
      fc.string(),
    )
    const any: fc.Arbitrary<Chart> = fc.record({
      title: fc.string({ unit: 'binary' }),
      of: fc.nat(20_000),
      points: fc.array(fc.record({ at, count: fc.nat(20_000) }), { maxLength: 40 }),
      marks: fc.array(fc.record({ at, label: fc.string({ unit: 'binary' }), tone: fc.constantFrom('info' as const, 'danger' as const) }), {
        maxLength: 3,
      }),
    })
    fc.assert(
      fc.property(any, (one) => {
        const svg = chartSvg(one)
        expect(chartSvg(one)).toBe(svg)
        expect(svg).not.toMatch(/NaN|Infinity|undefined/)
        for (const { name, attributes } of read(svg).elements) {
          expect(['svg', 'rect', 'line', 'path', 'circle', 'text']).toContain(name)
          expect(Object.keys(attributes).filter((key) => /^on|href/i.test(key))).toEqual([])
        }
      }),
      { numRuns: 200 },
    )
  })

  test.each([
    ['2026-11-24T21:05:00.000Z', '24 Nov 21:05 UTC'],
    ['2026-01-02T03:04:59Z', '2 Jan 03:04 UTC'],
    ['x', 'x'],
  ])('%s is said as %s', (when, words) => expect(utc(when)).toBe(words))
})

describe('as PNG', () => {
  test('the words are drawn without a font of the machine, and other words make another picture', () => {
    const png = pngOf(picture())
    expect(Buffer.from(png).subarray(1, 4).toString()).toBe('PNG')
    expect(Buffer.from(pngOf(picture())).equals(Buffer.from(png))).toBe(true)
    expect(Buffer.from(pngOf(picture(chart({ title: 'Hosts verified: 4 of 4' })))).equals(Buffer.from(png))).toBe(false)
  })

  test('the largest one leaves room in a Teams card of 28 KB', () => {
    const points = Array.from({ length: 41 }, (_, i) => ({ at: later(i * 7), count: i * 487 }))
    expect(pngAddress(picture(chart({ title: 'Hosts verified: 19967 of 20000', of: 20_000, points }))).length).toBeLessThan(16_000)
  })
})

describe('in a card', () => {
  test('is an image with its words where the platform draws it, and the words alone where it does not', () => {
    const one = card({ blocks: [picture()] })
    for (const [draw, start] of [
      [pngAddress, 'data:image/png;base64,'],
      [({ chart: own }: Picture) => svgAddress(own), 'data:image/svg+xml,'],
    ] as const) {
      const json = toAdaptiveCard(one, undefined, draw)
      expect(complaints(json)).toEqual([])
      const [image] = objects(json).filter(({ type }) => type === 'Image')
      expect(image).toMatchObject({ altText: 'Hosts over time: 3 of 4 verified.', size: 'stretch', url: expect.stringContaining(start) })
    }
    expect(objects(toAdaptiveCard(one)).filter(({ type }) => type === 'Image')).toEqual([])
    expect(wordsOf(one)).toContain('Hosts over time: 3 of 4 verified.')
    expectShowable(one)
  })

  test('of any card nothing but a picture of ours is an image', () => {
    fc.assert(
      fc.property(anyCard, (any) => {
        const json = toAdaptiveCard(any, undefined, ({ chart: own }) => svgAddress(own))
        expect(complaints(json)).toEqual([])
        const images = objects(json).filter(({ type }) => type === 'Image')
        expect(images).toHaveLength(any.blocks.filter(({ kind }) => kind === 'picture').length)
        for (const { url } of images) expect(String(url)).toMatch(/^data:image\/svg\+xml,%3Csvg/)
      }),
      { numRuns: 60 },
    )
  })

  test('the review shows the hosts over time, and says the same in words', () => {
    const state = stateAt('reviewing')
    const hosts = verifiedAt(hostsOf(state), START, [3, 12, 12])
    const figures = { ...figuresOf(state, hosts) }
    const review = reviewCard(state, state.review as never, figures, policy)
    const [shownOne] = review.blocks.filter((block): block is Picture => block.kind === 'picture')
    expect(shownOne?.chart.points.map(({ count }) => count)).toEqual([0, ...figures.verified.slice(1).map(({ count }) => count)])
    expect(shownOne?.alt).toMatch(
      /^Hosts over time: 3 of \d+ verified, the first at 24 Nov 21:03 UTC, half of them by 24 Nov 21:12 UTC, the last at 24 Nov 21:12 UTC; started .* UTC; complete by .* UTC\.$/,
    )
    expectShowable(review)
  })

  test('a rollout in which nothing was verified has no picture', () => {
    const state = stateAt('rolledBack')
    expect(
      reviewCard(state, (state.review ?? { openedAt: START, lessons: [] }) as never, figuresOf(state), policy).blocks.map(
        ({ kind }) => kind,
      ),
    ).not.toContain('picture')
  })
})
