import type { Card } from '../../../src/cards/card.ts'
import { homeCard } from '../../../src/cards/home.ts'
import { refusedCard } from '../../../src/cards/refused.ts'
import type { CardLink, Overview } from '../../../src/core/overview/view.ts'
import { personOf } from '../../chat/visit.ts'
import { call } from '../client.ts'
import { permalink } from '../permalink.ts'
import { renderHome } from '../render/card.ts'
import { type Receiving, visitOf } from './act.ts'
import { homeEvent } from './payload.ts'

/** Somebody opened the bot's own page. */
export async function onHome(on: Receiving, body: unknown): Promise<void> {
  const { event } = homeEvent.parse(body)
  if (event.tab === 'home') await showHome(on, event.user)
}

/** Draws somebody's page anew. Never throws. */
export async function showHome(on: Receiving, user: string): Promise<void> {
  try {
    const view = renderHome(await pageOf(on, user))
    await call('views.publish', () => on.client.views.publish({ user_id: user, view }))
  } catch (error) {
    on.log.warn({ err: error }, 'slack: a home page could not be shown')
  }
}

async function pageOf(on: Receiving, user: string): Promise<Card> {
  const person = await personOf(on, visitOf(on, { user, channel: null }))
  if (!person.ok) return refusedCard(person.refusal)
  const overview = await on.doors.overview(person.value)
  return overview.ok ? homeCard(overview.value, await linksOf(on, overview.value)) : refusedCard(overview.refusal)
}

/** Where the cards of an overview stand in Slack; null for one that is elsewhere, or not there yet. */
async function linksOf(on: Receiving, { waitsForYou, changes }: Overview): Promise<(card: CardLink) => string | null> {
  const cards = [...waitsForYou, ...changes].flatMap(({ card }) => card ?? [])
  const links = new Map<string, string>()
  for (const place of new Set(cards.map((card) => card.place)))
    for (const { id, ref } of (await on.doors.posts(place)) ?? [])
      if (ref !== undefined && on.directory.placeByRef(ref.place) === place)
        links.set(`${place} ${id}`, permalink(on.installation.url, ref))
  return (card) => links.get(`${card.place} ${card.post}`) ?? null
}
