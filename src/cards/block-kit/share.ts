import type { Text } from '../card.ts'
import type { Inline } from './json.ts'
import { type Budget, inUtc, take, words } from './rich.ts'

/** Characters that a text takes of its budget. */
export const lengthOf = (text: Text): number =>
  text.reduce((sum, span) => {
    if (typeof span === 'string') return sum + span.length
    if ('mention' in span) return sum + span.name.length
    return sum + ('strong' in span ? span.strong : inUtc(span.time, span.style)).length
  }, 0)

/** Something that stands in a block beside others: how long it would be, and what draws as much of it as there is room for. */
interface Part<T> {
  readonly length: number
  readonly draw: (budget: Budget) => T
}

/** Room for saying how many are left out. */
const MORE = 20
/** No part has to be shorter than this for the sake of others; those behind are left out instead, and counted. */
const LEAST = 300

/**
 * The parts of a block, within its budget. Where not all have room for all of it, each has its share: a long one hides none of those behind
 * it, and what a short one does not need is the others'. `more`: says how many are left out; none: nothing is.
 */
export function shared<T>(parts: readonly Part<T>[], budget: Budget): { readonly drawn: readonly T[]; readonly more: Inline[] } {
  const shown = fitting(
    parts.map(({ length }) => Math.min(length, LEAST)),
    budget.left,
  )
  const room = shown < parts.length ? Math.max(1, budget.left - MORE) : budget.left
  const shares = sharesOf(
    parts.slice(0, shown).map(({ length }) => length),
    room,
  )
  const drawn = parts.slice(0, shown).map(({ length, draw }, index) => {
    const share = shares[index] ?? 0
    budget.left -= share
    return draw({ left: share < length ? share - 1 : share, mentions: budget.mentions })
  })
  return { drawn, more: leftOut(parts.length - shown).flatMap((said) => words(take(budget, said))) }
}

/** The shortest first: each takes what it needs, and at most an equal part of what is left. */
function sharesOf(lengths: readonly number[], room: number): readonly number[] {
  const shares = lengths.map(() => 0)
  const shortestFirst = lengths.map((length, index) => ({ length, index })).toSorted((a, b) => a.length - b.length)
  let left = Math.max(0, room)
  for (const [n, { length, index }] of shortestFirst.entries()) {
    const share = Math.min(length, Math.floor(left / (lengths.length - n)))
    shares[index] = share
    left -= share
  }
  return shares
}

/** How many lines of these lengths fit, the first in any case; where not all do, there is room left to say so. */
export function fitting(lengths: readonly number[], room: number): number {
  if (lengths.reduce((sum, one) => sum + one, 0) <= room) return lengths.length
  let used = MORE
  const first = lengths.findIndex((length) => {
    used += length
    return used > room
  })
  return Math.max(1, first)
}

export const leftOut = (lines: number): string[] => (lines > 0 ? [`… ${lines} more`] : [])
