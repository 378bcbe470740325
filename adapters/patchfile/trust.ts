import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { PatchFile } from '../../src/core/identify/patch.ts'
import type { Check } from '../../src/core/identify/verification.ts'
import type { PackageTrust, PatchFileAsking, PatchFileLook } from '../../src/ports.ts'
import type { Http } from '../http.ts'
import { pinnedKeys } from '../openpgp/ring.ts'
import { archiveCheck } from './archive.ts'
import { askArchives, bestOf } from './archives.ts'
import { codeSignature } from './index.ts'
import { rpmByKeys } from './rpm-keys.ts'
import { type CodeSignature, says } from './says.ts'
import type { RunTool } from './tools.ts'

/** A file on the disk by what the policy names for its kind, else by what the machine trusts. Rejects when the asking's signal aborts. */
export const byTrust =
  (http: Http, run: RunTool, folder: string) =>
  async (
    path: string,
    file: PatchFile,
    url: string,
    asking: PatchFileAsking,
  ): Promise<Pick<PatchFileLook, 'signature' | 'signer' | 'archive'>> => {
    const { check, signer } = await signatureOf(path, asking, (command, args) => run(command, args, asking.signal), folder)
    // What was ended with its asking has said nothing of the file.
    asking.signal.throwIfAborted()
    const archive = /\.deb$/i.test(file.name) ? await archiveAnswer(http, file, url, asking, folder) : null
    return { signature: check, ...(signer ? { signer } : {}), ...(archive ? { archive } : {}) }
  }

/** What its own signature says; `folder`: what the files that are named are relative to. */
export async function signatureOf(
  path: string,
  { trust, now }: Pick<PatchFileAsking, 'trust' | 'now'>,
  run: RunTool,
  folder: string,
): Promise<CodeSignature> {
  let pinned = false
  if (/\.rpm$/i.test(path))
    for (const { packageKeyFile, packageKeys } of trust) {
      const keys = packageKeys.length > 0 ? await keysIn(packageKeyFile, folder) : null
      if (keys === null) continue
      pinned = true
      const answer = await rpmByKeys(path, await pinnedKeys(keys, packageKeys).catch(() => []), run, now)
      if (answer) return answer
    }
  const roots = trust.find(({ codeRootsFile }) => codeRootsFile !== undefined)?.codeRootsFile
  const answer = await codeSignature(path, run, roots === undefined ? undefined : resolve(folder, roots))
  return pinned ? withoutMachine(answer) : answer
}

/** Where keys are pinned the machine's own count for nothing, also where a pinned one has run out or was revoked: what it knows to be bad is bad. */
const withoutMachine = (answer: CodeSignature): CodeSignature =>
  answer.check.outcome === 'pass'
    ? says('unavailable', 'rpm: signed by none of the pinned keys that may still speak; what else this machine trusts does not count.')
    : { check: answer.check }

async function archiveAnswer(http: Http, file: PatchFile, url: string, asking: PatchFileAsking, folder: string): Promise<Check | null> {
  return bestOf(asking.trust, async ({ archives, packageKeyFile, packageKeys }) => {
    if (archives.length === 0) return null
    const keys = await keysIn(packageKeyFile, folder)
    return keys ? askArchives(http, file, url, archives, { keys, pinned: packageKeys }, asking) : NO_KEYS
  })
}

const NO_KEYS = archiveCheck('unavailable', 'The file with the keys of the archive is not there: its release was not checked.')

const keysIn = (name: PackageTrust['packageKeyFile'], folder: string): Promise<Uint8Array | null> =>
  name === undefined ? Promise.resolve(null) : readFile(resolve(folder, name)).catch(() => null)
