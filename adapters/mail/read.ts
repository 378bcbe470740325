import { createHash } from 'node:crypto'
import PostalMime, { type Address, type Attachment, addressParser, decodeWords, type Email } from 'postal-mime'
import { linksIn, unwrapped } from '../../src/core/identify/address.ts'
import { attachmentKind } from '../../src/core/identify/attachment.ts'
import type { MailAddress, MailFacts, MailLink } from '../../src/core/identify/mail.ts'
import { line, plain } from '../../src/core/identify/text.ts'
import { MOST_HTML, readHtml } from '../html.ts'

const MOST_ATTACHMENTS = 50
const MOST_LINKS = 200
const MOST_TEXT = 300_000
const MOST_HEADERS = 256_000
const DEEPEST = 20

/** What is attached as a mail; it may be anything. */
export interface Inside {
  readonly bytes: Uint8Array
  /** What it is where it turns out to be no mail. */
  readonly file: MailFacts['attachments'][number]
}

/** A mail taken apart: what it shows, and the mails that are attached to it. */
export interface Parsed {
  readonly facts: Omit<MailFacts, 'dkim' | 'dmarcPolicy' | 'dmarcSilent' | 'forwarded'>
  readonly inside: readonly Inside[]
  /** The page (HTML) that it shows, as it stands; empty: it has none. A page may be seen and have no text. */
  readonly page: string
  /** Has it anything of a mail's head? Any bytes can be read as a mail without one. */
  readonly isMail: boolean
}

/** Takes a mail apart; throws where it is too deep, or its head too large. */
export async function parseMail(bytes: Uint8Array): Promise<Parsed> {
  const email = await PostalMime.parse(bytes, {
    forceRfc822Attachments: true,
    maxNestingDepth: DEEPEST,
    maxHeadersSize: MOST_HEADERS,
  })
  const mails = email.attachments.filter(isMail)
  const files = email.attachments.filter((one) => !isMail(one))
  const html = (email.html ?? '').slice(0, MOST_HTML)
  const read = html === '' ? { text: '', links: [] } : readHtml(html)
  const text = [email.text ?? '', read.text].filter((one) => one !== '').join('\n')
  const links = [...read.links, ...linksIn(text, MOST_LINKS + 1).map((url): MailLink => ({ text: url, url: unwrapped(url) }))]
  return {
    isMail:
      email.headers.some(({ key }) => key === 'from') &&
      email.headers.some(({ key }) => ['date', 'subject', 'message-id', 'received', 'to'].includes(key)),
    page: email.html ?? '',
    inside: mails.map((one) => ({ bytes: bytesOf(one), file: attachment(one) })),
    facts: {
      from: addresses(email, 'from'),
      replyTo: addresses(email, 'reply-to'),
      subject: line(email.subject ?? '', 300),
      date: instantOf(email.date),
      text: plain(text, MOST_TEXT),
      links: links.slice(0, MOST_LINKS),
      attachments: files.slice(0, MOST_ATTACHMENTS).map(attachment),
      headers: [...new Set(email.headers.map(({ key }) => key))],
      doubled: ['from', 'subject', 'reply-to', 'to', 'date', 'content-type', 'mime-version'].filter(
        (name) => email.headers.filter(({ key }) => key === name).length > 1,
      ),
      leftOut: [
        ...(files.length > MOST_ATTACHMENTS ? [`${files.length - MOST_ATTACHMENTS} of ${files.length} attachments`] : []),
        ...(links.length > MOST_LINKS ? [`links beyond the first ${MOST_LINKS}`] : []),
        ...((email.html ?? '').length > MOST_HTML ? ['the end of a very long page'] : []),
        ...(text.length > MOST_TEXT ? ['the end of a very long text'] : []),
      ],
    },
  }
}

const instantOf = (date: string | undefined): string | null =>
  date === undefined || Number.isNaN(Date.parse(date)) ? null : new Date(date).toISOString()

const isMail = ({ mimeType, filename }: Attachment): boolean => mimeType === 'message/rfc822' || /\.eml$/i.test(filename ?? '')

const bytesOf = ({ content }: Attachment): Uint8Array =>
  typeof content === 'string' ? Buffer.from(content, 'base64') : content instanceof Uint8Array ? content : new Uint8Array(content)

function attachment(one: Attachment): MailFacts['attachments'][number] {
  const bytes = bytesOf(one)
  const name = one.filename ?? ''
  return {
    name: line(name, 200) || `a part without a name (${line(one.mimeType, 60)})`,
    kind: attachmentKind(name, one.mimeType, bytes),
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  }
}

/** Every address in every header of this name: which of several people see is chance. */
const addresses = ({ headers }: Email, name: string): readonly MailAddress[] =>
  headers
    .filter(({ key }) => key === name)
    .flatMap(({ value }) => addressParser(value))
    .flatMap((one: Address) => (one.group === undefined ? [one] : one.group))
    .map(({ name: shown, address }) => ({ name: line(decodeWords(shown), 200), address: line(address, 320).toLowerCase() }))
    .filter(({ address, name: shown }) => address !== '' || shown !== '')
