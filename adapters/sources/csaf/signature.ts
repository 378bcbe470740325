import type { Key } from 'openpgp'
import type { Check, CheckOutcome } from '../../../src/core/identify/verification.ts'
import type { RawDocument } from '../../../src/ports.ts'
import { pinnedKey, Rejected, signedBy, textOf } from '../../openpgp.ts'
import type { Pinned } from './pinned.ts'

const check = (outcome: CheckOutcome, evidence: string): Check => ({ name: 'signature', outcome, evidence })

const judgeSignature = async (raw: RawDocument, armored: string, key: Key, rule: Pinned, now: Date): Promise<Check> => {
  try {
    const { at, warning } = await signedBy(raw.bytes, armored, key, now)
    return check(
      'pass',
      `Signed ${at.toISOString()} by the pinned key ${rule.keyFingerprint}${rule.keyOwner === undefined ? '' : ` (${rule.keyOwner})`}.${warning}`,
    )
  } catch (error) {
    const story = error instanceof Rejected ? error.message : `The signature cannot be verified (${textOf(error)}).`
    return check('fail', `${story} Pinned: ${rule.keyFingerprint}.`)
  }
}

/**
 * The detached OpenPGP signature against the key that is pinned by its primary fingerprint. Reads nothing of the document.
 * `now` is our clock: a key that expired or was revoked before it fails, one that expires within 90 days is said so.
 */
export const signatureCheck = async (raw: RawDocument, rule: Pinned, keyArmored: string, now: Date): Promise<Check> => {
  if (raw.signature === undefined) return check('unavailable', `No signature was published beside ${raw.fileName}.`)
  const pin = rule.keyFingerprint
  if (pin === undefined) return check('unavailable', 'No key is pinned for it: a signature by any key proves nothing.')
  let key: Key | null
  try {
    key = await pinnedKey(keyArmored, pin)
  } catch (error) {
    return check('unavailable', `The pinned key ${pin} cannot be read (${textOf(error)}).`)
  }
  if (key === null) return check('fail', `The key at hand is not the one that is pinned (${pin}).`)
  return judgeSignature(raw, raw.signature, key, rule, now)
}
