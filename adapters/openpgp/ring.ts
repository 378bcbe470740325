import { type CleartextMessage, type Key, readCleartextMessage, readKeys, verify } from 'openpgp'
import { isOverfull, keyBlocks, latest, standing, subkeyStanding } from '../openpgp.ts'

/** The pinned keys of a file (armoured, in one block or several, or binary), by the fingerprints of their primary keys. Rejects for no key file. */
export async function pinnedKeys(bytes: Uint8Array, fingerprints: readonly string[]): Promise<readonly Key[]> {
  const blocks = keyBlocks(new TextDecoder().decode(bytes))
  const keys =
    blocks.length > 0
      ? (await Promise.all(blocks.map((armoredKeys) => readKeys({ armoredKeys })))).flat()
      : await readKeys({ binaryKeys: bytes })
  return keys.filter((key) => fingerprints.includes(fingerprintOf(key)))
}

/** Of the primary key, lower case. */
export const fingerprintOf = (key: Key): string => key.getFingerprint().toLowerCase()

/** A key that was revoked or has run out speaks for nobody any more, whatever it signed before. */
export const stands = (key: Key, now: Date): Promise<boolean> => held(standing(key, now))

/** What was signed, and the fingerprint of the key that signed it; null: none of these, or none that may still speak. */
export interface SignedText {
  readonly text: string
  readonly by: string | null
}

/** A text with its signature around it, by any of these keys: some are signed by several at once. Null: it is no such text. */
export async function readSignedText(armored: string, keys: readonly Key[], now: Date): Promise<SignedText | null> {
  const message = await readCleartextMessage({ cleartextMessage: armored }).catch(() => null)
  if (message === null) return null
  if (isOverfull(message)) return { text: message.getText(), by: null }
  for (const key of keys) if (await isSignedBy(message, key, now)) return { text: message.getText(), by: fingerprintOf(key) }
  return { text: message.getText(), by: null }
}

async function isSignedBy(message: CleartextMessage, key: Key, now: Date): Promise<boolean> {
  if (!(await stands(key, now)) || !(await held(subkeyStanding(key, message, now)))) return false
  const { signatures } = await verify({ message, verificationKeys: [key], date: latest(now) })
  return (await Promise.all(signatures.map(({ verified }) => held(verified)))).includes(true)
}

const held = (proof: Promise<unknown>): Promise<boolean> =>
  proof.then(
    () => true,
    () => false,
  )
