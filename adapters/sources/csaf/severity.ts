import type { Cvss, KnownExploited } from '../../../src/core/identify/bulletin.ts'
import { line } from '../../../src/core/identify/text.ts'
import { type Drop, kept, scoreSchema, type Threat } from './schema.ts'

/** The highest base score among all products, CVSS v3 and v4 alike. */
export const highestCvss = (scores: readonly unknown[] | undefined, drop: Drop): Cvss | undefined =>
  kept(scoreSchema, scores, 'score', drop)
    .flatMap((score) => [score.cvss_v4, score.cvss_v3])
    .filter((cvss) => cvss !== undefined)
    .map((cvss) => ({ version: line(cvss.version, 10), vector: line(cvss.vectorString, 300), score: cvss.baseScore }))
    .reduce<Cvss | undefined>((best, next) => (best === undefined || next.score > best.score ? next : best), undefined)

const KEV = /known[- ]exploited[- ]vulnerabilit|\bKEV\b/i
const DENIES = /\b(not|no|never|removed|withdrawn|isn't|isn’t)\b/i

/**
 * Known exploited, from the document's own exploit_status when it names CISA's catalogue. `no` is never said here: a document
 * that is silent, or old, proves nothing.
 */
export const exploited = (threats: readonly Threat[]): { readonly knownExploited: KnownExploited; readonly exploitedEvidence?: string } => {
  const said = threats.find((threat) => threat.category === 'exploit_status' && KEV.test(threat.details) && !DENIES.test(threat.details))
  if (said === undefined) return { knownExploited: 'unknown' }
  const day = said.date === undefined ? '' : ` (${said.date.slice(0, 10)})`
  return { knownExploited: 'yes', exploitedEvidence: `The document's own exploit_status: "${line(said.details, 300)}"${day}` }
}
