import { type Evidence, type EvidenceBody, sealed } from '../../core/identify/evidence.ts'
import { line } from '../../core/identify/text.ts'
import { type Check, reasonOf, verdictOf } from '../../core/identify/verification.ts'
import { BAD, type Given, GOOD, print, text } from '../command.ts'
import { writeNew } from '../files.ts'

/** What was judged, without the verdict, which follows from the checks. */
export type Facts = Omit<EvidenceBody, 'format' | 'v' | 'rules' | 'verdict'>

/** Nothing of it is known yet; each kind puts in what it has. */
export const FACTS = {
  url: null,
  redirectedFrom: null,
  bytes: '',
  sidecars: {},
  pinned: null,
  owned: [],
  dns: [],
  patch: null,
} as const satisfies Partial<Facts>

/** Says the verdict in words or as JSON, and writes the evidence where it was asked for. */
export async function tell(given: Given, facts: Facts, of: string | null): Promise<number> {
  const verdict = verdictOf(facts.checks)
  const reason = reasonOf(facts.checks)
  const save = text(given, 'save')
  if (save !== undefined) await write(save, sealed({ ...facts, verdict }))
  print(given, { verdict, reason, pinned: of, checks: facts.checks }, inWords(facts.checks, of, save ?? null))
  return verdict === 'AUTHENTIC' || verdict === 'CORROBORATED' ? GOOD : BAD
}

export const write = (path: string, evidence: Evidence): Promise<void> => writeNew(path, `${JSON.stringify(evidence, null, 1)}\n`)

const TO_DO = {
  AUTHENTIC: 'It is what its publisher signed.',
  CORROBORATED: 'It comes from where its publisher publishes, and somebody independent confirms it.',
  UNCONFIRMED: 'Nothing proves it. Do not install anything from it; ask security.',
  QUARANTINED: 'Something is wrong with it. Do not act on it; ask security.',
  BOGUS: 'It is a forgery. Do not open it, do not click in it; tell security.',
} as const

const inWords = (checks: readonly Check[], of: string | null, saved: string | null): string =>
  shown([
    `${verdictOf(checks)}: ${reasonOf(checks).replace(/^BOGUS: /, '')}`,
    TO_DO[verdictOf(checks)],
    ...checks,
    ...(of === null ? [] : [`Pinned key ${of}`]),
    ...(saved === null ? [] : [`Evidence in ${saved}. Check it again, without network: verify --evidence ${saved}`]),
  ])

/** Longer ones are cut: a terminal has no end, and a verdict must not be scrolled away. */
const LONGEST = 4000

/**
 * Sentences and checks as a terminal shows them, one a line. Most of their words are a stranger's: none of them begins a line, moves the
 * cursor or hides what stands beside it. The only place where verify writes words.
 */
export const shown = (rows: readonly (string | Check)[]): string => rows.map((row) => `${rowOf(row)}\n`).join('')

const rowOf = (row: string | Check): string =>
  typeof row === 'string'
    ? `${/^ */.exec(row)?.[0] ?? ''}${line(row, LONGEST)}`
    : `  ${row.name.padEnd(14)} ${row.outcome.padEnd(15)} ${line(row.evidence, LONGEST)}`
