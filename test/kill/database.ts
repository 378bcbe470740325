import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isServerOf, readPidFile } from '../../src/db/server/postmaster.ts'

interface Saved {
  readonly password: string
  readonly port: number
  readonly home: string
}

const saved = async (folder: string): Promise<Saved> => JSON.parse(await readFile(join(folder, 'postgres', 'server.json'), 'utf8')) as Saved

/** Connection string of the bot's own database, as long as its server runs. */
export async function databaseUrl(folder: string): Promise<string> {
  const { password, port } = await saved(folder)
  return `postgresql://patchcrier:${password}@127.0.0.1:${port}/patchcrier_sample`
}

/** The server's process, known by its pid file and its working directory; null when none runs. */
export async function postmasterOf(folder: string): Promise<number | null> {
  const cluster = join((await saved(folder)).home, 'cluster')
  const found = readPidFile(cluster)
  return found && isServerOf(found.pid, cluster) ? found.pid : null
}

/** Where the server keeps its data: in `folder`, unless root's server account cannot enter that. */
export const homeOf = async (folder: string): Promise<string> => (await saved(folder)).home
