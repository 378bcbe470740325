import type { Instant } from '../../result.ts'
import type { Asset, DisputedFact, Told } from '../asset.ts'
import type { ImportedFacts, ImportedHost } from './item.ts'
import { installKey } from './row.ts'

/** What counts of a new host as long as nobody says anything. Each is said once per import, in words (`defaultWords`). */
const DEFAULTS = {
  owner: '',
  department: 'unknown',
  site: 'unknown',
  environment: 'production',
  assetClass: 'unclassified',
  criticality: 'normal',
  location: 'office',
  ownership: 'company',
  managed: true,
  workstation: false,
  patchTeam: false,
  operatingSystem: 'unknown',
  streams: [],
} as const satisfies Partial<Asset>

/** Of two words the worse one first. */
const WORSE: Readonly<Record<DisputedFact, readonly string[]>> = {
  criticality: ['mission-critical', 'normal'],
  environment: ['production', 'test'],
  exposure: ['internet', 'internal'],
}
const DISPUTED = Object.keys(WORSE) as readonly DisputedFact[]

/** Who said what was there before origins were written down. */
const EARLIER = 'earlier records'

/** Two origins that disagree on a fact of a host; `counts` is the worse word. */
export interface Conflict {
  readonly host: string
  readonly fact: DisputedFact
  readonly said: readonly { readonly origin: string; readonly value: string }[]
  readonly counts: string
}

/**
 * The name under which a file speaks: `fleet-2026-11-25.csv` and `fleet-2026-11-26.csv` are one origin, so that the newer one
 * replaces what the older one said instead of contradicting it.
 */
export function originOf(fileName: string): string {
  const [, stem = fileName, ending = ''] = /^(.*?)(\.[^.]*)?$/s.exec(fileName.toLowerCase()) ?? []
  return `${stem.replace(/[\s._-]*\d[\d\s._:tz-]*$/, '') || stem}${ending}`.slice(0, 100)
}

/** The facts on which the origins of a host disagree. An import that agrees later settles it, and so does a person (`settle`). */
export function conflictsOf({ host, told = {} }: Pick<Asset, 'host' | 'told'>): readonly Conflict[] {
  return DISPUTED.flatMap((fact): Conflict[] => {
    const said = Object.entries(told[fact] ?? {}).map(([origin, value]) => ({ origin, value }))
    if (new Set(said.map(({ value }) => value)).size < 2) return []
    return [
      {
        host,
        fact,
        said: said.sort((a, b) => (a.origin < b.origin ? -1 : 1)),
        counts: worst(
          fact,
          said.map(({ value }) => value),
        ),
      },
    ]
  })
}

const worst = (fact: DisputedFact, words: readonly string[]): string => WORSE[fact].find((word) => words.includes(word)) ?? words[0] ?? ''

/** A person decides a conflict: from now on this word counts, until an import says something else. */
export function settle(asset: Asset, fact: DisputedFact, value: string): Asset {
  const said = Object.fromEntries(Object.keys(asset.told?.[fact] ?? {}).map((origin) => [origin, value]))
  return withWords(asset, { ...asset.told, [fact]: said })
}

/** What counts of each disputed fact follows from what the origins say. */
function withWords(asset: Asset, told: Told): Asset {
  const counting = DISPUTED.flatMap((fact) => {
    const words = Object.values(told[fact] ?? {})
    return words.length === 0 ? [] : [[fact, worst(fact, words)] as const]
  })
  return { ...asset, ...Object.fromEntries(counting), told }
}

function toldAfter(known: Asset | null, facts: ImportedFacts, origin: string): Told {
  const words = DISPUTED.flatMap((fact) => {
    const all = { ...wordsBefore(known, fact), ...(facts[fact] === undefined ? {} : { [origin]: facts[fact] }) }
    return Object.keys(all).length === 0 ? [] : [[fact, all] as const]
  })
  return Object.fromEntries(words)
}

/** What was only a default is nobody's word. */
function wordsBefore(known: Asset | null, fact: DisputedFact): Readonly<Record<string, string>> {
  if (known === null || known.told) return known?.told?.[fact] ?? {}
  return known[fact] === undefined ? {} : { [EARLIER]: known[fact] }
}

/** A host that was not known before. */
function newAsset({ host, facts, lastSeen, installs }: ImportedHost, now: Instant, origin: string): Asset {
  return withWords({ ...DEFAULTS, ...facts, host, lastSeen: lastSeen ?? now, installs: installs ?? [] }, toldAfter(null, facts, origin))
}

const later = (a: Instant, b: Instant): Instant => (a > b ? a : b)

/**
 * What the inventory knows after an import. What the file does not say stays; packages, where it has some, are replaced; the last sign
 * of life never goes back. The same import again changes nothing.
 */
export function mergeHost(
  known: Asset | null,
  imported: ImportedHost,
  { now, origin }: { readonly now: Instant; readonly origin: string },
): Asset {
  if (known === null) return newAsset(imported, now, origin)
  const { host, facts, lastSeen, installs } = imported
  const { criticality: _c, environment: _e, exposure: _x, ...plain } = facts
  const aliases = host === known.host ? (known.aliases ?? []) : [...new Set([...(known.aliases ?? []), host])].sort()
  const merged: Asset = {
    ...known,
    ...plain,
    ...(aliases.length > 0 ? { aliases } : {}),
    lastSeen: later(known.lastSeen, lastSeen ?? now),
    ...(installs ? { installs } : {}),
  }
  return withWords(merged, toldAfter(known, facts, origin))
}

/** The same packages, whatever their order. */
export const packagesKey = (asset: Pick<Asset, 'installs'>): string => asset.installs.map(installKey).sort().join('\n\n')
