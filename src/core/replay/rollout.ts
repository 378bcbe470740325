import { rolloutView } from '../change/rollout-view.ts'
import { orderInstall, orderVerify } from '../deploy/acts.ts'
import { type HostProgress, newProgress, versionAfter } from '../deploy/progress.ts'
import { foldReport } from '../deploy/report.ts'
import { nextStep, type Step } from '../deploy/rollout.ts'
import { recordPilot, type Setting } from './people-steps.ts'
import { act, iso, type Walk, type Walked } from './walk.ts'

/** How long a host of the replay takes to install and to be checked, in milliseconds. */
const INSTALL_MS = 600_000
const CHECK_MS = 60_000
/** More steps than any rollout has: a guard against one that goes in circles. */
const MOST_STEPS = 10_000

interface Rolling extends Walk {
  readonly hosts: readonly HostProgress[]
}

export type RolledOut = { readonly walked: Walked; readonly hosts: readonly HostProgress[] }

/** Rolls an announced plan out, by the product's own `nextStep`; every host installs, and every check finds the right version. */
export function rollOut(walk: Walk, setting: Setting): RolledOut {
  const plan = walk.state.submission?.plan
  const packages = new Map(plan?.hosts.map((h) => [h.host, h.packages]))
  let rolling: Rolling = {
    ...walk,
    at: Math.max(walk.at, Date.parse(plan?.window.start ?? '')),
    hosts: plan?.rings.flatMap((ring, i) => ring.hosts.map((host) => newProgress(host, i + 1, packages.get(host) ?? []))) ?? [],
  }
  for (let count = 0; count < MOST_STEPS; count += 1) {
    const step = nextStep(rolloutView(rolling.state, rolling.hosts, setting.policy, iso(rolling.at)), iso(rolling.at))
    const after = carryOut(rolling, step, setting)
    if (typeof after === 'string') return { walked: { state: rolling.state, at: rolling.at, why: after }, hosts: rolling.hosts }
    rolling = after
    if (step.kind === 'finish') return { walked: { state: rolling.state, at: rolling.at }, hosts: rolling.hosts }
  }
  return { walked: { state: rolling.state, at: rolling.at, why: 'the rollout goes in circles' }, hosts: rolling.hosts }
}

/** The rollout after one step, or why there is none. */
function carryOut(rolling: Rolling, step: Step, setting: Setting): Rolling | string {
  const house = (command: Parameters<typeof act>[1]): Rolling | string => joined(rolling, act(rolling, command, null, setting.policy))
  switch (step.kind) {
    case 'start-ring': {
      const started = house({ kind: 'start-ring', ring: step.ring, hosts: step.hosts })
      return typeof started === 'string' ? started : each(started, step.hosts, (host) => orderInstall(host, iso(rolling.at)))
    }
    case 'verify':
      return each(rolling, step.hosts, (host) => orderVerify(host, iso(rolling.at)))
    case 'settle-ring':
      return house({ kind: 'settle-ring', ring: step.ring, figures: '' })
    case 'finish':
      return house({ kind: 'finish', figures: '' })
    case 'wait':
      return wait(rolling, step, setting)
    case 'halt':
      return step.reason
    case 'needs-people':
      return step.text
    default:
      return step satisfies never
  }
}

function wait(rolling: Rolling, step: Extract<Step, { kind: 'wait' }>, setting: Setting): Rolling | string {
  if (step.reason === 'reports') return report(rolling)
  if (step.reason === 'pilot outcome') return joined(rolling, recordPilot(rolling, setting))
  return step.until === undefined ? step.text : { ...rolling, at: Math.max(rolling.at + 1, Date.parse(step.until)) }
}

/** Time passes until the next host reports, and all hosts that have something to say by then have said it. */
function report(rolling: Rolling): Rolling | string {
  const coming = rolling.hosts.flatMap((host) => nextReport(host) ?? [])
  if (coming.length === 0) return 'hosts are under way that will never report'
  const at = Math.max(rolling.at, Math.min(...coming.map((r) => r.at)))
  const said = new Map(coming.filter((r) => r.at <= at).map((r) => [r.host, r]))
  const hosts = rolling.hosts.map((host) => {
    const mine = said.get(host.host)
    if (!mine) return host
    return foldReport(host, { host: host.host, step: mine.step, at: iso(mine.at), version: versionAfter(host.packages) }).progress
  })
  return { ...rolling, at, hosts }
}

interface Coming {
  readonly host: string
  readonly step: 'installed' | 'verified'
  readonly at: number
}

function nextReport({ host, status, facts }: HostProgress): Coming | null {
  if (status === 'ordered' && facts.orderedAt) return { host, step: 'installed', at: Date.parse(facts.orderedAt) + INSTALL_MS }
  if (status === 'installed' && facts.verifyOrderedAt) return { host, step: 'verified', at: Date.parse(facts.verifyOrderedAt) + CHECK_MS }
  return null
}

const joined = (rolling: Rolling, walked: Walked): Rolling | string => ('why' in walked ? walked.why : { ...walked, hosts: rolling.hosts })

function each(rolling: Rolling, names: readonly string[], order: (host: HostProgress) => ReturnType<typeof orderInstall>): Rolling {
  const wanted = new Set(names)
  const ordered = (host: HostProgress): HostProgress => {
    const ruled = order(host)
    return ruled.ok ? ruled.value : host
  }
  return { ...rolling, hosts: rolling.hosts.map((host) => (wanted.has(host.host) ? ordered(host) : host)) }
}
