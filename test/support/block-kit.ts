/**
 * What Slack would refuse or interpret in a message or modal, by its published limits, written down apart from the adapter's own table.
 * Empty: nothing.
 */
export function complaints(payload: { blocks: readonly object[] }, most: number): string[] {
  const found: string[] = []
  if (payload.blocks.length > most) found.push(`${payload.blocks.length} blocks`)
  walk(payload, 'payload', found)
  for (const key of ['action_id', 'block_id']) {
    // All inputs of a modal may share one action id: each is in a block of its own.
    const ids = valuesOf(payload.blocks, key).filter((id) => id !== 'input')
    if (new Set(ids).size !== ids.length) found.push(`${key} twice: ${ids.join(' ')}`)
  }
  return found
}

type Node = Readonly<Record<string, unknown>>

/** The only kinds of node that may appear: in none of them does Slack interpret text. */
const KNOWN = new Set([
  ...[
    'modal',
    'home',
    'user',
    'usergroup',
    'context',
    'divider',
    'header',
    'actions',
    'button',
    'input',
    'plain_text_input',
    'static_select',
    'plain_text',
    'image',
  ],
  ...['rich_text', 'rich_text_section', 'rich_text_list', 'rich_text_quote', 'rich_text_preformatted', 'text', 'date', 'link'],
])

/** Longest string by the path of keys that ends in it. */
const LENGTHS: readonly (readonly [RegExp, number])[] = [
  [/header.text.plain_text.text$/, 150],
  [/button.text.plain_text.text$/, 75],
  [/button.value$/, 2000],
  [/action_id$/, 255],
  [/block_id$/, 255],
  [/modal.(title|submit|close).plain_text.text$/, 24],
  [/private_metadata$/, 3000],
  [/input.(label|hint).plain_text.text$/, 2000],
  [/initial_value$/, 3000],
  [/options.text.plain_text.text$/, 75],
  [/options.value$/, 150],
  [/image.(alt_text|title.plain_text.text)$/, 2000],
  [/url$/, 3000],
  [/text$/, 3000],
]

const COUNTS: Readonly<Record<string, number>> = { context: 10, actions: 25 }

function walk(value: unknown, path: string, found: string[]): void {
  if (Array.isArray(value)) for (const item of value) walk(item, path, found)
  else if (typeof value === 'object' && value !== null) inspect(value as Node, path, found)
  else if (typeof value === 'string') measure(value, path, found)
}

function inspect(node: Node, path: string, found: string[]): void {
  const type = typeof node.type === 'string' ? node.type : ''
  if (type !== '' && !KNOWN.has(type)) found.push(`${type} at ${path}`)
  if (type === 'plain_text' && node.emoji !== false) found.push(`emoji at ${path}`)
  if (type === 'link' && !/^https?:\/\//i.test(String(node.url))) found.push(`link to ${String(node.url)}`)
  if (Array.isArray(node.elements) && (node.elements.length === 0 || node.elements.length > (COUNTS[type] ?? Number.POSITIVE_INFINITY)))
    found.push(`${node.elements.length} elements in ${type}`)
  if (Array.isArray(node.options) && (node.options.length === 0 || node.options.length > 100)) found.push(`${node.options.length} options`)
  if (typeof node.initial_value === 'string' && node.initial_value.length > Number(node.max_length)) found.push('initial value too long')
  if (type === 'rich_text' && textOf(node).length > 3000) found.push(`${textOf(node).length} characters in a block`)
  for (const [key, inner] of Object.entries(node))
    if (key !== 'type') walk(inner, `${type === '' ? path : `${path}.${type}`}.${key}`, found)
}

function measure(text: string, path: string, found: string[]): void {
  const most = LENGTHS.find(([pattern]) => pattern.test(path))?.[1]
  if (most !== undefined && text.length > most) found.push(`${text.length} characters at ${path}`)
  if (text === '' && /text$|label$|title$/.test(path)) found.push(`empty text at ${path}`)
  if (!text.isWellFormed()) found.push(`half a character at ${path}`)
}

/** Whom a payload makes ring: ids of accounts and groups, in order. */
export const rung = (payload: unknown): string[] => [...valuesOf(payload, 'user_id'), ...valuesOf(payload, 'usergroup_id')]

/** All visible words of blocks, in order. */
export function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join('')
  if (typeof value !== 'object' || value === null) return ''
  const node = value as Node
  if (typeof node.text === 'string') return node.text
  if (typeof node.alt_text === 'string') return node.alt_text
  return (typeof node.fallback === 'string' ? node.fallback : '') + textOf(node.elements) + textOf(node.text)
}

function valuesOf(value: unknown, key: string): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => valuesOf(item, key))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) => (name === key && typeof inner === 'string' ? [inner] : valuesOf(inner, key)))
}
