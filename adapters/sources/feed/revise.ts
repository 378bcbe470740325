import { canonicalJson, sha256Hex } from '../../../src/core/canonical.ts'
import { revisionOf } from '../../../src/core/identify/revision.ts'
import type { Known } from './cursor.ts'
import type { FeedDocument, FeedItem } from './item.ts'

/** A new or changed item as a document, and what is remembered of it; `document` is null when nothing changed. */
export interface Revised {
  readonly known: Known
  readonly document: FeedDocument | null
}

/**
 * Gives an item its revision. A feed has none, so the date is it, and a content that changes without a new date counts up behind it.
 * Dates never go backwards, and none is in the future: `now` is ours, and the date of an item that has none.
 */
export const revise = (item: FeedItem, before: Known | undefined, now: Date): Revised => {
  const { publishedAt: published, updatedAt: updated, ...said } = item
  const digest = sha256Hex(canonicalJson(item)).slice(0, 24)
  if (before?.digest === digest) return { known: before, document: null }
  const latest = now.toISOString()
  const dated = [updated ?? published ?? before?.updatedAt ?? latest, before?.updatedAt ?? ''].reduce((a, b) => (a > b ? a : b))
  const updatedAt = dated > latest ? latest : dated
  const publishedAt = [published ?? before?.publishedAt ?? updatedAt, updatedAt].reduce((a, b) => (a < b ? a : b))
  const changes = before !== undefined && before.updatedAt === updatedAt ? before.changes + 1 : 0
  return {
    known: { digest, publishedAt, updatedAt, changes },
    document: { ...said, publishedAt, updatedAt, revision: revisionOf(updatedAt, changes) },
  }
}
