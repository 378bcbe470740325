import type { Bulletin, FixedBuild, Sections, UnfixedRange } from '../../../src/core/identify/bulletin.ts'
import { revisionOf } from '../../../src/core/identify/revision.ts'
import { distinct, line, plain } from '../../../src/core/identify/text.ts'
import { own } from '../../../src/core/own.ts'
import { affectedOf } from './ranges.ts'
import { affectedSchema, type OsvAffected, type OsvRecord, recordSchema, referenceSchema } from './schema.ts'
import { highestOf, severityOf, statedOf } from './severity.ts'

export type Parsed =
  | { readonly ok: true; readonly bulletin: Bulletin; readonly dropped: readonly string[] }
  | { readonly ok: false; readonly problem: string }

const MOST_LINES = 40
const CVE = /^CVE-\d{4}-\d{4,7}$/
/** Advisories of distributions list what they fix under `related` when they have nothing under `aliases` or `upstream`. */
const ADVISORY = /^(AL[SBE]A|RL[SBE]A|RX[SBE]A|RH[SBE]A|DSA|DLA|SUSE|openSUSE|MGASA|USN|ELSA)-/i

const cvesOf = ({ id, aliases, upstream, related }: OsvRecord): readonly string[] => {
  const own = [id, ...(aliases ?? []), ...(upstream ?? [])].filter((one) => CVE.test(one))
  const found = own.length > 0 || !ADVISORY.test(id) ? own : (related ?? []).filter((one) => CVE.test(one))
  return [...new Set(found)].slice(0, 500)
}

const kept = (values: readonly unknown[] | null | undefined, drop: (reason: string) => void): readonly OsvAffected[] =>
  (values ?? []).flatMap((value, index) => {
    const parsed = affectedSchema.safeParse(value)
    if (parsed.success) return [parsed.data]
    drop(`affected ${index}: ${parsed.error.issues[0]?.path.join('.')} ${parsed.error.issues[0]?.message ?? ''}`)
    return []
  })

/** `Debian:12` takes its own records, `Debian` all of them; none named: everything. */
const wanted = (entry: OsvAffected, ecosystems: readonly string[]): boolean =>
  ecosystems.length === 0 || ecosystems.some((one) => entry.package.ecosystem === one || entry.package.ecosystem.startsWith(`${one}:`))

const linksOf = (record: OsvRecord): Sections['knowledgeBase'] =>
  (record.references ?? []).flatMap((value) => {
    const parsed = referenceSchema.safeParse(value)
    return parsed.success ? [{ label: line(parsed.data.type, 30), url: parsed.data.url }] : []
  })

const limited = (lines: readonly string[]): string =>
  [...lines.slice(0, MOST_LINES), ...(lines.length > MOST_LINES ? [`and ${lines.length - MOST_LINES} more`] : [])].join('\n')

const sections = (record: OsvRecord, stated: string, fixed: readonly FixedBuild[], unfixed: readonly UnfixedRange[]): Sections => ({
  summary: {
    maximumSeverity: line(stated, 60),
    impact: plain(record.summary ?? ''),
    affectedSoftware: limited(distinct([...fixed, ...unfixed].map((one) => `${one.stream}: ${one.name}`))),
    recommendation:
      record.withdrawn == null
        ? ''
        : `The publisher withdrew this notice on ${record.withdrawn.slice(0, 10)}. Nothing has to be patched because of it.`,
  },
  technicalDetails: { text: plain(record.details ?? ''), mitigatingFactors: '' },
  workarounds: '',
  faq: '',
  patchInformation: { prerequisites: '', deployment: '', restart: '', removal: '', files: '', verification: '' },
  knowledgeBase: linksOf(record),
})

const titleOf = (record: OsvRecord, affected: readonly OsvAffected[]): string => {
  const names = distinct(affected.map((entry) => entry.package.name)).slice(0, 3)
  const title = line(record.summary ?? '', 300) || line(`${names.join(', ') || record.id}: ${record.details ?? record.id}`, 160)
  return record.withdrawn == null ? title : line(`WITHDRAWN: ${title}`, 300)
}

