import { z } from 'zod'
import { allow } from '../../src/core/result.ts'
import type { Outcome } from '../../src/ports.ts'
import { askIfReal, type Sent } from '../chat/visit.ts'
import { readHtml } from '../html.ts'
import type { Activity } from './activity.ts'
import { asOne, inTimeOrTold, invoked, WAIT } from './answers.ts'
import { sayIn, showIn, type Task } from './dialog.ts'
import { type Receiving, type Reply, visitOf } from './turn.ts'

const MOST_CHARACTERS = 50_000

/** `messagePayload` of a message extension's action (https://learn.microsoft.com/microsoftteams/platform/messaging-extensions/how-to/action-commands/create-task-module). */
const value = z.object({
  messagePayload: z.object({
    body: z.object({ contentType: z.string().nullish(), content: z.string().nullish() }).nullish(),
    attachments: z
      .array(z.object({ contentUrl: z.string().nullish() }))
      .max(100)
      .nullish(),
  }),
})

/** "Is this real?" on a message: the answer is shown in the dialog, to whoever asked alone. */
export async function onDoubt(on: Receiving, activity: Activity): Promise<Reply> {
  const message = value.safeParse(activity.value).data?.messagePayload
  if (message === undefined) return invoked({ task: sayIn('Please choose "Is this real?" in the menu of the message that you doubt.') })
  const outcome = await inTimeOrTold(
    on,
    activity,
    askIfReal(on, visitOf(on, activity), async () => allow(sentIn(message))),
  )
  return invoked({ task: outcome === 'late' ? sayIn(WAIT) : taskOf(outcome) })
}

function taskOf(outcome: Outcome): Task {
  if (!outcome.ok) return sayIn(outcome.refusal.text)
  return outcome.cards.length === 0 ? sayIn('Nothing is known about it.') : showIn(asOne(outcome.cards))
}

function sentIn({ body, attachments }: z.infer<typeof value>['messagePayload']): Sent {
  const content = (body?.content ?? '').slice(0, MOST_CHARACTERS)
  const attached = (attachments ?? []).flatMap(({ contentUrl }) => (contentUrl ? [contentUrl] : []))
  if (body?.contentType === 'text') return { words: content, links: attached, files: [] }
  const { text, links } = readHtml(content)
  return { words: text, links: [...links.map(({ url }) => url), ...attached], files: [] }
}
