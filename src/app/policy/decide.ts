import { approvedNote, rejectedNote, voidNote } from '../../cards/policy.ts'
import type { ChangeState } from '../../core/change/state.ts'
import type { Intent } from '../../core/intent.ts'
import { approveVersion, rejectVersion } from '../../core/policy/buy-off.ts'
import type { Person } from '../../core/policy.ts'
import type { Outcome } from '../../ports.ts'
import { changeSubject, json } from '../change/rows.ts'
import { touchSubject } from '../chat/redraws.ts'
import { planPurpose, reply } from '../chat/show.ts'
import { readSubject } from '../doors/subject.ts'
import type { Unit } from '../house.ts'
import { lockVersions, policySubject, readVersion, readVersions, type Version } from './versions.ts'

const no = (code: string, text: string, field?: string): Outcome => ({ ok: false, refusal: { code, text }, ...(field ? { field } : {}) })
const done: Outcome = { ok: true, cards: [] }

/** The version that an intent is about, with whose managers decide on it. */
async function versionOf(unit: Unit, intent: Intent): Promise<{ version: Version; judges: Version } | Outcome> {
  const subject = readSubject(intent.subject, ['policy'])
  if (!subject.ok) return subject
  await lockVersions(unit.tx)
  const version = await readVersion(unit.tx, subject.value.number)
  if (!version) return no('POLICY_UNKNOWN', `There is no policy ${subject.value.number}. Type \`policy\`.`)
  const judges = (await readVersions(unit.tx, 50)).find(({ status }) => status === 'in force')
  return { version, judges: judges ?? version }
}

/** A manager approves a version. With enough of them it is in force from this commit on. */
export async function approvePolicy(unit: Unit, intent: Intent, actor: Person): Promise<Outcome> {
  const found = await versionOf(unit, intent)
  if ('ok' in found) return found
  const { version, judges } = found
  const ruled = approveVersion(version, judges.policy, actor, { hash: intent.digest ?? '', now: unit.now.toISOString() })
  if (!ruled.ok) return no(ruled.refusal.code, ruled.refusal.text)
  const { approvals, enough } = ruled.value
  await unit.tx.policyVersion.update({ where: { id: version.id }, data: { approvals: json(approvals) } })
  await touchSubject(unit.tx, policySubject(version.id))
  if (enough)
    await comeIntoForce(
      unit,
      version,
      judges,
      approvals.map(({ person }) => person),
    )
  unit.audit({
    actor: actor.id,
    action: 'approve-policy',
    subject: policySubject(version.id),
    detail: { hash: version.hash, inForce: enough },
  })
  return done
}

async function comeIntoForce(unit: Unit, version: Version, before: Version, by: readonly string[]): Promise<void> {
  if (before.id !== version.id) {
    await unit.tx.policyVersion.update({ where: { id: before.id }, data: { status: 'superseded', endedAt: unit.now } })
    await touchSubject(unit.tx, policySubject(before.id))
  }
  await unit.tx.policyVersion.update({
    where: { id: version.id },
    data: { status: 'in force', approvedAt: unit.now, inForceAt: version.inForceAt ?? unit.now },
  })
  const note = approvedNote(version.id, version.hash, by, before.policy)
  for (const audience of ['management', 'admin'] as const)
    await reply(unit, audience, policySubject(version.id), 'version', 'approved', { frozen: note })
  if (before.id !== version.id) await voidPlans(unit, version)
}

/** Plans that wait for a decision were made under the version before: their cards say that they are void. */
async function voidPlans(unit: Unit, version: Version): Promise<void> {
  const rows = await unit.tx.change.findMany({ where: { phase: 'deciding' }, orderBy: { id: 'asc' } })
  for (const { id, state } of rows) {
    const { submission } = state as unknown as ChangeState
    if (submission && submission.plan.policyHash !== version.hash) {
      const note = voidNote(version.id, submission.digest)
      const under = planPurpose('decision', submission.digest)
      await reply(unit, 'patch team', changeSubject(id), under, `policy:${version.id}:${submission.digest.slice(0, 12)}`, { frozen: note })
    }
  }
}

/** A manager rejects a version, and says why; it stands in the thread. */
export async function rejectPolicy(unit: Unit, intent: Intent, actor: Person): Promise<Outcome> {
  const found = await versionOf(unit, intent)
  if ('ok' in found) return found
  const { version, judges } = found
  const reason = (intent.inputs.reason ?? '').trim().slice(0, 500)
  const ruled = rejectVersion(version, judges.policy, actor, { hash: intent.digest ?? '', reason })
  if (!ruled.ok) return no(ruled.refusal.code, ruled.refusal.text, ruled.refusal.code === 'REASON_NEEDED' ? 'reason' : undefined)
  const rejection = { by: actor.id, at: unit.now.toISOString(), reason }
  await unit.tx.policyVersion.update({
    where: { id: version.id },
    data: { rejection, ...(version.status === 'proposed' ? { status: 'rejected', endedAt: unit.now } : {}) },
  })
  await touchSubject(unit.tx, policySubject(version.id))
  const note = rejectedNote(version.id, actor.name, reason, version.status === 'in force')
  for (const audience of ['management', 'admin'] as const)
    await reply(unit, audience, policySubject(version.id), 'version', 'rejected', { frozen: note })
  unit.audit({ actor: actor.id, action: 'reject-policy', subject: policySubject(version.id), detail: { hash: version.hash, reason } })
  return done
}
