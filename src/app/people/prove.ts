import { IANAZone } from 'luxon'
import { plainLine } from '../../cards/text.ts'
import { Fault } from '../../core/fault.ts'
import { type Group, heldGroups, type Member, memberId, provedBy, rolesBy } from '../../core/policy/groups.ts'
import type { Role } from '../../core/policy.ts'
import type { Account } from '../../ports.ts'
import { json } from '../change/rows.ts'
import { type House, transact, type Unit } from '../house.ts'
import { lockMember } from './members.ts'
import { matters, redrawDecisions } from './redraw.ts'
import { settleRequest } from './requests.ts'

/**
 * Writes down what an account's platform proves now: its groups there are these and no others. Two first clicks at once make one row.
 * A change of roles has its audit record in the same transaction.
 */
export async function prove(house: House, account: Account, groups: readonly Group[]): Promise<Member> {
  const { member, redraw } = await transact(house, async (unit) => {
    await unit.tx.$executeRaw`
      INSERT INTO "Member" ("id", "email", "name", "zone", "proofs", "updatedAt")
      VALUES (${memberId(account.email)}, ${account.email}, ${nameOf(account)}, ${zoneOf(house, account)}, '[]', ${unit.now}) ON CONFLICT DO NOTHING`
    const before = await lockMember(unit.tx, account.email)
    if (!before) throw new Fault('STATE_CORRUPT', `another member has the id ${memberId(account.email)} already`)
    const after = await saveProved(unit, before, account, groups)
    return { member: after, redraw: matters(before.roles, after.roles) }
  })
  house.members.keep([member])
  if (redraw) await redrawDecisions(house)
  return member
}

async function saveProved(unit: Unit, before: Member, account: Account, groups: readonly Group[]): Promise<Member> {
  const { policy } = unit.house.inForce
  const proofs = provedBy(before.proofs, account.platform, groups, unit.now.toISOString())
  const held = heldGroups(policy, proofs, unit.now)
  const roles = rolesBy(held)
  const after: Member = { ...before, name: nameOf(account), zone: zoneOf(unit.house, account), proofs, roles, version: before.version + 1 }
  await saveMember(unit, after)
  if (changed(before.roles, roles)) {
    unit.audit({
      actor: 'patchcrier',
      action: 'member-roles',
      subject: `person:${after.id}`,
      detail: {
        name: after.name,
        email: after.email,
        platform: account.platform,
        account: account.id,
        from: before.roles,
        to: roles,
        groups: held.map(({ platform, name }) => `${name} (${platform})`),
      },
    })
    if (roles.length > 0) await settleRequest(unit, after.email, `has a role now, by the group ${held.map(({ name }) => name).join(', ')}`)
  }
  return after
}

export const changed = (before: readonly Role[], after: readonly Role[]): boolean => before.join() !== after.join()

export async function saveMember(unit: Unit, { id, name, zone, proofs, roles, version }: Member): Promise<void> {
  await unit.tx.member.update({
    where: { id },
    data: { name, zone, proofs: json(proofs), roles: [...roles], version, updatedAt: unit.now },
  })
}

/** What an account calls itself is foreign text. */
export const nameOf = ({ name, email }: Pick<Account, 'name' | 'email'>): string => plainLine(name).slice(0, 80) || email

const zoneOf = ({ inForce }: House, { zone }: Account): string =>
  zone !== undefined && IANAZone.isValidZone(zone) ? zone : inForce.policy.zone
