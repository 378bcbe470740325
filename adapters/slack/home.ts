import { renderHome } from '../../src/cards/block-kit/card.ts'
import { refusedCard } from '../../src/cards/refused.ts'
import { ChatError, type ChatPlatform, type Home, type MessageRef } from '../../src/ports.ts'
import { HOME_BUDGETS } from './budgets.ts'
import { type Client, call } from './client.ts'
import { permalink } from './permalink.ts'
import type { Receiving } from './receive/act.ts'

/** Name of the pages' platform. */
export const SLACK_HOME = 'slack-home'

/** The page of each account, which is there as soon as somebody looks: publishing it again does no harm, so it is always found. */
export function slackHome({ client, accountOf, installation }: Pick<Receiving, 'client' | 'accountOf' | 'installation'>): Home {
  // Who is a guest by now, or was deactivated, must not go on seeing it, and gets it back by opening it again.
  const publish: ChatPlatform['edit'] = async ({ place }, card) => {
    const account = await accountOf(place)
    if (account.ok) return publishHome(client, place, card)
    await publishHome(client, place, refusedCard(account.refusal)).catch(unlessRefused)
    throw new ChatError('GONE', account.refusal.text)
  }
  const platform: ChatPlatform = {
    name: SLACK_HOME,
    budgets: HOME_BUDGETS,
    edit: publish,
    async post({ ref }, card) {
      await publish(pageOf(ref), card)
      return pageOf(ref)
    },
    find: async ({ ref }) => ({ found: pageOf(ref) }),
    reply: async () => never('reply'),
    whisper: async () => never('whisper'),
  }
  return { platform, of: 'slack', urlOf: (ref) => permalink(installation.url, ref) }
}

/** Shows a card as somebody's page. */
export async function publishHome(client: Client, user: string, card: Parameters<typeof renderHome>[0]): Promise<void> {
  await call('views.publish', () => client.views.publish({ user_id: user, view: renderHome(card) }))
}

const pageOf = (account: string): MessageRef => ({ place: account, message: 'home' })

/** Slack shows a page to nobody who is gone. Whatever else fails is tried again. */
function unlessRefused(error: unknown): void {
  if (!(error instanceof ChatError && error.code === 'REJECTED')) throw error
}

function never(what: string): never {
  throw new ChatError('REJECTED', `${what}: the page of an account is no conversation`)
}
