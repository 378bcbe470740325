import type { ButtonValue, Intent } from '../../../src/core/intent.ts'
import { allow, type Ruled, refuse } from '../../../src/core/result.ts'
import type { Account, Directory, Doors, Outcome } from '../../../src/ports.ts'
import type { Installation } from '../accounts.ts'
import type { Client } from '../client.ts'
import type { Log } from '../log.ts'
import type { Accounts } from '../mentions.ts'
import type { FetchFile } from './files.ts'

/** What everything that comes in needs. */
export interface Receiving {
  readonly doors: Pick<Doors, 'handleIntent' | 'formFor' | 'recognise' | 'askForRole' | 'doubt' | 'openHome'>
  readonly client: Client
  readonly installation: Installation
  readonly accountOf: (user: string) => Promise<Ruled<Account>>
  readonly directory: Directory
  readonly mentionsOf: Accounts['mentionsOf']
  readonly fetchFile: FetchFile
  readonly log: Log
}

/** Who said it and where; `channel` null: on the bot's own page. */
export interface Where {
  readonly user: string
  readonly channel: string | null
  readonly thread?: string | undefined
}

export type Wanted = Omit<Intent, 'actor' | 'place'>

/** The button under the answer to somebody whom the policy does not know. */
export const ASK_ROLE = 'ask-role'

/** One delivery, one effect: Slack's ids are the same in a repetition. */
export const delivery = (...ids: readonly string[]): string => ['slack', ...ids].join(':')

export const subjectOf = ({ verb, id, digest }: ButtonValue) => ({ verb, subject: id, ...(digest === undefined ? {} : { digest }) })

export const isDirect = (channel: string | null): boolean => channel === null || channel.startsWith('D')

/** Id of the place; empty in a private conversation with the bot. Null: a channel that is none of ours. */
export const placeOf = (on: Receiving, channel: string | null): string | null =>
  channel === null || isDirect(channel) ? '' : on.directory.placeByRef(channel)

/** The person of the policy behind a Slack account that has proved to be one of ours. */
export async function personOf(on: Receiving, user: string): Promise<Ruled<string>> {
  const account = await on.accountOf(user)
  return account.ok ? on.doors.recognise(account.value) : account
}

/** Who and where it was: what every request is asked first. */
export async function admitted(on: Receiving, where: Where): Promise<Ruled<{ readonly actor: string; readonly place: string }>> {
  const place = placeOf(on, where.channel)
  if (place === null) return NO_PLACE
  const person = await personOf(on, where.user)
  return person.ok ? allow({ actor: person.value, place }) : person
}

/** The one door, for somebody who was let in. */
export async function perform(on: Receiving, where: Where, wanted: Wanted | null): Promise<Outcome> {
  if (wanted === null) return STRANGE
  if (wanted.verb === ASK_ROLE) return askForRole(on, where.user)
  const who = await admitted(on, where)
  return who.ok ? on.doors.handleIntent({ ...who.value, ...wanted }) : who
}

async function askForRole(on: Receiving, user: string): Promise<Outcome> {
  const account = await on.accountOf(user)
  return account.ok ? on.doors.askForRole(account.value) : account
}

export const STRANGE = refuse(
  'STRANGE_BUTTON',
  'This button is not one of mine, or it is from an older version. Please use a newer message.',
)
const NO_PLACE = refuse('NO_PLACE', 'This channel is not one of the places in the policy. Please use one that is.')
const FAULT = refuse('FAULT', 'That did not work, and the fault is ours. Please try again; if it stays so, tell your patch team.')

/** A fault becomes a private sentence and a line in the log: what was acknowledged must not end in silence. */
export async function settled(on: Receiving, work: Promise<Outcome>): Promise<Outcome> {
  try {
    return await work
  } catch (error) {
    on.log.error({ err: error }, 'slack: an interaction failed')
    return FAULT
  }
}
