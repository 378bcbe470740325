import type { Bulletin, FixedBuild, Sections } from '../../../src/core/identify/bulletin.ts'
import { distinct, line, plain } from '../../../src/core/identify/text.ts'
import { evrText, isDebug, isKernel } from './rpm.ts'
import type { Note, Reference, Remediation } from './schema.ts'

const MOST_LINES = 40

/** A vulnerability's texts, with the name that they are told under. */
export interface Told {
  readonly name: string
  readonly notes: readonly Note[]
  readonly remediations: readonly Remediation[]
}

/** What Table 2.2 is filled from. */
export interface Material {
  readonly severityWords: string
  readonly notes: readonly Note[]
  readonly references: readonly Reference[]
  readonly vulnerabilities: readonly Told[]
  readonly fixed: readonly FixedBuild[]
  /** Names of the products, for people. */
  readonly affected: readonly string[]
}

const paragraphs = (texts: readonly string[]): string => plain(distinct(texts.map((text) => plain(text))).join('\n\n'))

const limited = (lines: readonly string[]): string =>
  [...lines.slice(0, MOST_LINES), ...(lines.length > MOST_LINES ? [`and ${lines.length - MOST_LINES} more`] : [])].join('\n')

const notesOf = (notes: readonly Note[], categories: readonly string[]): readonly Note[] =>
  notes.filter((note) => categories.includes(note.category))

const RECOMMENDS = /recommend/i
const MITIGATES = /mitigat/i

/** Texts of one category over all vulnerabilities; equal ones once, different ones under the names that they belong to. */
const remedies = (told: readonly Told[], category: string): string => {
  const owners = new Map<string, string[]>()
  for (const one of told)
    for (const remedy of one.remediations.filter((candidate) => candidate.category === category)) {
      const text = plain(remedy.details)
      const names = owners.get(text) ?? []
      if (!names.includes(one.name)) owners.set(text, [...names, one.name])
    }
  const everyone = told.filter((one) => one.remediations.some((remedy) => remedy.category === category)).length
  return paragraphs([...owners].map(([text, names]) => (names.length === everyone ? text : `${names.join(', ')}: ${text}`)))
}

const fixTexts = (told: readonly Told[]): readonly string[] =>
  distinct(
    told.flatMap((one) => one.remediations.filter((remedy) => remedy.category === 'vendor_fix').map((remedy) => plain(remedy.details))),
  )

const RESTARTS = /\b(reboot|rebooted|restart|restarted|restarting)\b/i
const FIRST = /^before (applying|installing)/i

const partsOf = (texts: readonly string[], wanted: RegExp): string =>
  paragraphs(texts.flatMap((text) => text.split('\n\n')).filter((part) => wanted.test(part)))

const restartTexts = (told: readonly Told[]): string => {
  const stated = told.flatMap((one) => one.remediations.map((remedy) => remedy.restart_required?.details ?? ''))
  return paragraphs([partsOf(fixTexts(told), RESTARTS), ...stated])
}

const files = (fixed: readonly FixedBuild[]): string =>
  limited(distinct(fixed.filter((build) => !isDebug(build.name)).map((build) => `${build.name}-${evrText(build.evr)}.${build.arch}`)))

const details = (material: Material): string =>
  paragraphs([
    ...notesOf(material.notes, ['description', 'details', 'general'])
      .filter((note) => !RECOMMENDS.test(note.title ?? '') && !MITIGATES.test(note.title ?? ''))
      .map((note) => note.text),
    ...material.vulnerabilities.flatMap((one) =>
      notesOf(one.notes, ['description', 'summary'])
        .slice(0, 1)
        .map((note) => `${one.name}: ${plain(note.text)}`),
    ),
  ])

const mitigating = (material: Material): string =>
  paragraphs([
    remedies(material.vulnerabilities, 'mitigation'),
    ...[...material.notes, ...material.vulnerabilities.flatMap((one) => one.notes)]
      .filter((note) => MITIGATES.test(note.title ?? ''))
      .map((note) => note.text),
  ])

/** Table 2.2 of the chapter from a CSAF document, in the publisher's words. An empty text: the publisher says nothing. */
export const sectionsOf = (material: Material): Sections => ({
  summary: {
    maximumSeverity: line(material.severityWords),
    impact: paragraphs(notesOf(material.notes, ['summary']).map((note) => note.text)),
    affectedSoftware: limited(distinct(material.affected.map((name) => line(name)))),
    recommendation: paragraphs(material.notes.filter((note) => RECOMMENDS.test(note.title ?? '')).map((note) => note.text)),
  },
  technicalDetails: { text: details(material), mitigatingFactors: mitigating(material) },
  workarounds: remedies(material.vulnerabilities, 'workaround'),
  faq: paragraphs(notesOf(material.notes, ['faq']).map((note) => note.text)),
  patchInformation: {
    prerequisites: partsOf(fixTexts(material.vulnerabilities), FIRST),
    deployment: remedies(material.vulnerabilities, 'vendor_fix'),
    restart: restartTexts(material.vulnerabilities),
    removal: '',
    files: files(material.fixed),
    verification: '',
  },
  knowledgeBase: distinctLinks(material.references),
})

const distinctLinks = (references: readonly Reference[]): Sections['knowledgeBase'] => [
  ...new Map(references.map((one) => [one.url, { label: line(one.summary), url: one.url }])).values(),
]

// CSAF 2.0, 3.2.3.12.7.1: what has to be restarted.
const BOOTS = ['machine', 'system', 'zone']
const SERVICES = ['connected', 'dependencies', 'parent', 'service', 'vulnerable_component']

const SERVICE_TEXT =
  /\b(service|daemon|application|process|program)(s|es)?\b[^.]*\b(restart|restarted|restarting)\b|\brestart(ed|ing)?\b[^.]*\b(service|daemon|application|process|program)/i
const BOOT_TEXT = /\breboot(ed|ing)?\b|\b(system|machine|computer|host)\b[^.]*\brestarted\b|\brestart the (system|machine|computer|host)\b/i

/**
 * What must be restarted. "Services ... restarted, or the system rebooted" is services: the lesser way is enough. A kernel takes
 * effect by a boot, whatever the document says.
 */
export const restartOf = (remediations: readonly Remediation[], fixed: readonly FixedBuild[]): Bulletin['restart'] => {
  const fixes = remediations.filter((remedy) => remedy.category === 'vendor_fix')
  const categories = fixes.map((remedy) => remedy.restart_required?.category ?? 'none')
  if (fixed.some((build) => isKernel(build.name)) || categories.some((category) => BOOTS.includes(category))) return 'reboot'
  const texts = distinct(fixes.map((remedy) => plain(remedy.details)))
  if (texts.some((text) => BOOT_TEXT.test(text) && !SERVICE_TEXT.test(text))) return 'reboot'
  return texts.some((text) => SERVICE_TEXT.test(text)) || categories.some((category) => SERVICES.includes(category))
    ? 'services'
    : 'none stated'
}
