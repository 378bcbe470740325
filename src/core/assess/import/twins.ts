import { type IdentityKind, wordsOf } from './identity.ts'
import type { ImportedHost } from './item.ts'

/** What is left of a host of a file, beside what was said about those before it. */
export type Single = { readonly host: ImportedHost; readonly problems: readonly string[] } | { readonly reason: string }

const CALLED: Readonly<Record<IdentityKind, string>> = { serial: 'serial number', cloudId: 'cloud id', fqdn: 'full name', host: 'host' }

/**
 * Watches one file for hosts that are there twice: the second row is skipped. A serial number, cloud id or full name that another
 * host of the file has already tells nobody apart: it is left out of the later row, or copied machines would become one host.
 */
export function createTwins(): (line: number, host: ImportedHost) => Single {
  const seen = new Map<string, { readonly line: number; readonly host: string }>()
  return (line, host) => {
    const words = wordsOf(host)
    const twin = seen.get(`host ${words.host}`)
    if (twin) return { reason: `${host.host} is there twice; line ${twin.line} counts` }
    const shared = (['serial', 'cloudId', 'fqdn'] as const).filter((kind) => words[kind] !== null && seen.has(`${kind} ${words[kind]}`))
    for (const [kind, word] of Object.entries(words))
      if (word !== null && !seen.has(`${kind} ${word}`)) seen.set(`${kind} ${word}`, { line, host: host.host })
    const facts = Object.fromEntries(Object.entries(host.facts).filter(([key]) => !(shared as readonly string[]).includes(key)))
    const problems = shared.map((kind) => {
      const first = seen.get(`${kind} ${words[kind]}`)
      return `${host.host}: its ${CALLED[kind]} is that of ${first?.host} in line ${first?.line}, too, and was left out`
    })
    return { host: { ...host, facts }, problems }
  }
}
