import { plainLine, plainText } from '../../cards/text.ts'
import type { Doubt, Outcome } from '../../ports.ts'
import { checkSentFiles } from '../change/sent-file.ts'
import { answerDoubtOf } from '../doubt/answer.ts'
import type { House } from '../house.ts'
import { storedBulletin } from './commands/verify.ts'

const MOST_WORDS = 20_000
const LONGEST_LINK = 2_000

/**
 * Words, links and files that somebody was sent. A number or an address alone asks for the bulletin that has it; patch files that were sent
 * for a change are checked for it.
 */
export async function answerDoubt(house: House, doubt: Doubt): Promise<Outcome> {
  const actor = house.inForce.policy.people.find(({ id }) => id === doubt.actor)
  if (!actor) {
    const text = 'You are not in the policy yet. Ask an admin to add you, with your role.'
    return { ok: false, refusal: { code: 'PERSON_UNKNOWN', text } }
  }
  const asked = readable(doubt)
  const alone = asked.files.length === 0 && asked.links.length + Number(asked.words !== '') === 1
  const known = alone ? await storedBulletin(house, asked.links[0] ?? asked.words) : null
  return known ?? (await checkSentFiles(house, actor, asked)) ?? answerDoubtOf(house, actor, asked)
}

/** Text as people see it: what shows nothing says nothing, and the database takes no NUL. */
const readable = (doubt: Doubt): Doubt => ({
  ...doubt,
  words: plainText(doubt.words.slice(0, MOST_WORDS)).trim(),
  links: doubt.links.map((link) => plainLine(link.slice(0, LONGEST_LINK))).filter((link) => link !== ''),
  files: doubt.files.map(({ name, bytes }) => ({ name: plainLine(name).slice(0, 200), bytes })),
})
