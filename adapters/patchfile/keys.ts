import { type Key, readKeys } from 'openpgp'

const BLOCK = /-----BEGIN PGP PUBLIC KEY BLOCK-----[\s\S]*?-----END PGP PUBLIC KEY BLOCK-----/g

/** The pinned keys of a file (armoured, in one block or several, or binary), by the fingerprints of their primary keys. Rejects for no key file. */
export async function pinnedKeys(bytes: Uint8Array, fingerprints: readonly string[]): Promise<readonly Key[]> {
  const blocks = new TextDecoder().decode(bytes).match(BLOCK)
  const keys = blocks
    ? (await Promise.all(blocks.map((armoredKeys) => readKeys({ armoredKeys })))).flat()
    : await readKeys({ binaryKeys: bytes })
  return keys.filter((key) => fingerprints.includes(fingerprintOf(key)))
}

export const fingerprintOf = (key: Key): string => key.getFingerprint().toLowerCase()

/** A key that was revoked or has run out speaks for nobody any more, whatever it signed before. */
export async function stands(key: Key, now: Date): Promise<boolean> {
  const expiry = await key.getExpirationTime()
  if (expiry === null || (expiry instanceof Date && expiry <= now)) return false
  return key.verifyPrimaryKey(now).then(
    () => true,
    () => false,
  )
}
