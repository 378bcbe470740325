import type { FirstKey } from '../core/identify/first-key.ts'
import type { Card } from './card.ts'
import { count, note, quiet, textBlock } from './words.ts'

/** Tells admins which keys a source's bulletins are proved by from now on, and how to make sure of them. */
export const firstKeysCard = (source: string, keys: readonly FirstKey[]): Card =>
  note(
    `"${source}" is proved by a key that nobody has compared yet`,
    'warning',
    textBlock(
      `The policy names no key for it, so ${count(keys.length, 'key')} that ${keys[0]?.host} showed now ${keys.length === 1 ? 'is' : 'are'} pinned. Another one will count only when somebody says so.`,
    ),
    ...keys.map(({ fingerprint }) => textBlock({ strong: spaced(fingerprint) })),
    quiet('Compare it with what the publisher says in another place, then write it into the policy as keyFingerprint.'),
  )

/** As publishers print fingerprints: groups of four, which an eye can compare. */
export const spaced = (fingerprint: string): string => (fingerprint.toUpperCase().match(/.{1,4}/g) ?? []).join(' ')
