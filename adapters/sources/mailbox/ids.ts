import type { MailFacts } from '../../../src/core/identify/mail.ts'

const quoted = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** Ids in a text that begin in one of these ways, each once, written as the policy begins them. */
const idsOf = (text: string, prefixes: readonly string[]): readonly string[] => [
  ...new Set(
    prefixes.flatMap((prefix) =>
      [...text.matchAll(new RegExp(`(?<![A-Za-z0-9])${quoted(prefix)}([A-Za-z0-9][A-Za-z0-9:._-]{0,60})`, 'gi'))]
        .map(([, rest = '']) => `${prefix}${rest.replace(/[:._-]+$/, '')}`)
        .filter((id) => /\d/.test(id.slice(prefix.length))),
    ),
  ),
]

/**
 * The advisory that a mail is about: the first of the subject, else the only one of the text. A text names many that it only compares
 * itself with. Null: it is about none, or about nobody knows which.
 */
export function idOf({ subject, text }: Pick<MailFacts, 'subject' | 'text'>, prefixes: readonly string[]): string | null {
  const [first] = idsOf(subject, prefixes)
  if (first !== undefined) return first
  const told = idsOf(text, prefixes)
  return told.length === 1 ? (told[0] ?? null) : null
}

/** The name under which a mail is kept. */
export const fileNameOf = (vendorId: string): string =>
  `${vendorId
    .toLowerCase()
    .replace(/[^+\-a-z0-9]+/g, '_')
    .slice(0, 150)}.eml`
