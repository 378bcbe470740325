import type { Bulletin, Severity } from '../identify/bulletin.ts'
import { type ChangeClass, CLASSES } from '../policy.ts'

/** ITIL's types of a change. Each class may have a quorum of its own for each. */
export const CHANGE_TYPES = ['standard', 'normal', 'emergency'] as const
export type ChangeType = (typeof CHANGE_TYPES)[number]

/** The type that a class has where nobody chooses another: an emergency only when it is critical and known exploited. */
export const usualType = (chosen: ChangeClass, vulnerabilities: Bulletin['vulnerabilities']): ChangeType =>
  chosen === 'critical' && vulnerabilities.some((v) => v.knownExploited === 'yes') ? 'emergency' : 'normal'

/** A proposed class with the reasons for it, as sentences. A person decides. */
export interface Proposal {
  readonly class: ChangeClass
  readonly reasons: readonly string[]
}

const BY_SEVERITY: Readonly<Record<Exclude<Severity, 'none'>, ChangeClass>> = {
  critical: 'critical',
  important: 'high',
  moderate: 'medium',
  low: 'low',
}

/**
 * Proposes a class: the publisher's severity word; where it says none, the highest CVSS base score (9, 7 and 4 are
 * CVSS v3.1's own borders, section 5); one step up when a vulnerability is known exploited.
 * Source: shared rules of the work, "Proposed class".
 */
export function proposeClass(bulletin: Pick<Bulletin, 'severity' | 'vulnerabilities'>): Proposal {
  const reasons: string[] = []
  let proposed = bySeverity(bulletin, reasons)
  const exploited = bulletin.vulnerabilities.filter((v) => v.knownExploited === 'yes').map((v) => v.cve)
  if (exploited.length > 0) {
    const raised = CLASSES[Math.max(0, CLASSES.indexOf(proposed) - 1)] ?? proposed
    reasons.push(raised === proposed ? `known exploited: ${exploited.join(', ')}` : `one step up, known exploited: ${exploited.join(', ')}`)
    proposed = raised
  }
  return { class: proposed, reasons }
}

/** The more urgent of two classes. */
export const moreUrgent = (a: ChangeClass, b: ChangeClass): ChangeClass => (CLASSES.indexOf(a) <= CLASSES.indexOf(b) ? a : b)

/** The proposal for several bulletins in one change: the most urgent one, with the name of its bulletin where there are more. */
export function proposeForAll(bulletins: readonly Pick<Bulletin, 'vendorId' | 'severity' | 'vulnerabilities'>[]): Proposal {
  const [first, ...others] = bulletins.map((b) => ({ vendorId: b.vendorId, proposal: proposeClass(b) }))
  if (first === undefined) return { class: 'medium', reasons: ['there is no bulletin'] }
  const most = others.reduce((a, b) => (moreUrgent(a.proposal.class, b.proposal.class) === a.proposal.class ? a : b), first)
  if (others.length === 0) return most.proposal
  return { class: most.proposal.class, reasons: most.proposal.reasons.map((r) => `${most.vendorId}: ${r}`) }
}

function bySeverity(bulletin: Pick<Bulletin, 'severity' | 'vulnerabilities'>, reasons: string[]): ChangeClass {
  if (bulletin.severity !== 'none') {
    reasons.push(`the publisher says ${bulletin.severity}`)
    return BY_SEVERITY[bulletin.severity]
  }
  const highest = Math.max(0, ...bulletin.vulnerabilities.map((v) => v.cvss?.score ?? 0))
  reasons.push(
    highest > 0
      ? `the publisher says no severity; the highest CVSS base score is ${highest}`
      : 'the publisher says neither severity nor score',
  )
  if (highest === 0) return 'medium'
  if (highest >= 9) return 'critical'
  if (highest >= 7) return 'high'
  return highest >= 4 ? 'medium' : 'low'
}
