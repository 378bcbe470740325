import { createHash } from 'node:crypto'
import { indexReader, type Listed, type Release, readRelease, unpacked } from '../../src/core/identify/archive.ts'
import type { PatchFile } from '../../src/core/identify/patch.ts'
import { line } from '../../src/core/identify/text.ts'
import type { Check, CheckOutcome } from '../../src/core/identify/verification.ts'
import { pinnedKeys, readSignedText } from '../openpgp/ring.ts'
import { pieces, unpack } from './unpack.ts'

/** What a package is proved by: the release that was signed, the key, and the index that lists it. */
export interface ArchiveProof {
  /** The text of `InRelease`. */
  readonly release: string
  readonly keys: Uint8Array
  /** Fingerprints of primary keys. */
  readonly pinned: readonly string[]
  /** Its path as the release has it, and the bytes as they came. */
  readonly index: { readonly path: string; readonly bytes: Uint8Array }
}

/** Which index of a release these bytes are, by their hash, packed or not; null: none of them. The release is not proved by that. */
export async function pathOfIndex(release: string, bytes: Uint8Array): Promise<string | null> {
  const sum = await sha256Of(bytes)
  const named = [...readRelease(release).sums].find(([path, one]) => one === sum && /(?:^|\/)Packages(?:\.\w+)?$/.test(path))
  return named?.[0] ?? null
}

export const archiveCheck = (outcome: CheckOutcome, evidence: string): Check => ({ name: 'archive', outcome, evidence })

/**
 * Is a Debian package one of an archive? Every link is checked here, without a tool: the release is signed by a pinned key and has not run
 * out, it names the hash of the index, and the index that of the file. Never rejects for what is in them.
 */
export async function archiveOf(file: PatchFile, { release, keys, pinned, index }: ArchiveProof, now: Date): Promise<Check> {
  const read = await signedRelease({ release, keys, pinned }, now)
  if (!read.ok) return read.check
  const sum = read.release.sums.get(index.path)
  if (sum === undefined) return archiveCheck('unavailable', `${read.said} It names no ${line(index.path, 120)}.`)
  // What is packed on its way may come unpacked; the release names both.
  const plain = read.release.sums.get(unpacked(index.path))
  const found = await sha256Of(index.bytes)
  // A mirror in the middle of its update does that, too; of the file itself it says nothing.
  if (found !== sum && found !== plain)
    return archiveCheck('unavailable', `${read.said} It gives SHA-256 ${sum} for ${index.path}; what came has ${found}.`)
  const listed = await find(index.bytes, file)
  if (listed === 'unread') return archiveCheck('unavailable', `${read.said} ${index.path} cannot be unpacked.`)
  return judged(file, listed, `${read.said} It names ${index.path} by SHA-256 ${found}.`)
}

function judged(file: PatchFile, listed: Listed | null, said: string): Check {
  const called = line(file.name, 100)
  if (listed === null) return archiveCheck('unavailable', `${said} That lists no ${called} and nothing with its hash.`)
  const is = `${line(listed.name, 80)} ${line(listed.version, 80)}`
  return listed.sha256 === file.sha256
    ? archiveCheck('pass', `${said} That lists ${is} with SHA-256 ${file.sha256}, which is this file.`)
    : archiveCheck('fail', `${said} That lists ${called} (${is}) with SHA-256 ${line(listed.sha256, 64)}; the file has ${file.sha256}.`)
}

/** A release whose signature holds, with that in words; or what is wrong with it. */
export type SignedRelease =
  | { readonly ok: true; readonly release: Release; readonly said: string }
  | { readonly ok: false; readonly check: Check }

export async function signedRelease(
  { release, keys, pinned }: Pick<ArchiveProof, 'release' | 'keys' | 'pinned'>,
  now: Date,
): Promise<SignedRelease> {
  const not = (outcome: CheckOutcome, evidence: string) => ({ ok: false, check: archiveCheck(outcome, evidence) }) as const
  const found = await pinnedKeys(keys, pinned).catch(() => null)
  if (found === null) return not('unavailable', 'The file with the keys of the archive cannot be read.')
  if (found.length === 0)
    return not('unavailable', `The file with the keys of the archive holds none of those that are pinned (${pinned.join(', ')}).`)
  const signed = await readSignedText(release, found, now)
  if (signed === null) return not('unavailable', 'The release of the archive is no signed text.')
  if (signed.by === null) return not('fail', `The release of the archive carries no good signature by a pinned key (${pinned.join(', ')}).`)
  const read = readRelease(signed.text)
  const said = `The release of ${read.name || 'the archive'}${read.date ? ` of ${read.date}` : ''} is signed by the pinned key ${signed.by}.`
  if (read.validUntil !== null && read.validUntil <= now)
    return not('stale', `${said} It could be used until ${read.validUntil.toISOString()}, and not any more.`)
  return { ok: true, release: read, said }
}

async function sha256Of(bytes: Uint8Array): Promise<string> {
  const hash = createHash('sha256')
  for await (const piece of pieces(bytes)) hash.update(piece)
  return hash.digest('hex')
}

/** An index of the largest archives has 80 MB unpacked. */
const MOST_UNPACKED = 1_000_000_000

/** Only what a signed release names by its hash is unpacked. */
async function find(bytes: Uint8Array, file: PatchFile): Promise<Listed | null | 'unread'> {
  const reader = indexReader(file)
  const text = new TextDecoder()
  let length = 0
  try {
    for await (const piece of unpack(bytes)) {
      length += piece.length
      if (length > MOST_UNPACKED) return 'unread'
      reader.take(text.decode(piece, { stream: true }))
    }
    return reader.end()
  } catch {
    return 'unread'
  }
}
