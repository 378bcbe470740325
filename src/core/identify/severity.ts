import { own } from '../own.ts'
import type { Severity } from './bulletin.ts'

const WORDS: Readonly<Record<string, Severity>> = {
  critical: 'critical',
  important: 'important',
  high: 'important',
  moderate: 'moderate',
  medium: 'moderate',
  low: 'low',
}

const ORDER: readonly Severity[] = ['none', 'low', 'moderate', 'important', 'critical']

/** A publisher's word for severity; null when it is none that we know. */
export const severityWord = (text: string | undefined): Severity | null => own(WORDS, text?.trim().toLowerCase() ?? '') ?? null

/** CVSS v3 and v4 qualitative rating scale. */
export const severityOfScore = (score: number): Severity =>
  score >= 9 ? 'critical' : score >= 7 ? 'important' : score >= 4 ? 'moderate' : score > 0 ? 'low' : 'none'

export const highest = (severities: readonly Severity[]): Severity =>
  severities.reduce<Severity>((most, next) => (ORDER.indexOf(next) > ORDER.indexOf(most) ? next : most), 'none')
