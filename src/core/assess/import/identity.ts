import type { Asset } from '../asset.ts'
import type { ImportedHost } from './item.ts'

/** What tells hosts apart. */
export type Identified = Pick<Asset, 'host' | 'serial' | 'cloudId' | 'fqdn' | 'aliases'>

/** Known hosts by everything that an import may call them, as far as it is said; the strongest is looked at first. */
export interface Directory {
  find(imported: ImportedHost): { readonly host: string; readonly by: IdentityKind } | null
  add(asset: Identified): void
}

export type IdentityKind = 'serial' | 'cloudId' | 'fqdn' | 'host'

/** Strongest first: a serial number stays with the machine, a name is given away. */
const ORDER: readonly IdentityKind[] = ['serial', 'cloudId', 'fqdn', 'host']

/** What makers leave in the field of the serial number: it tells no two machines apart. */
const NO_SERIAL =
  /^(?:0+|1234567890?|x+|none|n\/?a|not (?:specified|available|applicable)|unknown|default(?: string)?|system serial number|to be filled(?: by o\.?e\.?m\.?)?\.?|serial|oem|empty|-+)$/i

/** The word by which a host is found, in one spelling; null where nothing is said. */
function wordOf(one: Pick<Identified, 'serial' | 'cloudId' | 'fqdn'> & { readonly host: string }, kind: IdentityKind): string | null {
  const value = one[kind]
  if (value === undefined || value === '' || (kind === 'serial' && NO_SERIAL.test(value))) return null
  return value.toLowerCase()
}

/** The words of a host as a file tells it: for asking a database for those who may be meant. */
export function wordsOf({ host, facts }: ImportedHost): Readonly<Record<IdentityKind, string | null>> {
  const one = { ...facts, host }
  return { serial: wordOf(one, 'serial'), cloudId: wordOf(one, 'cloudId'), fqdn: wordOf(one, 'fqdn'), host: wordOf(one, 'host') }
}

/** Finds the host that an import means: by serial number, cloud instance id, fully qualified name, name, in this order. */
export function directoryOf(known: readonly Identified[]): Directory {
  const maps: Readonly<Record<IdentityKind, Map<string, string>>> = {
    serial: new Map(),
    cloudId: new Map(),
    fqdn: new Map(),
    host: new Map(),
  }
  const add = (asset: Identified): void => {
    for (const kind of ORDER) {
      const word = wordOf(asset, kind)
      if (word !== null) maps[kind].set(word, asset.host)
    }
    // A name in its own right is stronger than a former one.
    for (const alias of asset.aliases ?? []) if (!maps.host.has(alias)) maps.host.set(alias, asset.host)
  }
  for (const asset of known) add(asset)
  return {
    add,
    find: (imported) => {
      const words = wordsOf(imported)
      for (const by of ORDER) {
        const word = words[by]
        const host = word === null ? undefined : maps[by].get(word)
        if (host !== undefined) return { host, by }
      }
      return null
    },
  }
}
