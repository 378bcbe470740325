import { createHash } from 'node:crypto'
import type { Batch, Doubted, DroppedItem } from '../../ports.ts'
import { storable } from '../chat/posts.ts'
import type { House, Unit } from '../house.ts'

/** So many of each source and kind are kept, the newest: whoever knows the address of a mailbox can fill it. */
const MOST = 200
/** So much of what was dropped is kept; its hash is that of the whole. What is not proved comes cut by its source. */
const MOST_BYTES = 65_536
const LONGEST = 500

/** `dropped`: it could not be taken. `not proved`: it could, and counts for nothing. */
export type Kind = 'dropped' | 'not proved'

/** An item as it is kept (model DroppedItem). */
interface Row {
  readonly kind: Kind
  readonly fileName: string
  readonly reason: string
  readonly digest: string
  readonly size: number
  readonly head: Uint8Array<ArrayBuffer>
}

/**
 * Keeps what a source's answer had and is no bulletin, in the transaction that says how the poll ended. What is kept already is not
 * written again: a broken item comes with every poll. Answers how many that are not proved are new.
 */
export async function keepDropped(
  unit: Unit,
  source: string,
  { dropped, doubted = [] }: Pick<Batch, 'dropped' | 'doubted'>,
): Promise<number> {
  await keep(unit, source, 'dropped', dropped.slice(0, MOST).map(rowOfDropped))
  return keep(unit, source, 'not proved', doubted.map(rowOfDoubted))
}

/** Of more than are kept always the same ones must be given, or each poll would push out what the one before has kept. */
async function keep(unit: Unit, source: string, kind: Kind, rows: readonly Row[]): Promise<number> {
  if (rows.length === 0) return 0
  const known = await unit.tx.droppedItem.findMany({
    where: { source, digest: { in: rows.map(({ digest }) => digest) } },
    select: { fileName: true, digest: true },
  })
  const kept = new Set(known.map(keyOf))
  const news = rows.filter((row) => !kept.has(keyOf(row)))
  if (news.length === 0) return 0
  const { count } = await unit.tx.droppedItem.createMany({
    data: news.map((row) => ({ source, ...row, at: unit.now })),
    skipDuplicates: true,
  })
  const beyond = await unit.tx.droppedItem.findFirst({ where: { source, kind }, orderBy: { id: 'desc' }, skip: MOST, select: { id: true } })
  if (beyond) await unit.tx.droppedItem.deleteMany({ where: { source, kind, id: { lte: beyond.id } } })
  return count
}

const keyOf = ({ fileName, digest }: { readonly fileName: string; readonly digest: string }): string => JSON.stringify([fileName, digest])

function rowOfDropped(item: DroppedItem): Row {
  const words = wordsOf(item.fileName, item.reason)
  const bytes = item.bytes ?? new Uint8Array()
  const digest = createHash('sha256')
    .update(bytes.length > 0 ? bytes : JSON.stringify([words.fileName, words.reason]))
    .digest('hex')
  return { kind: 'dropped', ...words, digest, size: bytes.length, head: Uint8Array.from(bytes.subarray(0, MOST_BYTES)) }
}

const rowOfDoubted = ({ name, reason, digest, bytes }: Doubted): Row => ({
  kind: 'not proved',
  ...wordsOf(name, reason),
  digest,
  size: bytes.length,
  head: Uint8Array.from(bytes),
})

const wordsOf = (fileName: string, reason: string): Pick<Row, 'fileName' | 'reason'> =>
  storable({ fileName: fileName.slice(0, LONGEST), reason: reason.slice(0, LONGEST) })

/** The latest without proof of a source, for a look at it. */
export const latestNotProved = (house: Pick<House, 'db'>, source: string, most: number) =>
  house.db.droppedItem.findMany({
    where: { source, kind: 'not proved' },
    orderBy: { id: 'desc' },
    take: most,
    select: { id: true, fileName: true, reason: true },
  })
