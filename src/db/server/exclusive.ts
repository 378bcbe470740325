import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import { Fault } from '../../core/fault.ts'

const BUSY = 5
const PATIENCE_MS = 120_000

/**
 * Runs `work` while no other process on this machine runs its own under the same lock file.
 * SQLite's file lock is the one lock within Node's reach that the kernel frees when its holder is killed.
 * Throws Fault DATABASE_HELD after two minutes of waiting.
 */
export async function exclusively<T>(file: string, work: () => Promise<T>): Promise<T> {
  const lock = await acquire(file)
  try {
    return await work()
  } finally {
    lock.close()
  }
}

async function acquire(file: string): Promise<DatabaseSync> {
  const deadline = performance.now() + PATIENCE_MS
  for (;;) {
    const lock = tryAcquire(file)
    if (lock) return lock
    if (performance.now() > deadline) {
      throw new Fault('DATABASE_HELD', `another process has been starting or stopping the embedded database for two minutes (${file})`)
    }
    await pause(25)
  }
}

function tryAcquire(file: string): DatabaseSync | null {
  const lock = new DatabaseSync(file, { timeout: 0 })
  try {
    lock.exec('BEGIN EXCLUSIVE')
    return lock
  } catch (error) {
    lock.close()
    if (error instanceof Error && 'errcode' in error && error.errcode === BUSY) return null
    throw error
  }
}
