import { type Evidence, pinnedKeySchema, sealed, sentProofSchema } from '../core/identify/evidence.ts'
import { type Verification, verdictOf } from '../core/identify/verification.ts'
import { openDatabase, type Tx } from '../db/database.ts'
import { arg, BAD, type Given, GOOD, say } from './command.ts'
import { onData } from './data.ts'
import { write } from './verify/told.ts'

/** Writes what a stored bulletin's verdict rests on into a file, for `verify --evidence`. */
export async function evidence(given: Given): Promise<number> {
  const [asked, file] = [arg(given, 0), arg(given, 1)]
  return onData(async (url) => {
    const db = await openDatabase(url, { poolSize: 1 })
    try {
      const row = await db.bulletin.findFirst({
        where: /^\d+$/.test(asked) ? { id: Number(asked) } : { vendorId: asked },
        orderBy: [{ current: 'desc' }, { id: 'desc' }],
      })
      if (!row) {
        process.stderr.write(`No bulletin is called "${asked.slice(0, 100)}".\n`)
        return BAD
      }
      await write(file, keptEvidence(row))
      say(`The evidence of ${row.vendorId} is in ${file}: verify --evidence ${file} checks it again, without network.\n`)
      return GOOD
    } finally {
      await db.close()
    }
  })
}

type Row = NonNullable<Awaited<ReturnType<Tx['bulletin']['findFirst']>>>

/** What the verdict of a stored bulletin rests on. */
export function keptEvidence(row: Row): Evidence {
  const { checks, checkedAt } = row.verification as unknown as Verification
  const pinned = row.pinned === null ? null : pinnedKeySchema.parse(row.pinned)
  const sent = row.sent === null ? null : sentProofSchema.parse(row.sent)
  return sealed({
    kind: sent ? 'mail' : pinned ? 'document' : 'stored',
    name: row.fileName,
    url: row.url,
    redirectedFrom: row.redirectedFrom,
    bytes: Buffer.from(row.raw).toString('base64'),
    sidecars: {
      ...(row.sha256 === null ? {} : { sha256: row.sha256 }),
      ...(row.sha512 === null ? {} : { sha512: row.sha512 }),
      ...(row.signature === null ? {} : { signature: row.signature }),
    },
    pinned,
    ...(sent ?? { owned: [], dns: [] }),
    patch: null,
    checkedAt,
    checks: [...checks],
    verdict: verdictOf(checks),
  })
}
