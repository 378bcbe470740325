import { createHash, timingSafeEqual } from 'node:crypto'

/** In constant time, whatever the lengths; an empty token is nobody's. */
export function same(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(expected)) && expected !== ''
}

export interface WebTokens {
  /** Bearer token of those who report about hosts. */
  readonly reports: string
  /** Outside sample mode a token is a person. */
  readonly people: readonly { readonly person: string; readonly token: string }[]
}
