import { z } from 'zod'
import { isMentioned, wordsOf } from '../../src/cards/adaptive/teams/words.ts'
import { refusedCard } from '../../src/cards/refused.ts'
import { allow } from '../../src/core/result.ts'
import type { Outcome } from '../../src/ports.ts'
import type { SentFile } from '../chat/files.ts'
import { inTime } from '../chat/soon.ts'
import { cardsOf } from '../chat/tell.ts'
import { askIfReal, command, perform } from '../chat/visit.ts'
import type { Activity } from './activity.ts'
import { messageOf } from './render.ts'
import { isPersonal, type Receiving, type Reply, tellPrivately, visitOf } from './turn.ts'

const TAKEN: Reply = { status: 200 }
const FILE = 'application/vnd.microsoft.teams.file.download.info'

const file = z.object({
  contentType: z.literal(FILE),
  name: z.string().nullish(),
  content: z.object({ downloadUrl: z.string().max(4000) }),
})

/** Words to the bot: a command, or in a private chat a file to be looked at. What others say among themselves is nothing to us. */
export async function onMessage(on: Receiving, activity: Activity): Promise<Reply> {
  const alone = isPersonal(activity)
  if (!alone && !isMentioned(activity)) return TAKEN
  const isFiles = alone && filesOf(activity).length > 0
  const work = isFiles ? doubtFiles(on, activity) : perform(on, visitOf(on, activity), command(wordsOf(activity)))
  const told = work.then((outcome) => tellApart(on, activity, outcome))
  on.later(told)
  await inTime(told)
  return TAKEN
}

const filesOf = ({ attachments }: Activity): readonly SentFile[] =>
  (attachments ?? []).flatMap((one) => {
    const read = file.safeParse(one).data
    return read === undefined ? [] : [{ name: read.name ?? '', url: read.content.downloadUrl }]
  })

const doubtFiles = (on: Receiving, activity: Activity): Promise<Outcome> =>
  askIfReal(on, visitOf(on, activity), async () => {
    const files = await on.fetchFiles(filesOf(activity))
    return files.ok ? allow({ words: wordsOf(activity), links: [], files: files.value }) : files
  })

/** An answer is for the eyes of who asked. Where Teams forbids to write to them alone, the thread says how to allow it, and nothing else. */
async function tellApart(on: Receiving, activity: Activity, outcome: Outcome): Promise<void> {
  if ((await tellPrivately(on, activity, cardsOf(outcome))) || isPersonal(activity)) return
  await on.connector.send(activity.conversation.id, messageOf(refusedCard(ADD_ME))).catch(() => undefined)
}

const ADD_ME = {
  code: 'NO_CHAT',
  text: 'My answer is for you alone, and Teams does not let me write to you yet. Please add me: press my name, then "Add".',
}
