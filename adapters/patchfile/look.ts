import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Fault } from '../../src/core/fault.ts'
import { line } from '../../src/core/identify/text.ts'
import type { PatchFiles } from '../../src/ports.ts'
import { type Http, isWebPage } from '../http.ts'
import { codeSignature } from './index.ts'
import { FOLDER } from './sweep.ts'
import type { RunTool } from './tools.ts'

/** Largest patch file, in bytes: cumulative updates have about 1 GB. */
const MOST_BYTES = 4_000_000_000

/** Fetches patch files by the hardened client onto the disk, and removes them whatever happens. */
export function createPatchFiles(http: Http, { maxBytes = MOST_BYTES, run }: { maxBytes?: number; run?: RunTool } = {}): PatchFiles {
  return {
    nameOf,
    look: async (url, { allowNetworks, signal }) => {
      const folder = await mkdtemp(join(tmpdir(), FOLDER))
      const name = nameOf(url)
      // On the disk it has a name of ours: that of an address is foreign text. Tools go by the ending.
      const path = join(folder, `file${/\.[a-z0-9]{1,8}$/i.exec(name)?.[0] ?? ''}`)
      try {
        const saved = await save(http, url, path, { allowNetworks, signal, maxBytes })
        const { check, signer } = await codeSignature(path, run)
        return { file: { name, ...saved.facts }, host: saved.host, signature: check, ...(signer ? { signer } : {}) }
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    },
  }
}

async function save(
  http: Http,
  url: string,
  path: string,
  request: { allowNetworks: readonly string[]; signal: AbortSignal; maxBytes: number },
) {
  const [sha256, sha512] = [createHash('sha256'), createHash('sha512')]
  let bytes = 0
  const into = async (pieces: AsyncIterable<Uint8Array>): Promise<void> => {
    const file = await open(path, 'wx', 0o600)
    try {
      for await (const piece of pieces) {
        sha256.update(piece)
        sha512.update(piece)
        bytes += piece.length
        await file.writeFile(piece)
      }
    } finally {
      await file.close()
    }
  }
  const answer = await http.get(url, { ...request, into })
  const { host } = new URL(answer.url)
  if (answer.status !== 200) throw new Fault('HTTP_FAILED', `${host} answered with status ${answer.status} instead of a file.`)
  if (bytes === 0) throw new Fault('HTTP_FAILED', `${host} answered with nothing instead of a file.`)
  if (isWebPage(await startOf(path))) throw new Fault('HTTP_FAILED', `${host} answered with a web page instead of a file.`)
  return { host, facts: { bytes, sha256: sha256.digest('hex'), sha512: sha512.digest('hex') } }
}

async function startOf(path: string): Promise<Uint8Array> {
  const pieces: Buffer[] = []
  for await (const piece of createReadStream(path, { end: 999 })) pieces.push(piece)
  return Buffer.concat(pieces)
}

/** The last part of an address, as a name for people: one line, without anything that a shell, a path or a chat could take for more. */
export function nameOf(url: string): string {
  const last = URL.canParse(url) ? (new URL(url).pathname.split('/').at(-1) ?? '') : ''
  return line(decoded(last).replace(/[^\p{L}\p{N}._+~-]/gu, '_'), 120) || 'the file'
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
