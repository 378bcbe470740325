import { buildPlan, type Signs } from '../change/build-plan.ts'
import type { Command } from '../change/command.ts'
import { nextOpenings } from '../deploy/window.ts'
import type { Plan } from '../evaluate/plan.ts'
import type { Policy } from '../policy.ts'
import type { Delays } from './delays.ts'
import { holderOf, requesterFor, votersFor } from './people.ts'
import { act, iso, later, type Walk, type Walked } from './walk.ts'

/** What the people of the replay go by. */
export interface Setting {
  readonly policy: Policy
  readonly policyHash: string
  readonly delays: Delays
  readonly signs: Signs
}

/** The only runner of a replay: it installs whatever it is told. */
const RUNNER = 'replay'

const TEAM = ['patch-team', 'operations'] as const
const nobody = (walk: Walk, what: string): Walked => ({ ...walk, why: `nobody of the policy may ${what}` })

/** Somebody of the team does it, after what the team lets lie. */
function byTeam(walk: Walk, { policy, delays }: Setting, what: string, commands: (walk: Walk) => readonly Command[]): Walked {
  const actor = holderOf(policy, ['patch-team']) ?? holderOf(policy, TEAM)
  if (!actor) return nobody(walk, what)
  const when = later(walk, delays[actor.roles.includes('patch-team') ? 'patch-team' : 'operations'])
  return commands(when).reduce<Walked>((so, command) => ('why' in so ? so : act(so, command, actor, policy)), when)
}

/** Takes the proposal as it is. */
export const classify =
  (setting: Setting) =>
  (walk: Walk): Walked =>
    byTeam(walk, setting, 'classify', ({ state }) => [{ kind: 'classify', class: state.proposal.class, reason: '' }])

/** All tests pass. */
export const test =
  (setting: Setting) =>
  (walk: Walk): Walked =>
    byTeam(walk, setting, 'test', ({ state }) =>
      state.tests.filter((t) => t.outcome?.passed !== true).map((t) => ({ kind: 'record-test', test: t.id, passed: true, note: '' })),
    )

/** Plans into the opening that takes the most hosts, the earliest of equals, which everybody can still make. */
export const plan =
  (setting: Setting) =>
  (walk: Walk): Walked => {
    const { policy, delays } = setting
    const needed = quorumOf(setting, walk)
    const requester = requesterFor(policy, needed)
    if (!requester) return nobody(walk, 'make a plan')
    const when = later(walk, delays[requester.roles.includes('patch-team') ? 'patch-team' : 'operations'])
    const seats = needed.reduce((sum, { count }) => sum + count, 0)
    const voters = votersFor(policy, needed, requester, delays)
    const decidedAt = when.at + (voters[Math.min(seats, voters.length) - 1]?.afterMs ?? 0)
    const best = bestPlan(setting, when, decidedAt + delays['patch-team'] + policy.representativeLeadMinutes * 60_000 + 1)
    if (typeof best === 'string') return { ...when, why: best }
    return act(when, { kind: 'submit-plan', plan: best }, requester, policy)
  }

function bestPlan(setting: Setting, walk: Walk, from: number): Plan | string {
  const { policy, policyHash, signs } = setting
  const openings = policy.windows.flatMap((rule) => nextOpenings(rule, policy.blackouts, iso(from), 1))
  if (openings.length === 0) return 'no window of the policy opens within two years'
  let why = ''
  let best: Plan | undefined
  for (const { windowId, start } of openings.toSorted((a, b) => Date.parse(a.start) - Date.parse(b.start))) {
    const inputs = {
      window: `${windowId}|${start}`,
      runner: RUNNER,
      reboot: walk.state.bulletin.restart === 'reboot' || walk.state.hosts.some((h) => h.rebootPending),
      silent: true,
      undo: 'back to the version before',
    }
    const built = buildPlan({
      state: walk.state,
      inputs,
      signs,
      exempt: new Map(),
      now: iso(walk.at),
      policy,
      hash: policyHash,
      runners: [{ name: RUNNER, rehearsal: true }],
    })
    if (!built.ok) why = built.refusal.text
    else if (built.value.hosts.length > (best?.hosts.length ?? 0)) best = built.value
  }
  return best ?? (why || 'no host of it can be planned')
}

/** Whoever may approve does so, soonest first, until the quorum stands. */
export const approve =
  (setting: Setting) =>
  (walk: Walk): Walked => {
    const { policy, delays } = setting
    const submission = walk.state.submission
    const requester = policy.people.find(({ id }) => id === submission?.submitted.by)
    if (!submission || !requester) return { ...walk, why: 'there is no plan to decide on' }
    let so: Walk = walk
    for (const { person, afterMs } of votersFor(policy, quorumOf(setting, walk), requester, delays)) {
      const voted = act({ ...so, at: walk.at + afterMs }, { kind: 'approve', digest: submission.digest }, person, policy)
      if (!('why' in voted)) so = voted
      if (so.state.phase !== 'deciding') return so
    }
    return { ...so, why: 'the quorum of the policy cannot be met' }
  }

/** Announces, and the end users are told when it is their time. */
export const announce =
  (setting: Setting) =>
  (walk: Walk): Walked => {
    const told = byTeam(walk, setting, 'announce', () => [{ kind: 'announce', what: 'An update is installed.', why: 'It closes a hole.' }])
    if ('why' in told) return told
    const at = Math.max(told.at, Date.parse(told.state.announcement?.endUsersAt ?? iso(told.at)))
    return act({ ...told, at }, { kind: 'tell-end-users' }, null, setting.policy)
  }

export const recordPilot = (walk: Walk, setting: Setting): Walked =>
  byTeam(walk, setting, 'record a pilot', () => [{ kind: 'record-pilot', passed: true, note: '' }])

const quorumOf = ({ policy }: Setting, { state }: Walk) => policy.classes[state.classification?.class ?? state.proposal.class].quorum
