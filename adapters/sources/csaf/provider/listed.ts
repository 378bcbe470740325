import type { Listed } from '../../../../src/core/identify/backlog.ts'

/** A document in a provider's list. Its key is its file name. */
export interface ListedDocument extends Listed {
  readonly url: string
  /** Addresses of what stands beside it, where the list names them; null: they are looked for under the usual names. */
  readonly beside: { readonly hashes: readonly string[]; readonly signature: string | null } | null
}

/** How a list is written: a ROLIE feed (JSON), changes.csv, or index.txt. */
export type ListForm = 'rolie' | 'changes' | 'index'

export interface ListJob {
  readonly form: ListForm
  readonly bytes: Uint8Array
  /** Where the list was fetched from; relative addresses in it count from here. */
  readonly url: string
  /** Only documents whose ids begin with one of these; empty: all. */
  readonly idPrefixes: readonly string[]
}

/** Beginning of an entry that cannot be used; empty where it stands for more of them. */
export interface DroppedEntry {
  readonly reason: string
  readonly found: string
}

export type ListReading =
  | {
      readonly ok: true
      readonly documents: readonly ListedDocument[]
      /** Documents in the list, also those with other ids. */
      readonly listed: number
      /** What cannot be used, with what stands there. */
      readonly dropped: readonly DroppedEntry[]
    }
  | { readonly ok: false; readonly problem: string }
