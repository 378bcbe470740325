import type { Bulletin, Vulnerability } from './bulletin.ts'

/** What others than the vendor say of a vulnerability. What is absent nobody has said. */
export interface CveScore {
  readonly cve: string
  /** CISA's SSVC decision points (CVE v5, ADP container). */
  readonly automatable?: 'yes' | 'no'
  readonly impact?: 'partial' | 'total'
  readonly exploitation?: 'none' | 'poc' | 'active'
  /** Probability of exploitation within 30 days, from 0 to 1 (EPSS). */
  readonly epss?: number
}

/** The bulletin with what is known of its vulnerabilities. What its own document says is not overruled; "active" is no catalogue entry. */
export function withScores(bulletin: Bulletin, scoreOf: (cve: string) => CveScore | undefined): Bulletin {
  return { ...bulletin, vulnerabilities: bulletin.vulnerabilities.map((one) => scored(one, scoreOf(one.cve))) }
}

function scored(vulnerability: Vulnerability, score: CveScore | undefined): Vulnerability {
  if (score === undefined) return vulnerability
  const { automatable, impact, epss } = score
  return {
    ...vulnerability,
    ...(automatable === undefined ? {} : { automatable }),
    ...(impact === undefined ? {} : { impact }),
    ...(epss === undefined ? {} : { epss }),
  }
}
