import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import { z } from 'zod'
import { Fault } from '../../core/fault.ts'

// A gzipped text: a line of JSON (the header), for each table in the header's order as many lines as it says (a row each, as COPY writes
// them), and a last line with the SHA-256 of everything before it.

const table = z.strictObject({ name: z.string().min(1), columns: z.array(z.string().min(1)).min(1), rows: z.number().int().min(0) })

const header = z.strictObject({
  format: z.literal('patchcrier-backup'),
  version: z.literal(1),
  createdAt: z.iso.datetime(),
  /** Whose data: the sample's and an organisation's must not be mixed. */
  house: z.enum(['sample', 'organisation']),
  /** What the database had, in order. */
  migrations: z.array(z.strictObject({ name: z.string(), checksum: z.string() })).min(1),
  /** A table comes after those that it refers to. */
  tables: z.array(table).min(1),
  /** `last`: null where none was given out yet. */
  sequences: z.array(z.strictObject({ name: z.string(), last: z.string().nullable() })),
})

export type BackupHeader = z.infer<typeof header>
export type BackupTable = z.infer<typeof table>

const footer = z.strictObject({ sha256: z.string().regex(/^[0-9a-f]{64}$/) })

const LINE_END = 10
/** A header is small; a file that begins with a longer line is none of ours. */
const LONGEST_HEADER = 1_000_000

export const jsonLine = (value: BackupHeader | z.infer<typeof footer>): Buffer => Buffer.from(`${JSON.stringify(value)}\n`)

/** Reads one backup from its start; `rows` must be read to the end, table by table, before `finish`. */
export interface BackupReader {
  readonly header: BackupHeader
  /** The rows of the next table of the header, each with its line end. */
  rows(table: BackupTable): AsyncGenerator<Buffer>
  /** Throws unless the sum is right and nothing follows. */
  finish(): Promise<void>
  close(): Promise<void>
}

/** Throws Fault BACKUP_INVALID: not a backup, or of a version that this program does not know. */
export async function openBackup(file: string): Promise<BackupReader> {
  const lines = linesOf(file)
  const sum = createHash('sha256')
  const next = async (what: string): Promise<Buffer> => {
    const { value, done } = await lines.next()
    if (done) throw invalid(file, `expected ${what}, got its end: it was cut off`)
    return value
  }
  const first = await next('the header of a backup')
  sum.update(first)
  const read = header.safeParse(parse(first.length > LONGEST_HEADER ? '' : first.toString()))
  if (!read.success)
    throw invalid(
      file,
      `expected a backup that this program wrote (version 1); ${read.error.issues[0]?.path.join('.') || 'it'} is something else`,
    )
  return {
    header: read.data,
    rows: async function* ({ name, rows }) {
      for (let row = 1; row <= rows; row += 1) {
        const line = await next(`row ${row} of ${rows} of ${name}`)
        sum.update(line)
        yield line
      }
    },
    finish: async () => {
      const last = footer.safeParse(parse((await next('its sum')).toString()))
      if (!last.success || last.data.sha256 !== sum.digest('hex'))
        throw invalid(file, 'its sum is not that of its contents: it was damaged or edited. Use another backup')
      if (!(await lines.next()).done) throw invalid(file, 'expected its end after its sum; something follows')
    },
    close: async () => void (await lines.return(undefined)),
  }
}

/** Lines with their ends; the last one may have none. */
async function* linesOf(file: string): AsyncGenerator<Buffer, undefined> {
  const source = createReadStream(file)
  const text = createGunzip()
  source.on('error', (error) => text.destroy(error))
  source.pipe(text)
  let parts: Buffer[] = []
  try {
    for await (const chunk of text as AsyncIterable<Buffer>) {
      let from = 0
      for (let end = chunk.indexOf(LINE_END); end >= 0; end = chunk.indexOf(LINE_END, from)) {
        yield Buffer.concat([...parts, chunk.subarray(from, end + 1)])
        parts = []
        from = end + 1
      }
      if (from < chunk.length) parts.push(chunk.subarray(from))
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw invalid(file, `it cannot be read to its end: ${reason}`)
  } finally {
    source.destroy()
    text.destroy()
  }
  if (parts.length > 0) yield Buffer.concat(parts)
  return undefined
}

const invalid = (file: string, what: string): Fault => new Fault('BACKUP_INVALID', `${file}: ${what}`)

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
