import { createHash } from 'node:crypto'
import type { FeedItem, FeedReading } from '../../adapters/sources/feed/item.ts'
import type { Expected } from './feed-expected.ts'

/** The longest title and text that the reader keeps; a longer one ends in an ellipsis. */
const LONGEST = { title: 300, text: 8_000 }

/** References in the suites' texts. An unknown one stays as it stands, and the case fails. */
const LETTERS: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  ndash: '–',
  mdash: '—',
  hellip: '…',
  auml: 'ä',
  ouml: 'ö',
  uuml: 'ü',
  bdquo: '„',
  deg: '°',
  ograve: 'ò',
  lsquo: '‘',
  rsquo: '’',
  ldquo: '“',
  rdquo: '”',
  copy: '©',
  raquo: '»',
  laquo: '«',
}

const INLINE = /<\/?(?:a|abbr|b|cite|code|em|font|i|img|q|small|span|strong|sub|sup|tt|u)\b[^<>]*>/gi
const UNSEEN = /[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]/g

/** White space of any kind is one blank. What shows nothing is no text. */
const collapsed = (text: string): string => text.replace(UNSEEN, '').replace(/\s+/g, ' ').trim()

/** Markup as text, by other means than the reader's. */
const textOf = (markup: string): string =>
  collapsed(
    markup
      .replace(/<!--.*?-->|<(script|style)\b.*?<\/\1>/gis, '')
      .replace(INLINE, '')
      .replace(/<\/?[a-z][^<>]*>/gi, ' ')
      .replace(/&(?:#(\d+)|#x([0-9a-f]+)|([a-z]+));/gi, (all, decimal, hex, name) =>
        name === undefined
          ? String.fromCodePoint(decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal))
          : (LETTERS[name] ?? all),
      ),
  )

/** What the reader writes where the markup has a point of a list or a line across. */
const MARKS = /^ *(?:\* |\d+\. |-{5,}$)/gm

/** Is ours the expected text, without its markup? A cut one must be as long as we keep, and all of it be there. */
const isText = (ours: string, theirs: string, longest: number): boolean => {
  const wanted = textOf(theirs)
  const words = /<(?:li|hr)\b/i.test(theirs) ? ours.replace(MARKS, '') : ours
  if (collapsed(words) === wanted) return true
  const start = collapsed(words.slice(0, -1))
  return ours.length === longest && ours.endsWith('…') && wanted.length > start.length && wanted.startsWith(start)
}

const hrefOf = (link: string): string => (URL.canParse(link) ? new URL(link).href : link.trim())

const secondOf = (date: string): number => Math.floor(Date.parse(date) / 1_000)
/** To the second: the reader keeps no fractions. No date is none. */
const isDate = (ours: string | null, theirs: string): boolean =>
  ours === null || theirs === '' ? ours === null && theirs === '' : secondOf(ours) === secondOf(theirs)

const folded = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '')
/** Made from the feed's id, or the publisher's number, which must stand in what the suite expects. */
const isId = ({ vendorId }: FeedItem, { id, title, links }: Expected): boolean =>
  vendorId.startsWith('item-')
    ? vendorId === `item-${createHash('sha256').update(id.trim()).digest('hex').slice(0, 12)}`
    : [id, title, ...links].some((text) => folded(text).includes(folded(vendorId)))

const longestOf = (texts: readonly string[]): string =>
  texts.reduce((longest, next) => (textOf(next).length > textOf(longest).length ? next : longest), '')

export type Field = 'title' | 'link' | 'id' | 'published' | 'updated' | 'text'

/** The item's own link or another one to the notice. Where the suite names none: an id that is an address, or RDF's name of the item. */
const isLink = ({ link }: FeedItem, { links, id }: Expected, source: string): boolean =>
  links.length > 0
    ? links.some((one) => hrefOf(one) === hrefOf(link))
    : link === '' || hrefOf(link) === hrefOf(id) || source.includes(`rdf:about="${link}"`)

/** What is wrong with one item, by field. */
function faultsOf(item: FeedItem, expected: Expected, source: string): readonly (readonly [Field, string])[] {
  const { title, links, id, published, updated } = expected
  const text = longestOf(expected.texts)
  const looked: readonly (readonly [Field, boolean, string | null, string])[] = [
    ['title', title.trim() === '' || isText(item.title, title, LONGEST.title), item.title, title],
    ['link', isLink(item, expected, source), item.link, links.join(' ')],
    ['id', id.trim() === '' || isId(item, expected), item.vendorId, id],
    ['published', isDate(item.publishedAt, published || updated || ''), item.publishedAt, published],
    ['updated', updated === null || isDate(item.updatedAt, updated || published), item.updatedAt, updated ?? ''],
    ['text', isText(item.text, text, LONGEST.text), item.text, text],
  ]
  return looked
    .filter(([, isGood]) => !isGood)
    .map(([field, , ours, theirs]) => [
      field,
      `${field} ${JSON.stringify(ours?.slice(0, 90))}, expected ${JSON.stringify(theirs.slice(0, 120))}`,
    ])
}

/** A picture is nothing that can be told. */
const isEmpty = ({ title, links, id, texts }: Expected): boolean =>
  title === '' && links.length === 0 && id === '' && texts.every((text) => textOf(text) === '')

/** The feed as it stands, what the reader made of it, what a suite expects, and the fields that differ on purpose. */
export interface Compared {
  readonly source: string
  readonly reading: FeedReading
  readonly expected: readonly Expected[]
  readonly onPurpose?: readonly Field[]
}

/**
 * True where a reading is what the suite expects. Items with nothing in them are dropped by the reader, which must say so. A field that is
 * said to differ on purpose must do so.
 */
export function judge({ source, reading, expected, onPurpose = [] }: Compared): true | string {
  // A feed without a channel lists nothing; the reader refuses it, and for a source both are failures.
  if (!reading.ok) return (expected.length === 0 && reading.problem.includes('with a channel')) || reading.problem
  const { items, dropped } = reading
  const told = dropped.filter(({ reason }) => reason.includes('neither title nor link')).length
  const pairs = told === 0 ? expected : expected.filter((one) => !isEmpty(one))
  if (items.length !== pairs.length || expected.length !== items.length + told) return `${items.length} items, expected ${expected.length}`
  const faults = items.flatMap((item, i) => (pairs[i] === undefined ? [] : faultsOf(item, pairs[i], source)))
  const unwanted = faults.find(([field]) => !onPurpose.includes(field))
  if (unwanted !== undefined) return unwanted[1]
  const stale = onPurpose.find((field) => !faults.some(([one]) => one === field))
  return stale === undefined || `${stale} was said to differ, and does not`
}
