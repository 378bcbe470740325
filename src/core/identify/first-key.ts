import type { Instant } from '../result.ts'

/** A key that a publisher showed when it was first asked: it counts from then on, and another one only by a person's decision. */
export interface FirstKey {
  /** Of the primary key, lower case. */
  readonly fingerprint: string
  /** Where it was seen, and when. */
  readonly host: string
  readonly since: Instant
}

/** Whose key it is, as far as anybody knows. */
export const ownerOf = ({ host, since }: FirstKey): string =>
  `the key that ${host} showed when it was first asked, on ${since.slice(0, 10)}; nobody has compared it yet`
