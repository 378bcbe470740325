import type { Evr, Scheme } from '../identify/bulletin.ts'
import type { Instant } from '../result.ts'

/** One installed package. Kernels install side by side: several installs of one name may exist. */
export interface Install extends Evr {
  /** How its version is written and compared (scheme.ts). */
  readonly scheme: Scheme
  readonly name: string
  readonly arch: string
}

/** Facts that matter so much that two imports which disagree on one are both shown. */
export type DisputedFact = 'criticality' | 'environment' | 'exposure'

/** Fact -> origin (import/merge.ts `originOf`) -> its last word. */
export type Told = Readonly<Partial<Record<DisputedFact, Readonly<Record<string, string>>>>>

/** A host of the inventory. */
export interface Asset {
  /** Unique host name, lower case. */
  readonly host: string
  /** E-mail of the person who uses or owns it. */
  readonly owner: string
  readonly department: string
  readonly site: string
  readonly environment: 'production' | 'test'
  /** Class of asset, e.g. `web servers`: baselines and windows belong to classes. */
  readonly assetClass: string
  readonly criticality: 'mission-critical' | 'normal'
  readonly location: 'data centre' | 'office' | 'remote'
  readonly ownership: 'company' | 'contractor' | 'customer' | 'vendor' | 'home'
  /** Who of the organisation answers for a foreign host, and until when. */
  readonly sponsor?: { readonly email: string; readonly until: Instant }
  /** Can it be reached from the internet? Absent: nobody has said. */
  readonly exposure?: 'internet' | 'internal'
  /** What tells two imports of one host apart, strongest first: serial number, cloud instance id, fully qualified name. */
  readonly serial?: string
  readonly cloudId?: string
  readonly fqdn?: string
  /** Other names by which imports have called it. */
  readonly aliases?: readonly string[]
  /** What each origin says of the facts on which origins may disagree (import/merge.ts); the worse one counts. */
  readonly told?: Told
  readonly managed: boolean
  /** End users sit in front of it. */
  readonly workstation: boolean
  /** One of the patch team's own machines. */
  readonly patchTeam: boolean
  readonly lastSeen: Instant
  /** E.g. `Red Hat Enterprise Linux 8.6 EUS`. */
  readonly operatingSystem: string
  /** Product streams that the host takes packages from, e.g. `BaseOS-8.6.0.Z.EUS`. */
  readonly streams: readonly string[]
  /** The kernel package that is running now, where known. */
  readonly runningKernel?: Install
  readonly installs: readonly Install[]
}
