import type { Span } from '../card.ts'
import { plainLine } from '../text.ts'
import type { MentionEntity } from './json.ts'

export type MentionSpan = Extract<Span, { readonly mention: string }>

/** Whom a platform knows behind a person or a role of the policy; null: nobody, so that the name is shown and nobody is called. */
export interface Mentions {
  person(id: string): Mentioned | null
  role(id: string): Mentioned | null
}

/** An account or a tag, by the platform's own id. */
export interface Mentioned {
  readonly id: string
  readonly name: string
}

/** Teams finds a mention by the text that stands in the card and in an entity, letter by letter. */
export interface MentionBook {
  /** `<at>Name</at>` for markdown; null: nobody is called. */
  text(span: MentionSpan): string | null
  entities(): readonly MentionEntity[]
}

export const NOBODY: MentionBook = { text: () => null, entities: () => [] }

/** The mentions of one card: one entity for each account, and no two accounts with the same text. */
export function bookOf(mentions: Mentions): MentionBook {
  const byText = new Map<string, Mentioned>()
  return {
    text({ mention, id, name }) {
      const found = mention === 'person' ? mentions.person(id) : mentions.role(id)
      return found && enter(byText, { id: found.id, name: harmless(found.name) || harmless(name) || mention })
    },
    entities: () => [...byText].map(([text, mentioned]) => ({ type: 'mention', text, mentioned })),
  }
}

function enter(byText: Map<string, Mentioned>, mentioned: Mentioned): string {
  for (let number = 1; ; number++) {
    const text = `<at>${mentioned.name}${number === 1 ? '' : ` ${number}`}</at>`
    const there = byText.get(text)
    if (there && there.id !== mentioned.id) continue
    if (!there) byText.set(text, mentioned)
    return text
  }
}

/**
 * A name as it may stand between the tags: nothing that could end them, or be markdown. Escapes would not do: the text has to be the
 * same in the entity, where nothing is read as markdown.
 */
const harmless = (name: string): string =>
  plainLine(name.replace(/[^\p{L}\p{M}\p{N} .,'’()-]/gu, ' '))
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 60)
