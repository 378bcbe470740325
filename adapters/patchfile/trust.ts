import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { PatchFile } from '../../src/core/identify/patch.ts'
import type { PackageTrust, PatchFileAsking, PatchFileLook } from '../../src/ports.ts'
import type { Http } from '../http.ts'
import { pinnedKeys } from '../openpgp/ring.ts'
import { archiveCheck } from './archive.ts'
import { type ArchiveAnswer, askArchives } from './archives.ts'
import { codeSignature } from './index.ts'
import { rpmByKeys } from './rpm-keys.ts'
import type { CodeSignature } from './says.ts'
import type { RunTool } from './tools.ts'

/** A file on the disk by what the policy names for its kind, else by what the machine trusts. */
export const byTrust =
  (http: Http, run: RunTool, folder: string) =>
  async (
    path: string,
    file: PatchFile,
    url: string,
    asking: PatchFileAsking,
  ): Promise<Pick<PatchFileLook, 'signature' | 'signer' | 'archive'>> => {
    const { check, signer } = await signatureOf(path, asking, run, folder)
    const archive = /\.deb$/i.test(file.name) ? await archiveAnswer(http, file, url, asking, folder) : null
    return { signature: check, ...(signer ? { signer } : {}), ...(archive ? { archive: archive.check } : {}) }
  }

/** What its own signature says; `folder`: what the files that are named are relative to. */
export async function signatureOf(
  path: string,
  { trust, now }: Pick<PatchFileAsking, 'trust' | 'now'>,
  run: RunTool,
  folder: string,
): Promise<CodeSignature> {
  if (/\.rpm$/i.test(path))
    for (const { packageKeyFile, packageKeys } of trust) {
      const keys = await keysIn(packageKeyFile, folder)
      const answer = keys && (await rpmByKeys(path, await pinnedKeys(keys, packageKeys).catch(() => []), run, now))
      if (answer) return answer
    }
  const roots = trust.find(({ codeRootsFile }) => codeRootsFile !== undefined)?.codeRootsFile
  return codeSignature(path, run, roots === undefined ? undefined : resolve(folder, roots))
}

async function archiveAnswer(
  http: Http,
  file: PatchFile,
  url: string,
  asking: PatchFileAsking,
  folder: string,
): Promise<ArchiveAnswer | null> {
  const answers: ArchiveAnswer[] = []
  for (const { archives, packageKeyFile, packageKeys } of asking.trust) {
    if (archives.length === 0) continue
    const keys = await keysIn(packageKeyFile, folder)
    const answer = keys ? await askArchives(http, file, url, archives, { keys, pinned: packageKeys }, asking) : NO_KEYS
    if (answer?.check.outcome === 'pass') return answer
    if (answer) answers.push(answer)
  }
  return answers.find(({ check }) => check.outcome === 'fail') ?? answers[0] ?? null
}

const NO_KEYS: ArchiveAnswer = {
  check: archiveCheck('unavailable', 'The file with the keys of the archive is not there: its release was not checked.'),
}

const keysIn = (name: PackageTrust['packageKeyFile'], folder: string): Promise<Uint8Array | null> =>
  name === undefined ? Promise.resolve(null) : readFile(resolve(folder, name)).catch(() => null)
