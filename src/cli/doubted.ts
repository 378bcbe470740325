import { openDatabase } from '../db/database.ts'
import { arg, BAD, type Given, GOOD, say } from './command.ts'
import { onData } from './data.ts'
import { writeNew } from './files.ts'

/** Writes what a source brought without proof into a file, as it came: to be looked at, not to be believed. */
export async function doubted(given: Given): Promise<number> {
  const [asked, file] = [arg(given, 0), arg(given, 1)]
  return onData(async (url) => {
    const db = await openDatabase(url, { poolSize: 1 })
    try {
      const row = /^\d{1,9}$/.test(asked) ? await db.doubted.findUnique({ where: { id: Number(asked) } }) : null
      if (!row) {
        process.stderr.write(`Nothing without proof has the number "${asked.slice(0, 100)}".\n`)
        return BAD
      }
      if (row.raw.length === 0) {
        process.stderr.write(`${row.name} was not fetched: ${row.reason}\n`)
        return BAD
      }
      await writeNew(file, row.raw)
      say(`${row.name}\n${row.reason}\nIt is in ${file}. Open it as text only: it may be a forgery.\n`)
      return GOOD
    } finally {
      await db.close()
    }
  })
}
