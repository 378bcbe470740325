import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { openEmbedded } from '../../src/db/embedded.ts'
import { migrate } from '../../src/db/migrate.ts'
import { isServerOf, readPidFile } from '../../src/db/server/postmaster.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Connection string of the whole run's server; the database in it is the migrated template. */
    readonly templateUrl: string
    /** What the properties of the whole run draw their cases from. */
    readonly seed: number
  }
}

const PREFIX = 'patchcrier-test-'
const TEMPLATE = 'template_house'

/** One embedded server for the whole run, with a migrated template database. Speed before durability: it is thrown away. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const { seed } = project.getProvidedContext()
  project.vitest.logger.log(`Properties draw from seed ${seed}. The same cases again: PATCHCRIER_SEED=${seed}`)
  await clearLeftovers()
  const folder = await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`))
  const server = await openEmbedded({
    folder,
    log: () => undefined,
    settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '300' },
  })
  await server.ensureDatabase(TEMPLATE)
  await migrate(server.url(TEMPLATE))
  project.provide('templateUrl', server.url(TEMPLATE))
  return async () => {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

// A run that was killed leaves its server behind: it runs detached. The folder's name says whose it was.
async function clearLeftovers(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const owner = Number(new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1])
    if (!owner || lives(owner)) continue
    const cluster = join(tmpdir(), name, 'cluster')
    const left = readPidFile(cluster)
    if (left && isServerOf(left.pid, cluster)) process.kill(left.pid, 'SIGQUIT')
    await rm(join(tmpdir(), name), { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  }
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
