import type { Card } from '../../cards/card.ts'
import { roleRequestCard } from '../../cards/role-request.ts'
import type { House } from '../house.ts'

export async function drawRequest({ db }: House, id: number, payload: Readonly<Record<string, unknown>>): Promise<Card | null> {
  const row = await db.roleRequest.findUnique({ where: { id } })
  if (!row) return null
  const { name, email, platform, askedAt, settledAt, ending } = row
  return roleRequestCard({
    id,
    name,
    email,
    platform,
    askedAt: askedAt.toISOString(),
    settled: settledAt && { at: settledAt.toISOString(), how: ending ?? 'is settled' },
    last: payload.last === true,
  })
}
