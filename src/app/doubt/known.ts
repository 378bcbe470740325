import { createHash } from 'node:crypto'
import type { Bulletin } from '../../core/identify/bulletin.ts'
import type { KnownRevision } from '../../core/identify/history.ts'
import type { Checked } from '../../core/identify/judge.ts'
import type { Confirmed, Judged } from '../../core/identify/sent.ts'
import { storyOf } from '../../core/identify/story.ts'
import type { Verdict, Verification } from '../../core/identify/verification.ts'
import type { Prisma } from '../../db/database.ts'
import type { House } from '../house.ts'

/** A counted bulletin: taken in, not held. */
const counted = { origin: { notIn: ['held', 'drill'] } } satisfies Prisma.BulletinWhereInput

const asConfirmed = (house: House, row: { vendorId: string; verdict: string; source: string }): Confirmed => ({
  vendorId: row.vendorId,
  verdict: row.verdict as Verdict,
  source: house.inForce.policy.sources.find(({ id }) => id === row.source)?.name ?? row.source,
})

/** Bulletins that have these numbers; of several revisions those that count. */
export async function knownByIds(house: House, ids: readonly string[]): Promise<readonly Confirmed[]> {
  const stories = ids.map((vendorId) => storyOf({ source: '-', vendorId })).filter((story) => !story.startsWith('-/'))
  const rows = await house.db.bulletin.findMany({
    where: { ...counted, current: true, OR: [{ vendorId: { in: [...ids], mode: 'insensitive' } }, { story: { in: stories } }] },
    orderBy: { id: 'asc' },
    take: 20,
  })
  return rows.map((row) => asConfirmed(house, row))
}

/**
 * Who confirms a mail: bulletins whose numbers it names, only where every number of a bulletin that it names is known. Numbers of
 * vulnerabilities prove nothing: anybody can copy one.
 */
export async function confirmedBy(house: House, ids: readonly string[]): Promise<readonly Confirmed[]> {
  const numbers = ids.filter((id) => !/^CVE-/i.test(id) && !storyOf({ source: '-', vendorId: id }).startsWith('-/'))
  if (numbers.length === 0) return []
  const known = await knownByIds(house, numbers)
  const stories = new Set(known.map(({ vendorId }) => storyOf({ source: '-', vendorId })))
  return numbers.every((id) => stories.has(storyOf({ source: '-', vendorId: id }))) ? known : []
}

/** Bulletins that have this very address. */
export async function knownByAddress(house: House, address: string): Promise<readonly Confirmed[]> {
  const rows = await house.db.bulletin.findMany({
    where: { ...counted, document: { path: ['url'], equals: address } },
    take: 5,
    orderBy: { id: 'desc' },
  })
  return rows.map((row) => asConfirmed(house, row))
}

/** The verdict of these very bytes, where they were taken in before with what stood beside them; null: they were not. */
export async function knownByBytes(house: House, bytes: Uint8Array): Promise<Judged | null> {
  const digest = createHash('sha256').update(bytes).digest('hex')
  const row = await house.db.bulletin.findFirst({ where: { ...counted, digest }, orderBy: { id: 'desc' } })
  return row && { kind: 'document', title: row.vendorId, same: digest, ...(row.verification as unknown as Verification) }
}

/** Stored revisions that a document is compared with. */
export async function knownRevisionsOf(
  house: House,
  source: string,
  { bulletin }: Pick<Checked, 'bulletin'>,
): Promise<readonly KnownRevision[]> {
  if (!bulletin) return []
  const rows = await house.db.bulletin.findMany({ where: { ...counted, source, vendorId: bulletin.vendorId } })
  return rows.map((row) => ({
    vendorId: row.vendorId,
    revision: row.revision,
    updatedAt: row.updatedAt.toISOString(),
    digest: row.digest,
    verdict: row.verdict as Verdict,
    bulletin: row.document as unknown as Bulletin | null,
  }))
}
