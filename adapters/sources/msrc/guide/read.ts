import type { Listed } from '../../../../src/core/identify/backlog.ts'
import type { Known } from '../cursor.ts'
import type { MonthProblem, MonthReading, Unread } from '../month.ts'
import { MONTH_ID } from '../part.ts'
import { instantOf } from '../parts.ts'
import { monthOfRows } from './month.ts'
import { pageOf, productRow, rowsOf, type VulnerabilityRow, vulnerabilityRow } from './rows.ts'

/** The pages of one release, which are made into the same parts as a month. */
export interface ReleaseJob {
  readonly kind: 'release'
  /** E.g. `2026-Sep`. */
  readonly id: string
  readonly vulnerabilities: readonly Uint8Array[]
  readonly products: readonly Uint8Array[]
  /** Product families that are wanted; empty: all. */
  readonly families: readonly string[]
  /** What is remembered of parts, by vendor id. */
  readonly known: readonly (readonly [string, Known])[]
}

export interface ChangesJob {
  readonly kind: 'changes'
  readonly pages: readonly Uint8Array[]
  readonly until: string
}

/** What is needed of a page to ask for the next one. */
export type PageResult =
  | { readonly ok: true; readonly rows: number; readonly total: number | undefined; readonly next: string | undefined }
  | Unread

export type ChangesResult = { readonly ok: true; readonly releases: readonly Listed[]; readonly dropped: readonly MonthProblem[] } | Unread

/** Never throws. */
export const readPage = (bytes: Uint8Array): PageResult => {
  const page = pageOf(bytes)
  if (page === null) return { ok: false, problem: 'It is no page of a list, or cut off.' }
  return { ok: true, rows: page.rows.length, total: page.total, next: page.next }
}

/** A date that is none, or after `until`, is no reason to miss a change: the other one counts. Empty: neither is a date. */
const changedAt = ({ releaseDate, latestRevisionDate }: VulnerabilityRow, until: string): string =>
  [releaseDate, latestRevisionDate]
    .map((text) => instantOf(text) ?? '')
    .filter((at) => at <= until)
    .reduce((latest, at) => (at > latest ? at : latest), '')

/**
 * Vulnerabilities that changed lately -> the releases that they belong to, each with its latest change. What is dated after `until` would
 * hide all later changes of its release. Never throws.
 */
export function readChanges({ pages, until }: Omit<ChangesJob, 'kind'>): ChangesResult {
  const { rows, dropped } = rowsOf('vulnerability', vulnerabilityRow, pages)
  if (rows.length === 0) return { ok: false, problem: 'It has no vulnerability that can be read.' }
  const latest = new Map<string, string>()
  let strange = 0
  for (const row of rows) {
    const at = changedAt(row, until)
    if (!MONTH_ID.test(row.releaseNumber) || at === '') strange += 1
    else if (at > (latest.get(row.releaseNumber) ?? '')) latest.set(row.releaseNumber, at)
  }
  return {
    ok: true,
    releases: [...latest].map(([key, at]): Listed => ({ key, at })).sort((a, b) => (a.key < b.key ? -1 : 1)),
    dropped: strange > 0 ? [...dropped, { reason: `${strange} vulnerabilities without a release or a date`, found: '' }] : dropped,
  }
}

/** The pages of a release in the words of a month. */
export function releaseOf({ id, vulnerabilities, products }: Pick<ReleaseJob, 'id' | 'vulnerabilities' | 'products'>): MonthReading {
  const told = rowsOf('vulnerability', vulnerabilityRow, vulnerabilities)
  const affected = rowsOf('product', productRow, products)
  const month = monthOfRows(id, told.rows, affected.rows)
  if (month.publishedAt === '') return { ok: false, problem: 'It has no vulnerability that can be read.' }
  if (month.vulnerabilities.length === 0) return { ok: false, problem: 'It has no affected product that can be read.' }
  return { ok: true, month, dropped: [...told.dropped, ...affected.dropped] }
}
