import { refusedCard } from '../../../src/cards/refused.ts'
import { personOf } from '../../chat/visit.ts'
import { publishHome, SLACK_HOME } from '../home.ts'
import { type Receiving, visitOf } from './act.ts'
import { homeEvent } from './payload.ts'

/** Somebody opened the bot's own page. */
export async function onHome(on: Receiving, body: unknown): Promise<void> {
  const { event } = homeEvent.parse(body)
  if (event.tab === 'home') await showHome(on, event.user)
}

/** Has somebody's page drawn anew; to who is nobody of the policy it says so itself. Never throws. */
export async function showHome(on: Receiving, user: string): Promise<void> {
  try {
    const person = await personOf(on, visitOf(on, { user, channel: null }))
    if (person.ok) await on.doors.openHome({ platform: SLACK_HOME, account: user, person: person.value })
    else await publishHome(on.client, user, refusedCard(person.refusal))
  } catch (error) {
    on.log.warn({ err: error }, 'slack: a home page could not be shown')
  }
}
