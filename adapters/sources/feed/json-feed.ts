import { z } from 'zod'
import type { Element, Parts } from './elements.ts'
import { Unreadable } from './scan.ts'

/** JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/): the fields that are used. Some write numbers as ids. */
const text = z
  .union([z.string(), z.number().transform((value) => `${value}`)])
  .nullish()
  .catch(null)
  .transform((value) => value ?? '')

const item = z.object({
  id: text,
  url: text,
  external_url: text,
  title: text,
  summary: text,
  content_html: text,
  content_text: text,
  date_published: text,
  date_modified: text,
  tags: z.array(z.string()).nullish().catch(null),
})

/** An address; some write the number alone. */
const VERSION = /^(?:https?:\/\/(?:www\.)?jsonfeed\.org\/version\/)?1(?:\.\d)?$/

const schema = z.object({ version: z.string(), items: z.array(z.unknown()) })

export const isJsonFeed = (document: string): boolean => /^\s*\{/.test(document.slice(0, 200))

const parsed = (document: string): unknown => {
  try {
    return JSON.parse(document)
  } catch {
    throw new Unreadable('It is JSON that is cut off or broken')
  }
}

const escaped = (plain: string): string => plain.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

const partsOfItem = (value: unknown): Parts => {
  const read = item.safeParse(value)
  if (!read.success) return new Map()
  const { id, url, external_url, title, summary, content_html, content_text, date_published, date_modified, tags } = read.data
  const parts: readonly (readonly [string, readonly string[]])[] = [
    ['x-title', [escaped(title)]],
    ['x-link', [url, external_url]],
    ['x-id', [id]],
    ['x-text', [escaped(summary)]],
    ['x-long', [content_html, escaped(content_text)]],
    ['x-published', [date_published]],
    ['x-updated', [date_modified]],
    ['x-category', tags ?? []],
  ]
  return new Map(
    parts.map(([name, texts]) => [name, texts.flatMap((one): readonly Element[] => (one === '' ? [] : [{ text: one, tag: '' }]))]),
  )
}

/** The items of a JSON Feed. Throws Unreadable with a sentence. */
export const jsonItems = (document: string, most: number): { readonly items: readonly Parts[]; readonly listed: number } => {
  const feed = schema.safeParse(parsed(document))
  if (!feed.success || !VERSION.test(feed.data.version)) throw new Unreadable('It is JSON, and no JSON Feed')
  return { items: feed.data.items.slice(0, most).map(partsOfItem), listed: feed.data.items.length }
}
