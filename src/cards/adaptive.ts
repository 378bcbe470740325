import { BUTTONS_PER_ROW, button, inChunks } from './adaptive/actions.ts'
import { badgeRow, blockElements, type Drawing, TONE_STYLE } from './adaptive/blocks.ts'
import type { AdaptiveCardJson, Container, Element, Style, TextStyle } from './adaptive/json.ts'
import { bookOf, type Mentions, NOBODY } from './adaptive/mention.ts'
import { rich } from './adaptive/text.ts'
import type { Card } from './card.ts'
import { plainLine } from './text.ts'

export { fieldOf, formBody } from './adaptive/actions.ts'
export type { AdaptiveCardJson } from './adaptive/json.ts'
export type { Mentions } from './adaptive/mention.ts'

/**
 * Adaptive Card 1.5 of a card, for Teams and for the web page. Foreign text is never markdown, a link or an image: it stands
 * in RichTextBlocks, or escaped where a time or a mention stands beside it. Links are https buttons of `links` blocks alone.
 * `mentions`: whom the platform can call; without it names are shown. `picture`: the `data:` address of a picture, or null; without it
 * the words of pictures are shown.
 */
export function toAdaptiveCard(card: Card, mentions?: Mentions, picture: Drawing['picture'] = () => null): AdaptiveCardJson {
  const book = mentions === undefined ? NOBODY : bookOf(mentions)
  // Entities are known once the body is drawn.
  const body = content(card, { book, picture })
  const entities = book.entities()
  const actions = card.actions.map(button)
  const inRows = actions.length > BUTTONS_PER_ROW
  const summary = plainLine(card.summary) || plainLine(card.title)
  return {
    type: 'AdaptiveCard',
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    version: '1.5',
    fallbackText: summary,
    speak: summary,
    body: [...body, ...(inRows ? inChunks(actions) : [])],
    ...(inRows || actions.length === 0 ? {} : { actions }),
    ...(entities.length === 0 ? {} : { msteams: { entities } }),
  }
}

/** Head and blocks. The tone colours the head; a card without a head, such as a reply in a thread, is coloured as a whole. */
function content(card: Card, drawing: Drawing): Element[] {
  const blocks = card.blocks.flatMap((block) => blockElements(block, drawing))
  if (card.look === 'announcement') return [{ ...toned('accent'), items: announcementHead(card) }, ...blocks]
  const top = head(card, { size: card.look === 'whisper' ? 'medium' : 'large' })
  if (card.tone === 'neutral' || card.look === 'whisper') return [...top, ...blocks]
  const style = toned(TONE_STYLE[card.tone])
  return top.length > 0 ? [{ ...style, items: top }, ...blocks] : [{ ...style, items: blocks }]
}

function toned(style: Style): Pick<Container, 'type' | 'style' | 'bleed'> {
  return { type: 'Container', style, bleed: true }
}

/** End users must not take it for a notice of some program: a line of its own above a title of its own size. */
function announcementHead(card: Card): Element[] {
  return [rich('FROM YOUR IT TEAM', { size: 'small', weight: 'bolder', color: 'accent' }), ...head(card, { size: 'extraLarge' })]
}

function head(card: Card, size: TextStyle): Element[] {
  const title = plainLine(card.title)
  const subtitle = plainLine(card.subtitle ?? '')
  return [
    ...badgeRow(card.badges),
    ...(title === '' ? [] : [{ ...rich(title, { ...size, weight: 'bolder' }), id: 'title' as const }]),
    ...(subtitle === '' ? [] : [{ ...rich(subtitle, { isSubtle: true, size: 'small' }), spacing: 'none' as const }]),
  ]
}
