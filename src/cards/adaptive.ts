import { BUTTONS_PER_ROW, button, inChunks } from './adaptive/actions.ts'
import { badgeRow, blockElements, TONE_STYLE } from './adaptive/blocks.ts'
import type { AdaptiveCardJson, Element, TextStyle } from './adaptive/json.ts'
import { rich } from './adaptive/text.ts'
import type { Card } from './card.ts'
import { plainLine } from './text.ts'

export { fieldOf } from './adaptive/actions.ts'
export type { AdaptiveCardJson } from './adaptive/json.ts'

/**
 * Adaptive Card 1.5 of a card, for Teams and for the web page. Foreign text is never markdown, a link or an image: it stands
 * in RichTextBlocks, or escaped where a time stands beside it. Links are https buttons of `links` blocks alone.
 */
export function toAdaptiveCard(card: Card): AdaptiveCardJson {
  const actions = card.actions.map(button)
  const inRows = actions.length > BUTTONS_PER_ROW
  const summary = plainLine(card.summary) || plainLine(card.title)
  return {
    type: 'AdaptiveCard',
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    version: '1.5',
    fallbackText: summary,
    speak: summary,
    body: [...header(card), ...card.blocks.flatMap(blockElements), ...(inRows ? inChunks(actions) : [])],
    ...(inRows || actions.length === 0 ? {} : { actions }),
  }
}

function header(card: Card): Element[] {
  switch (card.look) {
    case 'announcement':
      return [{ type: 'Container', style: 'accent', bleed: true, items: announcementHead(card) }]
    case 'standard':
      return card.tone === 'neutral'
        ? head(card, { size: 'large' })
        : [{ type: 'Container', style: TONE_STYLE[card.tone], bleed: true, items: head(card, { size: 'large' }) }]
    case 'whisper':
      return head(card, { size: 'medium' })
    default:
      return card.look satisfies never
  }
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
    ...(title === '' ? [] : [rich(title, { ...size, weight: 'bolder' })]),
    ...(subtitle === '' ? [] : [{ ...rich(subtitle, { isSubtle: true }), spacing: 'none' as const }]),
  ]
}
