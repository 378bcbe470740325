import type { Instant } from '../../result.ts'
import type { Asset, Install } from '../asset.ts'

/** What a file may say about a host, beside its name, its packages and its last sign of life. */
export type ImportedFacts = Partial<Omit<Asset, 'host' | 'installs' | 'lastSeen' | 'told' | 'aliases'>>

/** One host as a file tells it. What is absent the file does not say: what was known before stays, or a default counts. */
export interface ImportedHost {
  readonly host: string
  readonly facts: ImportedFacts
  readonly lastSeen?: Instant
  /** All packages of the host. */
  readonly installs?: readonly Install[]
}

/**
 * What reading an inventory file yields, in the order of the file. A `problem` is about one line (from 1), which is skipped as far as
 * the reason says; a `note` is about the whole file and said once.
 */
export type ImportItem =
  | { readonly kind: 'host'; readonly line: number; readonly host: ImportedHost }
  | { readonly kind: 'problem'; readonly line: number; readonly reason: string }
  | { readonly kind: 'note'; readonly text: string }

export const problem = (line: number, reason: string): ImportItem => ({ kind: 'problem', line, reason })
export const note = (text: string): ImportItem => ({ kind: 'note', text })
