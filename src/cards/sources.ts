import type { FirstKey } from '../core/identify/first-key.ts'
import type { Instant } from '../core/result.ts'
import type { Block, Card, Text } from './card.ts'
import { spaced } from './first-keys.ts'
import { askList, firstPage, linesOf, moreButton, type Page, pageBlocks } from './pages.ts'
import { at, count, fact, textBlock, whisper } from './words.ts'

export interface SourceView {
  readonly id: string
  readonly name: string
  readonly kind: string
  readonly everyMinutes: number
  readonly lastGoodAt: Instant | null
  readonly failingSince: Instant | null
  /** It answers, and has had no news for longer than the policy takes for normal. */
  readonly silentSince: Instant | null
  /** Items of its list the last time; null: it has none. */
  readonly listed: number | null
  /** Between two news, as a rule, in milliseconds; null: not enough is known. */
  readonly usualMs: number | null
  /** How the number of items has moved; null: it has not. */
  readonly trend: { readonly from: number; readonly to: number } | null
  /** Why it fails, as the admins were told; null when it is not known. */
  readonly reason: string | null
  /** Keys that were pinned at first sight: nobody has compared them yet. */
  readonly firstKeys: readonly FirstKey[]
  readonly bulletins: number
  readonly held: number
  readonly lastNewsAt: Instant | null
  readonly dropped: readonly { readonly fileName: string; readonly reason: string }[]
  /** What came without proof, in all; and the latest of it. */
  readonly doubted: number
  readonly latestDoubted: readonly { readonly id: number; readonly fileName: string; readonly reason: string }[]
}

/** Most dropped items of one source that are named. */
const MOST_DROPPED = 3

/** Sources on one page: each is several lines. */
export const SOURCES_A_PAGE = 8

/** Each source with its health: what fails is said first, and why. `sources` are all of them. */
export const sourcesCard = (sources: readonly SourceView[], page: Page = firstPage(SOURCES_A_PAGE, sources.length)): Card =>
  whisper(
    sources.length === 0 ? 'No source is watched' : 'Sources',
    [
      ...linesOf(
        sources.toSorted((a, b) => Number(isTroubled(b)) - Number(isTroubled(a))),
        page,
      ).flatMap(sourceBlocks),
      ...pageBlocks(page),
    ],
    { actions: moreButton(page, askList('sources')) },
  )

const sourceBlocks = (source: SourceView): readonly Block[] => [
  { kind: 'heading', text: `${source.name} (${source.kind})` },
  textBlock(...healthWords(source)),
  {
    kind: 'facts',
    facts: [
      fact('Asked', `every ${count(source.everyMinutes, 'minute')}`),
      ...(source.listed === null
        ? []
        : [fact('Listed', `${count(source.listed, 'item')}${source.trend ? ` (${source.trend.from} some looks ago)` : ''}`)]),
      fact('Taken', `${count(source.bulletins, 'bulletin')}${source.held > 0 ? `, ${source.held} held` : ''}`),
      fact('Last news', ...(source.lastNewsAt ? [at(source.lastNewsAt)] : ['none yet']), usualWords(source)),
      ...(source.firstKeys.length > 0 ? [fact('Key', keyWords(source))] : []),
      ...(source.dropped.length > 0 ? [fact('Dropped', droppedWords(source))] : []),
      ...(source.doubted > 0 ? [fact('Not proved', doubtedWords(source))] : []),
    ],
  },
]

const HOUR = 3_600_000

const usualWords = ({ usualMs }: SourceView): string => {
  if (usualMs === null) return ''
  const hours = Math.max(1, Math.round(usualMs / HOUR))
  return hours < 48 ? `; as a rule every ${count(hours, 'hour')}` : `; as a rule every ${count(Math.round(hours / 24), 'day')}`
}

const isTroubled = ({ failingSince, silentSince }: SourceView): boolean => failingSince !== null || silentSince !== null

function healthWords({ failingSince, silentSince, reason, lastGoodAt }: SourceView): Text {
  const last: Text = lastGoodAt ? ['last good answer ', at(lastGoodAt)] : ['it has not answered yet']
  if (failingSince === null && silentSince !== null)
    return [{ strong: 'SILENT' }, ': nothing new since ', at(silentSince), '; ', ...last, '.']
  if (failingSince === null) return lastGoodAt ? ['Good: ', ...last, '.'] : ['Not asked yet.']
  return [{ strong: 'FAILING' }, ' since ', at(failingSince), ...(reason ? [`: ${reason}`] : []), '; ', ...last, '.']
}

const keyWords = ({ firstKeys }: SourceView): string =>
  `${firstKeys.map(({ fingerprint }) => spaced(fingerprint)).join(', ')}, pinned at first sight; compare it, and write it into the policy as keyFingerprint`

const droppedWords = ({ id, dropped }: SourceView): string =>
  `${count(dropped.length, 'item')}: ${dropped
    .slice(0, MOST_DROPPED)
    .map((d) => `${d.fileName} (${d.reason})`)
    .join('; ')}${dropped.length > MOST_DROPPED ? '; ...' : ''}. Kept: "dropped ${id}"`

const doubtedWords = ({ id: source, doubted, latestDoubted }: SourceView): string =>
  `${count(doubted, 'item')} in all, which count for nothing; the latest: ${latestDoubted
    .map(({ id, fileName, reason }) => `no. ${id}, ${fileName} (${reason})`)
    .join('; ')}. Kept: "dropped ${source}"`
