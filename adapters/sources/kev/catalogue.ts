import { z } from 'zod'
import { line } from '../../../src/core/identify/text.ts'
import type { ExploitedCatalogue } from '../../../src/ports.ts'

/** The catalogue, or a sentence that says why it is none. */
export type CatalogueReading =
  | { readonly ok: true; readonly catalogue: ExploitedCatalogue }
  | { readonly ok: false; readonly problem: string }

const text = (longest: number) =>
  z
    .string()
    .min(1)
    .transform((value) => line(value, longest))
const day = z.iso.date()

const entry = z
  .object({
    cveID: z.string().regex(/^CVE-\d{4}-\d{4,19}$/),
    vendorProject: text(200),
    product: text(200),
    vulnerabilityName: text(300),
    dateAdded: day,
    dueDate: day,
    knownRansomwareCampaignUse: z.string().optional(),
  })
  .transform((one) => ({
    cve: one.cveID,
    vendor: one.vendorProject,
    product: one.product,
    name: one.vulnerabilityName,
    addedOn: one.dateAdded,
    dueOn: one.dueDate,
    ransomware: one.knownRansomwareCampaignUse?.toLowerCase() === 'known' ? ('known' as const) : ('unknown' as const),
  }))

const schema = z.object({
  catalogVersion: z.string().min(1).max(50),
  dateReleased: z.iso.datetime({ offset: true }),
  count: z.number().int().positive(),
  vulnerabilities: z.array(entry).min(1),
})

const no = (problem: string): CatalogueReading => ({ ok: false, problem })

const decode = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return undefined
  }
}

/**
 * CISA's catalogue, whole or not at all: a part of it would say "not exploited" of what it leaves out. One entry that cannot be read
 * spoils it. Never throws.
 */
export const readCatalogue = (bytes: Uint8Array): CatalogueReading => {
  const value = decode(bytes)
  if (value === undefined) return no('It is not JSON, or cut off.')
  const parsed = schema.safeParse(value)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    return no(
      `It has not the shape of the catalogue: ${line(issue?.path.join('.') || 'the whole', 100)}: ${line(issue?.message ?? '', 200)}.`,
    )
  }
  const { catalogVersion, dateReleased, count, vulnerabilities } = parsed.data
  if (count !== vulnerabilities.length) return no(`It says that it has ${count} entries, and has ${vulnerabilities.length}.`)
  const different = new Set(vulnerabilities.map((one) => one.cve)).size
  if (different !== count) return no(`It lists ${count - different} vulnerabilities twice.`)
  return {
    ok: true,
    catalogue: { version: line(catalogVersion, 50), releasedAt: new Date(dateReleased).toISOString(), entries: vulnerabilities },
  }
}
