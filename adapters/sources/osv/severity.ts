import cvss from 'ae-cvss-calculator'
import type { Cvss, Severity } from '../../../src/core/identify/bulletin.ts'
import { severityOfScore, severityWord } from '../../../src/core/identify/severity.ts'
import type { OsvAffected, OsvRecord, OsvSeverity } from './schema.ts'

const VERSION = /^CVSS:(\d\.\d)\//

const cvssOf = ({ type, score: vector }: OsvSeverity): readonly Cvss[] => {
  if (!/^CVSS_V[234]$/.test(type)) return []
  try {
    const score = cvss.fromVector(vector)?.calculateScores().overall
    return typeof score === 'number' && score >= 0 && score <= 10 ? [{ version: VERSION.exec(vector)?.[1] ?? '2.0', vector, score }] : []
  } catch {
    return []
  }
}

/** The highest score among the record's vectors and its packages'. */
export const highestOf = (record: OsvRecord, affected: readonly OsvAffected[]): Cvss | undefined =>
  [record.severity, ...affected.map((entry) => entry.severity)]
    .flatMap((list) => list ?? [])
    .flatMap(cvssOf)
    .reduce<Cvss | undefined>((best, next) => (best === undefined || next.score > best.score ? next : best), undefined)

/** The publisher's word for the severity, as it writes it; empty where there is none. Debian's "not yet assigned" is none. */
export const statedOf = (record: OsvRecord, affected: readonly OsvAffected[]): string => {
  const words = [record.database_specific?.severity, ...affected.map((entry) => entry.ecosystem_specific?.severity)]
  return words.find((word) => severityWord(word) !== null) ?? ''
}

export const severityOf = (stated: string, score: Cvss | undefined): Severity =>
  severityWord(stated) ?? (score === undefined ? 'none' : severityOfScore(score.score))
