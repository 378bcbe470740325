import { rungOf, type Verdict } from '../../src/core/identify/verification.ts'

/** One document, mail or link, and whether it is genuine. */
export interface Case {
  readonly name: string
  readonly genuine: boolean
  /** Where a forgery must be called so, and not only left unproved. */
  readonly exactly?: Verdict
  run(): Promise<Verdict>
}

/** How one case came out. */
export interface Outcome {
  readonly name: string
  readonly genuine: boolean
  /** Null: it threw before there was one. */
  readonly verdict: Verdict | null
  readonly threw?: string
  readonly good: boolean
}

export const believed = (verdict: Verdict | null): boolean => verdict !== null && rungOf(verdict) >= rungOf('CORROBORATED')

/** A crash is a failure of its case, of a forgery as well: nobody has said that it is one. */
async function outcomeOf({ name, genuine, exactly, run }: Case): Promise<Outcome> {
  try {
    const verdict = await run()
    return { name, genuine, verdict, good: believed(verdict) === genuine && (exactly === undefined || exactly === verdict) }
  } catch (error) {
    return { name, genuine, verdict: null, threw: error instanceof Error ? error.message : String(error), good: false }
  }
}

/** Runs the cases one after another. Never throws. */
export async function runCases(cases: readonly Case[]): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  for (const one of cases) outcomes.push(await outcomeOf(one))
  return outcomes
}
