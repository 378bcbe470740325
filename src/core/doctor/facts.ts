import type { Policy } from '../policy.ts'
import type { Instant } from '../result.ts'

/** What was found out about an installation. Null: it could not be asked, for a reason that stands elsewhere. */
export interface Facts {
  readonly now: Instant
  /** False: the sample. */
  readonly organisation: boolean
  readonly machine: MachineFacts
  readonly policyFile: PolicyFileFacts | null
  readonly database: DatabaseFacts
  readonly data: DataFacts | null
  /** Chat platforms that this configuration connects to. */
  readonly platforms: readonly string[]
  /** Runners that are connected. */
  readonly runners: readonly string[]
  /** Where sources were asked: what each answered, null: well. */
  readonly asked: Readonly<Record<string, string | null>> | null
  /** What chat platforms showed; absent: they were not asked. */
  readonly chat?: readonly Finding[]
}

export interface MachineFacts {
  /** Major version of Node. */
  readonly node: number
  /** Everything that is wrong with the environment, a sentence each. */
  readonly configuration: readonly string[]
  readonly folder: {
    readonly path: string
    /** `missing`: the first start makes it. */
    readonly state: 'ok' | 'missing' | 'not writable'
    readonly freeBytes: number | null
    /** The tokens can be read by others than their owner. */
    readonly tokensOpen: boolean
  } | null
}

export interface PolicyFileFacts {
  readonly file: string
  /** Each with its line. */
  readonly problems: readonly string[]
  /** Null: it has problems. */
  readonly hash: string | null
}

export type DatabaseFacts =
  | {
      readonly state: 'ok'
      readonly hosted: boolean
      /** What the active bot calls itself; null: none is active. */
      readonly holder: string | null
      /** The database's clock minus ours, in milliseconds. */
      readonly skewMs: number
    }
  /** `new`: nothing is there yet, the first start makes it. `behind`: these migrations are missing. */
  | { readonly state: 'new' }
  | { readonly state: 'behind'; readonly missing: readonly string[] }
  | { readonly state: 'broken'; readonly reason: string }
  /** The configuration does not say which. */
  | { readonly state: 'unknown' }

export interface DataFacts {
  readonly inForce: { readonly policy: Policy; readonly hash: string; readonly approved: boolean } | null
  /** Of a version of the policy that waits for its approval. */
  readonly proposed: string | null
  readonly sources: Readonly<Record<string, SourceFacts>>
  /** How many were lately seen in each group of the policy, in its order. */
  readonly seenInGroups: readonly number[]
  /** Rows that are due and not done; `since` is the oldest one's time. */
  readonly late: { readonly count: number; readonly since: Instant } | null
  /** Polls that nobody takes. */
  readonly pollsWaiting: { readonly count: number; readonly since: Instant } | null
  readonly posts: {
    readonly uncertain: number
    /** First messages that wait for longer than a minute or two; `reason` is the platform's last answer. */
    readonly stuck: readonly { readonly place: string; readonly count: number; readonly since: Instant; readonly reason: string | null }[]
  }
  /** Runners that stored orders name. */
  readonly ordersFor: readonly string[]
  /** Null: the chain is good. */
  readonly auditFlaw: string | null
  readonly lastBackupAt: Instant | null
  /** Requests in Slack's name whose signature or time was wrong, since the last that was right; null: none. */
  readonly slackRefused: RefusedFacts | null
}

export interface RefusedFacts {
  readonly count: number
  readonly since: Instant
  readonly lastAt: Instant
}

export interface SourceFacts {
  readonly firstPollDone: boolean
  readonly lastGoodAt: Instant | null
  readonly failingSince: Instant | null
}

/** One thing that was noticed. */
export interface Finding {
  readonly area:
    | 'configuration'
    | 'machine'
    | 'database'
    | 'policy'
    | 'sources'
    | 'places'
    | 'roles'
    | 'runners'
    | 'work'
    | 'audit'
    | 'backups'
  readonly what: string
  readonly why: string
  readonly mend: string
}

export interface Diagnosis {
  /** Things to mend. */
  readonly findings: readonly Finding[]
  /** Things to know; nothing is wrong with them. */
  readonly notes: readonly string[]
}
