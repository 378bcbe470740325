import type { Instant } from '../result.ts'
import type { Bulletin } from './bulletin.ts'
import { dayOf, type ExploitedEntry } from './exploited.ts'
import { SAYS_NOTHING } from './sections.ts'

type Entry = Pick<ExploitedEntry, 'cve' | 'vendor' | 'product' | 'name' | 'addedOn' | 'dueOn'>

/** An entry as a notice of its vulnerability, for people who look at a catalogue's file. */
export const entryBulletin = (entry: Entry, catalogue: { readonly version: string; readonly releasedAt: Instant }): Bulletin => ({
  source: 'kev',
  vendorId: entry.cve,
  revision: catalogue.version,
  title: entry.name,
  publisher: { name: entry.vendor, namespace: '', category: 'catalogue' },
  publishedAt: `${entry.addedOn}T00:00:00.000Z`,
  updatedAt: `${entry.addedOn}T00:00:00.000Z`,
  severity: 'none',
  updateType: 'security patch',
  vulnerabilities: [
    {
      cve: entry.cve,
      severity: 'none',
      knownExploited: 'yes',
      exploitedEvidence: `catalogue ${catalogue.version}, due ${entry.dueOn}`,
      exploitedSince: dayOf(entry.addedOn),
    },
  ],
  fixed: [],
  unfixed: [],
  names: [entry.product.toLowerCase()],
  restart: 'none stated',
  sections: { ...SAYS_NOTHING, summary: { ...SAYS_NOTHING.summary, affectedSoftware: `${entry.vendor} ${entry.product}` } },
})
