import type { Mention } from '../called.ts'
import { plainLine } from '../text.ts'
import type { MentionEntity } from './json.ts'

/** Whom a platform knows behind a person or a role of the policy; nobody: the name is shown and nobody is called. */
export interface Mentions {
  person(id: string): Mentioned | null
  /** A tag, or the few people who hold it; none: nobody is called. */
  role(id: string): readonly Mentioned[]
}

/** An account or a tag, by the platform's own id. */
export interface Mentioned {
  readonly id: string
  readonly name: string
}

/** Teams finds a mention by the text that stands in the card and in an entity, letter by letter. */
export interface MentionBook {
  /** `<at>Name</at>` for markdown, for each who is called. */
  texts(span: Mention): readonly string[]
  entities(): readonly MentionEntity[]
}

export const NOBODY: MentionBook = { texts: () => [], entities: () => [] }

/** The mentions of one card: one entity for each account, and no two accounts with the same text. */
export function bookOf(mentions: Mentions): MentionBook {
  const byText = new Map<string, Mentioned>()
  return {
    texts({ mention, id, name }) {
      const found = mention === 'role' ? mentions.role(id) : [mentions.person(id)].filter((one) => one !== null)
      return found.map((one) => enter(byText, { id: one.id, name: harmless(one.name) || harmless(name) || mention }))
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
