import type { ChangeEvent, Command, Context } from '../../core/change/command.ts'
import { decide } from '../../core/change/decide.ts'
import { evolve } from '../../core/change/evolve.ts'
import { ringViews } from '../../core/change/rollout-view.ts'
import type { ChangeState, RingAcceptance } from '../../core/change/state.ts'
import { acceptAsItIs, lowerAccepted, type RingView } from '../../core/deploy/rollout.ts'
import type { Person } from '../../core/policy.ts'
import type { Ruled } from '../../core/result.ts'
import { allow } from '../../core/result.ts'
import { touchSubject } from '../chat/redraws.ts'
import type { Unit } from '../house.ts'
import { endRemindersOf } from '../remind/end.ts'
import { effectsOf } from './effects.ts'
import { changeSubject, json, readHosts } from './rows.ts'
import { touchCovering } from './touch-covering.ts'

/**
 * Runs a command on a locked change: decide, evolve, save, and everything that follows in the same transaction.
 * Answers the new state, or the rule's refusal, which changes nothing.
 */
export async function runCommand(unit: Unit, state: ChangeState, command: Command, actor: Person | null): Promise<Ruled<ChangeState>> {
  const { policy, hash, approved } = unit.house.inForce
  const context: Context = {
    now: unit.now.toISOString(),
    actor,
    policy,
    policyHash: hash,
    policyApproved: approved,
    acceptable: await acceptable(unit, state, command),
  }
  const decision = decide(state, command, context)
  if (!decision.ok) return decision
  if (decision.value.length === 0) return allow(state)
  let after = state
  for (const event of decision.value) {
    const before = after
    after = evolve(before, event, { now: context.now, policy })
    await effectsOf(unit, before, after, event)
  }
  await save(unit, state, after)
  unit.audit({
    actor: actor?.id ?? 'patchcrier',
    action: command.kind,
    subject: changeSubject(state.id),
    detail: { events: decision.value.map(auditView), policy: hash },
  })
  return allow(after)
}

/** What an auditor needs of an event; whole lists of hosts and documents stay in the state. */
export function auditView(event: ChangeEvent): unknown {
  if (event.kind === 'plan submitted') return { kind: event.kind, digest: event.digest, plan: event.plan }
  if (event.kind === 'bulletin revised')
    return {
      kind: event.kind,
      vendorId: event.bulletin.vendorId,
      revision: event.bulletin.revision,
      differences: event.differences,
      voidsPlan: event.voidsPlan,
    }
  if (event.kind === 'change joined') {
    const { bulletins, hosts, ...rest } = event
    return { ...rest, bulletins: bulletins.map((b) => `${b.vendorId} rev ${b.revision}`), hosts: hosts.length }
  }
  if (event.kind === 'hosts renewed') return { kind: event.kind, added: event.added, gone: event.gone, why: event.why }
  return event
}

async function save(unit: Unit, before: ChangeState, state: ChangeState): Promise<void> {
  await touchCovering(unit.tx, before, state)
  await unit.tx.change.update({ where: { id: state.id }, data: { phase: state.phase, state: json(state), version: { increment: 1 } } })
  await touchSubject(unit.tx, changeSubject(state.id))
  await endRemindersOf(unit, state)
}

/** What a resume, or a retry of these hosts, would accept ring by ring. */
async function acceptable(unit: Unit, state: ChangeState, command: Command): Promise<readonly RingAcceptance[]> {
  if (command.kind !== 'resume' && command.kind !== 'retry') return []
  const hosts = await readHosts(unit.tx, state.id)
  const rings = ringViews(state)
  if (command.kind === 'resume') return rings.map((ring) => acceptance(acceptAsItIs(ring, hosts)))
  const without = hosts.map((h) => (command.hosts.includes(h.host) ? { ...h, status: 'waiting' as const } : h))
  return rings.map((ring) => acceptance(lowerAccepted(ring, without)))
}

const acceptance = (ring: RingView): RingAcceptance => ({
  failuresAccepted: ring.failuresAccepted,
  ...(ring.shareAccepted === undefined ? {} : { shareAccepted: ring.shareAccepted }),
})
