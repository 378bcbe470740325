import { readFile } from 'node:fs/promises'
import { PrismaPg } from '@prisma/adapter-pg'
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils'
import { SchemaEngine } from '@prisma/schema-engine-wasm'

const SCHEMA = new URL('../../prisma/schema.prisma', import.meta.url)

/**
 * The SQL that makes what prisma/schema.prisma says in an empty database, by Prisma's own schema engine, offline.
 * The engine wants a PostgreSQL at `url` to ask for its version; it changes nothing there.
 */
export async function schemaSql(url: string): Promise<string> {
  const schema = { path: 'schema.prisma', content: await readFile(SCHEMA, 'utf8') }
  const adapter = bindMigrationAwareSqlAdapterFactory(new PrismaPg({ connectionString: url }))
  const engine = await SchemaEngine.new({ datamodels: [[schema.path, schema.content]] }, () => undefined, adapter)
  const { stdout } = await engine.diff({
    from: { tag: 'empty' },
    to: { tag: 'schemaDatamodel', files: [schema] },
    script: true,
    exitCode: null,
    filters: { externalTables: [], externalEnums: [] },
  })
  if (!stdout) throw new Error('the schema engine wrote no SQL')
  return stdout
}
