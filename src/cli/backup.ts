import { resolve } from 'node:path'
import { policyFileOf } from '../config.ts'
import { verifyAudit } from '../db/audit.ts'
import type { BackupHeader } from '../db/backup/format.ts'
import { restoreBackup } from '../db/backup/restore.ts'
import { writeBackup } from '../db/backup/write.ts'
import { openDatabase } from '../db/database.ts'
import { headText, inWords } from './audit.ts'
import { arg, BAD, flag, type Given, GOOD, print } from './command.ts'
import { onData } from './data.ts'

const houseHere = (): BackupHeader['house'] => (policyFileOf() === null ? 'sample' : 'organisation')

export async function backup(given: Given): Promise<number> {
  const file = resolve(arg(given, 0))
  const header = await onData((url) => writeBackup(url, file, houseHere(), new Date()))
  const rows = rowsOf(header)
  return print(
    given,
    { file, createdAt: header.createdAt, rows, counts: countsOf(header) },
    `${file}: ${rows} rows of ${header.tables.length} tables.\nNot in it: tokens, keys and the policy file; keep those beside it.\n`,
  )
}

export async function restore(given: Given): Promise<number> {
  const file = resolve(arg(given, 0))
  const { header, verdict } = await onData(
    async (url) => {
      const restored = await restoreBackup(url, file, { house: houseHere(), replace: flag(given, 'replace') })
      const db = await openDatabase(url, { poolSize: 1 })
      return { header: restored, verdict: await verifyAudit(db).finally(() => db.close()) }
    },
    { make: true },
  )
  const rows = rowsOf(header)
  print(
    given,
    { file, createdAt: header.createdAt, rows, counts: countsOf(header), audit: verdict.ok ? headText(verdict.head) : verdict },
    `${rows} rows as they were at ${header.createdAt}. The audit chain: ${inWords(verdict)}.\nWhat was said in chat since then may be said again: the database does not know of it.\n`,
  )
  return verdict.ok ? GOOD : BAD
}

const rowsOf = ({ tables }: BackupHeader): number => tables.reduce((sum, { rows }) => sum + rows, 0)

const countsOf = ({ tables }: BackupHeader): Readonly<Record<string, number>> =>
  Object.fromEntries(tables.map(({ name, rows }) => [name, rows]))
