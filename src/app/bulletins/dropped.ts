import { createHash } from 'node:crypto'
import type { DroppedItem } from '../../ports.ts'
import { storable } from '../chat/posts.ts'
import type { Unit } from '../house.ts'

/** So many of each source are kept, the newest. */
const MOST = 200
/** So much of each is kept; its hash is that of the whole. */
const MOST_BYTES = 65_536
const LONGEST = 500

/**
 * Keeps what a source's answer had and could not be taken, in the transaction that says how the poll ended. What is kept already is not
 * written again: a broken item comes with every poll.
 */
export async function keepDropped(unit: Unit, source: string, dropped: readonly DroppedItem[]): Promise<void> {
  if (dropped.length === 0) return
  // Of more than are kept always the same ones, or each poll would push out what the one before has kept.
  const rows = dropped.slice(0, MOST).map((item) => ({ source, ...rowOf(item), at: unit.now }))
  const known = await unit.tx.droppedItem.findMany({
    where: { source, digest: { in: rows.map(({ digest }) => digest) } },
    select: { fileName: true, digest: true },
  })
  const kept = new Set(known.map(keyOf))
  const news = rows.filter((row) => !kept.has(keyOf(row)))
  if (news.length === 0) return
  await unit.tx.droppedItem.createMany({ data: news, skipDuplicates: true })
  const beyond = await unit.tx.droppedItem.findFirst({ where: { source }, orderBy: { id: 'desc' }, skip: MOST, select: { id: true } })
  if (beyond) await unit.tx.droppedItem.deleteMany({ where: { source, id: { lte: beyond.id } } })
}

const keyOf = ({ fileName, digest }: { readonly fileName: string; readonly digest: string }): string => JSON.stringify([fileName, digest])

function rowOf(item: DroppedItem) {
  const { fileName, reason } = storable({ fileName: item.fileName.slice(0, LONGEST), reason: item.reason.slice(0, LONGEST) })
  const bytes = item.bytes ?? new Uint8Array()
  const digest = createHash('sha256')
    .update(bytes.length > 0 ? bytes : JSON.stringify([fileName, reason]))
    .digest('hex')
  return { fileName, reason, digest, size: bytes.length, head: Uint8Array.from(bytes.subarray(0, MOST_BYTES)) }
}
