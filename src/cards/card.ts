import type { Instant } from '../core/result.ts'

/**
 * The neutral card: plain data, no platform in it. Renderers turn it into Adaptive Cards (Teams, web) or Block Kit.
 * Every string may hold foreign text; a renderer escapes it and interprets no markup in it.
 */
export interface Card {
  /** `announcement` looks different from everything else: end users must not take it for a software notice. */
  readonly look: 'standard' | 'announcement' | 'whisper'
  readonly tone: Tone
  /** Small line above the title: severity, verdict, REHEARSAL. */
  readonly badges: readonly Badge[]
  readonly title: string
  readonly subtitle?: string
  readonly blocks: readonly Block[]
  readonly actions: readonly Action[]
  /** Plain text for notifications and screen readers; one sentence. */
  readonly summary: string
}

export type Tone = 'neutral' | 'info' | 'good' | 'warning' | 'danger'

export interface Badge {
  readonly text: string
  readonly tone: Tone
}

/**
 * A run of text. Times are absolute; the platform shows them in the reader's own zone. A mention names a person of the policy, or the
 * holders of a role, so that their phones ring; where the platform has no such account or group, the name is shown.
 */
export type Span =
  | string
  | { readonly strong: string }
  | { readonly time: Instant; readonly style: 'date' | 'time' | 'date-time' }
  | { readonly mention: 'person' | 'role'; readonly id: string; readonly name: string }

export type Text = readonly Span[]

export type Block =
  | { readonly kind: 'text'; readonly text: Text; readonly quiet?: boolean }
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'facts'; readonly facts: readonly { readonly label: string; readonly value: Text }[] }
  | { readonly kind: 'list'; readonly items: readonly Text[] }
  | { readonly kind: 'table'; readonly columns: readonly string[]; readonly rows: readonly (readonly string[])[] }
  | { readonly kind: 'progress'; readonly label: string; readonly done: number; readonly of: number }
  | { readonly kind: 'outcome'; readonly text: Text; readonly tone: Tone }
  | { readonly kind: 'links'; readonly links: readonly { readonly label: string; readonly url: string }[] }
  | Picture

/** Figures as a picture (cards/chart.ts draws it). `alt` says the same facts in words, for everybody who cannot see it. */
export interface Picture {
  readonly kind: 'picture'
  readonly alt: string
  readonly chart: Chart
}

/** How many there were of something, step by step, over time. */
export interface Chart {
  readonly title: string
  /** All that there could be. */
  readonly of: number
  /** By time; each from its moment on. At least one. */
  readonly points: readonly { readonly at: Instant; readonly count: number }[]
  /** Moments worth a line of their own, such as a deadline. */
  readonly marks: readonly { readonly at: Instant; readonly label: string; readonly tone: Tone }[]
}

/** A button. With a `form`, pressing it opens the form; its submit carries the same value plus the inputs. */
export interface Action {
  readonly label: string
  readonly verb: string
  /** Subject `kind:number`. */
  readonly id: string
  readonly digest?: string
  readonly style: 'default' | 'primary' | 'danger'
  readonly form?: Form
}

export interface Form {
  readonly title: string
  readonly intro?: string
  readonly submit: string
  readonly fields: readonly Field[]
}

export type Field =
  | {
      readonly kind: 'text'
      readonly id: string
      readonly label: string
      readonly multiline: boolean
      readonly required: boolean
      readonly value?: string
      readonly hint?: string
      readonly maxLength: number
    }
  | {
      readonly kind: 'choice'
      readonly id: string
      readonly label: string
      readonly required: boolean
      readonly options: readonly { readonly value: string; readonly label: string }[]
      readonly value?: string
    }
