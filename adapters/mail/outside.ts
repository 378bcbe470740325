import type { Parsed } from './read.ts'
import type { Found } from './signed.ts'

type Facts = Pick<Parsed['facts'], 'text' | 'links' | 'attachments'>

const ARMOUR = /^-----BEGIN PGP SIGNED MESSAGE-----$([\s\S]*?)^-----BEGIN PGP SIGNATURE-----$[\s\S]*?^-----END PGP SIGNATURE-----$/gm

/** Layout is no difference: one reader keeps it, another does not. */
const bare = (text: string): string => text.replace(/\s+/g, '')

/**
 * What people see of a mail and its signature does not cover. It compares what is read of the whole with what is read of the signed part alone,
 * so that a part that two readers understand in two ways shows as a difference. Empty: nothing.
 */
export function outsideOf({ how, remarks }: Found, whole: Facts, signed: Facts): readonly string[] {
  const known = new Set(signed.attachments.map(({ sha256 }) => sha256))
  const files = whole.attachments.filter(({ sha256 }) => !known.has(sha256)).length - (how === 'part' ? 1 : 0)
  const signedLinks = new Set(signed.links.map(({ url }) => url))
  const links = whole.links.filter(({ url }) => !signedLinks.has(url)).length
  const more = how === 'text' ? besideArmour(whole.text, signed.text) : besidePart(whole.text, signed.text)
  return [
    ...(more === 'other' ? ['what people see, which differs from what is signed'] : []),
    ...(typeof more === 'number' && more > 0 ? [`${more} characters of text that stand around what is signed`] : []),
    ...(remarks.length > 0 ? ['remarks in its armour'] : []),
    ...(files > 0 ? [`${files} attached files`] : []),
    ...(links > 0 ? [`${links} links`] : []),
  ]
}

/** How much text stands around the armour; `other`: what stands in it is not what is signed. */
function besideArmour(seen: string, signed: string): number | 'other' {
  const blocks = [...seen.matchAll(ARMOUR)]
  const inside = (blocks[0]?.[1] ?? '').replace(/^(?:\nHash: .*)*/, '').replace(/^- /gm, '')
  return blocks.length === 1 && bare(inside) === bare(signed) ? bare(seen.replace(ARMOUR, '')).length : 'other'
}

function besidePart(seen: string, signed: string): number | 'other' {
  const [all, part] = [bare(seen), bare(signed)]
  return all.includes(part) ? all.length - part.length : 'other'
}
