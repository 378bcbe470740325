import cvss from 'ae-cvss-calculator'
import type { Bulletin, Cvss, FixedBuild, Sections, UnfixedRange, Vulnerability } from '../../../src/core/identify/bulletin.ts'
import { highest, severityOfScore, severityWord } from '../../../src/core/identify/severity.ts'
import { distinct, plain } from '../../../src/core/identify/text.ts'
import { linuxPackage, namesOf, rpmBuild } from './names.ts'
import type { Part } from './part.ts'

const MOST_LINES = 150

const limited = (lines: readonly string[]): string =>
  plain([...lines.slice(0, MOST_LINES), ...(lines.length > MOST_LINES ? [`and ${lines.length - MOST_LINES} more`] : [])].join('\n'))

/** The base score of the vector: Microsoft's carry temporal metrics, and its base score is written beside them. */
const cvssOf = ({ vector, score }: Part['vulnerabilities'][number]): Cvss | undefined => {
  const version = /^CVSS:(\d\.\d)\//.exec(vector)?.[1]
  if (version === undefined || score === 0) return undefined
  try {
    return cvss.fromVector(vector) === null ? undefined : { version, vector, score }
  } catch {
    return undefined
  }
}

function vulnerabilityOf(one: Part['vulnerabilities'][number]): Vulnerability {
  const score = cvssOf(one)
  // "Exploited:No" is what Microsoft knew on the day; only a yes stays true.
  const exploited = /(?:^|;)\s*Exploited:Yes\b/i.test(one.exploit)
  return {
    cve: one.cve,
    severity: severityWord(one.severity) ?? severityOfScore(one.score),
    knownExploited: exploited ? 'yes' : 'unknown',
    ...(exploited ? { exploitedEvidence: 'Microsoft says: Exploited:Yes' } : {}),
    ...(score === undefined ? {} : { cvss: score }),
  }
}

/** Builds of Microsoft's own Linux: the only products here whose versions a host can be compared by. */
function builds(part: Part): { readonly fixed: readonly FixedBuild[]; readonly unfixed: readonly UnfixedRange[] } {
  const common = { scheme: 'rpm', arch: '*' } as const
  return {
    fixed: part.fixes.flatMap(({ product, build, cves }) => {
      const [linux, evr] = [linuxPackage(product), rpmBuild(build)]
      return linux && evr ? [{ ...common, ...linux, evr, cves }] : []
    }),
    unfixed: part.unfixed.flatMap(({ product, cves }) => {
      const linux = linuxPackage(product)
      return linux ? [{ ...common, ...linux, cves }] : []
    }),
  }
}

const fixLine = ({ product, update, build, replaces, type }: Part['fixes'][number]): string =>
  [
    `${product}: ${update || 'no number'}`,
    ...(build === '' ? [] : [`fixed build ${build}`]),
    ...(replaces === '' ? [] : [`replaces ${replaces}`]),
    ...(type === '' ? [] : [type]),
  ].join(', ')

const weaknessLine = (one: Part['vulnerabilities'][number]): string => {
  const exploit = /Latest Software Release:([^;]{1,60})/.exec(one.exploit)?.[1]
  return `${one.cve}: ${one.title} (${[one.severity, one.impact, one.score > 0 ? `CVSS ${one.score}` : '', exploit ?? ''].filter(Boolean).join(', ')})`
}

const restartWords = (part: Part): string => distinct(part.fixes.map(({ restart }) => restart)).join(', ')

const linkOf = (part: Part): string => `https://msrc.microsoft.com/update-guide/releaseNote/${part.month}`

function sectionsOf(part: Part): Sections {
  const affected = distinct([...part.fixes, ...part.unfixed, ...part.handled].map(({ product }) => product))
  return {
    summary: {
      maximumSeverity: part.vulnerabilities[0]?.severity ?? '',
      impact: distinct(part.vulnerabilities.map(({ impact }) => impact)).join(', '),
      affectedSoftware: limited(affected),
      recommendation: '',
    },
    technicalDetails: {
      text: limited([...part.vulnerabilities.map(weaknessLine), ...part.advisories.map((id) => `Advisory ${id}`)]),
      mitigatingFactors: part.mitigations,
    },
    workarounds: part.workarounds,
    faq: part.knownIssues === '' ? '' : plain(`Known issues:\n${part.knownIssues}`),
    patchInformation: {
      prerequisites: '',
      deployment: limited([
        ...part.fixes.map(fixLine),
        ...part.unfixed.map(({ product, cves }) => `${product}: no fix named for ${cves.slice(0, 5).join(', ')}`),
        ...part.handled.map(
          ({ product, cves }) => `${product}: nothing to do for ${cves.slice(0, 5).join(', ')}, Microsoft has fixed it itself`,
        ),
      ]),
      restart: restartWords(part),
      removal: '',
      files: '',
      verification: '',
    },
    knowledgeBase: [
      { label: part.release, url: linkOf(part) },
      ...distinct(part.fixes.flatMap(({ update }) => /^KB(\d+)$/.exec(update)?.[1] ?? []))
        .slice(0, 40)
        .map((number) => ({ label: `KB${number}`, url: `https://support.microsoft.com/help/${number}` })),
    ],
  }
}

/** A part in our words. */
export function bulletinOf(source: string, namespace: string, part: Part): Bulletin {
  const { fixed, unfixed } = builds(part)
  const vulnerabilities = part.vulnerabilities.map(vulnerabilityOf)
  const isWindows = /^(?:Windows|ESU)$/.test(part.family)
  return {
    source,
    vendorId: part.vendorId,
    revision: part.revision,
    title: `${part.release}: ${part.family}`,
    publisher: { name: 'Microsoft', namespace, category: 'vendor' },
    url: linkOf(part),
    publishedAt: part.publishedAt,
    updatedAt: part.updatedAt,
    severity: highest(vulnerabilities.map(({ severity }) => severity)),
    updateType: 'security patch',
    vulnerabilities,
    fixed,
    unfixed,
    names: fixed.length + unfixed.length > 0 ? [] : namesOf([...part.fixes, ...part.unfixed].map(({ product }) => product)),
    restart: isWindows && part.fixes.some(({ restart }) => /^(?:yes|maybe)$/i.test(restart)) ? 'reboot' : 'none stated',
    release: part.release,
    sections: sectionsOf(part),
  }
}
