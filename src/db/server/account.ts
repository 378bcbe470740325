import { execFileSync, spawnSync } from 'node:child_process'
import { dirname } from 'node:path'
import { Fault } from '../../core/fault.ts'

/** The operating-system account that the server runs as. */
export interface Account {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

/**
 * PostgreSQL refuses to run as root, so for root it is `postgres`, else `nobody`; null means: as ourselves.
 * Throws Fault DATABASE_UNAVAILABLE when root has neither.
 */
export function serverAccount(): Account | null {
  if (process.getuid?.() !== 0) return null
  const account = lookUp('postgres') ?? lookUp('nobody')
  if (account) return account
  throw new Fault(
    'DATABASE_UNAVAILABLE',
    'PostgreSQL does not run as root, and there is neither an account "postgres" nor "nobody" to run it as. Start Patchcrier as an ordinary account.',
  )
}

function lookUp(name: string): Account | null {
  try {
    const id = (flag: string) => Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }))
    return { name, uid: id('-u'), gid: id('-g') }
  } catch {
    return null
  }
}

/** The outermost folder on the way to `folder` that the account cannot enter, or null when it can enter them all. */
export function barrier(account: Account | null, folder: string): string | null {
  if (!account || canEnter(account, folder)) return null
  const above = dirname(folder)
  return (above === folder ? null : barrier(account, above)) ?? folder
}

// Asked of the kernel as that account: modes, ACLs and mounts all count.
function canEnter(account: Account, folder: string): boolean {
  const { uid, gid } = account
  return spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], { uid, gid, cwd: '/', stdio: 'ignore' }).status === 0
}
