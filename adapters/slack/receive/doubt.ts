import { refuse } from '../../../src/core/result.ts'
import type { Outcome } from '../../../src/ports.ts'
import { personOf, type Receiving } from './act.ts'
import { fetchFiles } from './files.ts'
import type { Doubted } from './payload.ts'
import { readText } from './said.ts'

const MOST_LINKS = 50
const MOST_CHARACTERS = 40_000

/** Is this real? A message as it was sent, with what was forwarded in it. */
export async function askIfReal(on: Receiving, user: string, place: string | null, message: Doubted): Promise<Outcome> {
  const person = await personOf(on, user)
  if (!person.ok) return person
  const { words, links } = partsOf(message, on.installation.botUser)
  if (words === '' && links.length === 0 && message.files.length === 0) return EMPTY
  const files = await fetchFiles(on.fetchFile, message.files)
  return files.ok ? on.doors.doubt({ actor: person.value, place, words, links, files: files.value }) : files
}

const EMPTY = refuse('NOTHING_TO_CHECK', 'There are no words, links or files in this message that I could check.')

/** What is forwarded, or unfolded from a link, hangs on a message as attachments. */
function partsOf(message: Doubted, bot: string): { readonly words: string; readonly links: readonly string[] } {
  const texts = [message.text, ...message.attachments.flatMap(({ pretext, title, text, fallback }) => [pretext, title, text || fallback])]
  const said = texts.map((text) => readText(text ?? '', bot))
  const behind = message.attachments.flatMap(({ title_link, from_url, original_url }) => [title_link, from_url, original_url])
  const links = [...said.flatMap((one) => one.links), ...behind.filter((url): url is string => url !== undefined && /^https?:/i.test(url))]
  const words = said.map((one) => one.words).filter((one) => one !== '')
  return { words: words.join('\n').slice(0, MOST_CHARACTERS), links: [...new Set(links)].slice(0, MOST_LINKS) }
}
