import type { AckFn } from '@slack/bolt'
import type { ButtonValue } from '../../../src/core/intent.ts'
import { refuse } from '../../../src/core/result.ts'
import type { Outcome } from '../../../src/ports.ts'
import { inTime } from '../../chat/soon.ts'
import { call } from '../client.ts'
import { renderForm } from '../render/modal.ts'
import { admitted, delivery, perform, type Receiving, STRANGE, settled, subjectOf, type Wanted, type Where } from './act.ts'
import { readButton } from './button.ts'
import { showHome } from './home.ts'
import { type Click, clickPayload } from './payload.ts'
import { privately, tell } from './tell.ts'

/** A button that sends its value at once. */
export async function onClick(on: Receiving, body: unknown, ack: AckFn<void>): Promise<void> {
  const click = clickPayload.parse(body)
  const where = whereOf(click)
  const work = settled(on, perform(on, where, clickIntent(click)))
  await inTime(work)
  await ack()
  await tell(on, await work, privately(on, where))
  // What was pressed on the bot's own page waits there no longer.
  if (where.channel === null) await showHome(on, where.user)
}

/** A button that opens its form first. */
export async function onFormButton(on: Receiving, body: unknown, ack: AckFn<void>): Promise<void> {
  await ack()
  const click = clickPayload.parse(body)
  await tell(on, await settled(on, openForm(on, click)), privately(on, whereOf(click)))
}

const pressed = (click: Click): ButtonValue | null => readButton(click.actions[0].value)

function clickIntent(click: Click): Wanted | null {
  const button = pressed(click)
  if (button === null) return null
  const { action_id, action_ts } = click.actions[0]
  return { ...subjectOf(button), inputs: {}, delivery: delivery(click.trigger_id, action_ts, action_id) }
}

/** The modal is made from the state as it is now, not from the message that was pressed. Slack lets us open it for 3 s. */
async function openForm(on: Receiving, click: Click): Promise<Outcome> {
  const button = pressed(click)
  if (button === null) return STRANGE
  const where = whereOf(click)
  const who = await admitted(on, where)
  if (!who.ok) return who
  const form = await on.doors.formFor(button, who.value.place)
  if (form === null) return STALE
  const { channel, thread } = where
  const view = renderForm(form, { button, channel, ...(thread === undefined ? {} : { thread }) })
  await call('views.open', () => on.client.views.open({ trigger_id: click.trigger_id, view }))
  return { ok: true, cards: [] }
}

const STALE = refuse('STALE', 'This is no longer open. The message above shows how it stands now.')

const whereOf = (click: Click): Where => ({ channel: click.channel?.id ?? null, thread: click.container.thread_ts, user: click.user.id })
