import type { ImportView } from '../../cards/inventory.ts'
import {
  type Counted,
  counted,
  type ImportFigures,
  MOST_SKIPPED,
  NO_FIGURES,
  NONE,
  type Skipped,
} from '../../core/assess/import/figures.ts'
import type { Database, Prisma } from '../../db/database.ts'
import { json } from '../change/rows.ts'
import { storable, wantPost } from '../chat/posts.ts'
import { touchSubject } from '../chat/redraws.ts'
import { show } from '../chat/show.ts'
import type { House, Unit } from '../house.ts'
import { transact } from '../house.ts'

/** Reading and writing the row of an import, which its card shows: no decision in here. */

export const importSubject = (id: number): string => `import:${id}`

export type ImportStatus = 'running' | 'done' | 'failed' | 'broken off'

/** How far an import is. */
export interface Progress {
  readonly rows: number
  readonly taken: number
  readonly skipped: Counted<Skipped>
  readonly figures: ImportFigures
}

export const NO_PROGRESS: Progress = { rows: 0, taken: 0, skipped: NONE, figures: NO_FIGURES }

export const withSkipped = (progress: Progress, more: readonly Skipped[]): Progress => ({
  ...progress,
  skipped: counted(progress.skipped, more, MOST_SKIPPED),
})

export interface Begun {
  readonly fileName: string
  readonly kind: string
  readonly host?: string
  readonly by: string
  readonly place?: string
}

/** The row and its cards: in the admin place, and where it was asked for. */
export async function beginRow(unit: Unit, { fileName, kind, host, by, place }: Begun): Promise<number> {
  const row = await unit.tx.inventoryImport.create({
    data: {
      fileName,
      kind,
      host: host ?? null,
      by,
      placeId: place ?? null,
      startedAt: unit.now,
      skipped: json(NO_PROGRESS.skipped),
      figures: json(NO_FIGURES),
    },
  })
  await show(unit, 'admin', importSubject(row.id), 'import')
  if (place !== undefined) await wantPost(unit.tx, { subject: importSubject(row.id), purpose: 'import', placeId: place, now: unit.now })
  unit.audit({ actor: by, action: 'begin-import', subject: importSubject(row.id), detail: { fileName, kind, ...(host ? { host } : {}) } })
  return row.id
}

/** Also says that it runs, with hosts that nothing was matched with yet: another process may have taken it for broken off. */
export async function saveProgress(
  unit: Unit,
  id: number,
  progress: Progress,
  status: ImportStatus = 'running',
  reason?: string,
): Promise<void> {
  await unit.tx.inventoryImport.update({
    where: { id },
    data: {
      rows: progress.rows,
      taken: progress.taken,
      skipped: json(storable(progress.skipped)),
      figures: json(storable(progress.figures)),
      status,
      reason: reason ?? null,
      ...(status === 'running' ? { finishedAt: null, matched: false } : { finishedAt: unit.now }),
    },
  })
  await touchSubject(unit.tx, importSubject(id))
}

/** What a card shows of an import; null when there is none. */
export async function readImport(db: Database, id: number): Promise<ImportView | null> {
  const row = await db.inventoryImport.findUnique({ where: { id } })
  return row && viewOf(row)
}

/** The last imports, newest first. */
export async function lastImports(db: Database, most: number): Promise<readonly ImportView[]> {
  return (await db.inventoryImport.findMany({ orderBy: { id: 'desc' }, take: most })).map(viewOf)
}

const viewOf = (row: Prisma.InventoryImportGetPayload<object>): ImportView => ({
  id: row.id,
  fileName: row.fileName,
  kind: row.kind,
  host: row.host,
  by: row.by,
  startedAt: row.startedAt.toISOString(),
  finishedAt: row.finishedAt?.toISOString() ?? null,
  rows: row.rows,
  taken: row.taken,
  skipped: row.skipped as unknown as Counted<Skipped>,
  figures: row.figures as unknown as ImportFigures,
  status: row.status as ImportStatus,
  reason: row.reason,
})

/** At a start nothing is being imported: what says so was broken off. What it had taken is in the inventory. */
export async function mendImports(house: House): Promise<void> {
  await transact(house, async (unit) => {
    const rows = await unit.tx.inventoryImport.findMany({ where: { status: 'running' }, select: { id: true } })
    for (const { id } of rows) {
      await unit.tx.inventoryImport.update({
        where: { id },
        data: { status: 'broken off', finishedAt: unit.now, reason: 'The bot was stopped while it ran.' },
      })
      await touchSubject(unit.tx, importSubject(id))
      unit.audit({ actor: 'patchcrier', action: 'break-off-import', subject: importSubject(id), detail: {} })
    }
  })
}
