import { own } from '../../../core/own.ts'
import { plainText } from '../../text.ts'

/** A message of Teams, as far as its words go. */
export interface Words {
  readonly text?: string | null | undefined
  readonly entities?: readonly Entity[] | null | undefined
  readonly recipient: { readonly id: string }
}

interface Entity {
  readonly type: string
  readonly text?: string | null | undefined
  readonly mentioned?: { readonly id: string } | null | undefined
}

const LONGEST = 4000

/** True where the bot is mentioned by the platform's own entity; the words of a message may say anything. */
export const isMentioned = ({ entities, recipient }: Words): boolean =>
  (entities ?? []).some((entity) => entity.type === 'mention' && entity.mentioned?.id === recipient.id)

/** What somebody typed, without the mention of the bot. */
export function wordsOf({ text, entities, recipient }: Words): string {
  const mentions = (entities ?? []).flatMap((entity) => (entity.mentioned?.id === recipient.id && entity.text ? [entity.text] : []))
  const bare = mentions.reduce((left, mention) => left.replaceAll(mention, ' '), text ?? '')
  // Where the platform leaves out how the mention is written, the first one at the beginning is the bot's.
  const without = mentions.length > 0 ? bare : bare.replace(/^\s*<at[^>]{0,100}>[^<]{0,200}<\/at>/i, ' ')
  return plainText(decoded(without))
    .replace(/[ \u00A0]+/g, ' ')
    .trim()
    .slice(0, LONGEST)
}

const ENTITIES: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&nbsp;': ' ', '&amp;': '&' }

const decoded = (text: string): string => text.replace(/&(?:lt|gt|quot|#39|nbsp|amp);/g, (entity) => own(ENTITIES, entity) ?? entity)