const ownLink = (record: OsvRecord): string | undefined =>
  linksOf(record).find(({ label, url }) => label === 'ADVISORY' && url.startsWith('https:'))?.url

const UNDATED = '1980-01-01T00:00:00.000Z'
// Go's database writes the zero of its language where it has no date.
const isDate = (instant: string): boolean => instant >= '1980'

/**
 * An OSV record (any JSON value) in our words; of its packages only those of `ecosystems` (none: all). A withdrawn record affects nothing.
 * OSV numbers no revisions: the date of the last change is the revision.
 */
export const parseRecord = (source: string, value: unknown, ecosystems: readonly string[]): Parsed => {
  const parsed = recordSchema.safeParse(value)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    return { ok: false, problem: `${issue?.path.join('.') || 'the record'}: ${issue?.message ?? 'unexpected shape'}` }
  }
  const record = parsed.data
  const published = record.published != null && isDate(record.published) ? record.published : null
  const dated = [record.modified, record.withdrawn ?? ''].filter(isDate).reduce((a, b) => (a > b ? a : b), published ?? '')
  const dropped: string[] = []
  const drop = (reason: string): void => void dropped.push(line(reason, 300))
  if (dated === '') drop('modified, published: neither is a date that can be; it counts as the oldest')
  const updatedAt = dated || UNDATED
  const affected = kept(record.affected, drop).filter((entry) => wanted(entry, ecosystems))
  const cves = cvesOf(record)
  const said = record.withdrawn == null ? affected.map((entry) => affectedOf(entry, cves, drop)) : []
  const [fixed, unfixed] = [said.flatMap((one) => one.fixed), said.flatMap((one) => one.unfixed)]
  const stated = statedOf(record, affected)
  const score = highestOf(record, affected)
  const severity = severityOf(stated, score)
  const url = ownLink(record)
  const bulletin: Bulletin = {
    source,
    vendorId: record.id,
    revision: revisionOf(updatedAt),
    title: titleOf(record, affected),
    publisher: { name: publisherOf(record.id), namespace: 'https://osv.dev', category: 'coordinator' },
    ...(url === undefined ? {} : { url }),
    publishedAt: published ?? updatedAt,
    updatedAt,
    severity,
    updateType: 'security patch',
    vulnerabilities: cves.map((cve) => ({ cve, severity, knownExploited: 'unknown', ...(score === undefined ? {} : { cvss: score }) })),
    fixed,
    unfixed,
    names: [],
    restart: fixed.some((build) => build.scheme === 'rpm' && isKernel(build.name)) ? 'reboot' : 'none stated',
    sections: sections(record, stated, fixed, unfixed),
  }
  return { ok: true, bulletin, dropped }
}

const isKernel = (name: string): boolean => /^kernel(-(rt|core|modules|default|64k|debug|uek).*)?$/.test(name)

/** Databases that OSV gathers, by how their ids begin. */
const PUBLISHERS: Readonly<Record<string, string>> = {
  ALSA: 'AlmaLinux',
  ALBA: 'AlmaLinux',
  ALEA: 'AlmaLinux',
  DSA: 'Debian',
  DLA: 'Debian',
  DEBIAN: 'Debian',
  USN: 'Ubuntu',
  UBUNTU: 'Ubuntu',
  GHSA: 'GitHub',
  GO: 'Go',
  PYSEC: 'Python',
  RUSTSEC: 'RustSec',
  RLSA: 'Rocky Linux',
  RXSA: 'Rocky Linux',
  RHSA: 'Red Hat',
  RHBA: 'Red Hat',
  RHEA: 'Red Hat',
  SUSE: 'SUSE',
  OPENSUSE: 'openSUSE',
  ALPINE: 'Alpine',
  BIT: 'Bitnami',
  MGASA: 'Mageia',
}

const publisherOf = (id: string): string => {
  const known = own(PUBLISHERS, (id.split('-', 1)[0] ?? '').toUpperCase())
  return known === undefined ? 'OSV' : `${known} (by OSV)`
}
