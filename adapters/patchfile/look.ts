import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Fault } from '../../src/core/fault.ts'
import { line } from '../../src/core/identify/text.ts'
import type { PatchFileAsking, PatchFiles } from '../../src/ports.ts'
import { type Http, isWebPage } from '../http.ts'
import { FOLDER } from './sweep.ts'
import { type RunTool, runTool } from './tools.ts'
import { byTrust } from './trust.ts'

/** Largest patch file, in bytes: cumulative updates have about 1 GB. */
const MOST_BYTES = 4_000_000_000

export interface LookOptions {
  readonly maxBytes?: number
  readonly run?: RunTool
  /** What the files that the policy names are relative to. */
  readonly folder?: string
}

/** Fetches patch files by the hardened client onto the disk, and removes them whatever happens. */
export function createPatchFiles(http: Http, { maxBytes = MOST_BYTES, run = runTool, folder = '.' }: LookOptions = {}): PatchFiles {
  const trusted = byTrust(http, run, folder)
  return {
    nameOf,
    look: (url, asking) =>
      onDisk(nameOf(url), async (path) => {
        const { host, facts } = await save(http, url, path, { ...asking, maxBytes })
        const file = { name: nameOf(url), ...facts }
        return { file, host, ...(await trusted(path, file, url, asking)) }
      }),
    lookAt: ({ name, bytes }, asking) =>
      onDisk(name, async (path) => {
        const facts = await write(path, [bytes])
        const file = { name: called(name), ...facts }
        return { file, host: '', ...(await trusted(path, file, '', asking)) }
      }),
  }
}

/** On the disk it has a name of ours: that of an address is foreign text. Tools go by the ending. */
async function onDisk<T>(name: string, work: (path: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), FOLDER))
  try {
    return await work(join(folder, `file${/\.[a-z0-9]{1,8}$/i.exec(name)?.[0] ?? ''}`))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Hashed as it is written. */
async function write(path: string, pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>) {
  const [sha256, sha512] = [createHash('sha256'), createHash('sha512')]
  let bytes = 0
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
  return { bytes, sha256: sha256.digest('hex'), sha512: sha512.digest('hex') }
}

async function save(http: Http, url: string, path: string, request: PatchFileAsking & { readonly maxBytes: number }) {
  let facts = { bytes: 0, sha256: '', sha512: '' }
  const { allowNetworks, signal, maxBytes } = request
  const into = async (pieces: AsyncIterable<Uint8Array>): Promise<void> => {
    facts = await write(path, pieces)
  }
  const answer = await http.get(url, { allowNetworks, signal, maxBytes, into })
  const { host } = new URL(answer.url)
  if (answer.status !== 200) throw new Fault('HTTP_FAILED', `${host} answered with status ${answer.status} instead of a file.`)
  if (facts.bytes === 0) throw new Fault('HTTP_FAILED', `${host} answered with nothing instead of a file.`)
  if (isWebPage(await startOf(path))) throw new Fault('HTTP_FAILED', `${host} answered with a web page instead of a file.`)
  return { host, facts }
}

async function startOf(path: string): Promise<Uint8Array> {
  const pieces: Buffer[] = []
  for await (const piece of createReadStream(path, { end: 999 })) pieces.push(piece)
  return Buffer.concat(pieces)
}

/** The last part of an address, as a name for people: one line, without anything that a shell, a path or a chat could take for more. */
export function nameOf(url: string): string {
  const last = URL.canParse(url) ? (new URL(url).pathname.split('/').at(-1) ?? '') : ''
  return called(decoded(last))
}

const called = (name: string): string => line(name.replace(/[^\p{L}\p{N}._+~-]/gu, '_'), 120) || 'the file'

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
