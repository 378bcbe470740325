import { readFeed } from '../../adapters/sources/feed/items.ts'
import { createFeedReader } from '../../adapters/sources/feed/reader.ts'
import { type Field, judge } from './feed-compare.ts'
import { type Expected, feedRs, gofeed, type Json, list, object, rssParser } from './feed-expected.ts'
import { bytesOf, type Case, counted, filesIn, jsonOf, type Result, tried } from './suite.ts'

const FOLDER = '09-feed-conformance'

/** A field that differs from what the suite expects, and should. */
interface OnPurpose {
  readonly fields: readonly Field[]
  readonly why: string
}

interface FeedSuite {
  readonly folder: string
  /** The file with what is expected of a feed; null: the file is no feed. */
  expectedFile(file: string): string | null
  expectedOf(json: Json): readonly Expected[]
  readonly onPurpose?: Readonly<Record<string, OnPurpose>>
}

const notesOf = (
  listed: readonly number[],
  alone: readonly string[],
  onPurpose: Readonly<Record<string, OnPurpose>>,
): readonly string[] => [
  `${listed.filter((items) => items > 0).length} of the feeds list items, ${listed.reduce((sum, items) => sum + items, 0)} in all; the others must list none`,
  ...(alone.length > 0 ? [`${alone.length} feeds have no expectation in the suite and are not counted: ${alone.join(' ')}`] : []),
  ...Object.entries(onPurpose).map(([file, { fields, why }]) => `differs on purpose: ${file}: ${fields.join(', ')}: ${why}`),
]

async function run({ folder, expectedFile, expectedOf, onPurpose = {} }: FeedSuite): Promise<Result> {
  const files = filesIn(FOLDER, folder)
  const pairs = files.flatMap((file) => {
    const other = expectedFile(file)
    return other === null ? [] : [{ file, other: files.includes(other) ? other : null }]
  })
  const cases: Case[] = []
  const listed: number[] = []
  for (const { file, other } of pairs) {
    if (other === null) continue
    const compare = async (): Promise<true | string> => {
      const expected = expectedOf(object(jsonOf(FOLDER, folder, other)))
      listed.push(expected.length)
      const bytes = bytesOf(FOLDER, folder, file)
      const reading = await readFeed({ bytes, contentType: '' })
      return judge({ source: bytes.toString('latin1'), reading, expected, onPurpose: onPurpose[file]?.fields ?? [] })
    }
    cases.push(await tried(file, compare))
  }
  const alone = pairs.filter(({ other }) => other === null).map(({ file }) => file)
  return { ...counted(cases), notes: notesOf(listed, alone, onPurpose) }
}

export const gofeedSuite = (): Promise<Result> =>
  run({
    folder: 'gofeed',
    expectedFile: (file) => {
      if (file.endsWith('.xml')) return file.replace(/\.xml$/, '.json')
      return /^(?:parser|translator)\/(?:json|universal)\//.test(file) && !file.endsWith('_expected.json')
        ? file.replace(/\.json$/, '_expected.json')
        : null
    },
    expectedOf: (json) => [...list(json.items), ...list(json.entries)].map(gofeed),
  })

const MORE_DATES = 'the suite cannot read this date, and we can'

export const feedRsSuite = (): Promise<Result> =>
  run({
    folder: 'feed-rs',
    expectedFile: (file) => (file.endsWith('.serde.json') ? null : file.replace(/\.(?:xml|json)$/, '.serde.json')),
    expectedOf: (json) => list(json.entries).map(feedRs),
    onPurpose: {
      'rss1/rss_1.0_example_1.xml': { fields: ['published', 'updated'], why: MORE_DATES },
      'rss2/rss_2.0_nbcny.xml': { fields: ['published', 'updated'], why: MORE_DATES },
    },
  })

const GARBLED = 'the expected text is itself broken: Latin-1 that was read as UTF-8'
const MIXED = 'the expected text has lost the order of words and elements: xml2js keeps none'

export const rssParserSuite = (): Promise<Result> =>
  run({
    folder: 'rss-parser',
    expectedFile: (file) => (file.startsWith('input/') ? file.replace(/^input\/(.*)\.(?:rss|atom)$/, 'output/$1.json') : null),
    expectedOf: (json) => list(object(json.feed).items).map(rssParser),
    onPurpose: {
      'input/uolNoticias.rss': { fields: ['title', 'text'], why: GARBLED },
      'input/reddit-atom.rss': { fields: ['text'], why: MIXED },
      'input/reddit-home.rss': { fields: ['text'], why: MIXED },
    },
  })

/** Nothing in any of the folders makes the reader's process die, hang or burst: each file gets an answer within its limits. */
export async function unharmed(): Promise<Result> {
  const reader = createFeedReader({ timeLimitMs: 10_000, memoryLimitMb: 256 })
  const cases: Case[] = []
  try {
    for (const file of filesIn(FOLDER))
      cases.push(
        await tried(file, async () => {
          const reading = await reader.read({ bytes: bytesOf(FOLDER, file), contentType: '' })
          return reading.ok || !/more memory|could not be read within/.test(reading.problem) || reading.problem
        }),
      )
  } finally {
    await reader.close()
  }
  return counted(cases)
}
