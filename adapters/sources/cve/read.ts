import type { CveScore } from '../../../src/core/identify/scores.ts'
import { probabilitiesOf } from './epss.ts'
import { scoreOf } from './record.ts'

export type CveJob =
  | { readonly kind: 'record'; readonly cve: string; readonly bytes: Uint8Array }
  | { readonly kind: 'epss'; readonly asked: readonly string[]; readonly bytes: Uint8Array }

export type CveResult =
  | { readonly kind: 'record'; readonly score: CveScore }
  | { readonly kind: 'epss'; readonly probabilities: readonly (readonly [string, number])[] }
  | { readonly kind: 'lost'; readonly problem: string }

/** Bytes of a record, or of EPSS's answer. Never throws. For a process of its own. */
export function readCve(job: CveJob): CveResult {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(job.bytes))
  } catch {
    return { kind: 'lost', problem: 'it is no JSON' }
  }
  if (job.kind === 'record') {
    const score = scoreOf(value, job.cve)
    return typeof score === 'string' ? { kind: 'lost', problem: score } : { kind: 'record', score }
  }
  const probabilities = probabilitiesOf(value, job.asked)
  return typeof probabilities === 'string' ? { kind: 'lost', problem: probabilities } : { kind: 'epss', probabilities: [...probabilities] }
}
