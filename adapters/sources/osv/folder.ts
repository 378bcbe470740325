import { constants } from 'node:fs'
import { open, readdir } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { Fault } from '../../../src/core/fault.ts'
import { advanced, dueOf, type Listed, readLists, writeLists } from '../../../src/core/identify/backlog.ts'
import type { Batch, RawDocument } from '../../../src/ports.ts'

export interface RecordFolder {
  readonly folder: string
  /** Records that are read at one look. */
  readonly most: number
  readonly maxBytes: number
  readonly now: Date
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9+._-]{0,150}\.json$/
const KEY = 'folder'

const openPlain = (path: string) => open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0))

/** All JSON files below the folder with the time of their last change; links are not followed. */
const list = async (folder: string): Promise<readonly Listed[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    throw new Fault('SOURCE_FAILED', `The folder ${folder} cannot be listed.`, { cause: error })
  })
  const found: Listed[] = []
  for (const entry of entries) {
    if (!entry.isFile() || !NAME.test(entry.name)) continue
    const path = join(entry.parentPath, entry.name)
    const file = await openPlain(path).catch(() => null)
    const stat = await file?.stat()
    await file?.close()
    if (stat?.isFile()) found.push({ key: path.slice(folder.length).split(sep).filter(Boolean).join('/'), at: stat.mtime.toISOString() })
  }
  return found
}

const read = async ({ folder, maxBytes }: RecordFolder, key: string): Promise<RawDocument | string> => {
  const file = await openPlain(join(folder, ...key.split('/'))).catch(() => null)
  if (file === null) return 'it cannot be opened'
  try {
    const { size } = await file.stat()
    if (size > maxBytes) return `it has ${size} bytes, more than are read`
    return { fileName: key.split('/').at(-1) ?? key, bytes: await file.readFile() }
  } finally {
    await file.close()
  }
}

/** What is new in a folder of OSV records (sub-folders too). Throws Fault SOURCE_FAILED when it cannot be listed or holds none. */
export const fetchFolder = async (from: RecordFolder, cursor: string | null, signal: AbortSignal): Promise<Batch> => {
  const entries = await list(from.folder)
  if (entries.length === 0) throw new Fault('SOURCE_FAILED', `Expected OSV records (*.json) in ${from.folder}; there is none.`)
  const before = readLists(cursor).get(KEY)
  const due = dueOf(entries, before?.progress ?? null, from.most)
  const tried = [...due.fresh, ...due.again]
  const documents: RawDocument[] = []
  const lost: { readonly entry: Listed; readonly reason: string }[] = []
  for (const entry of tried) {
    signal.throwIfAborted()
    const found = await read(from, entry.key)
    if (typeof found === 'string') lost.push({ entry, reason: found })
    else documents.push(found)
  }
  const missing = lost.map((one) => one.entry)
  const progress = advanced(entries, before?.progress ?? null, tried, missing, from.now.toISOString())
  return {
    documents,
    dropped: lost.map(({ entry, reason }) => ({ fileName: entry.key, reason })),
    cursor: writeLists(new Map([[KEY, { validators: {}, listed: entries.length, progress, left: due.left }]])),
    listed: entries.length,
  }
}
