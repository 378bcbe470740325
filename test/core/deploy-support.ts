import { type HostProgress, newProgress } from '../../src/core/deploy/progress.ts'
import type { Report } from '../../src/core/deploy/report.ts'
import type { Instant, Ruled } from '../../src/core/result.ts'

export const FROM = '1:1.1.1k-6.el8_5'
export const TO = '1:1.1.1k-9.el8_6'
export const PACKAGES = [{ name: 'openssl', from: FROM, to: TO }]

/** Minutes after 22:00 on the night of the rollout. */
export const at = (minutes: number): Instant => new Date(Date.parse('2026-11-23T22:00:00.000Z') + minutes * 60_000).toISOString()

export const fresh = (host = 'web-1', ring = 1): HostProgress => newProgress(host, ring, PACKAGES)

export const say = (step: Report['step'], minutes: number, more: Partial<Report> = {}): Report => ({
  host: 'web-1',
  step,
  at: at(minutes),
  ...more,
})

/** The value of a rule that allows; fails the test otherwise. */
export function must<T>(ruled: Ruled<T>): T {
  if (ruled.ok) return ruled.value
  throw new Error(`${ruled.refusal.code}: ${ruled.refusal.text}`)
}
