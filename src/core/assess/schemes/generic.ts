import type { Evr } from '../../identify/bulletin.ts'
import { compareDigits, compareLists, type Order, order } from './order.ts'

/** Words that mean "not yet": such a version is lower than the same without the word. */
const BEFORE = new Set(['dev', 'snapshot', 'nightly', 'alpha', 'beta', 'milestone', 'preview', 'pre', 'rc', 'cr'])

const READABLE = /^(?=.*\d)[\p{L}\p{N} ._+~:()/-]{1,200}$/u

/** Any text of one line that holds a digit. It is kept as it is, but for blanks at its ends. */
export function parseGeneric(text: string): Evr | null {
  const version = text.trim()
  return READABLE.test(version) ? { epoch: 0, version, release: '' } : null
}

export const formatGeneric = ({ epoch, version, release }: Evr): string =>
  `${epoch > 0 ? `${epoch}:` : ''}${version}${release === '' ? '' : `-${release}`}`

/** Runs of digits and runs of letters, in lower case; everything else only separates. A leading `v` says nothing. */
const segments = (text: string): readonly string[] =>
  text
    .toLowerCase()
    .replace(/^v(?=\d)/, '')
    .match(/\d+|[a-z]+/g) ?? []

/** What may stand at one position, lowest first: a word for "not yet", the end or a zero, other letters, a number. */
function rank(segment: string | undefined): number {
  if (segment === undefined || /^0+$/.test(segment)) return 1
  if (/^\d/.test(segment)) return 3
  return BEFORE.has(segment) ? 0 : 2
}

function compareSegments(a: string | undefined, b: string | undefined): Order {
  const byKind = order(rank(a), rank(b))
  if (byKind !== 0 || a === undefined || b === undefined) return byKind
  switch (rank(a)) {
    case 3:
      return compareDigits(a, b)
    case 1:
      return 0
    default:
      return order(a, b)
  }
}

const compareText = (a: string, b: string): Order => compareLists(segments(a), segments(b), compareSegments)

/**
 * For products whose publisher says nothing about its order: numbers count as numbers (10 is after 9), missing ones as 0
 * (`1.0` equals `1.0.0`), letters behind a number are a later build (`1.0.2` before `1.0.2k`), `rc`, `beta` and the like an
 * earlier one (`2.0-rc1` before `2.0`). A reading, not a promise: of a product with another order a person has to judge.
 */
export const compareGeneric = (a: Evr, b: Evr): Order =>
  order(a.epoch, b.epoch) || compareText(a.version, b.version) || compareText(a.release, b.release)
