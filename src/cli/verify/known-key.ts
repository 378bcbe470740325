import { readFile } from 'node:fs/promises'
import { openSample, SAMPLE_FOLDER } from '../../app/sample.ts'
import { readPolicyText } from '../../boot/policy-text.ts'
import { policyFileOf } from '../../config.ts'
import type { PinnedKey } from '../../core/identify/evidence.ts'

/** Is the key of an evidence one that the program knows by itself (the sample's), or one that the policy at hand pins? */
export async function isKnownKey({ pinned }: { readonly pinned: PinnedKey | null }): Promise<boolean> {
  if (pinned === null) return false
  const { index } = await openSample(SAMPLE_FOLDER, null)
  return [index, ...(await pinnedHere())].some(
    ({ keyFingerprint, namespaces }) =>
      keyFingerprint?.toLowerCase() === pinned.keyFingerprint.toLowerCase() && pinned.namespaces.every((host) => namespaces.includes(host)),
  )
}

type Speaker = { readonly keyFingerprint?: string | undefined; readonly namespaces: readonly string[] }

/** Who may speak by which key in the policy of this installation; nobody where there is none that can be read. */
async function pinnedHere(): Promise<readonly Speaker[]> {
  const file = policyFileOf()
  const read = file === null ? null : readPolicyText(await readFile(file, 'utf8').catch(() => ''))
  return read?.ok ? read.policy.sources.flatMap((rule) => (rule.kind === 'csaf' || rule.kind === 'csaf-folder' ? [rule] : [])) : []
}
