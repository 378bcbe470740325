import { own } from '../../../src/core/own.ts'
import { type Token, Unreadable } from './scan.ts'

/** Where the parts of an item come from, lower case -> the name under which `items.ts` finds them. Others keep theirs. */
const RENAMED: Readonly<Record<string, string>> = {
  title: 'x-title',
  'dc:title': 'x-dc-title',
  link: 'x-link',
  'atom:link': 'x-link',
  guid: 'x-id',
  id: 'x-id',
  description: 'x-text',
  summary: 'x-text',
  content: 'x-long',
  'content:encoded': 'x-long',
  'dc:description': 'x-text',
  'itunes:summary': 'x-text',
  'atom:title': 'x-dc-title',
  'atom:summary': 'x-text',
  'atom:content': 'x-long',
  'atom:published': 'x-published',
  pubdate: 'x-published',
  published: 'x-published',
  issued: 'x-published',
  created: 'x-published',
  'dcterms:issued': 'x-published',
  updated: 'x-updated',
  'atom:updated': 'x-updated',
  modified: 'x-updated',
  'dcterms:modified': 'x-updated',
  'dc:date': 'x-date',
  date: 'x-date',
  category: 'x-category',
  'dc:subject': 'x-category',
  'sec:identifier': 'x-vendor-id',
  'sec:cvss': 'x-cvss',
  rss: 'rss',
  channel: 'channel',
  item: 'item',
  feed: 'feed',
  entry: 'entry',
}

/** Elements that hold a text, whatever markup somebody wrote into it: it is taken as it stands. */
export const TEXTS: ReadonlySet<string> = new Set(['x-title', 'x-dc-title', 'x-text', 'x-long'])

/** Prefix of the root's namespace: `atom:feed` -> `atom:`; of RSS 1.0's own elements where the root declares one. */
const prefixesOf = (root: string, tag: string): readonly string[] => {
  const [prefix, local] = root.includes(':') ? root.split(':', 2) : ['', root]
  const rss1 =
    /xmlns:([\w.-]+)\s*=\s*["']http:\/\/(?:purl\.org\/rss\/1\.0|my\.netscape\.com\/rdf\/simple\/0\.9|channel\.netscape\.com\/rdf\/simple\/0\.9)\/?["']/.exec(
      tag,
    )?.[1]
  return [...(prefix && local?.toLowerCase() !== 'rdf' ? [`${prefix}:`] : []), ...(rss1 ? [`${rss1}:`] : [])]
}

const newName = (name: string, prefixes: readonly string[]): string => {
  if (/^[\w.-]+:RDF$/i.test(name)) return 'rdf:RDF'
  const prefix = prefixes.find((one) => name.startsWith(one))
  const local = prefix === undefined ? name : name.slice(prefix.length)
  return own(RENAMED, local.toLowerCase()) ?? local
}

/** A document type that only names a public one is let through. Throws Unreadable. */
export const refuseDoctype = (text: string, rooted: boolean): void => {
  if (/^<!doctype\s+html/i.test(text)) throw new Unreadable('It is a web page instead of a feed')
  // A document type that only names a public one (RSS 0.91) does nothing; it is left out.
  if (rooted || !/^<!doctype/i.test(text) || text.includes('[') || /ENTITY/i.test(text))
    throw new Unreadable('The XML defines entities of its own (DTD), which no feed needs')
}

/** Our names for tags. */
export interface Names {
  ours(name: string): string
}

const MOST_NAMES = 1_000
const ROOTS = ['rss', 'feed', 'rdf']
/** An entry by itself is an Atom document, too (RFC 4287, 2): a list of one. */
const ATOM = /xmlns(?::[\w.-]+)?\s*=\s*["']http:\/\/www\.w3\.org\/2005\/Atom["']/

/** Our names for the tags of a feed with this root. Throws Unreadable when it is none. */
export const rootOf = (token: Token, tag: string): Names => {
  const local = token.name.split(':').at(-1)?.toLowerCase() ?? ''
  if (local === 'html') throw new Unreadable('It is a web page instead of a feed')
  const shown = /^[\w:.-]{1,40}$/.test(token.name) ? `<${token.name}>` : 'something'
  const isEntry = local === 'entry' && ATOM.test(tag)
  if (!ROOTS.includes(local) && !isEntry) throw new Unreadable(`Its root is ${shown}, which is no feed`)
  const prefixes = prefixesOf(token.name, tag)
  const known = new Map<string, string>()
  return {
    ours: (name) => {
      const before = known.get(name)
      if (before !== undefined) return before
      const ours = newName(name, prefixes)
      if (known.size < MOST_NAMES) known.set(name, ours)
      return ours
    },
  }
}
