import type { Form } from '../../src/cards/card.ts'
import { ASK_ROLE } from '../../src/cards/refused.ts'
import type { ButtonValue, Intent } from '../../src/core/intent.ts'
import { allow, type Ruled, refuse } from '../../src/core/result.ts'
import type { Account, Doors, Doubt, Outcome } from '../../src/ports.ts'
import type { Log } from './log.ts'

/** Somebody did something in a chat. */
export interface Visit {
  /** What the platform proves about the account. */
  readonly account: () => Promise<Ruled<Account>>
  /** Id of the place; empty in a private conversation with the bot. Null: none of the policy's. */
  readonly place: string | null
  /** One delivery, one effect: the same when the platform sends it again. */
  readonly delivery?: string
  /** The message that it was said below. */
  readonly thread?: string
}

/** What a visit leads to. */
export interface House {
  readonly doors: Pick<Doors, 'handleIntent' | 'formFor' | 'recognise' | 'askForRole' | 'doubt'>
  readonly log: Log
}

/** An intent, but for who and where it was. */
export type Wanted = Pick<Intent, 'verb' | 'subject' | 'digest' | 'inputs'>

/** What a pressed button asks for, with what was typed beside it. */
export const wantedOf = ({ verb, id, digest }: ButtonValue, inputs: Wanted['inputs']): Wanted => ({
  verb,
  subject: id,
  inputs,
  ...(digest === undefined ? {} : { digest }),
})

/** A typed command. */
export const command = (text: string): Wanted => ({ verb: 'command', subject: '', inputs: { text: text || 'help' } })

/** The one door, for somebody who is let in. `wanted` null: it was no button of ours. Never throws. */
export const perform = (house: House, visit: Visit, wanted: Wanted | null): Promise<Outcome> =>
  settled(house.log, async () => {
    if (wanted === null) return STRANGE
    if (wanted.verb === ASK_ROLE) return askForRole(house, visit)
    const who = await admitted(house, visit)
    const delivery = visit.delivery === undefined ? {} : { delivery: visit.delivery }
    return who.ok ? house.doors.handleIntent({ ...who.value, ...wanted, ...delivery }) : who
  })

/** The form behind a button as it is now, not as it was when the button was drawn. Never throws. */
export const formFor = (house: House, visit: Visit, button: ButtonValue): Promise<Ruled<Form>> =>
  settled(house.log, async () => {
    const who = await admitted(house, visit)
    if (!who.ok) return who
    const form = await house.doors.formFor(button, who.value.place)
    return form === null ? STALE : allow(form)
  })

/** What somebody was sent and doubts. */
export type Sent = Pick<Doubt, 'words' | 'links' | 'files'>

const MOST_LINKS = 50

/** Is this real? What was sent is gathered only for somebody who is let in. Never throws. */
export const askIfReal = (house: House, visit: Visit, gather: () => Promise<Ruled<Sent>>): Promise<Outcome> =>
  settled(house.log, async () => {
    const actor = await personOf(house, visit)
    if (!actor.ok) return actor
    const sent = await gather()
    if (!sent.ok) return sent
    const { words, links, files } = sent.value
    if (words === '' && links.length === 0 && files.length === 0) return EMPTY
    const different = [...new Set(links)].slice(0, MOST_LINKS)
    const thread = visit.thread === undefined ? {} : { thread: visit.thread }
    return house.doors.doubt({ actor: actor.value, place: visit.place || null, words, links: different, files, ...thread })
  })

/** The person of the policy behind an account that has proved to be one of ours. */
export async function personOf({ doors }: House, { account }: Visit): Promise<Ruled<string>> {
  const proved = await account()
  return proved.ok ? doors.recognise(proved.value) : proved
}

/** Who and where it was: what every request is asked first. */
async function admitted(house: House, visit: Visit): Promise<Ruled<{ readonly actor: string; readonly place: string }>> {
  if (visit.place === null) return NO_PLACE
  const person = await personOf(house, visit)
  return person.ok ? allow({ actor: person.value, place: visit.place }) : person
}

async function askForRole({ doors }: House, { account }: Visit): Promise<Outcome> {
  const proved = await account()
  return proved.ok ? doors.askForRole(proved.value) : proved
}

/** A fault becomes a private sentence and a line in the log: what somebody did must not end in silence. */
export async function settled<T>(log: Log, work: () => Promise<T>): Promise<T | typeof FAULT> {
  try {
    return await work()
  } catch (error) {
    log.error({ err: error }, 'chat: an interaction failed')
    return FAULT
  }
}

/** Other organisations decide themselves about their people's addresses. */
export const GUEST = refuse(
  'GUEST',
  'Guests and people of other organisations cannot use Patchcrier. Please ask your contact here to do it.',
)
export const STRANGE = refuse(
  'STRANGE_BUTTON',
  'This button is not one of mine, or it is from an older version. Please use a newer message.',
)
/** For what takes longer than the platform waits. */
export const WAIT = 'This takes a moment. I tell you in our private chat how it ends.'
const NO_PLACE = refuse(
  'NO_PLACE',
  'This conversation is not one of the places in the policy. Please use one that is, or write to me in private.',
)
const STALE = refuse('STALE', 'This is no longer open. The message shows how it stands now.')
const EMPTY = refuse('NOTHING_TO_CHECK', 'There are no words, links or files in this message that I could check.')
const FAULT = refuse('FAULT', 'That did not work, and the fault is ours. Please try again; if it stays so, tell your patch team.')
