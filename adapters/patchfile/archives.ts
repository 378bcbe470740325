import { Fault } from '../../src/core/fault.ts'
import { indexesFor } from '../../src/core/identify/archive.ts'
import type { PatchFile } from '../../src/core/identify/patch.ts'
import type { Check } from '../../src/core/identify/verification.ts'
import type { Http } from '../http.ts'
import { type ArchiveProof, archiveCheck, archiveOf, signedRelease } from './archive.ts'

/** Of a release, in bytes: Ubuntu's has 300 kB. */
const MOST_RELEASE = 5_000_000
/** Of an index as it travels, or unpacked on its way: Debian's largest has 12 MB packed. */
const MOST_INDEX = 100_000_000

/** How an archive is asked. */
export interface Asking {
  readonly allowNetworks: readonly string[]
  readonly signal: AbortSignal
  readonly now: Date
}

/** The keys of an archive: what their file holds, and which of them count. */
export type ArchiveKeys = Pick<ArchiveProof, 'keys' | 'pinned'>

/**
 * Asks the archives that the policy names for a package that came from `url`, and takes the best answer: a package is of one archive, and
 * what another lists under its name is another package. Rejects when `signal` aborts.
 */
export async function askArchives(
  http: Http,
  file: PatchFile,
  url: string,
  archives: readonly string[],
  keys: ArchiveKeys,
  asking: Asking,
): Promise<Check | null> {
  return bestOf(archives, (archive) => askArchive(http, file, url, archive, keys, asking))
}

/** Asks one after the other until one passes; else the first that fails counts, else the first. Of what they gave nothing is kept. */
export async function bestOf<T>(those: readonly T[], ask: (one: T) => Promise<Check | null>): Promise<Check | null> {
  const answers: Check[] = []
  for (const one of those) {
    const answer = await ask(one)
    if (answer?.outcome === 'pass') return answer
    if (answer) answers.push(answer)
  }
  return answers.find(({ outcome }) => outcome === 'fail') ?? answers[0] ?? null
}

async function askArchive(http: Http, file: PatchFile, url: string, archive: string, keys: ArchiveKeys, asking: Asking): Promise<Check> {
  return orWhyNot(asking, async () => {
    const release = new TextDecoder().decode(await fetched(http, archive, MOST_RELEASE, asking))
    const read = await signedRelease({ release, ...keys }, asking.now)
    if (!read.ok) return read.check
    const none = archiveCheck('unavailable', `${read.said} It has no index that could list a package like this and can be read here.`)
    // One index that is away, or too large, hides none of the others.
    const askIndex = (path: string): Promise<Check> =>
      orWhyNot(asking, async () => {
        const bytes = await fetched(http, addressOf(archive, path, read.release), MOST_INDEX, asking)
        return archiveOf(file, { release, ...keys, index: { path, bytes } }, asking.now)
      })
    return (await bestOf(indexesFor(read.release, file.name, url), askIndex)) ?? none
  })
}

async function orWhyNot({ signal }: Asking, ask: () => Promise<Check>): Promise<Check> {
  try {
    return await ask()
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof Fault)) throw error
    return archiveCheck('unavailable', `The archive could not be asked: ${error.message}`)
  }
}

/** By its hash where the archive has it so: then it cannot be one of the minute before. */
function addressOf(archive: string, path: string, { byHash, sums }: { byHash: boolean; sums: ReadonlyMap<string, string> }): string {
  const below = byHash ? `${path.slice(0, path.lastIndexOf('/') + 1)}by-hash/SHA256/${sums.get(path)}` : path
  return new URL(below, archive).href
}

async function fetched(http: Http, url: string, maxBytes: number, { allowNetworks, signal }: Asking): Promise<Uint8Array> {
  const { status, bytes } = await http.get(url, { allowNetworks, signal, maxBytes })
  if (status !== 200) throw new Fault('HTTP_FAILED', `${new URL(url).host} answered with status ${status}.`)
  return bytes
}
