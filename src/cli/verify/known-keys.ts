import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { openSample, SAMPLE_FOLDER } from '../../app/sample.ts'
import { readPolicyText } from '../../boot/policy-text.ts'
import { policyFileOf } from '../../config.ts'
import type { PinnedKey } from '../../core/identify/evidence.ts'

/** Who may speak by which key, by the sample and by the policy of this installation. `key` is empty where its text is not at hand. */
export async function knownKeys(): Promise<readonly PinnedKey[]> {
  const { index, key } = await openSample(SAMPLE_FOLDER, null)
  const { keyFingerprint, keyOwner, namespaces } = index
  return [{ keyFingerprint, keyOwner, namespaces, key }, ...(await pinnedByPolicy(policyFileOf()))]
}

/** Nobody where there is no policy, or none that can be read: `policy check` says why. */
async function pinnedByPolicy(file: string | null): Promise<readonly PinnedKey[]> {
  const read = file === null ? null : readPolicyText(await readFile(file, 'utf8').catch(() => ''))
  if (file === null || !read?.ok) return []
  const rules = read.policy.sources.flatMap((rule) => (rule.kind === 'csaf' || rule.kind === 'csaf-folder' ? [rule] : []))
  return Promise.all(
    rules
      .filter(({ keyFingerprint }) => keyFingerprint !== undefined)
      .map(async (rule) => ({
        keyFingerprint: rule.keyFingerprint ?? '',
        keyOwner: rule.keyOwner ?? '',
        namespaces: rule.namespaces,
        key: rule.kind === 'csaf-folder' ? await readFile(resolve(dirname(file), rule.keyFile ?? ''), 'utf8').catch(() => '') : '',
      })),
  )
}

/** Is the key of an evidence one of those, and for no other publishers than they say? */
export async function isKnownKey({ pinned }: { readonly pinned: PinnedKey | null }): Promise<boolean> {
  if (pinned === null) return false
  return (await knownKeys()).some(
    ({ keyFingerprint, namespaces }) =>
      keyFingerprint.toLowerCase() === pinned.keyFingerprint.toLowerCase() && pinned.namespaces.every((host) => namespaces.includes(host)),
  )
}
