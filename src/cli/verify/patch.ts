import { codeSignature, readPatch } from '../../../adapters/patchfile/index.ts'
import { namedHashes } from '../../core/identify/named-files.ts'
import { type PatchFile, patchHashCheck } from '../../core/identify/patch.ts'
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
  const checks = [...facts.checks, hashCheck(patch, Buffer.from(facts.bytes, 'base64')), (await codeSignature(path)).check]
  return tell(given, { ...facts, kind: 'patch', patch, checks }, of)
}

export function hashCheck(patch: PatchFile, bulletin: Uint8Array): Check {
  try {
    return patchHashCheck(patch, namedHashes(JSON.parse(new TextDecoder().decode(bulletin))))
  } catch {
    return { name: 'patch-hash', outcome: 'unavailable', evidence: 'The bulletin cannot be read, so that it names no file.' }
  }
}
