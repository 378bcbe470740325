import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs'
import { join } from 'node:path'

/** What a server wrote about itself into its data folder (PostgreSQL's miscadmin.h, LOCK_FILE_LINE_*). */
export interface PidFile {
  readonly pid: number
  readonly port: number
}

export const pidFilePath = (cluster: string): string => join(cluster, 'postmaster.pid')

/** Null when there is none, or when it is too short to name a process. `port` is 0 until the server has chosen one. */
export function readPidFile(cluster: string): PidFile | null {
  let lines: string[]
  try {
    lines = readFileSync(pidFilePath(cluster), 'utf8').split('\n')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
  const pid = Number.parseInt(lines[0] ?? '', 10)
  return pid > 0 ? { pid, port: Number.parseInt(lines[3] ?? '', 10) || 0 } : null
}

/** True when the process lives (a zombie does not) and is the server of this data folder, not a later owner of its number. */
export function isServerOf(pid: number, cluster: string): boolean {
  if (process.platform === 'linux') return worksIn(pid, realpathSync(cluster))
  if (process.platform === 'win32') return exists(pid)
  const answer = spawnSync('ps', ['-o', 'stat=,command=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim()
  return answer !== '' && !answer.startsWith('Z') && answer.includes(cluster)
}

/** True when some process, a zombie included, carries this number: then the server's own check would take it for a server. */
export function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/**
 * Processes that work in this data folder. After a kill of the postmaster alone, its children may live on for a moment;
 * a second server beside them would destroy the data. Linux only; elsewhere the server's own check has to do.
 */
export function processesIn(cluster: string): number[] {
  if (process.platform !== 'linux') return []
  const folder = realpathSync(cluster)
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => worksIn(pid, folder))
}

// Every PostgreSQL process changes into its data folder and stays there.
function worksIn(pid: number, folder: string): boolean {
  try {
    if (readlinkSync(`/proc/${pid}/cwd`) !== folder) return false
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const state = stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3)
    return state !== 'Z' && state !== 'X' && readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('postgres')
  } catch {
    return false
  }
}
