import { dueOpening } from './change/planning.ts'
import { type House, transact } from './house.ts'
import { dueMembers } from './people/settle.ts'
import { duePolicyFile, POLICY_FILE } from './policy/look.ts'
import { beginReminders } from './remind/look.ts'
import { due } from './time/due.ts'
import { duePurge } from './time/purge.ts'

/** An organisation's data live in a database of their own, beside the sample's. */
export const ORGANISATION_DATABASE = 'patchcrier'

/** At every start, and when another version of the policy is in force: each source of the policy is looked at, and what comes by itself is due. Doing it twice is harmless. */
export async function beginOrganisation(house: House): Promise<void> {
  await transact(house, async (unit) => {
    const waiting = await unit.tx.due.findMany({ where: { doneAt: null }, select: { kind: true, subject: true } })
    const isDue = (kind: string, subject: string): boolean => waiting.some((row) => row.kind === kind && row.subject === subject)
    for (const { id } of house.inForce.policy.sources)
      if (!isDue('poll', `source:${id}`)) await due(unit, 'poll', `source:${id}`, unit.now, 'first look at the source')
    if (house.policyFile !== null && !isDue('policy-file', POLICY_FILE)) await duePolicyFile(unit)
    if (!isDue('opening', 'windows:0')) await dueOpening(unit)
    await beginReminders(unit)
    if (!isDue('purge', 'house:0')) await duePurge(unit)
    if (!isDue('members', 'people:0')) await dueMembers(unit)
  })
}
