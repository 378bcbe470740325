import { orderInstall, orderVerify } from '../../src/core/deploy/acts.ts'
import { type HostProgress, newProgress } from '../../src/core/deploy/progress.ts'
import { foldReport, type Report } from '../../src/core/deploy/report.ts'
import { acceptAsItIs, nextStep, type RingView, type RolloutView, type Step } from '../../src/core/deploy/rollout.ts'
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

export interface Night {
  readonly rollout: RolloutView
  /** Every order that was given: kind, what the world was like, whom it went to. */
  readonly given: readonly {
    readonly kind: 'start' | 'verify'
    readonly ring: number
    readonly hosts: readonly string[]
    readonly at: Instant
  }[]
}

/** Takes the steps that `nextStep` asks for, as the app does, until it is told to wait. */
export function drive(night: Night, now: Instant): Night & { readonly step: Step } {
  const step = nextStep(night.rollout, now)
  if (step.kind === 'wait' || step.kind === 'needs-people') return { ...night, step }
  const next = take(night, step, now)
  return step.kind === 'finish' || step.kind === 'halt' ? { ...next, step } : drive(next, now)
}

export function take({ rollout, given }: Night, step: Step, now: Instant): Night {
  const ringTo = (state: RingView['state'], number: number) =>
    rollout.rings.map((ring) =>
      ring.number !== number || ring.state === 'settled'
        ? ring
        : { ...ring, state, ...(state === 'settled' ? { settledAt: now } : { startedAt: now }) },
    )
  const hostsBy = (hosts: readonly string[], act: (host: HostProgress) => Ruled<HostProgress>) =>
    rollout.hosts.map((host) => (hosts.includes(host.host) ? must(act(host)) : host))
  switch (step.kind) {
    case 'start-ring':
      return {
        rollout: {
          ...rollout,
          status: 'running',
          rings: ringTo('running', step.ring),
          hosts: hostsBy(step.hosts, (host) => orderInstall(host, now)),
        },
        given: [...given, { kind: 'start', ring: step.ring, hosts: step.hosts, at: now }],
      }
    case 'verify':
      return {
        rollout: { ...rollout, hosts: hostsBy(step.hosts, (host) => orderVerify(host, now)) },
        given: [...given, { kind: 'verify', ring: step.ring, hosts: step.hosts, at: now }],
      }
    case 'settle-ring':
      return { rollout: { ...rollout, rings: ringTo('settled', step.ring) }, given }
    case 'halt':
      return { rollout: { ...rollout, status: 'halted' }, given }
    case 'finish':
      return { rollout: { ...rollout, status: 'finished' }, given }
    case 'wait':
    case 'needs-people':
      return { rollout, given }
    default:
      return step satisfies never
  }
}

/** What the quorum's resume does: everything that is wrong by now is accepted. */
export const resumed = (rollout: RolloutView): RolloutView => ({
  ...rollout,
  status: 'running',
  rings: rollout.rings.map((ring) => acceptAsItIs(ring, rollout.hosts)),
})

export const reported = (rollout: RolloutView, reports: readonly Report[]): RolloutView => ({
  ...rollout,
  hosts: rollout.hosts.map((host) =>
    reports.filter((report) => report.host === host.host).reduce((one, report) => foldReport(one, report).progress, host),
  ),
})

export const changed = (rollout: RolloutView, host: string, act: (host: HostProgress) => Ruled<HostProgress>): RolloutView => ({
  ...rollout,
  hosts: rollout.hosts.map((one) => {
    const ruled = one.host === host ? act(one) : null
    return ruled?.ok ? ruled.value : one
  }),
})
