import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, chown, mkdir, readFile, realpath, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { Fault } from '../../core/fault.ts'
import { type Account, barrier, serverAccount } from './account.ts'
import { type Binaries, findBinaries } from './binaries.ts'

/** Where things are, and as whom the server runs. */
export interface Site {
  /** The caller's folder: secret, lock and log. Ours alone. */
  readonly folder: string
  /** The server's data, in `folder` unless the server's account cannot enter that. */
  readonly cluster: string
  readonly account: Account | null
  readonly binaries: Binaries
  readonly moved: boolean
}

const Secret = z.object({ password: z.string().min(20), port: z.number().int(), home: z.string() })

/** Saved in `folder`, mode 600. `port` is the one last used (0: none yet), `home` the folder that holds the cluster. */
export type Secret = z.infer<typeof Secret>

/** Finds or makes everything in `folder`. Throws Fault DATABASE_UNAVAILABLE with what is in the way and what to do. */
export async function prepareSite(folder: string, elsewhere: string): Promise<{ readonly site: Site; readonly secret: Secret }> {
  const account = serverAccount()
  const secret = (await readSecret(folder)) ?? (await firstSecret(folder, account, elsewhere))
  if (secret.home !== folder) await makeFolder(secret.home)
  refuseBarrier(account, secret.home)
  const binaries = await findBinaries(account, elsewhere)
  return { site: { folder, cluster: join(secret.home, 'cluster'), account, binaries, moved: secret.home !== folder }, secret }
}

/** Makes a folder that only we and the server's account enter; answers its real path. */
export async function makeFolder(wanted: string): Promise<string> {
  const account = serverAccount()
  try {
    await mkdir(wanted, { recursive: true })
    const folder = await realpath(wanted)
    await chmod(folder, 0o700)
    if (account) await chown(folder, account.uid, account.gid)
    return folder
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new Fault('DATABASE_UNAVAILABLE', `the folder of the embedded database cannot be used: ${reason}`, { cause: error })
  }
}

async function readSecret(folder: string): Promise<Secret | null> {
  let text: string
  try {
    text = await readFile(secretPath(folder), 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw new Fault('DATABASE_UNAVAILABLE', `${secretPath(folder)} cannot be read; run as the account that made it`, { cause: error })
  }
  const parsed = Secret.safeParse(parseJson(text))
  if (parsed.success) return parsed.data
  throw new Fault('DATABASE_UNAVAILABLE', `${secretPath(folder)} is damaged: expected password, port and home`)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

async function firstSecret(folder: string, account: Account | null, elsewhere: string): Promise<Secret> {
  if (existsSync(join(folder, 'cluster'))) {
    throw new Fault(
      'DATABASE_UNAVAILABLE',
      `${secretPath(folder)}, which holds the password of the database beside it, is missing; put it back`,
    )
  }
  // Random, so that data of an earlier, deleted folder are neither touched nor in the way.
  const home = barrier(account, folder) ? join(elsewhere, `postgres-${randomBytes(6).toString('hex')}`) : folder
  const secret = { password: randomBytes(24).toString('base64url'), port: 0, home }
  await writeSecret(folder, secret)
  return secret
}

/** Replaces the saved secret in one step. */
export async function writeSecret(folder: string, secret: Secret): Promise<void> {
  const half = `${secretPath(folder)}.half`
  await writeFile(half, JSON.stringify(secret), { mode: 0o600 })
  await rename(half, secretPath(folder))
}

const secretPath = (folder: string): string => join(folder, 'server.json')

function refuseBarrier(account: Account | null, home: string): void {
  const where = barrier(account, home)
  if (!where || !account) return
  throw new Fault(
    'DATABASE_UNAVAILABLE',
    `you are root, so the database server runs as "${account.name}", and that account cannot enter ${where}. Allow it (chmod o+x ${where}), or start Patchcrier as an ordinary account.`,
  )
}
