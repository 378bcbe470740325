import { type AdaptiveCardJson, type Mentions, toAdaptiveCard } from '../../src/cards/adaptive.ts'
import type { Card } from '../../src/cards/card.ts'
import { shortened } from '../../src/cards/fit/lengths.ts'
import { fitted } from '../../src/cards/fit/size.ts'
import { narrowed } from '../../src/cards/fit/wide.ts'
import { plainLine, shorten } from '../../src/cards/text.ts'
import { pngAddress } from '../picture.ts'
import { REFRESH } from './button.ts'
import type { Outgoing } from './connector.ts'
import { bytesOf, CARD_BYTES, LIMITS } from './limits.ts'

export const ADAPTIVE = 'application/vnd.microsoft.card.adaptive'

export type TeamsCard = Readonly<Record<string, unknown>>

/** Who of the policy's people is where a card is shown. */
export interface Audience {
  /** Accounts whose client asks for the card anew when they look at it. */
  readonly viewers: readonly string[]
  readonly mentions: Mentions
}

export const NOBODY: Audience = { viewers: [], mentions: { person: () => null, role: () => [] } }

/** A card for Teams, within its limits. Foreign text is inert in it (see cards/adaptive.ts). */
export function renderCard(card: Card, { viewers, mentions }: Audience = NOBODY): TeamsCard {
  const short = shortened(card, LIMITS)
  const draw = (smaller: Card, forms: 'inside' | 'dialogs'): TeamsCard => {
    const json = toAdaptiveCard(smaller, mentions, pngAddress)
    const drawn = forms === 'inside' ? json : withDialogs(json)
    return { ...drawn, ...refreshFor(card, viewers), msteams: { ...json.msteams, width: 'Full' } }
  }
  return fitted({ ...short, blocks: short.blocks.map(narrowed) }, { draw, bytesOf, most: CARD_BYTES })
}

/** A message with the card. It holds no text beside it: Teams shows that as a message of its own. */
export function messageOf(card: Card, audience: Audience = NOBODY): Outgoing {
  const summary = shorten(plainLine(card.summary) || plainLine(card.title), LIMITS.summary)
  return { type: 'message', summary, attachments: [{ contentType: ADAPTIVE, content: renderCard(card, audience) }] }
}

/** End users are many, and their cards hold nothing that must be right to the second. */
function refreshFor(card: Card, viewers: readonly string[]) {
  if (viewers.length === 0 || card.look === 'announcement') return {}
  const action = { type: 'Action.Execute', title: 'Refresh', verb: REFRESH, data: { v: 1, verb: REFRESH, id: '' } }
  return { refresh: { action, userIds: viewers.slice(0, LIMITS.refreshUsers) } }
}

/** A button with a form that opens a dialog instead of unfolding: the form is asked for when it is pressed. */
function withDialogs({ actions, body, ...rest }: AdaptiveCardJson): TeamsCard {
  return {
    ...rest,
    body: body.map((element) => (element.type === 'ActionSet' ? { ...element, actions: element.actions.map(dialog) } : element)),
    ...(actions === undefined ? {} : { actions: actions.map(dialog) }),
  }
}

type Drawn = NonNullable<AdaptiveCardJson['actions']>[number]

function dialog(action: Drawn): TeamsCard {
  if (action.type !== 'Action.ShowCard') return { ...action }
  const { title, style, card } = action
  return {
    type: 'Action.Submit',
    title,
    style,
    associatedInputs: 'none',
    data: { ...card.actions[0]?.data, msteams: { type: 'task/fetch' } },
  }
}
