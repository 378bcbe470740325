import type { Card } from '../../src/cards/card.ts'
import { canonicalJson, sha256Hex } from '../../src/core/canonical.ts'
import type { Directory, Doors } from '../../src/ports.ts'
import type { FetchFiles } from '../chat/files.ts'
import type { House, Visit } from '../chat/visit.ts'
import { type Activity, kindOf, withoutThread } from './activity.ts'
import type { Connector } from './connector.ts'
import type { AccountOf } from './people.ts'
import { messageOf } from './render.ts'
import { type Roster, tellAlone } from './roster.ts'

/** All that the handlers of incoming activities need. */
export interface Receiving extends House {
  readonly doors: House['doors'] & Pick<Doors, 'cardOf'>
  readonly directory: Directory
  readonly connector: Connector
  readonly roster: Roster
  readonly accountOf: AccountOf
  readonly fetchFiles: FetchFiles
  /** Work that goes on after Teams was answered. */
  readonly later: (work: Promise<void>) => void
}

/** What Teams is answered. */
export interface Reply {
  readonly status: number
  readonly body?: unknown
}

export const visitOf = (on: Receiving, activity: Activity): Visit => ({
  account: () => on.accountOf(activity),
  place: placeOf(on, activity),
  ...deliveryOf(activity),
})

/** Id of the place; empty in a private chat; null where nothing of ours belongs. */
export function placeOf(on: Receiving, { conversation }: Activity): string | null {
  if (kindOf(conversation.id, conversation.conversationType) === 'personal') return ''
  return on.directory.placeByRef(withoutThread(conversation.id))
}

/** The same activity twice, as Teams sends it again after a lost answer, has one key. */
function deliveryOf({ id, from, conversation, value }: Activity): Pick<Visit, 'delivery'> {
  if (id === undefined) return {}
  return { delivery: `teams:${sha256Hex(canonicalJson({ id, from: from.id, conversation: conversation.id, value: value ?? null }))}` }
}

/** Shows cards to whoever acted, alone. What cannot be shown is logged: what was wanted has happened all the same. */
export async function tellPrivately(on: Receiving, activity: Activity, cards: readonly Card[]): Promise<void> {
  const { id, conversationType } = activity.conversation
  try {
    if (kindOf(id, conversationType) === 'personal') for (const card of cards) await on.connector.send(id, messageOf(card))
    else for (const card of cards) await tellAlone(on.roster, activity.from.id, (chat) => on.connector.send(chat, messageOf(card)))
  } catch (error) {
    on.log.warn({ err: error }, 'teams: an outcome could not be shown')
  }
}
