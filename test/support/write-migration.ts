// npm run migration: writes the first migration again from the schema. Only for as long as nothing is released.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openEmbedded } from '../../src/db/embedded.ts'
import { schemaSql } from './schema-sql.ts'

const FIRST = new URL('../../prisma/migrations/0001_house/migration.sql', import.meta.url)

const folder = await mkdtemp(join(tmpdir(), 'patchcrier-migration-'))
const server = await openEmbedded({ folder, log: () => undefined })
try {
  await writeFile(FIRST, await schemaSql(server.url('postgres')))
} finally {
  await server.stop()
  await rm(folder, { recursive: true })
}
