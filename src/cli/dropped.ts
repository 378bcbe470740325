import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openDatabase } from '../db/database.ts'
import { arg, BAD, type Given, GOOD, Misuse, print, say } from './command.ts'
import { onData } from './data.ts'

interface Kept {
  readonly file: string
  /** `dropped`: it could not be taken; `not proved`: it counts for nothing. */
  readonly kind: string
  readonly name: string
  readonly reason: string
  readonly firstSeen: string
  readonly bytes: number
  /** Of the whole. */
  readonly sha256: string
  /** The file has the beginning alone. */
  readonly cut: boolean
}

/** Writes what of a source could not be taken or is not proved into a new folder, with a list; without a folder the list alone. Exit 1: nothing is kept. */
export function dropped(given: Given): Promise<number> {
  const [source, folder] = [arg(given, 0), given.args[1]]
  return onData(async (url) => {
    const db = await openDatabase(url, { poolSize: 1 })
    try {
      const rows = await db.droppedItem.findMany({ where: { source }, orderBy: { id: 'asc' } })
      if (rows.length === 0) {
        process.stderr.write(`Nothing is kept of a source "${source.slice(0, 100)}".\n`)
        return BAD
      }
      const list = rows.map(
        (row): Kept => ({
          // Names of the source may be anything: files are called by our numbers.
          file: `${row.id}.bin`,
          kind: row.kind,
          name: row.fileName,
          reason: row.reason,
          firstSeen: row.at.toISOString(),
          bytes: row.size,
          sha256: row.digest,
          cut: row.size > row.head.length,
        }),
      )
      if (folder === undefined) return print(given, list, `${JSON.stringify(list, null, 1)}\n`)
      await newFolder(folder)
      for (const row of rows) if (row.size > 0) await writeFile(join(folder, `${row.id}.bin`), row.head, { flag: 'wx', mode: 0o600 })
      await writeFile(join(folder, 'dropped.json'), `${JSON.stringify(list, null, 1)}\n`, { flag: 'wx', mode: 0o600 })
      say(`${rows.length} dropped items of ${source} are in ${folder}: dropped.json says what they are. Nothing in them is safe to open.\n`)
      return GOOD
    } finally {
      await db.close()
    }
  })
}

const newFolder = (folder: string): Promise<void> =>
  mkdir(folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    const why = error.code === 'EEXIST' ? 'there is one already' : error.message
    throw new Misuse(`${folder}: expected the name of a folder that can be made; ${why}`)
  })
