import type { ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { Fault } from '../core/fault.ts'
import { freePort, halt, initialise, launch, logPath, logTail, removeStalePidFile, USER } from './server/cluster.ts'
import { exclusively } from './server/exclusive.ts'
import { exists, isServerOf, processesIn, readPidFile } from './server/postmaster.ts'
import { makeFolder, prepareSite, type Secret, type Site, writeSecret } from './server/site.ts'

// Crash recovery replays the log before the server answers.
const READY_WITHIN_MS = 120_000
const ORPHANS_GONE_WITHIN_MS = 15_000
const PORT_ATTEMPTS = 5
const PRESENCE = 'patchcrier-present'

export interface EmbeddedOptions {
  /** A folder for the server alone, e.g. `data/postgres`; made when missing. */
  readonly folder: string
  readonly log: (line: string) => void
  /** Further server settings; tests switch fsync off. */
  readonly settings?: Readonly<Record<string, string>>
  /** Where data and programs go when root's server account cannot enter their folders. */
  readonly elsewhere?: string
}

export interface Embedded {
  /** True when a server of this folder was already running. */
  readonly adopted: boolean
  readonly pid: number
  /** Connection string of a database; holds the password. */
  url(database: string): string
  /** Makes the database unless it is there. */
  ensureDatabase(name: string): Promise<void>
  /** Stops the server, unless another process has it open too. Safe to call twice. */
  stop(): Promise<void>
}

/**
 * The PostgreSQL server of a folder: joined when it runs (it outlives us, even a kill -9), else started, made first when
 * there is none. Several processes may call this at once. Throws Fault DATABASE_UNAVAILABLE or DATABASE_HELD.
 */
export async function openEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const folder = await makeFolder(options.folder)
  const lock = join(folder, 'lock')
  return exclusively(lock, async () => {
    const { site, secret } = await prepareSite(folder, options.elsewhere ?? '/var/lib/patchcrier')
    if (site.moved) options.log(`the server's account cannot enter ${folder}; the data are in ${site.cluster}`)
    const running = (await adopt(site, secret)) ?? (await start(site, secret, options))
    running.presence.on('error', (error) => options.log(`the embedded database has gone: ${error.message}`))
    return handle(running, site, secret.password, lock, options.log)
  })
}

interface Running {
  readonly adopted: boolean
  readonly pid: number
  readonly port: number
  /** Open as long as we use the server; how processes see one another. */
  readonly presence: pg.Client
}

async function adopt(site: Site, secret: Secret): Promise<Running | null> {
  const found = readPidFile(site.cluster)
  if (!found || !isServerOf(found.pid, site.cluster)) return null
  const presence = await connectWhenReady(site, secret.password, found.port, () => isServerOf(found.pid, site.cluster))
  return presence && { adopted: true, pid: found.pid, port: found.port, presence }
}

async function start(site: Site, secret: Secret, options: EmbeddedOptions): Promise<Running> {
  await orphansGone(site)
  if (await removeStalePidFile(site)) options.log('removed the lock file of a server that is gone')
  await initialise(site, secret.password)
  for (let attempt = 1; attempt <= PORT_ATTEMPTS; attempt += 1) {
    const port = await freePort(secret.port)
    const server = await launch(site, port, options.settings ?? {})
    const presence = await connectWhenReady(site, secret.password, port, () => lives(server))
    if (presence) {
      await writeSecret(site.folder, { ...secret, port })
      return { adopted: false, pid: server.pid ?? 0, port, presence }
    }
    // A process that was killed just after it had started one may have been faster than we.
    const faster = await adopt(site, secret)
    if (faster) return faster
    if (!(await logTail(site)).includes('could not create any TCP/IP sockets')) break
  }
  throw new Fault('DATABASE_UNAVAILABLE', `the embedded PostgreSQL did not start; the end of ${logPath(site)}:\n${await logTail(site)}`)
}

const lives = (server: ChildProcess): boolean => server.pid !== undefined && server.exitCode === null && server.signalCode === null

async function orphansGone(site: Site): Promise<void> {
  if (!existsSync(site.cluster)) return
  const deadline = performance.now() + ORPHANS_GONE_WITHIN_MS
  for (let left = processesIn(site.cluster); left.length > 0; left = processesIn(site.cluster)) {
    if (performance.now() > deadline) {
      throw new Fault(
        'DATABASE_HELD',
        `processes ${left.join(', ')} of a killed database server still work in ${site.cluster}; end them first`,
      )
    }
    await pause(50)
  }
}

/** Null when the server ended instead. */
async function connectWhenReady(site: Site, password: string, port: number, alive: () => boolean): Promise<pg.Client | null> {
  const deadline = performance.now() + READY_WITHIN_MS
  while (alive()) {
    const client = new pg.Client({
      connectionString: connectionString(password, port, 'postgres'),
      application_name: `${PRESENCE} ${process.pid}`,
      connectionTimeoutMillis: 10_000,
      query_timeout: 10_000,
      keepAlive: true,
    })
    try {
      await client.connect()
      return client
    } catch (error) {
      await client.end().catch(() => undefined)
      if (!isNotReady(error) || performance.now() > deadline) throw unusable(site, error)
    }
    await pause(20)
  }
  return null
}

const NOT_READY = ['ECONNREFUSED', 'ECONNRESET', '57P03']

function isNotReady(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return 'code' in error ? NOT_READY.includes(String(error.code)) : error.message.includes('Connection terminated')
}

function unusable(site: Site, error: unknown): Fault {
  const reason = error instanceof Error ? error.message : String(error)
  return new Fault('DATABASE_UNAVAILABLE', `the database server of ${site.cluster} runs, but cannot be used: ${reason}`, { cause: error })
}

const connectionString = (password: string, port: number, database: string): string =>
  `postgresql://${USER}:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`

function handle(running: Running, site: Site, password: string, lock: string, log: (line: string) => void): Embedded {
  const url = (database: string) => connectionString(password, running.port, database)
  let stopped: Promise<void> | null = null
  return {
    adopted: running.adopted,
    pid: running.pid,
    url,
    ensureDatabase: (name) => ensureDatabase(url('postgres'), name),
    stop: () => (stopped ??= exclusively(lock, () => leave(running, site, log))),
  }
}

async function ensureDatabase(admin: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: admin })
  await client.connect()
  try {
    const known = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name])
    if (known.rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`)
  } catch (error) {
    const code = error instanceof pg.DatabaseError ? error.code : undefined
    // Somebody else made it at the same moment.
    if (code !== '42P04' && code !== '23505') throw error
  } finally {
    await client.end()
  }
}

async function leave({ presence, pid }: Running, site: Site, log: (line: string) => void): Promise<void> {
  const others = await othersPresent(presence)
  await presence.end().catch(() => undefined)
  if (others > 0) {
    log(`the embedded database keeps running: ${others} other process(es) use it`)
    return
  }
  if (!isServerOf(pid, site.cluster)) return
  await halt(site)
  while (isServerOf(pid, site.cluster)) await pause(10)
}

// A server that does not answer any more has no users. It may show a killed one for a moment after its end: that is none.
async function othersPresent(presence: pg.Client): Promise<number> {
  const sql = `SELECT application_name AS name FROM pg_stat_activity WHERE application_name LIKE '${PRESENCE} %' AND pid <> pg_backend_pid()`
  return presence.query<{ name: string }>(sql).then(
    ({ rows }) => rows.filter(({ name }) => exists(Number(name.slice(PRESENCE.length + 1)))).length,
    () => 0,
  )
}
