import type { RowKey } from './row.ts'

/** What counts of a host when nobody says it, as people are told. The values themselves are in merge.ts `DEFAULTS`. */
const WORDS: Readonly<Partial<Record<RowKey, string>>> = {
  owner: 'owner: nobody is asked or told about it',
  department: 'department: unknown',
  site: 'site: unknown',
  environment: 'environment: production',
  assetClass: 'class: unclassified',
  criticality: 'criticality: normal',
  location: 'location: office',
  ownership: 'ownership: company',
  managed: 'managed: yes',
  workstation: 'workstation: no',
  operatingSystem: 'operating system: unknown',
  streams: 'streams: none',
  lastSeen: 'last seen: the time of this import',
}

/** Two sentences at most: what counts for hosts that are new, and that nothing can match a host without streams. */
export function defaultWords(missing: readonly RowKey[]): readonly string[] {
  const words = missing.flatMap((key) => WORDS[key] ?? [])
  return [
    ...(words.length > 0 ? [`Not said here; for a host that is new this counts: ${words.join('; ')}.`] : []),
    ...(missing.includes('streams') ? ['Without its product streams no publisher’s bulletin matches a host.'] : []),
    ...(missing.includes('packages')
      ? ['Without packages a host that is new matches nothing; those of known hosts stay as they are.']
      : []),
  ]
}
