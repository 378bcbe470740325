import type { ChangeClass } from '../policy/fields.ts'

/** A length of time. Hours are elapsed time; days and months are of the calendar, in the organisation's zone. */
export type Span = { readonly hours: number } | { readonly days: number } | { readonly months: number }

/** By when it must be complete. `upgrade`: at the next scheduled upgrade or rebuild; null: no deadline. */
export type Term = Span | 'upgrade' | null

/** Yes-or-no facts that a preset asks for beside the class. */
export const INPUTS = ['exploited', 'exposed', 'automatable', 'total impact', 'operating system'] as const
export type Input = (typeof INPUTS)[number]

/** One row of a preset. The first row whose conditions all hold counts. */
export interface PresetRow {
  readonly classes?: readonly ChangeClass[]
  readonly when: Readonly<Partial<Record<Input, boolean>>>
  readonly complete: Term
  /** Forensic triage is due beside the fix. */
  readonly triage?: true
  /** Why, as people read it; else the inputs in words. */
  readonly words?: string
}

/** Where deadlines come from: data, not code. */
export interface Preset {
  /** What starts the clocks; reclassifying never moves it. */
  readonly zero: 'classification' | 'release' | 'listing'
  /** In the order in which a person would say them. */
  readonly inputs: readonly Input[]
  readonly rows: readonly PresetRow[]
}

export const PRESETS = ['chapter', 'essential-eight', 'pci-dss', 'bod-26-04'] as const
export type PresetName = (typeof PRESETS)[number]

/** Start of the deployment by class; null: await a rollup or service pack. Source: the chapter, Table 2.3. Every preset has it. */
export const START: Readonly<Record<ChangeClass, Span | null>> = {
  critical: { hours: 24 },
  high: { hours: 7 * 24 },
  medium: { months: 1 },
  low: null,
}

/** Source: the rules of the work, "Clock zero": 72 h, 14 d, 45 d, none; the organisation's to change. */
const CHAPTER: Preset = {
  zero: 'classification',
  inputs: [],
  rows: [
    { classes: ['critical'], when: {}, complete: { hours: 72 } },
    { classes: ['high'], when: {}, complete: { hours: 14 * 24 } },
    { classes: ['medium'], when: {}, complete: { hours: 45 * 24 } },
    { classes: ['low'], when: {}, complete: null },
  ],
}

/** Source: the Essential Eight of the Australian Signals Directorate, patching of applications and operating systems. */
const ESSENTIAL_EIGHT: Preset = {
  zero: 'release',
  inputs: ['exposed', 'exploited', 'operating system'],
  rows: [
    { when: { exposed: true, exploited: true }, complete: { hours: 48 }, words: 'internet-facing and known exploited' },
    { classes: ['critical'], when: { exposed: true }, complete: { hours: 48 }, words: 'internet-facing and critical' },
    { when: { exposed: false, 'operating system': true }, complete: { months: 1 }, words: 'internal operating system' },
    { when: { exposed: false }, complete: { days: 14 }, words: 'internal application' },
    { when: { exposed: true }, complete: { days: 14 }, words: 'internet-facing, neither critical nor known exploited' },
  ],
}

/** Source: PCI DSS 4, requirement 6.3.3. It leaves everything below critical to the organisation. */
const PCI_DSS: Preset = {
  zero: 'release',
  inputs: [],
  rows: [
    { classes: ['critical'], when: {}, complete: { months: 1 }, words: 'critical' },
    { when: {}, complete: null, words: 'below critical the organisation decides' },
  ],
}

type Bit = 'N' | 'Y'
type Code = `${Bit}${Bit}${Bit}${'P' | 'T'}`

const BOD_TERMS = {
  FSU: 'upgrade',
  '60D': { days: 60 },
  '14D': { days: 14 },
  '3D': { days: 3 },
  '3DF': { days: 3 },
} as const satisfies Record<string, Term>

/**
 * Known exploited, exposed, automatable, impact (Partial or Total). Source: CISA's Binding Operational Directive 26-04 of June 2026,
 * as the decision table of CERT/CC's SSVC has it.
 */
export const BOD_26_04_TABLE: readonly (readonly [Code, keyof typeof BOD_TERMS])[] = [
  ['NNNP', 'FSU'],
  ['YNNP', '14D'],
  ['NYNP', '60D'],
  ['NNYP', '60D'],
  ['NNNT', 'FSU'],
  ['YYNP', '14D'],
  ['YNYP', '14D'],
  ['NYYP', '14D'],
  ['YNNT', '14D'],
  ['NYNT', '14D'],
  ['NNYT', '60D'],
  ['YYYP', '3D'],
  ['YYNT', '3DF'],
  ['YNYT', '3DF'],
  ['NYYT', '3D'],
  ['YYYT', '3DF'],
]

const BOD_26_04: Preset = {
  // The catalogue's own due dates count from the day of the listing; what is not listed counts from the vendor's release.
  zero: 'listing',
  inputs: ['exploited', 'exposed', 'automatable', 'total impact'],
  rows: BOD_26_04_TABLE.map(([code, term]) => ({
    when: {
      exploited: code[0] === 'Y',
      exposed: code[1] === 'Y',
      automatable: code[2] === 'Y',
      'total impact': code[3] === 'T',
    },
    complete: BOD_TERMS[term],
    ...(term === '3DF' ? { triage: true } : {}),
  })),
}

/** Hours of the directive's forensic triage, from when it was found to be due. Evidence: before the patch, and at the latest then. */
export const TRIAGE_HOURS = { scope: 2, evidence: 24, escalation: 72 } as const

export const PRESET: Readonly<Record<PresetName, Preset>> = {
  chapter: CHAPTER,
  'essential-eight': ESSENTIAL_EIGHT,
  'pci-dss': PCI_DSS,
  'bod-26-04': BOD_26_04,
}
