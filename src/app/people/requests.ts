import type { Person } from '../../core/policy.ts'
import type { Account } from '../../ports.ts'
import { touchSubject } from '../chat/redraws.ts'
import { show } from '../chat/show.ts'
import { type House, transact, type Unit } from '../house.ts'

const DAY_MS = 86_400_000
/** The admins are told of the same person again after this. */
const AGAIN_AFTER_DAYS = 30
/** Most requests that the admins are told of in a day: no stranger may flood their place. */
const MOST_A_DAY = 20

export const requestSubject = (id: number): string => `role-request:${id}`

export type Asked = 'told' | 'told before' | 'too many today'

/** Tells the admins that somebody wants a role, unless they were told of the same person lately, or of too many people today. */
export async function askAdmins(unit: Unit, account: Account, name: string): Promise<Asked> {
  // One at a time: two at once would both find room for the last one.
  await unit.tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('patchcrier:role-requests'))`
  const known = await unit.tx.roleRequest.findUnique({ where: { email: account.email } })
  if (known && known.settledAt === null && unit.now.getTime() - known.askedAt.getTime() < AGAIN_AFTER_DAYS * DAY_MS) return 'told before'
  const today = await unit.tx.roleRequest.count({ where: { askedAt: { gt: new Date(unit.now.getTime() - DAY_MS) } } })
  if (today >= MOST_A_DAY) return 'too many today'
  const said = { name, platform: account.platform, askedAt: unit.now }
  const { id, times } = await unit.tx.roleRequest.upsert({
    where: { email: account.email },
    create: { ...said, email: account.email },
    update: { ...said, times: { increment: 1 }, settledAt: null, ending: null },
  })
  await show(unit, 'admin', requestSubject(id), `asked:${times}`, { last: today + 1 === MOST_A_DAY })
  unit.audit({
    actor: 'patchcrier',
    action: 'role-asked-for',
    subject: requestSubject(id),
    detail: { name, email: account.email, platform: account.platform, account: account.id },
  })
  return 'told'
}

/** The request of one person has come to its end; its card says how. */
export async function settleRequest(unit: Unit, email: string, ending: string): Promise<boolean> {
  const open = await unit.tx.roleRequest.findFirst({ where: { email, settledAt: null } })
  return open !== null && end(unit, open.id, ending)
}

export async function end(unit: Unit, id: number, ending: string): Promise<boolean> {
  const { count } = await unit.tx.roleRequest.updateMany({ where: { id, settledAt: null }, data: { settledAt: unit.now, ending } })
  if (count > 0) await touchSubject(unit.tx, requestSubject(id))
  return count > 0
}

/** Whom the policy names by now needs to ask no more. Each by itself: what holds many posts at once may wait for one that does, too. */
export async function settleRequests(house: House, named: readonly Person[]): Promise<void> {
  const open = await house.db.roleRequest.findMany({ where: { settledAt: null }, select: { id: true, email: true } })
  for (const { id, email } of open) {
    const person = named.find((one) => one.email.toLowerCase() === email)
    if (person) await transact(house, (unit) => end(unit, id, `is in the policy now: ${person.roles.join(', ')}`))
  }
}
