import type { Block, Card } from '../../src/cards/card.ts'
import { canonicalJson, sha256Hex } from '../../src/core/canonical.ts'
import type { Directory, Doors, Outcome } from '../../src/ports.ts'
import type { FetchFiles } from '../chat/files.ts'
import { deadline, type Soon } from '../chat/soon.ts'
import { cardsOf, tell } from '../chat/tell.ts'
import type { House, Visit } from '../chat/visit.ts'
import { type Activity, kindOf, withoutThread } from './activity.ts'
import type { Connector } from './connector.ts'
import type { AccountOf } from './people.ts'
import { messageOf } from './render.ts'
import type { Roster } from './roster.ts'

/** All that the handlers of incoming activities need. */
export interface Receiving extends House {
  readonly doors: House['doors'] & Pick<Doors, 'cardOf'>
  readonly directory: Directory
  readonly connector: Connector
  readonly roster: Roster
  readonly accountOf: AccountOf
  readonly fetchFiles: FetchFiles
  /** Work that goes on after Teams was answered. */
  readonly later: (work: Promise<unknown>) => void
}

/** What Teams is answered. */
export interface Reply {
  readonly status: number
  readonly body?: unknown
}

export const visitOf = (on: Receiving, activity: Activity): Visit => ({
  account: () => on.accountOf(activity),
  place: placeOf(on, activity),
  ...(activity.id === undefined ? {} : { delivery: deliveryOf(activity) }),
})

/** The same activity twice, as Teams sends it again after a lost answer, has one key. */
const deliveryOf = ({ id, from, conversation, value = null }: Activity): string =>
  `teams:${sha256Hex(canonicalJson({ id, from: from.id, conversation: conversation.id, value }))}`

export const isPersonal = ({ conversation }: Activity): boolean => kindOf(conversation.id, conversation.conversationType) === 'personal'

/** Id of the place; empty in a private chat; null where nothing of ours belongs. */
export const placeOf = (on: Receiving, activity: Activity): string | null =>
  isPersonal(activity) ? '' : on.directory.placeByRef(withoutThread(activity.conversation.id))

/** `soon`: within what the outcome left of the time that there is for an answer. */
export type Answer = (outcome: Outcome | 'late', soon: Soon) => Reply | Promise<Reply>

/**
 * The answer to an outcome, or to `late` when Teams has to be answered first: then the outcome is told in the private chat of whoever waits
 * for it, and is not answered as well. `more` follows a no.
 */
export async function inTimeOrTold(
  on: Receiving,
  activity: Activity,
  work: Promise<Outcome>,
  answer: Answer,
  more: readonly Block[] = [],
): Promise<Reply> {
  const soon = deadline()
  const outcome = await soon(work)
  if (outcome === 'late') on.later(work.then((late) => tellPrivately(on, activity, cardsOf(late, more))))
  return answer(outcome, soon)
}

/** Shows cards to whoever acted, alone. False: Teams forbids it. */
export function tellPrivately(on: Receiving, activity: Activity, cards: readonly Card[]): Promise<boolean> {
  const { from, conversation } = activity
  const show = (card: Card): Promise<unknown> => {
    const send = (chat: string): Promise<string> => on.connector.send(chat, messageOf(card))
    return isPersonal(activity) ? send(conversation.id) : on.roster.alone(from.id, send)
  }
  // A call that was one too many was made once more already (`aside.ts`).
  return tell(on.log, cards, show, { after: ['UNREACHED'] })
}
