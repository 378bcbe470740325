import { OVER } from '../../core/change/guard.ts'
import type { ChangeState } from '../../core/change/state.ts'
import type { Exception, HouseView } from '../../core/remind/reminder.ts'
import { exemptionsExpiring } from '../change/exemptions.ts'
import type { Unit } from '../house.ts'

/** The house as reminders look at it. */
export async function readHouse({ tx, house, now }: Unit): Promise<HouseView> {
  const { policy } = house.inForce
  const changes = await tx.change.findMany({ where: { phase: { notIn: [...OVER] } }, orderBy: { id: 'asc' } })
  const delays = await tx.delayRequest.findMany({ where: { decidedAt: null }, orderBy: { id: 'asc' } })
  const within = policy.reminders.exceptionExpiring?.days ?? 0
  return {
    policy,
    changes: changes.map((row) => row.state as unknown as ChangeState),
    delays: delays.map(({ id, changeId, askedAt, until }) => ({
      id,
      changeId,
      askedAt: askedAt.toISOString(),
      until: until.toISOString(),
    })),
    exceptions: [
      ...(await exemptionsExpiring(tx, now, within)).map(({ id, host, changeId, reason, until }) => ({
        subject: `exemption:${id}`,
        what: `${host} is left out of change ${changeId} until then: ${reason}`,
        until,
      })),
      ...(await sponsorships(tx, new Date(now.getTime() + within * 86_400_000).toISOString())),
    ],
  }
}

/** Foreign hosts for which somebody answers until a day that is near. */
async function sponsorships(tx: Unit['tx'], before: string): Promise<readonly Exception[]> {
  const rows = await tx.$queryRaw<{ host: string; email: string; until: string }[]>`
    SELECT "host", "data" -> 'sponsor' ->> 'email' AS "email", "data" -> 'sponsor' ->> 'until' AS "until" FROM "Asset"
    WHERE "data" -> 'sponsor' ->> 'until' <= ${before} ORDER BY "host"`
  return rows.map(({ host, email, until }) => ({
    subject: `sponsor:${host}`,
    what: `the sponsorship of ${host} by ${email} ends`,
    until,
  }))
}
