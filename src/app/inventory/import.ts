import { setImmediate } from 'node:timers/promises'
import type { ImportView } from '../../cards/inventory.ts'
import type { ImportItem } from '../../core/assess/import/item.ts'
import { originOf } from '../../core/assess/import/merge.ts'
import { createTwins } from '../../core/assess/import/twins.ts'
import { Fault } from '../../core/fault.ts'
import { allow, type Ruled, refuse } from '../../core/result.ts'
import type { Database } from '../../db/database.ts'
import type { InventoryFormat } from '../../ports.ts'
import { type House, transact } from '../house.ts'
import { type Begun, beginRow, importSubject, NO_PROGRESS, type Progress, readImport, saveProgress, withSkipped } from './import-row.ts'
import { rematch } from './rematch.ts'
import { type Run, type Taken, takeHosts } from './take-hosts.ts'
import { packagesHash } from './write.ts'

/** Most hosts, and packages, of one transaction: a click meanwhile waits for no more. */
const HOSTS = 100
const PACKAGES = 20_000
/** After so many milliseconds of reading everything else gets its turn. */
const SLICE_MS = 10

export interface ImportRequest extends Begun {
  readonly bytes: AsyncIterable<Uint8Array> | Uint8Array | string
}

/**
 * Takes an inventory file in, batch by batch, and matches the bulletins with what is new. Its card shows how far it is. The same file
 * again changes nothing; one that was broken off half way is simply imported again. A refusal when the request itself is wrong; what is
 * wrong in the file is in the answer. Throws Fault IMPORT_FAILED when the file or the database fails on the way.
 */
export async function importInventory(house: House, request: ImportRequest): Promise<Ruled<ImportView>> {
  const format = house.formats.get(request.kind)
  if (!format)
    return refuse(
      'FORMAT_UNKNOWN',
      `Expected one of ${[...house.formats.keys()].join(', ')} as the kind, got "${request.kind.slice(0, 40)}".`,
    )
  if (format.oneHost && (request.host ?? '').trim() === '')
    return refuse('HOST_NEEDED', `A file of kind ${request.kind} is about one host: please say which.`)
  if (request.place !== undefined && !house.inForce.policy.places.some(({ id }) => id === request.place))
    return refuse('PLACE_UNKNOWN', `There is no place "${request.place.slice(0, 40)}".`)
  const id = await transact(house, (unit) => beginRow(unit, request))
  await inTurn(house.db, () => work(house, format, request, id))
  const view = await readImport(house.db, id)
  if (!view) throw new Fault('STATE_CORRUPT', `import ${id} has no row`)
  return allow(view)
}

const line = new WeakMap<Database, Promise<void>>()

/** One after the other: the figures of two imports at once would say nothing. */
function inTurn(db: Database, task: () => Promise<void>): Promise<void> {
  const mine = (line.get(db) ?? Promise.resolve()).catch(() => undefined).then(task)
  line.set(db, mine)
  return mine
}

async function work(house: House, format: InventoryFormat, request: ImportRequest, id: number): Promise<void> {
  const state = { progress: NO_PROGRESS }
  try {
    await takeFile(house, format, request, id, state)
    const matched = await rematch(house, id)
    await transact(house, async (unit) => {
      const { progress } = state
      const figures = { ...progress.figures, matched }
      await saveProgress(unit, id, { ...progress, figures }, 'done')
      const { rows, taken, skipped } = progress
      const detail = { rows, taken, skipped: skipped.count, added: figures.added, changed: figures.changed, same: figures.same, matched }
      unit.audit({ actor: request.by, action: 'finish-import', subject: importSubject(id), detail })
    })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    house.log.error({ err: error, import: id }, 'an import failed')
    await transact(house, async (unit) => {
      await saveProgress(unit, id, state.progress, 'failed', reason.slice(0, 500))
      unit.audit({ actor: request.by, action: 'fail-import', subject: importSubject(id), detail: { reason: reason.slice(0, 500) } })
    })
    throw new Fault('IMPORT_FAILED', `the import of ${request.fileName} failed after ${state.progress.taken} hosts: ${reason}`, {
      cause: error,
    })
  }
}

/** The file, batch by batch. `state` is how far it is, also when it fails. */
async function takeFile(
  house: House,
  format: InventoryFormat,
  request: ImportRequest,
  id: number,
  state: { progress: Progress },
): Promise<void> {
  const run: Run = { id, by: request.by, origin: originOf(request.fileName), lines: new Map() }
  const options = { now: house.clock.now().toISOString(), ...(request.host === undefined ? {} : { host: request.host.trim() }) }
  const sort = sorter()
  let batch: Taken[] = []
  const flush = async (): Promise<void> => {
    state.progress = await transact(house, async (unit) => {
      const after = await takeHosts(unit, run, batch, state.progress)
      await saveProgress(unit, id, after)
      return after
    })
    batch = []
  }
  let slice = performance.now()
  for await (const item of format.read(bytesOf(request.bytes), options)) {
    const { progress, taken } = sort(state.progress, item)
    state.progress = progress
    if (taken) batch.push(taken)
    if (isFull(batch)) await flush()
    if (performance.now() - slice < SLICE_MS) continue
    await setImmediate()
    slice = performance.now()
  }
  await flush()
}

const isFull = (batch: readonly Taken[]): boolean =>
  batch.length >= HOSTS || batch.reduce((sum, { host }) => sum + (host.installs?.length ?? 0), 0) >= PACKAGES

/** What one item of a file adds to the progress, and the host in it, if it is one that can be taken. */
function sorter(): (progress: Progress, item: ImportItem) => { readonly progress: Progress; readonly taken?: Taken } {
  const single = createTwins()
  return (progress, item) => {
    if (item.kind === 'problem') return { progress: withSkipped(progress, [{ line: item.line, reason: item.reason }]) }
    if (item.kind === 'note') return { progress: withNote(progress, item.text) }
    const { line } = item
    const one = single(line, item.host)
    if ('reason' in one) return { progress: withSkipped({ ...progress, rows: progress.rows + 1 }, [{ line, reason: one.reason }]) }
    const { installs } = one.host
    const problems = one.problems.map((reason) => ({ line, reason }))
    return {
      progress: problems.length === 0 ? progress : withSkipped(progress, problems),
      taken: { line, host: one.host, packages: installs ? packagesHash({ installs }) : null },
    }
  }
}

const withNote = (progress: Progress, text: string): Progress => ({
  ...progress,
  figures: { ...progress.figures, notes: [...progress.figures.notes, text] },
})

const PORTION = 65_536

/** Bytes in portions: whoever hands in a whole file must not have it read in one go. */
async function* bytesOf(bytes: ImportRequest['bytes']): AsyncGenerator<Uint8Array> {
  if (typeof bytes !== 'string' && !(bytes instanceof Uint8Array)) return yield* bytes
  const whole = typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes
  for (let i = 0; i < whole.length; i += PORTION) yield whole.subarray(i, i + PORTION)
}
