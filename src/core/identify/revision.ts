import type { Instant } from '../result.ts'

/**
 * The revision of a notice whose publisher numbers none: its date and time as a semantic version, `20261123.140500.0`, so that
 * `compareRevisions` orders them. `changes` counts what changed without a new date.
 */
export const revisionOf = (updatedAt: Instant, changes = 0): string => {
  const digits = new Date(updatedAt).toISOString().replace(/\D/g, '')
  return `${digits.slice(0, 8)}.${Number(digits.slice(8, 14))}.${changes}`
}
