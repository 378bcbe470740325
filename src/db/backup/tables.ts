import pg from 'pg'
import { Fault } from '../../core/fault.ts'
import { Prisma } from '../database.ts'
import type { BackupHeader, BackupTable } from './format.ts'

// What is in schema `public`, without Prisma's history. The jobs (schema `pgboss`) are only wake-ups: the next tick makes them anew.

const HISTORY = '_prisma_migrations'

export const quoted = pg.escapeIdentifier

export const columnsOf = ({ columns }: BackupTable): string => columns.map(quoted).join(', ')

/** All tables with the number of their rows, each after those that it refers to. */
export async function readTables(client: pg.Client): Promise<BackupTable[]> {
  const { rows } = await client.query<{ name: string; columns: string[] }>(
    `SELECT c.relname AS name, array_agg(a.attname::text ORDER BY a.attnum) AS columns
     FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname <> '${HISTORY}'
     GROUP BY c.relname ORDER BY c.relname`,
  )
  const refers = await client.query<{ from: string; to: string }>(
    `SELECT f.relname AS from, t.relname AS to FROM pg_constraint k JOIN pg_class f ON f.oid = k.conrelid JOIN pg_class t ON t.oid = k.confrelid
     WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace AND f.oid <> t.oid`,
  )
  const tables: BackupTable[] = []
  for (const { name, columns } of inOrder(rows, refers.rows)) tables.push({ name, columns, rows: await countRows(client, name) })
  return tables
}

export async function countRows(client: pg.Client, table: string): Promise<number> {
  const { rows } = await client.query<{ n: string }>(`SELECT count(*) AS n FROM ${quoted(table)}`)
  return Number(rows[0]?.n)
}

function inOrder<T extends { readonly name: string }>(
  tables: readonly T[],
  refers: readonly { readonly from: string; readonly to: string }[],
): readonly T[] {
  const placed: T[] = []
  let left = [...tables]
  while (left.length > 0) {
    const ready = left.filter(({ name }) => refers.every(({ from, to }) => from !== name || placed.some((one) => one.name === to)))
    if (ready.length === 0) throw new Fault('STATE_CORRUPT', `tables that refer to one another: ${left.map(({ name }) => name).join(', ')}`)
    placed.push(...ready)
    left = left.filter((table) => !ready.includes(table))
  }
  return placed
}

export async function readSequences(client: pg.Client): Promise<BackupHeader['sequences']> {
  const { rows } = await client.query<{ name: string; last: string | null }>(
    `SELECT sequencename AS name, last_value::text AS last FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1`,
  )
  return rows
}

/** Tables of somebody else are neither written down nor removed. Throws Fault DATABASE_NOT_EMPTY. */
export async function refuseStrangers(client: pg.Client): Promise<void> {
  const strange = (await ownTables(client)).filter((name) => name !== HISTORY && !Object.hasOwn(Prisma.ModelName, name))
  if (strange.length === 0) return
  const names = strange.slice(0, 5).join(', ')
  throw new Fault(
    'DATABASE_NOT_EMPTY',
    `the database has tables that this Patchcrier does not know (${names}). Give it a database of its own.`,
  )
}

/** Removes our tables, functions and jobs; what extensions brought stays. */
export async function dropEverything(client: pg.Client, migrations: readonly { readonly sql: string }[]): Promise<void> {
  for (const name of await ownTables(client)) await client.query(`DROP TABLE ${quoted(name)} CASCADE`)
  const made = migrations.flatMap(({ sql }) => [...sql.matchAll(/CREATE (?:OR REPLACE )?FUNCTION "(\w+)"/g)].map(([, name]) => name))
  const { rows } = await client.query<{ name: string }>(
    `SELECT oid::regprocedure::text AS name FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proname = ANY ($1)`,
    [made],
  )
  for (const { name } of rows) await client.query(`DROP FUNCTION ${name} CASCADE`)
  await client.query('DROP SCHEMA IF EXISTS pgboss CASCADE')
}

async function ownTables(client: pg.Client): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
     AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e') ORDER BY 1`,
  )
  return rows.map(({ name }) => name)
}
