import type { AckFn, ViewResponseAction } from '@slack/bolt'
import { renderForm } from '../../../src/cards/block-kit/modal.ts'
import { draftIn, errorsAt, inputsOf } from '../../../src/cards/block-kit/sent.ts'
import type { ButtonValue } from '../../../src/core/intent.ts'
import type { Outcome } from '../../../src/ports.ts'
import { buttonValue } from '../../chat/button.ts'
import { parsedJson } from '../../chat/json.ts'
import { inTime } from '../../chat/soon.ts'
import { heard } from '../../chat/tell.ts'
import { formFor, perform, STRANGE, settled, wantedOf } from '../../chat/visit.ts'
import { showHome } from '../home.ts'
import { type Click, clickPayload, modalMemory, submitPayload } from './payload.ts'
import { answer, privately, type Receiving, show, visitOf, type Where } from './turn.ts'

/** A button that sends its value at once. */
export async function onClick(on: Receiving, body: unknown, ack: AckFn<void>): Promise<void> {
  const click = clickPayload.parse(body)
  const where = whereOf(click)
  const { action_id, action_ts } = click.actions[0]
  const button = buttonOf(click)
  const work = perform(on, visitOf(on, where, click.trigger_id, action_ts, action_id), button && wantedOf(button, {}))
  await answer(on, work, ack, privately(on, where))
  // What was pressed on the bot's own page waits there no longer.
  if (where.channel === null) await showHome(on, where.user)
}

/** A button that opens its form first. */
export async function onFormButton(on: Receiving, body: unknown, ack: AckFn<void>): Promise<void> {
  await heard(on.log, ack())
  const click = clickPayload.parse(body)
  await show(on, await settled(on.log, () => openForm(on, click)), privately(on, whereOf(click)))
}

/** The modal is made from the state as it is now, not from the message that was pressed. Slack lets us open it for 3 s. */
async function openForm(on: Receiving, click: Click): Promise<Outcome> {
  const button = buttonOf(click)
  if (button === null) return STRANGE
  const where = whereOf(click)
  const form = await formFor(on, visitOf(on, where), button)
  if (!form.ok) return form
  const { channel, thread } = where
  await on.client.views.open({ trigger_id: click.trigger_id, view: renderForm(form.value, { button, channel, thread }) })
  return { ok: true, cards: [] }
}

/** Null: it is none of ours. */
const buttonOf = (click: Click): ButtonValue | null => buttonValue.safeParse(parsedJson(click.actions[0].value)).data ?? null

const whereOf = (click: Click): Where => ({ channel: click.channel?.id ?? null, thread: click.container.thread_ts, user: click.user.id })

/** A modal that was sent. A refusal is shown at its field and the modal stays open, with what was typed. */
export async function onSubmit(on: Receiving, body: unknown, ack: AckFn<ViewResponseAction>): Promise<void> {
  const { user, trigger_id, view } = submitPayload.parse(body)
  const { button, channel, thread } = modalMemory.parse(JSON.parse(view.private_metadata))
  const where: Where = { channel, thread, user: user.id }
  const work = perform(on, visitOf(on, where, trigger_id, view.id), wantedOf(button, inputsOf(view)))
  const early = await inTime(work)
  const errors = early === 'late' || early.ok ? null : errorsAt(view, early.refusal.text, early.field)
  if ((await heard(on.log, errors ? ack({ response_action: 'errors', errors }) : ack())) && errors) return
  await show(on, await work, privately(on, where), errors || early === 'late' ? draftIn(view) : [])
  if (where.channel === null) await showHome(on, where.user)
}
