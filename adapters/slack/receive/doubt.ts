import { allow, type Ruled } from '../../../src/core/result.ts'
import type { Outcome } from '../../../src/ports.ts'
import type { SentFile } from '../../chat/files.ts'
import { askIfReal, type Sent, type Visit } from '../../chat/visit.ts'
import type { Receiving } from './act.ts'
import type { Doubted } from './payload.ts'
import { readText } from './said.ts'

/** Is this real? A message as it was sent, with what was forwarded in it. */
export const doubt = (on: Receiving, visit: Visit, message: Doubted): Promise<Outcome> =>
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

/** What is forwarded, or unfolded from a link, hangs on a message as attachments. */
function partsOf(message: Doubted, bot: string): Omit<Sent, 'files'> {
  const texts = [message.text, ...message.attachments.flatMap(({ pretext, title, text, fallback }) => [pretext, title, text || fallback])]
  const said = texts.map((text) => readText(text ?? '', bot))
  const behind = message.attachments.flatMap(({ title_link, from_url, original_url }) => [title_link, from_url, original_url])
  const links = [...said.flatMap((one) => one.links), ...behind.filter((url): url is string => url !== undefined && /^https?:/i.test(url))]
  const words = said.map((one) => one.words).filter((one) => one !== '')
  return { words: words.join('\n'), links }
}
