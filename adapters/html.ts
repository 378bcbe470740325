import { compile } from 'html-to-text'
import { unwrapped } from '../src/core/identify/address.ts'
import type { MailLink } from '../src/core/identify/mail.ts'

/** Most HTML of one message that is read, in characters. */
export const MOST_HTML = 1_000_000

interface Node {
  readonly type?: string
  readonly data?: string
  readonly name?: string
  readonly attribs?: Readonly<Record<string, string>>
  readonly children?: readonly Node[]
}

const DEEPEST = 60

/** Text and links of the HTML of a mail or a message, whatever the words of a link say. Elements are only read: no style, script or picture has any effect. */
export function readHtml(html: string): { readonly text: string; readonly links: readonly MailLink[] } {
  const links: MailLink[] = []
  const note = (node: Node): void => {
    const url = target(node)
    if (url !== null) links.push({ text: textOf(node).replace(/\s+/g, ' ').trim(), url: unwrapped(url) })
  }
  const read = compile({
    wordwrap: false,
    limits: { maxInputLength: MOST_HTML, maxDepth: DEEPEST, maxChildNodes: 20_000 },
    formatters: {
      noted: (element, walk, builder) => {
        note(element as Node)
        walk(element.children, builder)
      },
    },
    selectors: [
      ...['a', 'area', 'form', 'button', 'iframe', 'meta'].map((selector) => ({ selector, format: 'noted' })),
      { selector: 'img', format: 'skip' },
    ],
  })
  return { text: read(html), links }
}

/** Where an element leads, of those that lead anywhere. */
function target({ attribs = {} }: Node): string | null {
  const refresh = /url\s*=\s*['"]?([^'";]+)/i.exec(attribs.content ?? '')?.[1]
  const url = attribs.href ?? attribs.action ?? attribs.formaction ?? attribs.src ?? refresh
  return url !== undefined && /^\s*(?:https?:)?\/\//i.test(url) ? url.trim().replace(/^\/\//, 'https://') : null
}

const textOf = (node: Node, depth = 0): string =>
  depth > DEEPEST
    ? ''
    : `${node.type === 'text' ? (node.data ?? '') : ''}${(node.children ?? []).map((child) => textOf(child, depth + 1)).join('')}`
