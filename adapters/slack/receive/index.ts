import type { App, ViewSubmitAction } from '@slack/bolt'
import { ACT, FORM } from '../../../src/cards/block-kit/buttons.ts'
import { MODAL } from '../../../src/cards/block-kit/modal.ts'
import { firstTime } from '../../chat/once.ts'
import { showHome } from '../home.ts'
import { eventPayload, homeEvent } from './payload.ts'
import { onClick, onFormButton, onSubmit } from './press.ts'
import type { Receiving } from './turn.ts'
import { onCommand, onDirectMessage, onMention, onShortcut } from './words.ts'

/** `callback_id` of the message shortcut in the manifest. */
export const SHORTCUT = 'is_this_real'

/** Wires everything that people do in Slack to the doors. The receiver has proved that it comes from Slack. */
export function receive(app: App, on: Receiving): void {
  app.action({ type: 'block_actions', action_id: new RegExp(`^${ACT}:`) }, ({ body, ack }) => onClick(on, body, ack))
  app.action({ type: 'block_actions', action_id: new RegExp(`^${FORM}:`) }, ({ body, ack }) => onFormButton(on, body, ack))
  app.view<ViewSubmitAction>({ type: 'view_submission', callback_id: MODAL }, ({ body, ack }) => onSubmit(on, body, ack))
  app.shortcut({ type: 'message_action', callback_id: SHORTCUT }, ({ body, ack, respond }) => onShortcut(on, body, ack, respond))
  app.command('/patch', ({ body, ack, respond }) => onCommand(on, body, ack, respond))
  const told = firstTime()
  // Slack sends an event again that was not answered in time: one that is under way, or done, is not answered twice.
  const first = (body: unknown): boolean => told(eventPayload.parse(body).event_id)
  app.event('app_mention', async ({ body }) => (first(body) ? onMention(on, body) : undefined))
  app.event('message', async ({ body }) => (first(body) ? onDirectMessage(on, body) : undefined))
  app.event('app_home_opened', async ({ body }) => (first(body) ? onHome(on, body) : undefined))
}

/** Somebody opened the bot's own page. */
async function onHome(on: Receiving, body: unknown): Promise<void> {
  const { event } = homeEvent.parse(body)
  if (event.tab === 'home') await showHome(on, event.user)
}
