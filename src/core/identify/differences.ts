import { formatVersion } from '../assess/scheme.ts'
import type { Bulletin, Cvss, FixedBuild, Sections, UnfixedRange, Vulnerability } from './bulletin.ts'

const MOST_NAMES = 5

const label = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)

const changed = (what: string, before: string, after: string): readonly string[] =>
  before === after ? [] : [`${what} ${before} -> ${after}`]

const scoreOf = (cvss: Cvss | undefined): string => (cvss === undefined ? 'none' : `${cvss.score.toFixed(1)} (${cvss.vector})`)

const vulnerabilityChanges = (before: Vulnerability, after: Vulnerability): readonly string[] => [
  ...changed(`${after.cve} severity`, label(before.severity), label(after.severity)),
  ...changed(`${after.cve} CVSS`, scoreOf(before.cvss), scoreOf(after.cvss)),
  ...changed(`${after.cve} known exploited`, before.knownExploited, after.knownExploited),
]

const vulnerabilities = (before: Bulletin, after: Bulletin): readonly string[] => {
  const old = new Map(before.vulnerabilities.map((one) => [one.cve, one]))
  const young = new Map(after.vulnerabilities.map((one) => [one.cve, one]))
  const added = [...young.keys()].filter((cve) => !old.has(cve)).map((cve) => `${cve} added`)
  const removed = [...old.keys()].filter((cve) => !young.has(cve)).map((cve) => `${cve} removed`)
  const kept = [...young.values()].flatMap((one) => {
    const earlier = old.get(one.cve)
    return earlier === undefined ? [] : vulnerabilityChanges(earlier, one)
  })
  return [...added, ...removed, ...kept]
}

const versionOf = ({ scheme, evr, introduced }: FixedBuild): string =>
  `${formatVersion(scheme, evr)}${introduced === undefined ? '' : ` (from ${introduced})`}`

const rangeOf = ({ introduced, lastAffected }: UnfixedRange): string =>
  `${introduced === undefined ? 'any version' : `from ${introduced}`}${lastAffected === undefined ? '' : ` up to ${lastAffected}`}`

/** stream -> package -> the versions that fix it, as one text; architectures are told only where they alone changed. */
type Builds = ReadonlyMap<string, string>

const byPackage = <T extends FixedBuild | UnfixedRange>(builds: readonly T[], value: (build: T) => string): Builds => {
  const sets = new Map<string, Set<string>>()
  for (const build of builds) {
    const key = `${build.stream}\n${build.name}`
    sets.set(key, (sets.get(key) ?? new Set()).add(value(build)))
  }
  return new Map([...sets].map(([key, values]) => [key, [...values].sort().join(', ')]))
}

const listed = (names: readonly string[]): string =>
  names.length > MOST_NAMES ? `${names.slice(0, MOST_NAMES).join(', ')} and ${names.length - MOST_NAMES} more` : names.join(', ')

/** One sentence for all packages of a stream that moved alike. */
const moves = (what: string, before: Builds, after: Builds): readonly string[] => {
  const alike = new Map<string, string[]>()
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const [from, to] = [before.get(key), after.get(key)]
    if (from === to) continue
    const [stream = '', name = ''] = key.split('\n')
    const story = from === undefined ? `${to} added` : to === undefined ? `${from} removed` : `${from} -> ${to}`
    const group = `${story} in ${stream}`
    alike.set(group, [...(alike.get(group) ?? []), name])
  }
  return [...alike].map(([story, names]) => `${what} ${listed(names.sort())} ${story}`)
}

const fixedBuilds = (before: Bulletin, after: Bulletin): readonly string[] => {
  const versions = moves('fixed build', byPackage(before.fixed, versionOf), byPackage(after.fixed, versionOf))
  if (versions.length > 0) return versions
  const exact = (build: FixedBuild): string => `${versionOf(build)}.${build.arch}`
  return moves('fixed build', byPackage(before.fixed, exact), byPackage(after.fixed, exact))
}

/** Texts that tell people what to do or what is at stake. A changed one is named, not quoted: texts are long. */
const TEXTS: readonly (readonly [string, (sections: Sections) => string])[] = [
  ['impact', (sections) => sections.summary.impact],
  ['affected software', (sections) => sections.summary.affectedSoftware],
  ['recommendation', (sections) => sections.summary.recommendation],
  ['technical details', (sections) => sections.technicalDetails.text],
  ['mitigating factors', (sections) => sections.technicalDetails.mitigatingFactors],
  ['workarounds', (sections) => sections.workarounds],
  ['FAQ', (sections) => sections.faq],
  ['prerequisites', (sections) => sections.patchInformation.prerequisites],
  ['deployment', (sections) => sections.patchInformation.deployment],
  ['removal', (sections) => sections.patchInformation.removal],
  ['verification steps', (sections) => sections.patchInformation.verification],
]

/** Line breaks and runs of blanks are layout, not a fact. */
const flat = (text: string): string => text.replace(/\s+/g, ' ').trim()

const texts = (before: Sections, after: Sections): readonly string[] =>
  TEXTS.filter(([, read]) => flat(read(before)) !== flat(read(after))).map(([name]) => `${name} text changed`)

/**
 * Changed facts between two revisions of one bulletin, as sentences such as `severity Moderate -> Important`, `CVE-2023-0401 added`.
 * Empty when no fact changed: dates, note titles, links, the legal notice and the publisher's generator are no facts.
 */
export const differences = (before: Bulletin, after: Bulletin): readonly string[] => [
  ...changed('severity', label(before.severity), label(after.severity)),
  ...vulnerabilities(before, after),
  ...fixedBuilds(before, after),
  ...moves('unfixed range', byPackage(before.unfixed, rangeOf), byPackage(after.unfixed, rangeOf)),
  ...changed('restart', before.restart, after.restart),
  ...changed('update type', before.updateType, after.updateType),
  ...(flat(before.title) === flat(after.title) ? [] : [`title "${flat(before.title)}" -> "${flat(after.title)}"`]),
  ...changed('publisher', before.publisher.name, after.publisher.name),
  ...texts(before.sections, after.sections),
]
