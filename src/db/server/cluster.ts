import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chown, type FileHandle, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { basename, dirname, join } from 'node:path'
import { Fault } from '../../core/fault.ts'
import { exists, pidFilePath, readPidFile } from './postmaster.ts'
import type { Site } from './site.ts'

const LOG_LIMIT_BYTES = 10_000_000
const HALF = '.half-'
/** Whoever fills a file of the write-ahead log makes the next one while all others wait: at PostgreSQL's own 16 MB for 50 ms. */
const WAL_FILE_MB = 1
/** As they are with files of the usual size, by which initdb and the server would reckon them. */
const WAL_SIZES = ['min_wal_size=80MB', 'max_wal_size=1GB', 'wal_buffers=4MB']

/** The superuser of the embedded server. */
export const USER = 'patchcrier'

export const logPath = (site: Site): string => join(site.folder, 'postgres.log')

/**
 * Makes the cluster unless there is one. Made beside and renamed: a cluster under its final name is always whole.
 * Each attempt has a name of its own, because the initdb of a killed attempt may live on and clears up behind itself.
 */
export async function initialise(site: Site, password: string): Promise<void> {
  if (existsSync(site.cluster)) return
  await removeHalves(site)
  const half = `${site.cluster}${HALF}${randomUUID()}`
  const passwordFile = `${half}.password`
  try {
    await writeFile(passwordFile, password, { mode: 0o600 })
    await mkdir(half, { mode: 0o700 })
    for (const path of site.account ? [passwordFile, half] : []) await chown(path, site.account?.uid ?? 0, site.account?.gid ?? 0)
    await run(site, site.binaries.initdb, [
      `--pgdata=${half}`,
      `--username=${USER}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      `--wal-segsize=${WAL_FILE_MB}`,
      ...WAL_SIZES.map((size) => `--set=${size}`),
      '--encoding=UTF8',
      // The same order of text on every machine, whatever locales it has.
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
    ])
    await rename(half, site.cluster)
  } finally {
    await removeHalves(site)
  }
}

async function removeHalves(site: Site): Promise<void> {
  const home = dirname(site.cluster)
  const halves = (await readdir(home)).filter((name) => name.startsWith(`${basename(site.cluster)}${HALF}`))
  // One that is still being written to is left for the next start.
  for (const name of halves) await rm(join(home, name), { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined)
}

/** Starts the server in a session of its own, so that neither Ctrl-C nor our end takes it along. Not ready yet on return. */
export async function launch(site: Site, port: number, settings: Readonly<Record<string, string>>): Promise<ChildProcess> {
  const all = { listen_addresses: '127.0.0.1', unix_socket_directories: '', timezone: 'UTC', log_timezone: 'UTC', ...settings }
  const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const log = await openLog(site)
  try {
    const server = spawn(site.binaries.postgres, ['-D', site.cluster, '-p', String(port), ...flags], {
      ...processOptions(site),
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    })
    server.on('error', () => undefined)
    server.unref()
    return server
  } finally {
    await log.close()
  }
}

/** Stops the server of this site: no new work, open transactions are rolled back, everything is on disk. */
export const halt = (site: Site): Promise<void> =>
  run(site, site.binaries.pgCtl, ['stop', '-D', site.cluster, '-m', 'fast', '-w', '-t', '60', '-s'])

/** The server copes with a lock file of a dead process, but takes any live owner of the number, even a zombie, for a server. */
export async function removeStalePidFile(site: Site): Promise<boolean> {
  const stale = readPidFile(site.cluster)
  if (stale && !exists(stale.pid)) return false
  if (!stale && !existsSync(pidFilePath(site.cluster))) return false
  await rm(pidFilePath(site.cluster), { force: true })
  return true
}

/** A port of the loopback address that was free a moment ago; `wanted` (0: any) when that one was. */
export async function freePort(wanted: number): Promise<number> {
  const tryPort = (port: number) =>
    new Promise<number>((resolve, reject) => {
      const probe = createServer()
      probe.once('error', reject)
      probe.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
        const address = probe.address()
        probe.close(() => resolve(typeof address === 'object' && address ? address.port : port))
      })
    })
  return tryPort(wanted).catch(() => tryPort(0))
}

/** The end of the server's log, for messages. */
export async function logTail(site: Site): Promise<string> {
  const text = await readFile(logPath(site), 'utf8').catch(() => '')
  return text.trimEnd().split('\n').slice(-6).join('\n')
}

async function openLog(site: Site): Promise<FileHandle> {
  const size = await stat(logPath(site)).then(
    (file) => file.size,
    () => 0,
  )
  if (size > LOG_LIMIT_BYTES) await rename(logPath(site), `${logPath(site)}.1`)
  return open(logPath(site), 'a', 0o600)
}

async function run(site: Site, program: string, args: readonly string[]): Promise<void> {
  const child = spawn(program, args, { ...processOptions(site), stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const code = await new Promise<number | string | null>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('close', (status, signal) => resolve(status ?? signal))
  })
  if (code !== 0) throw new Fault('DATABASE_UNAVAILABLE', `${program} failed (${code}): ${output.trim().slice(-1500)}`)
}

// Our environment holds secrets that the server has no use for.
function processOptions(site: Site) {
  const kept = ['PATH', 'SystemRoot', 'TEMP', 'TMP'].flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : []))
  const account = site.account ? { uid: site.account.uid, gid: site.account.gid } : {}
  return { cwd: dirname(site.cluster), env: { ...Object.fromEntries(kept), LC_ALL: 'C', TZ: 'UTC' } as NodeJS.ProcessEnv, ...account }
}
