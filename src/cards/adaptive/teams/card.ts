import { type AdaptiveCardJson, toAdaptiveCard } from '../../adaptive.ts'
import type { Card, Picture } from '../../card.ts'
import { shortened } from '../../fit/lengths.ts'
import { fitted } from '../../fit/size.ts'
import { narrowed } from '../../fit/wide.ts'
import type { Audience } from './audience.ts'
import { REFRESH } from './in-place.ts'
import { bytesOf, CARD_BYTES, LIMITS } from './limits.ts'

export type TeamsCard = Readonly<Record<string, unknown>>

/** A card for Teams, within its limits. Foreign text is inert in it (see `toAdaptiveCard`). `picture`: the `data:` address of a picture. */
export function teamsCard(card: Card, { viewers, mentions }: Audience, picture: (picture: Picture) => string): TeamsCard {
  const short = shortened(card, LIMITS)
  const draw = (smaller: Card, forms: 'inside' | 'dialogs'): TeamsCard => {
    const json = toAdaptiveCard(smaller, mentions, picture)
    const drawn = forms === 'inside' ? json : withDialogs(json)
    return { ...drawn, ...refreshFor(card, viewers), msteams: { ...json.msteams, width: 'Full' } }
  }
  return fitted({ ...short, blocks: short.blocks.map(narrowed) }, { draw, bytesOf, most: CARD_BYTES })
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
