import type { Doubted } from '../../ports.ts'
import type { House, Unit } from '../house.ts'

/** Of each source the latest so many are kept: whoever knows the address of a mailbox can fill it. */
const MOST_KEPT = 200

/** Keeps what a source brought without proof; answers how many of it are new. It counts for nothing and confirms nothing. */
export async function keepDoubted({ tx, now }: Unit, source: string, doubted: readonly Doubted[]): Promise<number> {
  if (doubted.length === 0) return 0
  const { count } = await tx.doubted.createMany({
    data: doubted.map(({ name, reason, digest, bytes }) => ({ source, name, reason, digest, raw: Uint8Array.from(bytes), seenAt: now })),
    skipDuplicates: true,
  })
  const [oldest] = await tx.doubted.findMany({ where: { source }, orderBy: { id: 'desc' }, skip: MOST_KEPT, take: 1, select: { id: true } })
  if (oldest) await tx.doubted.deleteMany({ where: { source, id: { lte: oldest.id } } })
  return count
}

/** The latest of a source, for a look at it. */
export const latestDoubted = (house: Pick<House, 'db'>, source: string, most: number) =>
  house.db.doubted.findMany({ where: { source }, orderBy: { id: 'desc' }, take: most, select: { id: true, name: true, reason: true } })
