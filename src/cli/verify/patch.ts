import { z } from 'zod'
import { type CodeSignature, codeSignature, readPatch } from '../../../adapters/patchfile/index.ts'
import { namedHashes } from '../../core/identify/named-files.ts'
import { type PatchFile, patchHashCheck } from '../../core/identify/patch.ts'
import { type Publisher, signerCheck } from '../../core/identify/signer.ts'
import type { Check } from '../../core/identify/verification.ts'
import { type Given, Misuse, text } from '../command.ts'
import { documentFacts } from './document.ts'
import { tell } from './told.ts'

/** A patch file against its bulletin: is it the one that the bulletin names, and does its own signature hold? */
export async function verifyPatch(given: Given, path: string): Promise<number> {
  const bulletin = text(given, 'bulletin')
  if (bulletin === undefined) throw new Misuse('--patch: expected --bulletin FILE beside it, the bulletin that names the file')
  const { facts, of } = await documentFacts(given, bulletin)
  const patch = await readPatch(path).catch((error: NodeJS.ErrnoException) => {
    throw new Misuse(`${path}: expected a file that can be read; ${error.code === 'ENOENT' ? 'there is none' : error.message}`)
  })
  const checks = [...facts.checks, ...patchChecks(patch, Buffer.from(facts.bytes, 'base64'), await codeSignature(path))]
  return tell(given, { ...facts, kind: 'patch', patch, checks }, of)
}

/** What is asked of the file itself: its hash, its signature, and whether the right one signed it. */
export function patchChecks(patch: PatchFile, bulletin: Uint8Array, { check, signer }: CodeSignature): readonly Check[] {
  const hash = hashCheck(patch, bulletin)
  return [hash, check, ...(signer ? [signerCheck(signer, publishersIn(bulletin), hash.outcome === 'pass')] : [])]
}

const published = z.object({ document: z.object({ publisher: z.object({ name: z.string(), namespace: z.string() }) }) })

function publishersIn(bulletin: Uint8Array): readonly Publisher[] {
  try {
    return [{ ...published.parse(JSON.parse(new TextDecoder().decode(bulletin))).document.publisher, packageKeys: [] }]
  } catch {
    return []
  }
}

export function hashCheck(patch: PatchFile, bulletin: Uint8Array): Check {
  try {
    return patchHashCheck(patch, namedHashes(JSON.parse(new TextDecoder().decode(bulletin))))
  } catch {
    return { name: 'patch-hash', outcome: 'unavailable', evidence: 'The bulletin cannot be read, so that it names no file.' }
  }
}
