import { heldGroups, type Member, namedPeople, rolesBy } from '../../core/policy/groups.ts'
import type { Role } from '../../core/policy.ts'
import { type House, transact, type Unit } from '../house.ts'
import { due } from '../time/due.ts'
import { lockMember } from './members.ts'
import { changed, saveMember } from './prove.ts'
import { matters, redrawDecisions } from './redraw.ts'
import { settleRequests } from './requests.ts'

/** Members in one audit record. */
const AT_ONCE = 200
const HOUR_MS = 3_600_000

/**
 * Writes down for auditors which roles have gone, or come, without a click: a proof lapsed, or another version of the policy is in
 * force. What counts for the rules does not wait for it: that is reckoned at each look. Doing it twice is harmless.
 */
export async function settleMembers(house: House, why: string): Promise<void> {
  const { policy } = house.inForce
  const stale = house.members.all().filter(({ roles, proofs }) => changed(roles, rolesBy(heldGroups(policy, proofs, house.clock.now()))))
  for (let first = 0; first < stale.length; first += AT_ONCE) {
    const batch = stale.slice(first, first + AT_ONCE).toSorted((a, b) => (a.email < b.email ? -1 : 1))
    const { saved, redraw } = await transact(house, (unit) => settleBatch(unit, batch, why))
    house.members.keep(saved)
    if (redraw) await redrawDecisions(house)
  }
  await settleRequests(house, namedPeople(policy.people))
}

interface Settled {
  readonly saved: readonly Member[]
  /** Whether anybody got or lost a role that matters for a decision. */
  readonly redraw: boolean
}

async function settleBatch(unit: Unit, batch: readonly Member[], why: string): Promise<Settled> {
  const saved: Member[] = []
  const changes: { readonly person: string; readonly email: string; readonly from: readonly Role[]; readonly to: readonly Role[] }[] = []
  for (const { email } of batch) {
    const before = await lockMember(unit.tx, email)
    if (!before) continue
    const roles = rolesBy(heldGroups(unit.house.inForce.policy, before.proofs, unit.now))
    if (!changed(before.roles, roles)) {
      saved.push(before)
      continue
    }
    const after = { ...before, roles, version: before.version + 1 }
    await saveMember(unit, after)
    saved.push(after)
    changes.push({ person: after.id, email, from: before.roles, to: roles })
  }
  if (changes.length > 0)
    unit.audit({
      actor: 'patchcrier',
      action: 'member-roles',
      subject: 'people:groups',
      detail: { why, policy: unit.house.inForce.hash, changes },
    })
  return { saved, redraw: changes.some(({ from, to }) => matters(from, to)) }
}

export const dueMembers = (unit: Unit): Promise<void> =>
  due(unit, 'members', 'people:0', new Date(unit.now.getTime() + HOUR_MS), 'roles by groups that were not proved again lapse')

/** Once an hour. */
export async function membersDue(house: House, row: { readonly id: number }): Promise<void> {
  await settleMembers(house, 'the membership was not proved again')
  await transact(house, async (unit) => {
    const { count } = await unit.tx.due.updateMany({ where: { id: row.id, doneAt: null }, data: { doneAt: unit.now } })
    if (count > 0) await dueMembers(unit)
  })
}
