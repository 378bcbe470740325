import type { Card } from '../../src/cards/card.ts'
import { canonicalJson, sha256Hex } from '../../src/core/canonical.ts'
import { allow, type Ruled, refuse } from '../../src/core/result.ts'
import type { Account, Directory, Doors, Outcome } from '../../src/ports.ts'
import type { Log } from '../chat/log.ts'
import { type Activity, kindOf, withoutThread } from './activity.ts'
import type { Wanted } from './button.ts'
import type { Connector } from './connector.ts'
import type { Download } from './download.ts'
import type { AccountOf } from './people.ts'
import { messageOf } from './render.ts'
import { type Roster, tellAlone } from './roster.ts'

/** All that the handlers of incoming activities need. */
export interface Receiving {
  readonly doors: Pick<Doors, 'handleIntent' | 'recognise' | 'askForRole' | 'doubt' | 'formFor' | 'cardOf'>
  readonly directory: Directory
  readonly connector: Connector
  readonly roster: Roster
  readonly accountOf: AccountOf
  readonly download: Download
  readonly log: Log
  /** Work that goes on after Teams was answered. */
  readonly later: (work: Promise<void>) => void
}

/** What Teams is answered. */
export interface Reply {
  readonly status: number
  readonly body?: unknown
}

export const STRANGE = refuse(
  'STRANGE_BUTTON',
  'This button is not one of mine, or it is from an older version. Please use a newer message.',
)
export const NO_PLACE = refuse(
  'NO_PLACE',
  'This conversation is not one of the places in the policy. Please use one that is, or write to me in private.',
)
export const STALE = refuse('STALE', 'This is no longer open. The message shows how it stands now.')
const FAULT = refuse('FAULT', 'That did not work, and the fault is ours. Please try again; if it stays so, tell your patch team.')

/** A fault becomes a sentence and a line in the log: what somebody pressed must not end in silence. */
export async function settled(on: Receiving, work: Promise<Outcome>): Promise<Outcome> {
  try {
    return await work
  } catch (error) {
    on.log.error({ err: error }, 'teams: an activity failed')
    return FAULT
  }
}

export interface Actor {
  readonly account: Account
  readonly person: string
}

/** Who acts, as far as Teams proves it and the policy knows them. */
export async function actorOf(on: Receiving, activity: Activity): Promise<Ruled<Actor>> {
  const account = await on.accountOf(activity)
  if (!account.ok) return account
  const person = await on.doors.recognise(account.value)
  return person.ok ? allow({ account: account.value, person: person.value }) : person
}

/** Id of the place; empty in a private chat; null where nothing of ours belongs. */
export function placeOf(on: Receiving, { conversation }: Activity): string | null {
  if (kindOf(conversation.id, conversation.conversationType) === 'personal') return ''
  return on.directory.placeByRef(withoutThread(conversation.id))
}

/** Who and where it was, then the door. */
export async function perform(on: Receiving, activity: Activity, wanted: Wanted): Promise<Outcome> {
  const place = placeOf(on, activity)
  if (place === null) return NO_PLACE
  const actor = await actorOf(on, activity)
  return actor.ok ? on.doors.handleIntent({ actor: actor.value.person, place, ...wanted, ...deliveryOf(activity) }) : actor
}

/** The same activity twice, as Teams sends it again after a lost answer, has one key. */
function deliveryOf({ id, from, conversation, value }: Activity): { readonly delivery?: string } {
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
