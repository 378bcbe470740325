import { renderHome } from '../../src/cards/block-kit/card.ts'
import { refusedCard } from '../../src/cards/refused.ts'
import { ChatError, type ChatPlatform, type Home, type MessageRef } from '../../src/ports.ts'
import { unless } from '../chat/failures.ts'
import { personOf } from '../chat/visit.ts'
import { HOME_BUDGETS } from './budgets.ts'
import type { Client } from './client.ts'
import { type Receiving, visitOf } from './receive/turn.ts'

/** Name of the pages' platform. */
const SLACK_HOME = 'slack-home'

/** The page of each account, which is there as soon as somebody looks: publishing it again does no harm, so it is always found. */
export function slackHome({ client, accountOf, installation }: Pick<Receiving, 'client' | 'accountOf' | 'installation'>): Home {
  // Who is a guest by now, or was deactivated, must not go on seeing it, and gets it back by opening it again.
  const edit: ChatPlatform['edit'] = async ({ place }, card) => {
    const account = await accountOf(place)
    if (account.ok) return publish(client, place, card)
    // Slack shows a page to nobody who is gone. Whatever else fails is tried again.
    await unless(['REJECTED'], publish(client, place, refusedCard(account.refusal)))
    throw new ChatError('GONE', account.refusal.text)
  }
  const platform: ChatPlatform = {
    name: SLACK_HOME,
    budgets: HOME_BUDGETS,
    edit,
    async post({ ref }, card) {
      await edit(pageOf(ref), card)
      return pageOf(ref)
    },
    find: async ({ ref }) => ({ found: pageOf(ref) }),
    reply: async () => never('reply'),
    whisper: async () => never('whisper'),
  }
  return { platform, of: 'slack', urlOf: (ref) => permalink(installation.url, ref) }
}

async function publish(client: Client, user: string, card: Parameters<typeof renderHome>[0]): Promise<void> {
  await client.views.publish({ user_id: user, view: renderHome(card) })
}

const pageOf = (account: string): MessageRef => ({ place: account, message: 'home' })

function never(what: string): never {
  throw new ChatError('REJECTED', `${what}: the page of an account is no conversation`)
}

/** The permanent address of a message, as `chat.getPermalink` answers it. `workspace` ends with a slash. */
function permalink(workspace: string, { place, message, thread }: MessageRef): string {
  const address = `${workspace}archives/${place}/p${message.replace('.', '')}`
  return thread === undefined ? address : `${address}?thread_ts=${thread}&cid=${place}`
}

/** Has somebody's page drawn anew; to who is nobody of the policy it says so itself. Never throws. */
export async function showHome(on: Receiving, user: string): Promise<void> {
  try {
    const person = await personOf(on, visitOf(on, { user, channel: null }))
    if (person.ok) await on.doors.openHome({ platform: SLACK_HOME, account: user, person: person.value })
    else await publish(on.client, user, refusedCard(person.refusal))
  } catch (error) {
    on.log.warn({ err: error }, 'slack: a home page could not be shown')
  }
}
