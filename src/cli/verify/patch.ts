import { basename } from 'node:path'
import { z } from 'zod'
import { type ArchiveProof, archiveOf, pathOfIndex } from '../../../adapters/patchfile/archive.ts'
import { type CodeSignature, readPatch } from '../../../adapters/patchfile/index.ts'
import { runTool } from '../../../adapters/patchfile/tools.ts'
import { signatureOf } from '../../../adapters/patchfile/trust.ts'
import { namedHashes } from '../../core/identify/named-files.ts'
import { type PatchFile, patchHashCheck } from '../../core/identify/patch.ts'
import { type Publisher, signerCheck } from '../../core/identify/signer.ts'
import type { Check } from '../../core/identify/verification.ts'
import { type Given, Misuse, text, texts } from '../command.ts'
import { bytesOf } from '../files.ts'
import { documentFacts } from './document.ts'
import { FACTS, type Facts, tell } from './told.ts'

/**
 * A patch file against its bulletin, or a Debian package against its archive: is it the one that is named, does its own signature hold, and
 * did the right one sign it?
 */
export async function verifyPatch(given: Given, path: string): Promise<number> {
  const patch = await patchAt(path)
  const { facts, of } = await bulletinFacts(given, path)
  const packageKeys = texts(given, 'package-fingerprint').map((one) => one.toLowerCase())
  const proof = await archiveFiles(given, packageKeys)
  const now = new Date(facts.checkedAt)
  const signature = await ownSignature(given, path, packageKeys, now)
  const checks = [
    ...facts.checks,
    ...patchChecks(patch, Buffer.from(facts.bytes, 'base64'), signature, packageKeys),
    ...(proof ? [await archiveOf(patch, proof, now)] : []),
  ]
  const more = {
    ...(signature.signer ? { signer: signature.signer } : {}),
    ...(packageKeys.length > 0 ? { packageKeys } : {}),
    ...(proof ? { archive: stored(proof) } : {}),
  }
  return tell(given, { ...facts, kind: 'patch', patch, ...more, checks }, of)
}

export const patchAt = (path: string): Promise<PatchFile> =>
  readPatch(path).catch((error: NodeJS.ErrnoException) => {
    throw new Misuse(`${path}: expected a file that can be read; ${error.code === 'ENOENT' ? 'there is none' : error.message}`)
  })

/** Without a bulletin only an archive can speak for it. */
async function bulletinFacts(given: Given, path: string): Promise<{ readonly facts: Facts; readonly of: string | null }> {
  const bulletin = text(given, 'bulletin')
  if (bulletin !== undefined) return documentFacts(given, bulletin)
  if (text(given, 'release') === undefined)
    throw new Misuse('--patch: expected --bulletin FILE beside it, the bulletin that names the file, or --release FILE of an archive')
  return { facts: { ...FACTS, kind: 'patch', name: basename(path), checkedAt: new Date().toISOString(), checks: [] }, of: null }
}

/** The files of an archive as apt keeps them, and the key that its release must be signed with. */
async function archiveFiles(given: Given, pinned: readonly string[]): Promise<ArchiveProof | null> {
  const [release, index, key] = [text(given, 'release'), text(given, 'index'), text(given, 'package-key')]
  if (release === undefined && index === undefined) return null
  if (release === undefined || index === undefined || key === undefined || pinned.length === 0)
    throw new Misuse('expected --release FILE, --index FILE, --package-key FILE and --package-fingerprint HEX together')
  const [signed, bytes, keys] = [(await bytesOf(release)).toString('utf8'), await bytesOf(index), await bytesOf(key)]
  const path = await pathOfIndex(signed, bytes)
  if (path === null) throw new Misuse(`${index}: expected one of the indexes (Packages) that ${release} names, by their hashes`)
  return { release: signed, keys, pinned, index: { path, bytes } }
}

/** What the signature in the file says, by the roots and keys that are given, else by those of the machine. */
export const ownSignature = (given: Given, path: string, packageKeys: readonly string[], now: Date): Promise<CodeSignature> => {
  const [packageKeyFile, codeRootsFile] = [text(given, 'package-key'), text(given, 'roots')]
  return signatureOf(path, { now, trust: [{ packageKeys, archives: [], packageKeyFile, codeRootsFile }] }, runTool, '.')
}

const stored = ({ release, keys, pinned, index }: ArchiveProof): NonNullable<Facts['archive']> => ({
  release,
  keys: Buffer.from(keys).toString('base64'),
  pinned,
  index: { path: index.path, bytes: Buffer.from(index.bytes).toString('base64') },
})

/** What is asked of the file itself: its hash, its signature, and whether the right one signed it. */
export function patchChecks(
  patch: PatchFile,
  bulletin: Uint8Array,
  { check, signer }: CodeSignature,
  packageKeys: readonly string[] = [],
): readonly Check[] {
  const hash = hashCheck(patch, bulletin)
  return [hash, check, ...(signer ? [signerCheck(signer, publishersIn(bulletin, packageKeys), hash.outcome === 'pass')] : [])]
}

const published = z.object({ document: z.object({ publisher: z.object({ name: z.string(), namespace: z.string() }) }) })

function publishersIn(bulletin: Uint8Array, packageKeys: readonly string[]): readonly Publisher[] {
  try {
    return [{ ...published.parse(JSON.parse(new TextDecoder().decode(bulletin))).document.publisher, packageKeys }]
  } catch {
    return []
  }
}

function hashCheck(patch: PatchFile, bulletin: Uint8Array): Check {
  try {
    return patchHashCheck(patch, namedHashes(JSON.parse(new TextDecoder().decode(bulletin))))
  } catch {
    const evidence =
      bulletin.length === 0 ? 'There is no bulletin that could name the file.' : 'The bulletin cannot be read, so that it names no file.'
    return { name: 'patch-hash', outcome: 'unavailable', evidence }
  }
}
