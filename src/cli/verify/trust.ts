import { together } from '../../../adapters/openpgp.ts'
import type { Evidence } from '../../core/identify/evidence.ts'
import { type Given, text, texts } from '../command.ts'
import { bytesOf } from '../files.ts'
import { knownKey, knownPackageKeys, speaksFor } from './known-keys.ts'

/** What the reader of an evidence knows of its key. An evidence brings its own: whose it is, and whether it still speaks, it cannot prove. */
export interface Trust {
  /** It was named by --fingerprint, or it is known here for all that the evidence lets it speak for. */
  readonly trusted: boolean
  /** It is known here, but for others. */
  readonly forOthers: boolean
  /** As it is known here; empty: nobody here knows whose it is. */
  readonly owner: string
  /** The key as it is known here or was given; empty: only the evidence has its text. */
  readonly text: string
}

export async function trustIn(given: Given, { pinned }: Evidence): Promise<Trust> {
  if (pinned === null || pinned.keyFingerprint === '') return { trusted: false, forOthers: false, owner: '', text: '' }
  const known = await knownKey(pinned)
  const file = text(given, 'key')
  const all = [known?.key ?? '', file === undefined ? '' : (await bytesOf(file)).toString('utf8')]
  const speaks = known !== null && speaksFor(known, pinned.namespaces)
  return {
    trusted: speaks || text(given, 'fingerprint')?.toLowerCase() === pinned.keyFingerprint.toLowerCase(),
    forOthers: known !== null && !speaks,
    owner: known?.keyOwner ?? '',
    text: await together(all, pinned.keyFingerprint),
  }
}

/** The evidence without what it says of owners: whose a key is, only its reader knows. */
export const ownerless = (evidence: Evidence, owner: string): Evidence => ({
  ...evidence,
  pinned: evidence.pinned && { ...evidence.pinned, keyOwner: owner },
  ...(evidence.openpgp === undefined
    ? {}
    : {
        openpgp: {
          ...evidence.openpgp,
          keys: evidence.openpgp.keys.map((key) => ({ ...key, owner: `as the evidence says, ${key.owner}` })),
        },
      }),
})

/** With the key as it is known here: since the evidence was made it may have been revoked. */
export const withText = (evidence: Evidence, text: string): Evidence =>
  text === '' ? evidence : { ...evidence, pinned: evidence.pinned && { ...evidence.pinned, key: text } }

/** Keys of packages that count by the evidence alone. */
export async function strangePackageKeys(given: Given, { packageKeys = [], archive }: Evidence): Promise<readonly string[]> {
  const all = [...new Set([...packageKeys, ...(archive?.pinned ?? [])])]
  const known = all.length === 0 ? [] : [...(await knownPackageKeys()), ...texts(given, 'package-fingerprint')]
  return all.filter((key) => !known.some((one) => one.toLowerCase() === key.toLowerCase()))
}
