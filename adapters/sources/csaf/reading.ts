import type { Bulletin } from '../../../src/core/identify/bulletin.ts'

/** What reading a document gave. `bulletin` is there exactly when `valid`. */
export interface Reading {
  readonly valid: boolean
  /** Evidence of the schema check. */
  readonly evidence: string
  readonly bulletin: Bulletin | null
  /** Parts that were left out, one sentence each. */
  readonly dropped: readonly string[]
}

export const unreadable = (evidence: string): Reading => ({ valid: false, evidence, bulletin: null, dropped: [] })
