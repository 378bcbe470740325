import type { Asset } from './asset.ts'
import type { Bulletin } from '../identify/bulletin.ts'

/** Why one installed package of one host needs a bulletin's fix (or only a reboot). */
export interface Match {
  readonly host: string
  readonly product: string
  readonly arch: string
  readonly stream: string
  /** epoch:version-release */
  readonly installed: string
  /** epoch:version-release of the build that fixes it. */
  readonly fixed: string
  /** `affected`: a lower build is installed. `reboot pending`: the fix is installed, an older kernel still runs. */
  readonly status: 'affected' | 'reboot pending'
  /** The rule that matched, as a sentence with the facts in it. */
  readonly rule: string
}

export type MatchBulletin = (bulletin: Bulletin, assets: readonly Asset[]) => readonly Match[]
