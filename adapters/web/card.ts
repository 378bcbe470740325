import { type AdaptiveCardJson, toAdaptiveCard } from '../../src/cards/adaptive.ts'
import type { Card } from '../../src/cards/card.ts'
import { svgAddress } from '../../src/cards/chart.ts'

/** A card as the page draws it: nobody is called there, and pictures are SVG. */
export const pageCard = (card: Card): AdaptiveCardJson => toAdaptiveCard(card, undefined, ({ chart }) => svgAddress(chart))
