import type { Listed } from '../../../src/core/identify/backlog.ts'
import type { Bulletin } from '../../../src/core/identify/bulletin.ts'

/** A notice that a list names. */
export interface Entry extends Listed {
  /** Its text, where the list itself has it; else it is fetched from `address`. */
  readonly text?: string
}

export type Reading = { readonly ok: true; readonly bulletin: Bulletin; readonly dropped: readonly string[] } | Unread
export interface Unread {
  readonly ok: false
  readonly problem: string
}

/** How one publisher writes its list and its notices. All of it is foreign text. Neither function throws. */
export interface AdvisoryFormat {
  /** Where the publisher has them, as data. */
  readonly url: string
  readonly details: string
  /** Notices that the list names; the list is a trigger and nothing more. */
  list(text: string): readonly Entry[]
  /** The path of a notice below `details`. */
  path(key: string): string
  read(source: string, text: string): Reading
}

export const unread = (problem: string): Unread => ({ ok: false, problem })

/** Different matches of a pattern with one group, in their order. */
export const idsIn = (text: string, pattern: RegExp): readonly string[] => [
  ...new Set([...text.matchAll(pattern)].flatMap(([, id]) => (id === undefined ? [] : [id]))),
]
