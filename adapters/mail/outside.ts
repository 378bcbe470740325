import type { Parsed } from './read.ts'
import type { Found } from './signed.ts'

/** Layout is no difference: one reader keeps it, another does not. */
const bare = (text: string): string => text.replace(/\s+/g, '')

/** What of a mail is looked at. */
export type Seen = Pick<Parsed, 'facts' | 'page'>

/**
 * What people see of a mail and its signature does not cover. It compares what is read of the whole with what is read of the signed part alone,
 * so that a part that two readers understand in two ways shows as a difference. `beside`: what is read of the part with the signature, where it
 * has one of its own. Empty: nothing.
 */
export function outsideOf({ how, remarks, pages }: Found, whole: Seen, signed: Seen, beside: Seen | null): readonly string[] {
  const known = new Set([...signed.facts.attachments, ...(beside?.facts.attachments ?? [])].map(({ sha256 }) => sha256))
  const files = whole.facts.attachments.filter(({ sha256 }) => !known.has(sha256)).length
  const signedLinks = new Set(signed.facts.links.map(({ url }) => url))
  const links = whole.facts.links.filter(({ url }) => !signedLinks.has(url)).length
  const more = how === 'text' ? besideArmour(whole.facts.text, signed.facts.text) : besidePart(whole.facts.text, signed.facts.text)
  return [
    ...(more === 'other' ? ['what people see, which differs from what is signed'] : []),
    ...(typeof more === 'number' && more > 0 ? [`${more} characters of text that stand around what is signed`] : []),
    // Mail programs show it instead of the text, and one that is only a picture has no text and no links.
    ...(pages > 0 || whole.page !== signed.page ? ['a page (HTML) that stands beside what is signed'] : []),
    ...(remarks.length > 0 ? ['remarks in its armour'] : []),
    ...(files > 0 ? [`${files} attached files`] : []),
    ...(links > 0 ? [`${links} links`] : []),
  ]
}

const MESSAGE = '-----BEGIN PGP SIGNED MESSAGE-----'
const BEGIN = '-----BEGIN PGP SIGNATURE-----'
const END = '-----END PGP SIGNATURE-----'

/** How much text stands around the armour; `other`: there is not exactly one, or what stands in it is not what is signed. */
function besideArmour(seen: string, signed: string): number | 'other' {
  const rows = seen.split('\n')
  const [message, begin, end] = [MESSAGE, BEGIN, END].map((mark) => rows.indexOf(mark)) as [number, number, number]
  const single = [MESSAGE, BEGIN, END].every((mark) => rows.lastIndexOf(mark) === rows.indexOf(mark))
  if (!single || message < 0 || begin < message || end < begin) return 'other'
  const head = rows.slice(message + 1, begin)
  const inside = head.slice(head.findIndex((row) => !row.startsWith('Hash: '))).map((row) => row.replace(/^- /, ''))
  return bare(inside.join('')) === bare(signed) ? bare([...rows.slice(0, message), ...rows.slice(end + 1)].join('')).length : 'other'
}

function besidePart(seen: string, signed: string): number | 'other' {
  const [all, part] = [bare(seen), bare(signed)]
  return all.includes(part) ? all.length - part.length : 'other'
}
