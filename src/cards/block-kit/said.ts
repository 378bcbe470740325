import { plainText } from '../text.ts'

/** What somebody wrote, freed of Slack's own marks. */
export interface Said {
  /** As it reads: a link by its label. */
  readonly words: string
  /** As a command is typed: a link by its address. */
  readonly typed: string
  /** Web addresses behind links. */
  readonly links: readonly string[]
}

/** In a message's text `<...>` is a link, a person, a channel or a time; `&`, `<` and `>` themselves are written as entities. */
const MARK = /<([^<>]*)>/g

/** Reads a message's `text`. Mentions of `bot` are left out. */
export function readText(text: string, bot: string): Said {
  const links: string[] = []
  const replace = (pick: (mark: Mark) => string): string =>
    plainText(decoded(text.replace(MARK, (_, inner: string) => pick(readMark(inner, bot)))))
      .replace(/ {2,}/g, ' ')
      .trim()
  const words = replace(({ label, url }) => {
    if (url !== null) links.push(decoded(url))
    return label
  })
  return { words, typed: replace(({ label, url }) => url ?? label), links: [...new Set(links)] }
}

interface Mark {
  readonly label: string
  readonly url: string | null
}

function readMark(inner: string, bot: string): Mark {
  const [target = '', label] = inner.split('|', 2)
  if (/^https?:\/\//i.test(target)) return { label: label ?? target, url: target }
  if (target === `@${bot}`) return { label: '', url: null }
  return { label: label ?? target.replace(/^mailto:/i, '').replace(/^!/, '@'), url: null }
}

const decoded = (text: string): string => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')

/** A message, with what hangs on it. */
export interface WholeMessage {
  readonly text: string
  readonly attachments: readonly Attachment[]
}

type Attachment = Readonly<
  Partial<Record<'pretext' | 'title' | 'text' | 'fallback' | 'title_link' | 'from_url' | 'original_url', string | undefined>>
>

/** The words and links of all of it. What is forwarded, or unfolded from a link, hangs on a message as attachments. */
export function partsOf(message: WholeMessage, bot: string): Pick<Said, 'words' | 'links'> {
  const texts = [message.text, ...message.attachments.flatMap(({ pretext, title, text, fallback }) => [pretext, title, text || fallback])]
  const said = texts.map((text) => readText(text ?? '', bot))
  const behind = message.attachments.flatMap(({ title_link, from_url, original_url }) => [title_link, from_url, original_url])
  const links = [...said.flatMap((one) => one.links), ...behind.filter((url): url is string => url !== undefined && /^https?:/i.test(url))]
  const words = said.map((one) => one.words).filter((one) => one !== '')
  return { words: words.join('\n'), links }
}
