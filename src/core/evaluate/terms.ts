import { Fault } from '../fault.ts'
import type { ChangeClass, ClassRule, Policy } from '../policy.ts'
import type { Instant } from '../result.ts'
import { INPUTS, type Input, PRESET, type Preset, type PresetRow, type Span, START, type Term } from './presets.ts'

/** What is known about a change. An input that is left out is one that nobody knows. */
export interface ClockFacts {
  readonly inputs: Readonly<Partial<Record<Input, boolean>>>
  /** The vendor's release. */
  readonly publishedAt: Instant
  /** When a catalogue listed it as known exploited. */
  readonly exploitedSince?: Instant
}

/** Both deadlines before the clocks run, and why they are what they are. */
export interface Terms {
  readonly start: Span | null
  readonly complete: Term
  readonly triage: boolean
  readonly why: string
  readonly missing: readonly Input[]
}

/**
 * The deadlines of a class under a policy, by what is known. Hours that the policy gives win over the preset's. Where an input is
 * not known, every answer is tried: `missingInputs` says whether the most or the least urgent outcome counts.
 */
export function termsFor(policy: Policy, changeClass: ChangeClass, facts: ClockFacts): Terms {
  const rule = policy.classes[changeClass]
  const preset = PRESET[policy.preset]
  const { row, missing } = rowFor(preset, changeClass, facts, policy.missingInputs)
  const own = rule.completeHours
  const complete = own === undefined ? row.complete : own === null ? null : { hours: own }
  const byClass = own !== undefined || preset.inputs.length === 0
  return {
    start: startOf(rule, changeClass, complete),
    complete,
    triage: row.triage === true,
    why: byClass
      ? classWords(policy, changeClass, row)
      : `${rowWords(preset, row)}: ${termWords(row.complete)}${row.triage ? ' and forensic triage' : ''} (${policy.preset})`,
    missing: own === undefined || row.triage ? missing : [],
  }
}

/** A deployment that must be complete must have started; one that waits for the next upgrade starts with it. */
function startOf(rule: ClassRule, changeClass: ChangeClass, complete: Term): Span | null {
  if (rule.startMonths !== undefined) return { months: rule.startMonths }
  if (rule.startHours !== undefined) return rule.startHours === null ? null : { hours: rule.startHours }
  if (complete === 'upgrade') return null
  const start = START[changeClass]
  if (complete === null) return start
  return start === null || length(complete) < length(start) ? complete : start
}

function classWords({ preset, classes }: Policy, changeClass: ChangeClass, row: PresetRow): string {
  if (preset === 'chapter') return `${changeClass} (${preset})`
  return classes[changeClass].completeHours === undefined
    ? `${row.words ?? changeClass}${row.complete === null ? '' : `: ${termWords(row.complete)}`} (${preset})`
    : `${changeClass}: hours of the policy's own`
}

interface Found {
  readonly row: PresetRow
  readonly missing: readonly Input[]
}

function rowFor(preset: Preset, changeClass: ChangeClass, { inputs }: ClockFacts, counted: Policy['missingInputs']): Found {
  const unknown = preset.inputs.filter((input) => inputs[input] === undefined)
  const guesses = combinations(unknown)
  const rows = guesses.map((guess) => firstRow(preset, changeClass, { ...inputs, ...guess }))
  const sorted = rows.toSorted((a, b) => urgency(a) - urgency(b))
  const row = (counted === 'worst' ? sorted[0] : sorted.at(-1)) ?? firstRow(preset, changeClass, inputs)
  const matters = (input: Input): boolean =>
    guesses.some((guess, i) => guesses.some((other, j) => differOnlyIn(input, guess, other) && rows[i] !== rows[j]))
  return { row, missing: unknown.filter(matters) }
}

type Guess = Readonly<Partial<Record<Input, boolean>>>

const combinations = (inputs: readonly Input[]): readonly Guess[] =>
  inputs.reduce<readonly Guess[]>(
    (all, input) =>
      all.flatMap((guess) => [
        { ...guess, [input]: true },
        { ...guess, [input]: false },
      ]),
    [{}],
  )

const differOnlyIn = (input: Input, a: Guess, b: Guess): boolean =>
  INPUTS.every((one) => (one === input ? a[one] !== b[one] : a[one] === b[one]))

function firstRow(preset: Preset, changeClass: ChangeClass, inputs: Guess): PresetRow {
  const found = preset.rows.find(
    ({ classes, when }) =>
      (classes === undefined || classes.includes(changeClass)) &&
      Object.entries(when).every(([input, wanted]) => inputs[input as Input] === wanted),
  )
  if (found === undefined)
    throw new Fault('STATE_CORRUPT', `expected a preset to have a row for ${changeClass} and ${JSON.stringify(inputs)}`)
  return found
}

const HOUR = 3_600_000

/** About how long, to compare. */
const length = (span: Span): number =>
  'hours' in span ? span.hours * HOUR : 'days' in span ? span.days * 24 * HOUR : span.months * 30 * 24 * HOUR

/** The smaller the more urgent; forensic triage makes the more urgent of two equal terms. */
const urgency = ({ complete, triage }: PresetRow): number =>
  (complete === null || complete === 'upgrade' ? Number.MAX_SAFE_INTEGER : length(complete)) - (triage ? 1 : 0)

const INPUT_WORDS: Readonly<Record<Input, readonly [yes: string, no: string, asked: string]>> = {
  exploited: ['known exploited', 'not known exploited', 'whether it is known exploited'],
  exposed: ['internet-facing', 'not internet-facing', 'whether its hosts face the internet'],
  automatable: ['automatable', 'not automatable', 'whether an exploit can be automated'],
  'total impact': ['total impact', 'partial impact', 'whether its impact is partial or total'],
  'operating system': ['operating system', 'application', 'whether it is an operating system'],
}

const rowWords = (preset: Preset, { when, words }: PresetRow): string =>
  words ?? preset.inputs.flatMap((input) => (when[input] === undefined ? [] : [INPUT_WORDS[input][when[input] ? 0 : 1]])).join(', ')

/** What decided, and what nobody knows of it, in a line; empty where the class alone decides: its badge says that. */
export function reasonWords(why: string, missing: readonly Input[], counted: Policy['missingInputs']): string {
  if (why.endsWith('(chapter)')) return ''
  return missing.length === 0 ? why : `${why}. ${missingInputWords(missing, counted)}`
}

/** "Not known: whether its hosts face the internet; counted as the worst case." Empty where nothing is missing. */
export function missingInputWords(missing: readonly Input[], counted: Policy['missingInputs']): string {
  if (missing.length === 0) return ''
  return `Not known: ${missing.map((input) => INPUT_WORDS[input][2]).join(', ')}; counted as the ${counted} case.`
}

const termWords = (term: Term): string =>
  term === 'upgrade'
    ? 'at the next scheduled upgrade'
    : term === null
      ? 'no deadline'
      : 'hours' in term
        ? `${term.hours} h`
        : spanWords(term)

/** Hours in words: days where they are whole and more than three. */
export function durationWords(hours: number): string {
  if (hours >= 96 && hours % 168 === 0) return hours === 168 ? '1 week' : `${hours / 168} weeks`
  if (hours >= 96 && hours % 24 === 0) return `${hours / 24} days`
  return hours === 1 ? '1 hour' : `${hours} hours`
}

/** A length of time in words. */
export const spanWords = (span: Span): string =>
  'hours' in span
    ? durationWords(span.hours)
    : 'days' in span
      ? `${span.days} ${span.days === 1 ? 'day' : 'days'}`
      : `${span.months} ${span.months === 1 ? 'month' : 'months'}`
