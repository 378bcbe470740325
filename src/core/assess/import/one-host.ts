import type { Instant } from '../../result.ts'
import type { Install } from '../asset.ts'
import { type ImportItem, note, problem } from './item.ts'
import { installKey, readRow } from './row.ts'
import { garbled, linesOf } from './text.ts'

/** Most packages of one host. */
const MOST = 100_000

/** How one format reads a line, and what it has to say at the end of the file. */
export interface LineReader {
  /** A package, a problem or a note; null for a line that says nothing. */
  line(number: number, text: string): Install | ImportItem | null
  end(): readonly ImportItem[]
}

/**
 * Reads a list of packages that is about one host. Without a single package nothing is taken: an empty list is no host without
 * packages, but a command that failed.
 */
export async function* oneHost(
  bytes: AsyncIterable<Uint8Array>,
  { host = '', now }: { readonly host?: string; readonly now: Instant },
  { reader, expected }: { readonly reader: () => LineReader; readonly expected: string },
): AsyncGenerator<ImportItem> {
  const named = readRow({ host }, { now, called: (key) => key })
  if ('reason' in named) return yield problem(1, `the list does not say which host it is about. ${named.reason}`)
  const lines = reader()
  const installs = new Map<string, Install>()
  for await (const { number, text, cut } of linesOf(bytes)) {
    const broken = garbled({ text, cut })
    const found = broken === null ? lines.line(number, text.trim()) : problem(number, broken)
    if (found === null) continue
    if ('kind' in found) yield found
    else if (installs.size < MOST) installs.set(installKey(found), found)
    else return yield problem(number, `more than ${MOST} packages; nothing of this list was taken`)
  }
  yield* lines.end()
  if (installs.size === 0) return yield problem(1, `no package was found, so nothing was taken; expected ${expected}`)
  yield note(`Only the packages of ${named.host.host} are in this list, which counts as seen now: whatever else is known of it stays.`)
  yield { kind: 'host', line: 1, host: { ...named.host, installs: [...installs.values()] } }
}
