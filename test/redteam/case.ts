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
  readonly verdict: Verdict
  readonly good: boolean
}

const believed = (verdict: Verdict): boolean => rungOf(verdict) >= rungOf('CORROBORATED')

/** Runs the cases one after another; a crash is a failure of its case. */
export async function runCases(cases: readonly Case[]): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  for (const { name, genuine, exactly, run } of cases) {
    const verdict = await run()
    const good = believed(verdict) === genuine && (exactly === undefined || exactly === verdict)
    outcomes.push({ name, genuine, verdict, good })
  }
  return outcomes
}
