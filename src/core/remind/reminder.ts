import type { ChangeState } from '../change/state.ts'
import type { Audience, Policy, ReminderKind, Role } from '../policy.ts'
import type { Instant } from '../result.ts'

/** The house, as far as somebody may have to be reminded of something in it. */
export interface HouseView {
  readonly policy: Policy
  /** Those to which something may still happen. */
  readonly changes: readonly ChangeState[]
  /** Delay requests that nobody has decided yet. */
  readonly delays: readonly OpenDelay[]
  /** What holds only until a day: exemptions, sponsorships. */
  readonly exceptions: readonly Exception[]
}

export interface OpenDelay {
  readonly id: number
  readonly changeId: number
  readonly askedAt: Instant
  readonly until: Instant
}

export interface Exception {
  /** `exemption:4`, `sponsor:web-01`. */
  readonly subject: string
  /** In words: "web-01 is left out of change 12". */
  readonly what: string
  readonly until: Instant
}

/** A card that a reminder hangs under. */
export interface Under {
  readonly subject: string
  readonly card: 'alert' | 'test' | 'decision' | 'progress' | 'review' | 'request'
  /** Of the plan whose card it is. */
  readonly digest?: string
}

/** A moment at which a reminder is due, where the schedule of its kind does not say it. */
export interface Mark {
  readonly at: Instant
  /** Unique among the marks of one reason. */
  readonly key: string
  readonly line?: string
  /** Nothing is left after it: nobody can put it off before it is said, nor for longer than a day from this instant. */
  readonly final?: Instant
}

/** A reason to remind somebody, as things are now. */
export interface Standing {
  readonly kind: ReminderKind
  /** What it is about; `change:12/deciding` where a change gives several reasons one after the other. */
  readonly subject: string
  /** In one sentence, without its full stop: what waits. */
  readonly line: string
  /** From when on it is a reason; null: nobody knows. Occurrences before it are none. */
  readonly since: Instant | null
  /** What it has to be done by; null: nothing. */
  readonly until: Instant | null
  /** From then on it is no reason any more. */
  readonly over?: Instant
  readonly audience: Audience
  /** Whom it concerns: who may put it off. */
  readonly roles: readonly Role[]
  /** Number of the change that it is about. */
  readonly change?: number
  readonly under?: Under
  /** In place of the schedule of its kind. */
  readonly marks?: readonly Mark[]
}

/** A reminder that is wanted now. */
export interface Wanted extends Standing {
  /** With kind and subject unique for ever: what was sent under it is not sent again. */
  readonly occurrence: string
  /** When it was due. */
  readonly at: Instant
  /** How many earlier ones it stands for. */
  readonly missed: number
  readonly final: Instant | null
}

/** What a reminder that was sent says. */
export interface Said extends Pick<Wanted, 'line' | 'since' | 'until' | 'audience' | 'roles' | 'change' | 'at' | 'missed' | 'final'> {
  readonly sentAt: Instant
}

/** Somebody put the reminders of this reason off. */
export interface Snooze {
  readonly kind: ReminderKind
  readonly subject: string
  readonly until: Instant
}
