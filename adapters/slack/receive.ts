import type { AckFn, App, RespondFn, ViewResponseAction, ViewSubmitAction } from '@slack/bolt'
import type { Card } from '../../src/cards/card.ts'
import type { ButtonValue, Intent } from '../../src/core/intent.ts'
import { type Ruled, refuse } from '../../src/core/result.ts'
import type { Doors, Outcome } from '../../src/ports.ts'
import { readButton } from './button.ts'
import { LIMITS, shorten } from './limits.ts'
import type { Log } from './log.ts'
import { inputsOf, MODAL, type ModalMemory, modalMemory, renderForm } from './modal.ts'
import { type Click, clickPayload, commandPayload, type Submit, submitPayload } from './payload.ts'
import { type Client, call, whisperTo } from './platform.ts'
import { ACT, FORM, type Message, renderCard } from './render.ts'

export interface Receiving {
  readonly doors: Pick<Doors, 'handleIntent' | 'formFor'>
  readonly client: Client
  readonly personOf: (user: string) => Promise<Ruled<string>>
  /** Place id of a channel. */
  readonly placeByChannel: (channel: string) => string | null
  readonly log: Log
}

/** Slack gives up after 3 s. */
const ACK_WITHIN_MS = 2000

/**
 * Wires buttons, forms and the command to the one door. Bolt has checked the signature of everything that comes here.
 * Returns a wait for what is under way: it may go on after Slack was answered.
 */
export function receive(app: App, on: Receiving): () => Promise<void> {
  const running = new Set<Promise<void>>()
  const tracked = (work: Promise<void>): Promise<void> => {
    const done = work.finally(() => running.delete(done))
    running.add(done)
    return done
  }
  app.action({ type: 'block_actions', action_id: new RegExp(`^${ACT}:`) }, ({ body, ack }) => tracked(onClick(on, body, ack)))
  app.action({ type: 'block_actions', action_id: new RegExp(`^${FORM}:`) }, ({ body, ack }) => tracked(onFormButton(on, body, ack)))
  app.view<ViewSubmitAction>({ type: 'view_submission', callback_id: MODAL }, ({ body, ack }) => tracked(onSubmit(on, body, ack)))
  app.command('/patch', ({ body, ack, respond }) => tracked(onCommand(on, body, ack, respond)))
  return async () => void (await Promise.allSettled(running))
}

async function onClick(on: Receiving, body: unknown, ack: AckFn<void>): Promise<void> {
  const click = clickPayload.parse(body)
  const work = settled(on, perform(on, click.user.id, click.channel.id, clickIntent(click)))
  await inTime(work)
  await ack()
  await tell(on, await work, privately(on, whereOf(click)))
}

async function onFormButton(on: Receiving, body: unknown, ack: AckFn<void>): Promise<void> {
  await ack()
  const click = clickPayload.parse(body)
  await tell(on, await settled(on, openForm(on, click)), privately(on, whereOf(click)))
}

async function onSubmit(on: Receiving, body: unknown, ack: AckFn<ViewResponseAction>): Promise<void> {
  const submit = submitPayload.parse(body)
  const memory = modalMemory.parse(JSON.parse(submit.view.private_metadata))
  const work = settled(on, perform(on, submit.user.id, memory.channel, submitIntent(submit, memory)))
  const early = await inTime(work)
  const errors = early === 'late' ? null : fieldErrors(early, submit)
  if (errors) return ack({ response_action: 'errors', errors })
  await ack()
  await tell(on, await work, privately(on, { ...memory, user: submit.user.id }))
}

async function onCommand(on: Receiving, body: unknown, ack: AckFn<string>, respond: RespondFn): Promise<void> {
  const command = commandPayload.parse(body)
  const intent = { verb: 'command', subject: '', inputs: { text: command.text }, delivery: delivery(command.trigger_id) }
  const work = settled(on, perform(on, command.user_id, command.channel_id, intent))
  await inTime(work)
  await ack()
  // The bot need not be in the channel where a command is typed, so only this address reaches the user in any case.
  await tell(on, await work, async (message) => void (await respond({ response_type: 'ephemeral', ...message })))
}

type Wanted = Omit<Intent, 'actor' | 'place'>

const delivery = (trigger: string): string => `slack:${trigger}`

const pressed = (click: Click): ButtonValue | null => readButton(click.actions[0].value)

