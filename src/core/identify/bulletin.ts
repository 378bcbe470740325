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
  /** When a catalogue listed it as known exploited. */
  readonly exploitedSince?: Instant
  /** Can attackers automate every step? Absent: nobody has said. */
  readonly automatable?: 'yes' | 'no'
  /** How much control it gives. Absent: nobody has said. */
  readonly impact?: 'partial' | 'total'
  /** Probability of exploitation within 30 days, from 0 to 1 (EPSS). Absent: not known. */
  readonly epss?: number
}

/** A version in parts, as rpm and dpkg have them. `epoch` 0 when the package has none. */
export interface Evr {
  readonly epoch: number
  readonly version: string
  readonly release: string
}

/** How versions are written and compared (core/assess/scheme.ts). */
export const SCHEMES = ['rpm', 'dpkg', 'apk', 'semver', 'pep440', 'generic'] as const
export type Scheme = (typeof SCHEMES)[number]

/** A build that fixes something: in this product stream, this package at this version or later is fixed. */
export interface FixedBuild {
  /** Product stream as the publisher names it, e.g. `BaseOS-8.6.0.Z.EUS`, `Debian:12`, `npm`; `*`: any. */
  readonly stream: string
  readonly scheme: Scheme
  readonly name: string
  /** `*`: any architecture. */
  readonly arch: string
  /** Schemes without epoch or release have epoch 0 and an empty release. */
  readonly evr: Evr
  /** Lowest affected version, as the scheme writes it; absent: every lower version is affected. */
  readonly introduced?: string
  readonly cves: readonly string[]
}

/** Versions that are affected and have no fix yet. */
export interface UnfixedRange extends Omit<FixedBuild, 'evr'> {
  /** Highest affected version; absent: every version from `introduced` on. */
  readonly lastAffected?: string
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
  readonly unfixed: readonly UnfixedRange[]
  /**
   * Products that the notice names without saying which versions are affected, in its own words and lower case. A feed's item has only
   * these: a person says what is affected (core/assess/named.ts).
   */
  readonly names: readonly string[]
  /** What must be restarted for the fix to work, as far as the document says. */
  readonly restart: 'none stated' | 'services' | 'reboot'
  /**
   * What it was published with, e.g. `Microsoft, September 2026`: the parts of one release share one card. Absent: it stands for itself.
   */
  readonly release?: string
  readonly sections: Sections
}
