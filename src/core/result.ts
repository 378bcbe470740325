/** A rule said no. A value, not an error: it has a stable code and one sentence that says what to do next. */
export interface Refusal {
  readonly code: string
  readonly text: string
}

/** What a rule answers: a value, or a refusal. Faults are thrown as `Fault`, never returned. */
export type Ruled<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal }

export const allow = <T>(value: T): Ruled<T> => ({ ok: true, value })

export const refuse = (code: string, text: string): { readonly ok: false; readonly refusal: Refusal } => ({
  ok: false,
  refusal: { code, text },
})

/** An instant as ISO 8601 in UTC, e.g. `2026-11-23T14:05:00.000Z`. All times in our data have this shape. */
export type Instant = string
