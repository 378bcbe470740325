import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { together } from '../../../adapters/openpgp.ts'
import { openSample, SAMPLE_FOLDER } from '../../app/sample.ts'
import { readPolicyText } from '../../boot/policy-text.ts'
import { policyFileOf } from '../../config.ts'
import type { PinnedKey } from '../../core/identify/evidence.ts'
import type { SourceRule } from '../../core/policy.ts'
import { firstKeys } from './first-keys.ts'

/**
 * Who may speak by which key, each key once: by the policy of this installation, and only without one by the sample. `key` is empty where its
 * text is not at hand.
 */
export async function knownKeys(): Promise<readonly PinnedKey[]> {
  const file = policyFileOf()
  return united(file === null ? [await sampleKey()] : await pinnedBy(file, await rulesOf(file)))
}

/** The key of an evidence as it is known here, also by first sight; null: nobody here knows it. */
export async function knownKey({ keyFingerprint, namespaces }: PinnedKey): Promise<PinnedKey | null> {
  const find = (keys: readonly PinnedKey[]): PinnedKey | null => keys.find((key) => same(key.keyFingerprint, keyFingerprint)) ?? null
  const pinned = await knownKeys()
  const found = find(pinned)
  if (found && speaksFor(found, namespaces)) return found
  const file = policyFileOf()
  return file === null ? found : find(await united([...pinned, ...(await firstKeys(await rulesOf(file)))]))
}

/** May this key speak for all of them? */
export const speaksFor = (key: PinnedKey, hosts: readonly string[]): boolean =>
  hosts.every((host) => key.namespaces.some((one) => same(one, host)))

/** Fingerprints that the policy pins for packages. */
export async function knownPackageKeys(): Promise<readonly string[]> {
  const file = policyFileOf()
  return file === null ? [] : (await rulesOf(file)).flatMap(({ packageKeys = [] }) => packageKeys)
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

async function sampleKey(): Promise<PinnedKey> {
  const { index, key } = await openSample(SAMPLE_FOLDER, null)
  const { keyFingerprint, keyOwner, namespaces } = index
  return { keyFingerprint, keyOwner, namespaces, key }
}

/** None of a policy that cannot be read: `policy check` says why. */
async function rulesOf(file: string): Promise<readonly SourceRule[]> {
  const read = readPolicyText(await readFile(file, 'utf8').catch(() => ''))
  return read.ok ? read.policy.sources : []
}

const pinnedBy = (file: string, rules: readonly SourceRule[]): Promise<readonly PinnedKey[]> =>
  Promise.all(
    rules
      .filter((rule) => rule.kind === 'csaf' || rule.kind === 'csaf-folder')
      .filter(({ keyFingerprint }) => keyFingerprint !== undefined)
      .map(async (rule) => ({
        keyFingerprint: rule.keyFingerprint ?? '',
        keyOwner: rule.keyOwner ?? '',
        namespaces: rule.namespaces,
        key: rule.kind === 'csaf-folder' ? await readFile(resolve(dirname(file), rule.keyFile ?? ''), 'utf8').catch(() => '') : '',
      })),
  )

/** A key that several sources share speaks for all of theirs, and what one of its texts says of it, such as that it was revoked, counts. */
const united = (keys: readonly PinnedKey[]): Promise<readonly PinnedKey[]> =>
  Promise.all(
    [...Map.groupBy(keys, ({ keyFingerprint }) => keyFingerprint.toLowerCase())].map(async ([keyFingerprint, all]) => ({
      keyFingerprint,
      keyOwner: all.find(({ keyOwner }) => keyOwner !== '')?.keyOwner ?? '',
      namespaces: [...new Set(all.flatMap(({ namespaces }) => namespaces))],
      key: await together(
        all.map(({ key }) => key),
        keyFingerprint,
      ),
    })),
  )
