import { defaultWords } from '../../../src/core/assess/import/defaults.ts'
import type { RowKey } from '../../../src/core/assess/import/row.ts'
import { own } from '../../../src/core/own.ts'

const NAMES: Readonly<Record<string, RowKey>> = {
  host: 'host',
  owner: 'owner',
  department: 'department',
  site: 'site',
  environment: 'environment',
  class: 'assetClass',
  criticality: 'criticality',
  location: 'location',
  ownership: 'ownership',
  managed: 'managed',
  workstation: 'workstation',
  patch_team: 'patchTeam',
  os: 'operatingSystem',
  streams: 'streams',
  last_seen: 'lastSeen',
  exposure: 'exposure',
  sponsor: 'sponsor',
  sponsor_until: 'sponsorUntil',
  serial: 'serial',
  cloud_id: 'cloudId',
  fqdn: 'fqdn',
  running_kernel: 'runningKernel',
  scheme: 'scheme',
  packages: 'packages',
}

/** Every column, in the order of the README. */
export const COLUMNS: readonly string[] = Object.keys(NAMES)

/** What a column's name means, whatever its case; null for one that nobody knows. */
export function columnOf(name: string): RowKey | null {
  const plain = name
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_')
  return own(NAMES, plain) ?? null
}

/** What counts in place of columns that are not there, said once. */
export function missingWords(found: readonly RowKey[]): readonly string[] {
  const missing = COLUMNS.filter((name) => !found.includes(own(NAMES, name) ?? 'host'))
  return defaultWords(missing.flatMap((name) => own(NAMES, name) ?? []))
}
