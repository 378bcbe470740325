import { constants } from 'node:fs'
import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Fault } from '../../../src/core/fault.ts'
import type { Batch, BulletinSource, RawDocument } from '../../../src/ports.ts'
import { type Cursor, readCursor, type Seen, shortDigest, writeCursor } from './cursor.ts'
import { digestOf, hashCheck } from './hash.ts'
import { MOST_BYTES } from './json.ts'

const SIDECARS = ['sha512', 'sha256', 'asc'] as const
type Sidecar = (typeof SIDECARS)[number]
const MOST_SIDECAR_BYTES = 100_000
const SETTLE_MS = 500
const NAME = /^[A-Za-z0-9+_-][A-Za-z0-9+._-]{0,199}\.json$/

interface Loaded {
  /** Identity, size and times: a change of content changes it. */
  readonly stamp: string
  readonly bytes: Uint8Array
}

/** A reason why one file is left out of this batch. */
class Skipped extends Error {}

const isCode = (error: unknown, ...codes: readonly string[]): boolean =>
  error instanceof Error && 'code' in error && codes.includes(String(error.code))

/** Opens without following a link and without waiting on a pipe; null when there is no such file. */
const openPlain = async (path: string) => {
  try {
    return await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0))
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null
    if (isCode(error, 'ELOOP', 'EMLINK')) throw new Skipped('it is a symbolic link')
    throw new Skipped(`it cannot be opened (${error instanceof Error && 'code' in error ? String(error.code) : 'unknown'})`)
  }
}

const load = async (path: string, limit: number, content: boolean): Promise<Loaded | null> => {
  const file = await openPlain(path)
  if (file === null) return null
  try {
    const stat = await file.stat({ bigint: true })
    if (!stat.isFile()) throw new Skipped('it is no plain file')
    if (stat.size > BigInt(limit)) throw new Skipped(`it has ${stat.size} bytes, more than the ${limit} that are read`)
    const stamp = `${stat.dev} ${stat.ino} ${stat.size} ${stat.mtimeNs} ${stat.ctimeNs}`
    return { stamp, bytes: content ? await file.readFile() : new Uint8Array() }
  } finally {
    await file.close()
  }
}

/** A document with its sidecars as they are at this moment; null when the document is gone. */
const loadAll = async (
  folder: string,
  name: string,
  content: boolean,
): Promise<{ readonly stamp: string; readonly raw: RawDocument } | null> => {
  const main = await load(join(folder, name), MOST_BYTES, content)
  if (main === null) return null
  const stamps = [main.stamp]
  const texts: Partial<Record<Sidecar, string>> = {}
  for (const kind of SIDECARS) {
    const beside = await load(join(folder, `${name}.${kind}`), MOST_SIDECAR_BYTES, content)
    stamps.push(beside?.stamp ?? 'none')
    if (beside !== null) texts[kind] = new TextDecoder().decode(beside.bytes)
  }
  const { asc, ...hashes } = texts
  const raw: RawDocument = { fileName: name, bytes: main.bytes, ...hashes, ...(asc === undefined ? {} : { signature: asc }) }
  return { stamp: shortDigest(stamps.join('\n')), raw }
}

/**
 * Reads a document so that a half-written one is not taken for a forged one. A published hash that matches proves that the
 * document is whole. Otherwise it is looked at again after `settleMs`; one that changed meanwhile waits for the next fetch.
 */
const loadWhole = async (folder: string, name: string, settleMs: number, signal: AbortSignal) => {
  const first = await loadAll(folder, name, true)
  if (first === null) return null
  if (hashCheck(first.raw).outcome !== 'pass') await pause(settleMs, undefined, { signal })
  const again = await loadAll(folder, name, false)
  if (again?.stamp !== first.stamp) throw new Skipped('it is still being written')
  return first
}

const contentDigest = (raw: RawDocument): string =>
  shortDigest(JSON.stringify([digestOf(raw.bytes), raw.sha512 ?? null, raw.sha256 ?? null, raw.signature ?? null]))

const listNames = async (folder: string) => {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw new Fault('SOURCE_FAILED', `The folder ${folder} cannot be listed.`, { cause: error })
  })
  const named = entries
    .filter((entry) => entry.isDirectory() || entry.name.endsWith('.json'))
    .filter((entry) => !entry.name.startsWith('.'))
  const refused = named.filter((entry) => entry.isDirectory() || !NAME.test(entry.name))
  return {
    names: named
      .filter((entry) => !refused.includes(entry))
      .map((entry) => entry.name)
      .sort(),
    dropped: refused.map((entry) => ({
      fileName: entry.name,
      reason: entry.isDirectory() ? 'folders inside the folder are not read' : 'its name has characters that no CSAF file name has',
    })),
  }
}

export interface FolderOptions {
  /** Id of the source in the policy. */
  readonly id: string
  readonly folder: string
  /** How long a document without a matching hash must lie still, in milliseconds. */
  readonly settleMs?: number
}

/** What one file gives: its new cursor entry, and the document when it is new or changed. Null when it vanished. */
const look = async (folder: string, name: string, before: Seen | undefined, settleMs: number, signal: AbortSignal) => {
  const glance = await loadAll(folder, name, false)
  if (glance === null) return null
  if (before?.stamp === glance.stamp) return { seen: before, document: null }
  const whole = await loadWhole(folder, name, settleMs, signal)
  if (whole === null) return null
  const seen = { stamp: whole.stamp, digest: contentDigest(whole.raw) }
  return { seen, document: before?.digest === seen.digest ? null : whole.raw }
}

/**
 * A folder of CSAF documents (`*.json`) with `.sha512`, `.sha256`, `.asc` beside them. Hands over what is new or changed, sidecars
 * included, since the cursor. Feeders write the sidecars first and rename the document into place last.
 * Throws `Fault` SOURCE_FAILED when the folder cannot be listed or holds no document at all.
 */
export const createFolderSource = ({ id, folder, settleMs = SETTLE_MS }: FolderOptions): Pick<BulletinSource, 'id' | 'fetch'> => ({
  id,
  fetch: async (cursor, signal): Promise<Batch> => {
    const known = readCursor(cursor)
    const { names, dropped } = await listNames(folder)
    if (names.length === 0) throw new Fault('SOURCE_FAILED', `Expected CSAF documents in ${folder}; there is none.`)
    const skipped = [...dropped]
    const seen: Cursor = new Map()
    const documents: RawDocument[] = []
    for (const name of names) {
      signal.throwIfAborted()
      const before = known.get(name)
      try {
        const found = await look(folder, name, before, settleMs, signal)
        if (found === null) continue
        seen.set(name, found.seen)
        if (found.document !== null) documents.push(found.document)
      } catch (error) {
        if (!(error instanceof Skipped)) throw error
        skipped.push({ fileName: name, reason: error.message })
        if (before !== undefined) seen.set(name, before)
      }
    }
    return { documents, cursor: writeCursor(seen), dropped: skipped }
  },
})
