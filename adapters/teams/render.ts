import { type Audience, NOBODY } from '../../src/cards/adaptive/teams/audience.ts'
import { type TeamsCard, teamsCard } from '../../src/cards/adaptive/teams/card.ts'
import { ADAPTIVE } from '../../src/cards/adaptive/teams/in-place.ts'
import { LIMITS } from '../../src/cards/adaptive/teams/limits.ts'
import type { Card } from '../../src/cards/card.ts'
import { plainLine, shorten } from '../../src/cards/text.ts'
import { pngAddress } from '../picture.ts'
import type { Outgoing } from './connector.ts'

/** A card with its pictures in it. */
export const renderCard = (card: Card, audience: Audience = NOBODY): TeamsCard => teamsCard(card, audience, pngAddress)

/** A message with the card. It holds no text beside it: Teams shows that as a message of its own. */
export function messageOf(card: Card, audience?: Audience): Outgoing {
  const summary = shorten(plainLine(card.summary) || plainLine(card.title), LIMITS.summary)
  return { type: 'message', summary, attachments: [{ contentType: ADAPTIVE, content: renderCard(card, audience) }] }
}
