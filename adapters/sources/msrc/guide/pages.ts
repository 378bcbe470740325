import { Fault } from '../../../../src/core/fault.ts'
import { line } from '../../../../src/core/identify/text.ts'
import { bodyOf, type HttpAnswer, shown } from '../../../http.ts'
import type { MsrcReader } from '../reader.ts'

/** A page has 500 rows at most. */
const MOST_PAGES = 200

/** Fetches one page: `maxBytes` is the room that is left for the list. */
export type GetPage = (url: string, maxBytes: number) => Promise<HttpAnswer>

export interface Pages {
  readonly pages: readonly Uint8Array[]
  /** Where the first one came from in the end. */
  readonly url: string
}

const failed = (story: string): Fault => new Fault('SOURCE_FAILED', story)

/**
 * Where the next page is: on the same host and of the same list, or nowhere. A link that an answer brings must not make the bot ask
 * somebody else. Throws Fault SOURCE_FAILED.
 */
export function nextPage(asked: URL, link: string): URL {
  const next = URL.canParse(link, asked.href) ? new URL(link, asked) : null
  const list = (url: URL): string => url.pathname.split('/').at(-1) ?? ''
  if (next === null || next.origin !== asked.origin || next.username !== '' || next.password !== '' || list(next) !== list(asked))
    throw failed(`A list of ${asked.host} is said to go on at ${line(link, 100)}: that is not asked.`)
  return next
}

/**
 * All pages of a list, at most `maxBytes` together. Throws Fault SOURCE_FAILED when one of them is none, comes from elsewhere or leads elsewhere, when they
 * never end, or when there are fewer rows than the list says that it has: a part of it would look like a correction. HTTP_... when one
 * cannot be fetched.
 */
export async function fetchPages(get: GetPage, reader: MsrcReader, first: URL, maxBytes: number): Promise<Pages> {
  const pages: Uint8Array[] = []
  const seen = new Set<string>()
  let url = ''
  let rows = 0
  // Its first page says how many there are; the later ones need not.
  let total = 0
  let room = maxBytes
  for (let at: URL | null = first; at !== null; ) {
    if (seen.has(at.href)) throw failed(`A list of ${first.host} leads in a circle.`)
    if (pages.length === MOST_PAGES) throw failed(`A list of ${first.host} has more than ${MOST_PAGES} pages.`)
    if (room <= 0) throw failed(`A list of ${first.host} is larger than ${maxBytes / 1_000_000} MB.`)
    seen.add(at.href)
    const answer = await get(at.href, room)
    if (new URL(answer.url).origin !== first.origin) throw failed(`${shown(at)} led to another host.`)
    const bytes = bodyOf(answer, "a page of Microsoft's guide")
    const read = await reader.read({ kind: 'page', bytes })
    if (read.kind !== 'page' || !read.page.ok) throw failed(`${shown(at)}: ${problemOf(read)}`)
    pages.push(bytes)
    url ||= answer.url
    rows += read.page.rows
    room -= bytes.length
    const { next } = read.page
    total = Math.max(total, read.page.total ?? 0)
    if (next === undefined && rows < total) throw failed(`A list of ${first.host} has ${total} entries, and only ${rows} of them came.`)
    at = next === undefined ? null : nextPage(at, next)
  }
  return { pages, url }
}

/** Why what was read is not what was asked for. */
export const problemOf = (result: Awaited<ReturnType<MsrcReader['read']>>): string => {
  if (result.kind === 'lost') return result.problem
  if (result.kind === 'page' && !result.page.ok) return result.page.problem
  if (result.kind === 'changes' && !result.changes.ok) return result.changes.problem
  if (result.kind === 'month' && !result.month.ok) return result.month.problem
  return 'The answer is to another question.'
}
