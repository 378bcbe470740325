import { proposeClass } from '../../core/evaluate/classification.ts'
import type { Bulletin } from '../../core/identify/bulletin.ts'

/** How much noise a poll may make. `alerts` counts down. */
export interface Noise {
  readonly silent: boolean
  /** Alerts that this poll may still post one by one for what is not urgent. */
  alerts: number
}

/**
 * In a flood the ordinary ones share one card (app/bulletins/rollup.ts). What would be critical or high, or is known exploited, always
 * gets an alert of its own: nobody must miss one in a list. The parts of one release share its card, whatever the flood, where the
 * gravest stand first; only what is known exploited or would be critical does not wait there, because a change that nobody has opened
 * has no clock.
 */
export function mayAlert(bulletin: Bulletin, noise: Noise): boolean {
  const { class: proposed } = proposeClass(bulletin)
  const gravest = proposed === 'critical' || bulletin.vulnerabilities.some((v) => v.knownExploited === 'yes')
  if (gravest || bulletin.release !== undefined) return gravest
  if (proposed === 'high') return true
  noise.alerts -= 1
  return noise.alerts >= 0
}
