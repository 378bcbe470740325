import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { Fault } from '../core/fault.ts'
import { patched, type Step } from '../core/patch.ts'
import { type Prisma, PrismaClient } from './generated/client.ts'

export { Prisma } from './generated/client.ts'

/** The rows, by Prisma. */
export type Database = PrismaClient & {
  /** Ends all connections; nothing may be asked afterwards. */
  close(): Promise<void>
  /**
   * One statement past Prisma, prepared once a connection: for what every click pays for. `name` stands for `text`. Answers after its commit;
   * gives up after twenty seconds, as a transaction does, and then nobody knows what was done.
   */
  prepared<T extends object>(name: string, text: string, values: readonly unknown[]): Promise<readonly T[]>
}

/** What a transaction's work receives. Every `Database` can be used where a `Tx` is wanted. */
export type Tx = Prisma.TransactionClient

export interface DatabaseOptions {
  /** Most connections at once. Every open transaction holds one. */
  readonly poolSize: number
}

/** Of a transaction, in milliseconds. */
const LONGEST_MS = 20_000

/** Connects to a migrated database. Throws Fault DATABASE_UNAVAILABLE when it does not answer. */
export async function openDatabase(url: string, { poolSize }: DatabaseOptions): Promise<Database> {
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    application_name: 'patchcrier',
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
  })
  // An idle connection that breaks is replaced by the pool; the next query says whether the database is there.
  const adapter = new PrismaPg(pool, { onPoolError: () => undefined, disposeExternalPool: true })
  // Without a picture of our own source in every error, for which Prisma would take a stack at every query.
  const bare = new PrismaClient({ adapter, errorFormat: 'minimal', transactionOptions: { maxWait: 10_000, timeout: LONGEST_MS } })
  const prisma = wholeChanges(bare)
  const database = Object.assign(prisma, {
    close: () => prisma.$disconnect(),
    prepared: async <T extends object>(name: string, text: string, values: readonly unknown[]) =>
      (await pool.query<T>({ name, text, values: [...values], query_timeout: LONGEST_MS } as pg.QueryConfig)).rows,
  })
  try {
    await database.$queryRaw`SELECT 1`
    return database
  } catch (error) {
    await database.close()
    const reason = error instanceof Error ? error.message : String(error)
    throw new Fault('DATABASE_UNAVAILABLE', `the database does not answer: ${reason}`, { cause: error })
  }
}

/** A change as it is: its state with what clicks have changed since. Statements in SQL do this by themselves. */
const wholeChanges = (bare: PrismaClient): PrismaClient =>
  bare.$extends({
    result: {
      change: {
        state: {
          needs: { state: true, later: true },
          compute: ({ state, later }) => patched(state as object, later as unknown as readonly Step[]) as Prisma.JsonValue,
        },
      },
    },
  }) as unknown as PrismaClient

/** What PostgreSQL says where a connection ends, and where it does not know itself: SQLSTATE, Appendix A of its manual. */
const IN_DOUBT = /^(?:08|57P|58|XX)/

/** The server refused a statement: nothing of its transaction was done. Not so of a connection that was lost, or a time that was up. */
export const wasRefused = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && error.code !== undefined && !IN_DOUBT.test(error.code)