function clickIntent(click: Click): Wanted | null {
  const button = pressed(click)
  if (button === null) return null
  const { action_id, action_ts } = click.actions[0]
  return { ...subjectOf(button), inputs: {}, delivery: `${delivery(click.trigger_id)}:${action_ts}:${action_id}` }
}

const submitIntent = (submit: Submit, { button }: ModalMemory): Wanted => ({
  ...subjectOf(button),
  inputs: inputsOf(submit.view.state.values),
  delivery: `${delivery(submit.trigger_id)}:${submit.view.id}`,
})

const subjectOf = ({ verb, id, digest }: ButtonValue) => ({ verb, subject: id, ...(digest === undefined ? {} : { digest }) })

/** Who and where it was, then the door. */
async function perform(on: Receiving, user: string, channel: string, wanted: Wanted | null): Promise<Outcome> {
  if (wanted === null) return STRANGE
  const place = on.placeByChannel(channel)
  if (place === null) return NO_PLACE
  const person = await on.personOf(user)
  return person.ok ? on.doors.handleIntent({ actor: person.value, place, ...wanted }) : person
}

/** The modal is made from the state as it is now, not from the message that was pressed. Slack lets us open it for 3 s. */
async function openForm(on: Receiving, click: Click): Promise<Outcome> {
  const button = pressed(click)
  if (button === null) return STRANGE
  const place = on.placeByChannel(click.channel.id)
  if (place === null) return NO_PLACE
  const person = await on.personOf(click.user.id)
  if (!person.ok) return person
  const form = await on.doors.formFor(button, place)
  if (form === null) return STALE
  const { channel, thread } = whereOf(click)
  const view = renderForm(form, { button, channel, ...(thread === undefined ? {} : { thread }) })
  await call('views.open', () => on.client.views.open({ trigger_id: click.trigger_id, view }))
  return { ok: true, cards: [] }
}

const STRANGE = refuse('STRANGE_BUTTON', 'This button is not one of mine, or it is from an older version. Please use a newer message.')
const NO_PLACE = refuse('NO_PLACE', 'This channel is not one of the places in the policy. Please use one that is.')
const STALE = refuse('STALE', 'This is no longer open. The message above shows how it stands now.')
const FAULT = refuse('FAULT', 'That did not work, and the fault is ours. Please try again; if it stays so, tell your patch team.')

/** A fault becomes a private sentence and a line in the log: an acknowledged click must not end in silence. */
async function settled(on: Receiving, work: Promise<Outcome>): Promise<Outcome> {
  try {
    return await work
  } catch (error) {
    on.log.error({ err: error }, 'slack: an interaction failed')
    return FAULT
  }
}

/** The outcome, or `late` when Slack has to be answered first. */
async function inTime(work: Promise<Outcome>): Promise<Outcome | 'late'> {
  const { promise: late, resolve } = Promise.withResolvers<'late'>()
  const timer = setTimeout(resolve, ACK_WITHIN_MS, 'late')
  const first = await Promise.race([work, late])
  clearTimeout(timer)
  return first
}

/** A refusal of a form is shown at its field, or else at the first one, so that what was typed stays. Null: nothing to show there. */
function fieldErrors(outcome: Outcome, submit: Submit): Record<string, string> | null {
  if (outcome.ok) return null
  const fields = submit.view.blocks.filter((block) => block.type === 'input').map((block) => block.block_id)
  const field = fields.find((id) => id === outcome.field) ?? fields[0]
  return field === undefined ? null : { [field]: shorten(outcome.refusal.text, LIMITS.errorText) }
}

interface Where {
  readonly channel: string
  readonly thread?: string | undefined
  readonly user: string
}

const whereOf = (click: Click): Where => ({ channel: click.channel.id, thread: click.container.thread_ts, user: click.user.id })

type Say = (message: Message) => Promise<void>

const privately =
  (on: Receiving, where: Where): Say =>
  (message) =>
    whisperTo(on.client, where, message)

/** Shows an outcome to the one who asked. What cannot be shown is logged: what was wanted has happened all the same. */
async function tell(on: Receiving, outcome: Outcome, say: Say): Promise<void> {
  try {
    for (const card of outcome.ok ? outcome.cards : [sentence(outcome.refusal.text)]) await say(renderCard(card))
  } catch (error) {
    on.log.warn({ err: error }, 'slack: an outcome could not be shown')
  }
}

const sentence = (text: string): Card => ({
  look: 'whisper',
  tone: 'warning',
  badges: [],
  title: 'Not done',
  blocks: [{ kind: 'text', text: [text] }],
  actions: [],
  summary: text,
})
