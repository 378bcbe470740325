import type { Phase } from '../change/state.ts'
import type { Verdict } from '../identify/verification.ts'
import type { ChangeClass, Role } from '../policy.ts'
import type { Instant } from '../result.ts'

/** The cycle at a glance, for one person. Absolute times: the reader's zone and "now" are the page's business. */
export interface Overview {
  readonly now: Instant
  /** What this person can do now, the most urgent first. */
  readonly waitsForYou: readonly Task[]
  /** What is overdue, then what nobody has classified, then by the next deadline. */
  readonly changes: readonly OpenChange[]
  readonly calendar: Calendar
  readonly compliance: Compliance
  readonly sources: readonly SourceLine[]
}

/** Where a card stands: the place, and the post in it. */
export interface CardLink {
  readonly place: string
  readonly post: string
}

export interface Task {
  /** What to do, e.g. `Approve or reject the plan`. */
  readonly text: string
  /** What it is about, e.g. `openssl, change 12`. */
  readonly about: string
  /** The deadline that it holds up; null where none runs. */
  readonly due: Instant | null
  readonly card: CardLink | null
}

/** What a change waits for. */
export interface Wait {
  /** An instruction where it is somebody's turn, else what is awaited. */
  readonly text: string
  /** Whose turn it is; empty: nobody's, it goes on by itself. */
  readonly roles: readonly Role[]
  /** Ids of those who may do it now. */
  readonly people: readonly string[]
  /** When it goes on by itself, where that is known. */
  readonly until: Instant | null
}

/**
 * `idle`: the class has no such deadline. `running`: time is left. `near`: less than a fifth of it. `met`, `missed`: it was done, in
 * time or late. `overdue`: it is not done and the time is over.
 */
export type ClockState = 'idle' | 'running' | 'near' | 'met' | 'missed' | 'overdue'

/** One of the two clocks of a change. */
export interface ClockLine {
  readonly by: Instant | null
  /** When it was done: the first order was given, or the rollout finished. */
  readonly doneAt: Instant | null
  readonly state: ClockState
  /** Share of its time that was used until it was done, or now; above 1 when late. 0 without a deadline. */
  readonly used: number
}

export interface OpenChange {
  readonly id: number
  /** What cards call it, e.g. `openssl`. */
  readonly name: string
  readonly title: string
  readonly vendorId: string
  readonly verdict: Verdict
  readonly phase: Phase
  readonly phaseWords: string
  /** Null until a person has classified it. */
  readonly class: ChangeClass | null
  readonly proposed: ChangeClass
  /** On the shorter path. */
  readonly emergency: boolean
  /** An exercise: everything about it is pretended. */
  readonly drill: boolean
  readonly knownExploited: boolean
  /** Its runner only pretends. */
  readonly rehearsal: boolean
  /** Its rollout halted by a threshold, or a person stopped it. */
  readonly standsStill: 'halted' | 'stopped' | null
  /** Null until it is classified: only then they run. */
  readonly clocks: { readonly zero: Instant; readonly start: ClockLine; readonly complete: ClockLine } | null
  /** The deadlines of the proposed class in words, until it is classified. */
  readonly clockWords: string
  readonly wait: Wait & { readonly names: readonly string[] }
  readonly hosts: HostFigures
  readonly card: CardLink | null
}

export interface HostFigures {
  /** To be patched; those that people took out are not counted. */
  readonly total: number
  /** Verified by an independent check. */
  readonly done: number
  readonly failed: number
  readonly unknown: number
}

export interface PlannedChange {
  readonly id: number
  readonly name: string
  /** False: the plan still waits for its approval. */
  readonly approved: boolean
  readonly card: CardLink | null
}

export interface CalendarOpening {
  readonly window: string
  readonly name: string
  readonly start: Instant
  readonly end: Instant
  /** Whom it is for, e.g. `web servers`; empty: all hosts. */
  readonly hosts: string
  /** False: something is planned into it, and it does not open (any more). */
  readonly opens: boolean
  readonly changes: readonly PlannedChange[]
}

export interface Calendar {
  readonly from: Instant
  readonly to: Instant
  /** By start; one that is open now included. */
  readonly openings: readonly CalendarOpening[]
  readonly blackouts: readonly { readonly name: string; readonly reason: string; readonly from: Instant; readonly to: Instant }[]
}

/** Hosts of one class of asset against the standard version of one product. The four figures add up to its hosts. */
export interface BaselineLine {
  readonly assetClass: string
  readonly product: string
  /** One per product stream. */
  readonly versions: readonly string[]
  readonly at: number
  readonly below: number
  readonly above: number
  readonly exempt: number
  /** Some of the hosts below and above, by name. */
  readonly named: { readonly below: readonly string[]; readonly above: readonly string[] }
}

/** Hosts of one class of asset against the open changes. The three add up to `hosts`. */
export interface PatchLine {
  readonly assetClass: string
  readonly hosts: number
  /** No open change is for them, as far as the inventory and the bulletins say. */
  readonly clear: number
  readonly open: number
  /** An open change for them is past its complete-by. */
  readonly overdue: number
}

export interface Compliance {
  readonly hosts: number
  /** No sign of life for longer than the policy allows: what is said of them may be old. */
  readonly stale: number
  readonly staleAfterDays: number
  readonly unmanaged: number
  /** The latest sign of life of any host; null: the inventory is empty. */
  readonly lastSeen: Instant | null
  readonly patches: readonly PatchLine[]
  /** Those with hosts below first. Empty until the first review was closed. */
  readonly baselines: readonly BaselineLine[]
}

export interface SourceLine {
  readonly id: string
  readonly name: string
  /** `silent`: it answers, and has had no news for longer than the policy allows. */
  readonly state: 'good' | 'silent' | 'failing' | 'not asked'
  readonly lastGoodAt: Instant | null
  /** Since when it fails or is silent. */
  readonly since: Instant | null
  /** Documents that could not be taken: dropped from the last answer, or broken while they were handled. */
  readonly dropped: number
}
