import type { Instant } from '../result.ts'

/** Severity in the publisher's words, normalised. `none`: the publisher says nothing. */
export type Severity = 'critical' | 'important' | 'moderate' | 'low' | 'none'

/** Known exploited has three values: an absent or partial source never means "no". */
export type KnownExploited = 'yes' | 'no' | 'unknown'

export interface Cvss {
  readonly version: string
  readonly vector: string
  /** Base score, 0 to 10. */
  readonly score: number
}

export interface Vulnerability {
  readonly cve: string
  readonly cvss?: Cvss
  readonly severity: Severity
  readonly knownExploited: KnownExploited
  /** Where the known-exploited answer comes from, e.g. the document's own exploit_status. */
  readonly exploitedEvidence?: string
}

/** An rpm version. `epoch` 0 when the package has none. */
export interface Evr {
  readonly epoch: number
  readonly version: string
  readonly release: string
}

/** A build that fixes something: in this product stream, this package at this version or later is fixed. */
export interface FixedBuild {
  /** Product stream as the publisher names it, e.g. `BaseOS-8.6.0.Z.EUS`. */
  readonly stream: string
  readonly scheme: 'rpm'
  readonly name: string
  readonly arch: string
  readonly evr: Evr
  readonly cves: readonly string[]
}

/** CSAF's remediation categories. */
export type RemediationCategory = 'vendor_fix' | 'workaround' | 'mitigation' | 'no_fix_planned' | 'none_available'

/** Table 2.4 of the chapter. */
export type UpdateType =
  | 'security patch'
  | 'critical update'
  | 'update'
  | 'hotfix'
  | 'update rollup'
  | 'service pack'
  | 'integrated service pack'
  | 'feature pack'

/** Table 2.2 of the chapter: the six sections. An empty text means that the publisher says nothing. */
export interface Sections {
  readonly summary: {
    readonly maximumSeverity: string
    readonly impact: string
    readonly affectedSoftware: string
    readonly recommendation: string
  }
  readonly technicalDetails: { readonly text: string; readonly mitigatingFactors: string }
  readonly workarounds: string
  readonly faq: string
  readonly patchInformation: {
    readonly prerequisites: string
    readonly deployment: string
    readonly restart: string
    readonly removal: string
    readonly files: string
    readonly verification: string
  }
  readonly knowledgeBase: readonly { readonly label: string; readonly url: string }[]
}

/** One vendor notice in our words. All text in it is foreign: renderers escape it. */
export interface Bulletin {
  /** Id of the source in the policy. */
  readonly source: string
  /** The publisher's tracking id, e.g. `RHSA-2023:3408`. */
  readonly vendorId: string
  /** The publisher's tracking version, e.g. `1` or `1.0.1`. */
  readonly revision: string
  readonly title: string
  readonly publisher: { readonly name: string; readonly namespace: string; readonly category: string }
  readonly url?: string
  readonly publishedAt: Instant
  /** current_release_date of this revision. */
  readonly updatedAt: Instant
  readonly severity: Severity
  readonly updateType: UpdateType
  readonly vulnerabilities: readonly Vulnerability[]
  readonly fixed: readonly FixedBuild[]
  /** What must be restarted for the fix to work, as far as the document says. */
  readonly restart: 'none stated' | 'services' | 'reboot'
  readonly sections: Sections
}
