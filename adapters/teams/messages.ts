import { z } from 'zod'
import { ChatError, type Outcome } from '../../src/ports.ts'
import { inTime } from '../chat/soon.ts'
import { type Activity, kindOf } from './activity.ts'
import { cardsOf, refusalCard } from './answers.ts'
import { messageOf } from './render.ts'
import { tellAlone } from './roster.ts'
import { actorOf, perform, type Receiving, type Reply, settled, tellPrivately } from './turn.ts'
import { isMentioned, wordsOf } from './words.ts'

const TAKEN: Reply = { status: 200 }
const FILE = 'application/vnd.microsoft.teams.file.download.info'
const MOST_FILES = 5

const file = z.object({
  contentType: z.literal(FILE),
  name: z.string().nullish(),
  content: z.object({ downloadUrl: z.string().max(4000) }),
})

/** Words to the bot: a command, or in a private chat a file to be looked at. What others say among themselves is nothing to us. */
export async function onMessage(on: Receiving, activity: Activity): Promise<Reply> {
  const alone = kindOf(activity.conversation.id, activity.conversation.conversationType) === 'personal'
  if (!alone && !isMentioned(activity)) return TAKEN
  const work = settled(on, alone && filesOf(activity).length > 0 ? doubtFiles(on, activity) : command(on, activity))
  const told = work.then((outcome) => (alone ? tellPrivately(on, activity, cardsOf(outcome)) : tellApart(on, activity, outcome)))
  on.later(told)
  await inTime(told)
  return TAKEN
}

const command = (on: Receiving, activity: Activity): Promise<Outcome> =>
  perform(on, activity, { verb: 'command', subject: '', inputs: { text: wordsOf(activity) || 'help' } })

const filesOf = ({ attachments }: Activity) => (attachments ?? []).flatMap((one) => file.safeParse(one).data ?? []).slice(0, MOST_FILES)

async function doubtFiles(on: Receiving, activity: Activity): Promise<Outcome> {
  const actor = await actorOf(on, activity)
  if (!actor.ok) return actor
  const files = []
  for (const { name, content } of filesOf(activity)) {
    const got = await on.download(content.downloadUrl)
    if (!got.ok) return got
    files.push({ name: name ?? 'file', bytes: got.value })
  }
  return on.doors.doubt({ actor: actor.value.person, place: null, words: wordsOf(activity), links: [], files })
}

/** An answer is for the eyes of who asked. Where Teams forbids to write to them alone, the thread says how to allow it, and nothing else. */
async function tellApart(on: Receiving, activity: Activity, outcome: Outcome): Promise<void> {
  try {
    for (const card of cardsOf(outcome)) await tellAlone(on.roster, activity.from.id, (chat) => on.connector.send(chat, messageOf(card)))
  } catch (error) {
    on.log.warn({ err: error }, 'teams: an outcome could not be shown in private')
    if (!(error instanceof ChatError) || error.code !== 'FORBIDDEN') return
    await on.connector.send(activity.conversation.id, messageOf(refusalCard(ADD_ME))).catch(() => undefined)
  }
}

const ADD_ME = {
  code: 'NO_CHAT',
  text: 'My answer is for you alone, and Teams does not let me write to you yet. Please add me: press my name, then "Add".',
}
