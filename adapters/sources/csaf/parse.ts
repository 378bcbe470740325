import type { Bulletin, FixedBuild, Vulnerability } from '../../../src/core/identify/bulletin.ts'
import { highest, severityOfScore, severityWord } from '../../../src/core/identify/severity.ts'
import { line } from '../../../src/core/identify/text.ts'
import { evrText, isDebug } from './rpm.ts'
import {
  type CsafDocument,
  type CsafVulnerability,
  type Drop,
  documentSchema,
  kept,
  type Note,
  noteSchema,
  type Remediation,
  referenceSchema,
  remediationSchema,
  threatSchema,
  vulnerabilitySchema,
} from './schema.ts'
import { restartOf, sectionsOf, type Told } from './sections.ts'
import { exploited, highestCvss } from './severity.ts'
import { type ProductTree, readTree } from './tree.ts'

export type Parsed =
  | { readonly ok: true; readonly bulletin: Bulletin; readonly dropped: readonly string[] }
  | { readonly ok: false; readonly problem: string }

/** One vulnerability with its lists read once. */
interface Read {
  readonly foreign: CsafVulnerability
  readonly name: string
  readonly notes: readonly Note[]
  readonly remediations: readonly Remediation[]
}

const readVulnerability = (foreign: CsafVulnerability, index: number, drop: Drop): Read => ({
  foreign,
  name: foreign.cve ?? (line(foreign.title ?? '', 100) || `vulnerability ${index + 1}`),
  notes: kept(noteSchema, foreign.notes, 'note', drop),
  remediations: kept(remediationSchema, foreign.remediations, 'remediation', drop),
})

/** Scores as CSAF 2.1 has them: `metrics[].content`. */
const metricsOf = ({ metrics = [] }: CsafVulnerability): readonly unknown[] =>
  metrics.flatMap((metric) => (metric as { readonly content?: unknown } | null)?.content ?? [])

const vulnerabilityOf = ({ foreign, name }: Read, drop: Drop): readonly Vulnerability[] => {
  const { cve } = foreign
  if (cve === undefined) {
    drop(`vulnerability ${name}: it has no CVE id`)
    return []
  }
  const threats = kept(threatSchema, foreign.threats, 'threat', drop)
  const cvss = highestCvss([...(foreign.scores ?? []), ...metricsOf(foreign)], drop)
  const words = threats.filter((threat) => threat.category === 'impact').flatMap((threat) => severityWord(threat.details) ?? [])
  const severity = words.length > 0 ? highest(words) : cvss === undefined ? 'none' : severityOfScore(cvss.score)
  return [{ cve, severity, ...(cvss === undefined ? {} : { cvss }), ...exploited(threats) }]
}

const SOURCES = ['src', 'nosrc']

/**
 * Fixed builds with the CVE ids that each fixes. Source packages are nothing that a host installs. Fixed products that are no rpm
 * match no host, which is told.
 */
const fixedBuilds = (vulnerabilities: readonly Read[], tree: ProductTree, drop: Drop): readonly FixedBuild[] => {
  const found = new Map<string, Omit<FixedBuild, 'cves'> & { readonly cves: Set<string> }>()
  const foreignKinds = new Set<string>()
  for (const { foreign } of vulnerabilities)
    for (const id of foreign.product_status?.fixed ?? []) {
      const build = tree.resolve(id)
      if (build === 'not an rpm') foreignKinds.add(id)
      if (typeof build === 'string' || SOURCES.includes(build.arch)) continue
      const key = `${build.stream} ${build.name} ${build.arch} ${evrText(build.evr)}`
      const entry = found.get(key) ?? { ...build, scheme: 'rpm' as const, cves: new Set<string>() }
      if (foreign.cve !== undefined) entry.cves.add(foreign.cve)
      found.set(key, entry)
    }
  if (foreignKinds.size > 0) drop(`${foreignKinds.size} fixed product(s) are no rpm packages: they match no host`)
  return [...found.values()].map((entry) => ({ ...entry, cves: [...entry.cves] }))
}

/** Streams with their packages where the tree names builds; else the products that the document calls affected. */
const affectedNames = (vulnerabilities: readonly Read[], fixed: readonly FixedBuild[], tree: ProductTree): readonly string[] => {
  const streams = new Map<string, Set<string>>()
  for (const build of fixed) if (!isDebug(build.name)) streams.set(build.stream, (streams.get(build.stream) ?? new Set()).add(build.name))
  if (streams.size > 0) return [...streams].map(([stream, names]) => `${tree.nameOf(stream)}: ${[...names].sort().join(', ')}`)
  return vulnerabilities.flatMap(({ foreign }) => foreign.product_status?.known_affected ?? []).map((id) => tree.nameOf(id))
}

const ownUrl = (foreign: CsafDocument, drop: Drop): string | undefined => {
  const own = kept(referenceSchema, foreign.document.references, 'reference', drop).filter((one) => one.category === 'self')
  return (own.find((one) => !one.url.endsWith('.json')) ?? own[0])?.url
}

const build = (source: string, foreign: CsafDocument, drop: Drop): Bulletin => {
  const { title, publisher, tracking, aggregate_severity } = foreign.document
  const tree = readTree(foreign.product_tree, drop)
  const read = kept(vulnerabilitySchema, foreign.vulnerabilities, 'vulnerability', drop).map((one, index) =>
    readVulnerability(one, index, drop),
  )
  const vulnerabilities = read.flatMap((one) => vulnerabilityOf(one, drop))
  const fixed = fixedBuilds(read, tree, drop)
  const stated = severityWord(aggregate_severity?.text)
  const severity =
    stated ?? highest(vulnerabilities.map((one) => (one.cvss === undefined ? one.severity : severityOfScore(one.cvss.score))))
  const url = ownUrl(foreign, () => undefined)
  return {
    source,
    vendorId: line(tracking.id, 200),
    revision: line(tracking.version, 100),
    title: line(title),
    publisher: { name: line(publisher.name, 200), namespace: line(publisher.namespace, 300), category: line(publisher.category, 50) },
    ...(url === undefined ? {} : { url }),
    publishedAt: tracking.initial_release_date,
    updatedAt: tracking.current_release_date,
    severity,
    updateType: 'security patch',
    vulnerabilities,
    fixed,
    unfixed: [],
    names: [],
    restart: restartOf(
      read.flatMap((one) => one.remediations),
      fixed,
    ),
    sections: sectionsOf({
      severityWords: aggregate_severity?.text ?? '',
      notes: kept(noteSchema, foreign.document.notes, 'note', drop),
      references: kept(referenceSchema, foreign.document.references, 'reference', drop),
      vulnerabilities: read satisfies readonly Told[],
      fixed,
      affected: affectedNames(read, fixed, tree),
    }),
  }
}

/**
 * A CSAF 2.0 document (any JSON value) in our words. Parts of an unexpected shape are dropped and told in `dropped`; only what
 * identifies the document (title, publisher, tracking) is indispensable. Text comes out plain and trimmed.
 */
export const parse = (source: string, value: unknown): Parsed => {
  const foreign = documentSchema.safeParse(value)
  if (!foreign.success) {
    const issue = foreign.error.issues[0]
    return { ok: false, problem: `${issue?.path.join('.') || 'document'}: ${issue?.message ?? 'unexpected shape'}` }
  }
  const dropped: string[] = []
  const bulletin = build(source, foreign.data, (reason) => dropped.push(line(reason, 300)))
  return { ok: true, bulletin, dropped }
}
