import { z } from 'zod'
import { formIn, framed, type Said, sayIn, type Task } from '../../src/cards/adaptive/teams/dialog.ts'
import { asOne } from '../../src/cards/adaptive/teams/in-place.ts'
import type { Card } from '../../src/cards/card.ts'
import { draftOf, refusedWords } from '../../src/cards/refused.ts'
import { allow } from '../../src/core/result.ts'
import { inTime } from '../chat/soon.ts'
import { cardsOf } from '../chat/tell.ts'
import { askIfReal, formFor, perform, type Sent, STRANGE, WAIT, wantedOf } from '../chat/visit.ts'
import { readHtml } from '../html.ts'
import { type Activity, upTo } from './activity.ts'
import { type Pressed, readPressed } from './press.ts'
import { renderCard } from './render.ts'
import { type Answer, inTimeOrTold, type Receiving, type Reply, tellPrivately, visitOf } from './turn.ts'

const open = (task: Task): Reply => ({ status: 200, body: { task } })
const say = (text: string): Reply => open(sayIn(text))
/** An answer without a task closes the dialog. */
const CLOSED: Reply = { status: 200, body: {} }

/** A card in a dialog has no buttons: Teams sends nothing when one of ours is pressed there. */
function show(cards: readonly Card[]): Reply {
  const card = asOne(cards)
  return open(framed(card.title, renderCard({ ...card, actions: [] })))
}

const taskValue = z.object({ data: z.unknown() })
const pressedIn = ({ value }: Activity): Pressed | null => readPressed(taskValue.safeParse(value).data?.data)

/** A button opens a form: drawn from the state as it is now, so that nobody fills in one that is out of date. */
export async function onFetch(on: Receiving, activity: Activity): Promise<Reply> {
  const press = pressedIn(activity)
  if (press === null) return say(STRANGE.refusal.text)
  const task = await inTime(form(on, activity, press, { typed: {}, error: null }))
  return task === 'late' ? say('This takes longer than it should. Please close this and try again.') : open(task)
}

/** Where there is no form any more, what was wrong with the last one is said. */
async function form(on: Receiving, activity: Activity, { button }: Pressed, said: Said): Promise<Task> {
  const fresh = await formFor(on, visitOf(on, activity), button)
  return fresh.ok ? formIn(fresh.value, button, said) : sayIn(said.error?.text ?? refusedWords(fresh.refusal))
}

/** A form was sent. A refusal is shown at its field, and what was typed stays; where the form is not drawn again in time, it is told alone. */
export async function onSubmit(on: Receiving, activity: Activity): Promise<Reply> {
  const press = pressedIn(activity)
  if (press === null) return say(STRANGE.refusal.text)
  const { button, inputs: typed } = press
  const draft = draftOf(Object.entries(typed))
  const answer: Answer = async (outcome, soon) => {
    if (outcome === 'late') return say(WAIT)
    if (outcome.ok) return outcome.cards.length === 0 ? CLOSED : show(outcome.cards)
    const error = { text: refusedWords(outcome.refusal), field: outcome.field }
    const again = await soon(form(on, activity, press, { typed, error }))
    if (again !== 'late') return open(again)
    on.later(tellPrivately(on, activity, cardsOf(outcome, draft)))
    return say(WAIT)
  }
  return inTimeOrTold(on, activity, perform(on, visitOf(on, activity), wantedOf(button, typed)), answer, draft)
}

const MOST_CHARACTERS = 50_000

/** `messagePayload` of a message extension's action (https://learn.microsoft.com/microsoftteams/platform/messaging-extensions/how-to/action-commands/create-task-module). */
const doubtValue = z.object({
  messagePayload: z.object({
    body: z.object({ contentType: z.string().nullish(), content: z.string().nullish() }).nullish(),
    attachments: upTo(100, z.object({ contentUrl: z.string().nullish() })),
  }),
})

/** "Is this real?" on a message: the answer is shown in the dialog, to whoever asked alone. */
export async function onDoubt(on: Receiving, activity: Activity): Promise<Reply> {
  const message = doubtValue.safeParse(activity.value).data?.messagePayload
  if (message === undefined) return say('Please choose "Is this real?" in the menu of the message that you doubt.')
  const gather = async () => allow(sentIn(message))
  const answer: Answer = (outcome) => {
    if (outcome === 'late') return say(WAIT)
    if (!outcome.ok) return say(refusedWords(outcome.refusal))
    return outcome.cards.length === 0 ? say('Nothing is known about it.') : show(outcome.cards)
  }
  return inTimeOrTold(on, activity, askIfReal(on, visitOf(on, activity), gather), answer)
}

function sentIn({ body, attachments }: z.infer<typeof doubtValue>['messagePayload']): Sent {
  const content = (body?.content ?? '').slice(0, MOST_CHARACTERS)
  const attached = (attachments ?? []).flatMap(({ contentUrl }) => (contentUrl ? [contentUrl] : []))
  if (body?.contentType === 'text') return { words: content, links: attached, files: [] }
  const { text, links } = readHtml(content)
  return { words: text, links: [...links.map(({ url }) => url), ...attached], files: [] }
}
