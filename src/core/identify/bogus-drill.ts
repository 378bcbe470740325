import type { Instant } from '../result.ts'

/** A bogus drill and who saw through it. */
export interface BogusDrillFacts {
  readonly startedAt: Instant
  /** How many people it was meant for. */
  readonly people: number
  /** When each of them reported it, in any order. */
  readonly reports: readonly Instant[]
}

export interface BogusDrillFigures {
  readonly people: number
  readonly reported: number
  /** 0 to 1; null: it was meant for nobody. */
  readonly rate: number | null
  /** Seconds until the first report, and until half of those who reported had done so; null: nobody reported. */
  readonly firstSeconds: number | null
  readonly medianSeconds: number | null
}

/** Report rate and time to report. Who did not report may not have seen it: the rate is a lower bound. */
export function bogusDrillFigures({ startedAt, people, reports }: BogusDrillFacts): BogusDrillFigures {
  const seconds = reports.map((at) => Math.max(0, Math.round((Date.parse(at) - Date.parse(startedAt)) / 1000))).sort((a, b) => a - b)
  return {
    people,
    reported: seconds.length,
    rate: people === 0 ? null : Math.min(1, seconds.length / people),
    firstSeconds: seconds[0] ?? null,
    medianSeconds: seconds[Math.floor((seconds.length - 1) / 2)] ?? null,
  }
}

/** The mark by which words that were copied out of a drill's notice are recognised. */
export const bogusDrillMark = (drill: number): string => `Ref. BD-${String(drill).padStart(4, '0')}`

/** The drill whose notice a text was copied from; null: none. */
export const bogusDrillIn = (text: string): number | null => {
  const found = /\bRef\. BD-(\d{4,9})\b/.exec(text)?.[1]
  return found === undefined ? null : Number(found)
}
