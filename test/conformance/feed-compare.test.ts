import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { FeedItem } from '../../adapters/sources/feed/item.ts'
import { judge } from './feed-compare.ts'
import type { Expected } from './feed-expected.ts'

const itemId = (key: string): string => `item-${createHash('sha256').update(key).digest('hex').slice(0, 12)}`

const EXPECTED: Expected = {
  title: 'A flaw in openssl',
  links: ['https://example.com/Notice/1'],
  id: 'Guid-1',
  published: '2026-11-23T14:05:00.5Z',
  updated: '',
  texts: ['<p>Two words.</p><ul><li>Three</li></ul>', 'Two'],
}
const ITEM: FeedItem = {
  vendorId: itemId('Guid-1'),
  title: 'A flaw in openssl',
  link: 'https://example.com/Notice/1',
  text: 'Two words.\n\n * Three',
  severity: '',
  categories: [],
  publishedAt: '2026-11-23T14:05:00.000Z',
  updatedAt: '2026-11-23T14:05:00.000Z',
}

const judged = (items: readonly FeedItem[], expected: readonly Expected[], dropped: readonly string[] = [], source = '') =>
  judge({
    source,
    expected,
    reading: { ok: true, listed: items.length + dropped.length, items, dropped: dropped.map((reason) => ({ reason })) },
  })

describe('how the reading of a feed is compared with what a suite expects', () => {
  test('the same is the same', () => expect(judged([ITEM], [EXPECTED])).toBe(true))

  test.each<[string, Partial<FeedItem>, RegExp]>([
    ['a blank that is missing', { title: 'A flaw inopenssl' }, /^title/],
    ['an ellipsis instead of a title', { title: '…' }, /^title/],
    ['a text that is cut too early', { text: 'Two…' }, /^text/],
    ['a text without its end', { text: 'Two words.' }, /^text/],
    ['the shorter one of two texts', { text: 'Two' }, /^text/],
    ['an id in other letters', { vendorId: itemId('guid-1') }, /^id/],
    ['a publisher’s number from nowhere', { vendorId: 'USN-6000-1' }, /^id/],
    ['no link', { link: '' }, /^link/],
    ['a link in other letters', { link: 'https://example.com/notice/1' }, /^link/],
    ['no date', { publishedAt: null }, /^published/],
    ['a date that is a second later', { publishedAt: '2026-11-23T14:05:01.000Z' }, /^published/],
    ['another date of the change', { updatedAt: '2026-11-24T00:00:00.000Z' }, /^updated/],
  ])('%s is a difference', (_, change, words) => expect(judged([{ ...ITEM, ...change }], [EXPECTED])).toEqual(expect.stringMatching(words)))

  test('a date, a text or a link that the suite does not know is a difference', () => {
    expect(judged([ITEM], [{ ...EXPECTED, published: '' }])).toEqual(expect.stringMatching(/^published/))
    expect(judged([ITEM], [{ ...EXPECTED, texts: [] }])).toEqual(expect.stringMatching(/^text/))
    expect(judged([ITEM], [{ ...EXPECTED, links: [] }])).toEqual(expect.stringMatching(/^link/))
  })

  test('where the suite knows no link, RDF’s name of the item may be one', () =>
    expect(judged([ITEM], [{ ...EXPECTED, links: [] }], [], '<item rdf:about="https://example.com/Notice/1">')).toBe(true))

  test('a text is cut at the limit, and what is left of it must be right', () => {
    const long = 'word '.repeat(3_000)
    const cut = `${long.slice(0, 7_999)}…`
    expect(judged([{ ...ITEM, text: cut }], [{ ...EXPECTED, texts: [long] }])).toBe(true)
    expect(judged([{ ...ITEM, text: cut.replace('word', 'Word') }], [{ ...EXPECTED, texts: [long] }])).not.toBe(true)
  })

  test('an item that is missing, or one too many, is a difference', () => {
    expect(judged([], [EXPECTED])).toBe('0 items, expected 1')
    expect(judged([ITEM, ITEM], [EXPECTED])).toBe('2 items, expected 1')
  })

  test('an item with nothing in it is dropped, and said so', () => {
    const empty = { title: '', links: [], id: '', published: '', updated: '', texts: ['<img src="x.png">'] }
    expect(judged([ITEM], [empty, EXPECTED], ['an item has neither title nor link nor id nor text'])).toBe(true)
    expect(judged([ITEM], [empty, EXPECTED])).toBe('1 items, expected 2')
  })

  test('a field that differs on purpose must do so', () => {
    const reading = { ok: true, listed: 1, items: [ITEM], dropped: [] } as const
    const other = { ...EXPECTED, title: 'Br�ken' }
    expect(judge({ source: '', reading, expected: [other], onPurpose: ['title'] })).toBe(true)
    expect(judge({ source: '', reading, expected: [EXPECTED], onPurpose: ['title'] })).toBe('title was said to differ, and does not')
    expect(judge({ source: '', reading, expected: [other], onPurpose: ['text'] })).toEqual(expect.stringMatching(/^title/))
  })
})
