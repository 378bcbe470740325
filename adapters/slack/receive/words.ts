import type { AckFn, RespondFn } from '@slack/bolt'
import { partsOf, readText } from '../../../src/cards/block-kit/said.ts'
import { allow, type Ruled } from '../../../src/core/result.ts'
import type { Outcome } from '../../../src/ports.ts'
import type { SentFile } from '../../chat/files.ts'
import { askIfReal, command, perform, type Sent, type Visit } from '../../chat/visit.ts'
import { commandPayload, type Doubted, mentionEvent, messageEvent, shortcutPayload } from './payload.ts'
import { answer, atItsAddress, privately, type Receiving, show, visitOf, type Where } from './turn.ts'

/** `/patch ...`, as it was typed. */
export async function onCommand(on: Receiving, body: unknown, ack: AckFn<string>, respond: RespondFn): Promise<void> {
  const { user_id: user, channel_id: channel, trigger_id, text } = commandPayload.parse(body)
  const work = perform(on, visitOf(on, { user, channel }, trigger_id), command(text))
  // The bot need not be in the channel where a command is typed, so only this address reaches the user in any case.
  await answer(on, work, ack, atItsAddress(respond))
}

/** "@Patchcrier status" in a channel: a command like any other, answered where it was said, to who said it. */
export async function onMention(on: Receiving, body: unknown): Promise<void> {
  const { event, event_id } = mentionEvent.parse(body)
  if (isOfABot(event) || event.edited) return
  const where: Where = { user: event.user, channel: event.channel, thread: event.thread_ts }
  const { typed } = readText(event.text, on.installation.botUser)
  await show(on, await perform(on, visitOf(on, where, event_id), command(typed)), privately(on, where))
}

/** A message to the bot alone: a command, or, with a file, a forwarded message or a bare link, something that somebody doubts. */
export async function onDirectMessage(on: Receiving, body: unknown): Promise<void> {
  const read = messageEvent.safeParse(body)
  // Edits, deletions and what else Slack calls a message are other events.
  if (!read.success || isOfABot(read.data.event) || read.data.event.user === on.installation.botUser) return
  const { event, event_id } = read.data
  const where: Where = { user: event.user, channel: event.channel, thread: event.thread_ts }
  const { typed, words, links } = readText(event.text, on.installation.botUser)
  const doubted = event.files.length > 0 || event.attachments.length > 0 || (links.length === 1 && words === links[0])
  const visit = visitOf(on, where, event_id)
  await show(on, await (doubted ? doubt(on, visit, event) : perform(on, visit, command(typed))), privately(on, where))
}

/** The shortcut "Is this real?" at any message. */
export async function onShortcut(on: Receiving, body: unknown, ack: AckFn<void>, respond: RespondFn): Promise<void> {
  const { user, channel, message } = shortcutPayload.parse(body)
  await answer(on, doubt(on, visitOf(on, { user: user.id, channel: channel.id }), message), ack, atItsAddress(respond))
}

const isOfABot = (event: { readonly bot_id?: string | undefined; readonly user: string }): boolean =>
  event.bot_id !== undefined || event.user === ''

/** Is this real? A message as it was sent, with what was forwarded in it. */
const doubt = (on: Receiving, visit: Visit, message: Doubted): Promise<Outcome> =>
  askIfReal(on, visit, async (): Promise<Ruled<Sent>> => {
    const files = await on.fetchFiles(message.files.map(sentFile))
    return files.ok ? allow({ ...partsOf(message, on.installation.botUser), files: files.value }) : files
  })

const sentFile = ({ name, size, mimetype, url_private, url_private_download }: Doubted['files'][number]): SentFile => ({
  name,
  size,
  type: mimetype ?? '',
  url: url_private_download ?? url_private,
})
