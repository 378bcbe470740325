import type { Bulletin, FixedBuild, Sections, Severity, UnfixedRange } from './bulletin.ts'

/** A bulletin as the command line prints it. */
export interface PrintedBulletin {
  readonly source: string
  readonly vendorId: string
  readonly revision: string
  readonly title: string
  readonly url: string | null
  readonly publishedAt: string
  readonly updatedAt: string
  readonly severity: Severity
  readonly cves: readonly string[]
  readonly affected: readonly PrintedRange[]
  /** Products that it names without versions. */
  readonly names: readonly string[]
  readonly sections: Sections
}

/** Affected versions of one product: `<1:3.0.1-47.el9_1`, `>=1.2.0 <1.4.5`, `>=1.0 (no fix)`. */
export interface PrintedRange {
  readonly product: string
  readonly stream: string
  readonly arch: string
  readonly scheme: string
  readonly range: string
}

/** `format` writes a version as its scheme does. */
export function printedBulletin(bulletin: Bulletin, format: (build: FixedBuild) => string): PrintedBulletin {
  const { source, vendorId, revision, title, url, publishedAt, updatedAt, severity, vulnerabilities, fixed, unfixed, names, sections } =
    bulletin
  return {
    source,
    vendorId,
    revision,
    title,
    url: url ?? null,
    publishedAt,
    updatedAt,
    severity,
    cves: vulnerabilities.map(({ cve }) => cve),
    affected: [
      ...fixed.map((build) => printed(build, fixedRange(build, format))),
      ...unfixed.map((range) => printed(range, unfixedRange(range))),
    ],
    names,
    sections,
  }
}

const printed = ({ name, stream, arch, scheme }: FixedBuild | UnfixedRange, range: string): PrintedRange => ({
  product: name,
  stream,
  arch,
  scheme,
  range,
})

const fixedRange = (build: FixedBuild, format: (build: FixedBuild) => string): string =>
  `${build.introduced === undefined ? '' : `>=${build.introduced} `}<${format(build)}`

function unfixedRange({ introduced, lastAffected }: UnfixedRange): string {
  const ends = [...(introduced === undefined ? [] : [`>=${introduced}`]), ...(lastAffected === undefined ? [] : [`<=${lastAffected}`])]
  return `${ends.join(' ') || 'every version'} (no fix)`
}
