import type { ChangeEvent } from '../../core/change/command.ts'
import { decide } from '../../core/change/decide.ts'
import { evolve } from '../../core/change/evolve.ts'
import { BESIDE } from '../../core/change/state.ts'
import type { Intent } from '../../core/intent.ts'
import { patchOf } from '../../core/patch.ts'
import type { Person } from '../../core/policy.ts'
import { auditText } from '../../db/audit.ts'
import type { Outcome } from '../../ports.ts'
import { lastKnown, remember } from '../change/known.ts'
import { auditView } from '../change/run-command.ts'
import { saveClick } from '../change/save-clicks.ts'
import type { House } from '../house.ts'
import { readSubject } from './subject.ts'
import { commandOf, isChangeVerb } from './verbs.ts'

/** Verbs whose commands need nothing but the change itself. */
const QUICK: ReadonlySet<string> = new Set(['approve', 'record-test', 'write-lesson'])

/** Events that nothing follows from: no post of its own, no due row, no host row, no order (app/change/effects.ts). */
const QUIET: ReadonlySet<ChangeEvent['kind']> = new Set(['approval given', 'test recorded', 'lesson written'])

const done: Outcome = { ok: true, cards: [] }

/**
 * The short way of a click that changes nothing but its change: decide on what was last seen, and save it by one statement, which does
 * so only if that is still how the change is. Null when it is not such a click, when a rule says no, or when somebody was faster: then
 * the long way locks the change and decides again.
 */
export async function quickly(house: House, intent: Intent, actor: Person): Promise<Outcome | null> {
  if (!QUICK.has(intent.verb) || !isChangeVerb(intent.verb)) return null
  const subject = readSubject(intent.subject, ['change'])
  if (!subject.ok) return null
  const id = subject.value.number
  const known = await lastKnown(house.db, id)
  if (!known) return null
  const now = house.clock.now()
  const { policy, hash, approved } = house.inForce
  const asked = {
    house,
    state: known.state,
    hosts: [],
    group: [],
    subject: subject.value,
    digest: intent.digest ?? '',
    signs: new Map(),
    exempt: new Map(),
    now,
  }
  const command = commandOf(intent.verb, intent.inputs, asked)
  if (!command.ok) return null
  const decision = decide(known.state, command.value, {
    now: now.toISOString(),
    actor,
    policy,
    policyHash: hash,
    policyApproved: approved,
    acceptable: [],
  })
  if (!decision.ok || decision.value.length === 0 || !decision.value.every(({ kind }) => QUIET.has(kind))) return null
  const after = decision.value.reduce((state, event) => evolve(state, event, { now: now.toISOString(), policy }), known.state)
  const record = auditText({
    at: now,
    actor: actor.id,
    action: command.value.kind,
    subject: intent.subject,
    detail: { events: decision.value.map(auditView), policy: hash },
  })
  const steps = patchOf(known.state, after)
  if (steps === null || !steps.every(({ path: [member = ''] }) => BESIDE.has(member))) return null
  const saved = await saveClick(house.db, {
    change: id,
    known: known.version,
    phase: after.phase,
    steps,
    delivery: intent.delivery ?? null,
    answer: done,
    at: now,
    record,
  })
  if (!saved) return null
  remember(house.db, id, { state: after, version: known.version + 1 })
  return done
}
