import { createMessage, enums, type Key, readKeys, readSignature, type Signature, type Subkey, verify } from 'openpgp'

export type { Key } from 'openpgp'

const DAY = 86_400_000
const WARN_DAYS = 90

/** A reason to say no, as a value of its own so that it cannot be taken for a faulty machine. */
export class Rejected extends Error {}

/** A signature is made by another machine's clock, which may go so far ahead of ours. */
const AHEAD_MS = 300_000

/** Until when a signature may be dated that is looked at now. */
export const latest = (now: Date): Date => new Date(now.getTime() + AHEAD_MS)

/** Of an armoured signature, in characters: those in use have some hundred. */
const MOST_ARMOUR = 100_000
/** Of one document. Each costs a pass over all of it, and who publishes signs with one or two keys. */
const MOST_SIGNATURES = 8

/** Does it carry more signatures than anybody makes? */
export const isOverfull = (signed: Pick<Signature, 'getSigningKeyIDs'>): boolean => signed.getSigningKeyIDs().length > MOST_SIGNATURES

const BEGIN = '-----BEGIN PGP PUBLIC KEY BLOCK-----'
const END = '-----END PGP PUBLIC KEY BLOCK-----'

/** The armoured keys of a text. One that begins and does not end is the last that is looked for. */
export function keyBlocks(text: string): readonly string[] {
  const blocks: string[] = []
  for (let from = text.indexOf(BEGIN); from >= 0; from = text.indexOf(BEGIN, from)) {
    const end = text.indexOf(END, from)
    if (end < 0) break
    blocks.push(text.slice(from, end + END.length))
    from = end + END.length
  }
  return blocks
}

/** The pinned key among those in the file, in one block or in several; null when it is not there. Throws where it holds none. */
export const pinnedKey = async (armored: string, fingerprint: string): Promise<Key | null> => {
  const blocks = keyBlocks(armored)
  if (blocks.length === 0) throw new Error('it holds no public key')
  const keys = (await Promise.all(blocks.map((block) => readKeys({ armoredKeys: block })))).flat()
  return keys.find((key) => key.getFingerprint().toLowerCase() === fingerprint.toLowerCase()) ?? null
}

/**
 * What several texts say together of one key: that it was revoked counts in whichever of them it stands. A single text stays as it
 * is; empty: none holds the key.
 */
export const together = async (texts: readonly string[], fingerprint: string): Promise<string> => {
  const different = [...new Set(texts.filter((text) => text !== ''))]
  if (different.length < 2) return different[0] ?? ''
  let whole: Key | null = null
  for (const text of different) {
    const key = await pinnedKey(text, fingerprint).catch(() => null)
    if (key !== null) whole = whole === null ? key : await whole.update(key)
  }
  return whole?.armor() ?? ''
}

/** Does a signature say that the pinned key made it? Whether it is a good one is another question. */
export const isSaidBy = async (signature: string, armored: string, fingerprint: string): Promise<boolean> => {
  const key = await pinnedKey(armored, fingerprint).catch(() => null)
  const read = await readDetached(signature).catch(() => null)
  if (key === null || read === null) return false
  return read.getSigningKeyIDs().some((id) => key.getKeys(id).length > 0)
}

/** Which of several pinned keys a detached signature says it was made by; null where it names none of them, or cannot be read. */
export const signerAmong = async <T extends { readonly fingerprint: string; readonly armored: string }>(
  signature: string | undefined,
  keys: readonly T[],
): Promise<T | null> => {
  if (signature === undefined) return null
  for (const key of keys) if (await isSaidBy(signature, key.armored, key.fingerprint)) return key
  return null
}

/** Which of several primary keys a detached signature names, by their fingerprints alone; null where it names none, or a subkey. */
export const namedBy = async (signature: string | undefined, fingerprints: readonly string[]): Promise<string | null> => {
  const read = signature === undefined ? null : await readDetached(signature).catch(() => null)
  const ids = read?.getSigningKeyIDs().map((id) => id.toHex()) ?? []
  return fingerprints.find((one) => ids.includes(keyIdOf(one))) ?? null
}

/** RFC 9580, 5.5.4: of a version 4 fingerprint the last eight bytes, of later ones the first. */
const keyIdOf = (fingerprint: string): string => (fingerprint.length > 40 ? fingerprint.slice(0, 16) : fingerprint.slice(-16)).toLowerCase()

const dayOf = (date: Date): string => date.toISOString().slice(0, 10)

/**
 * The key as it stands today. OpenPGP only asks whether it was valid when the signature was made; a pinned key that has
 * expired or was revoked since speaks for nobody any more. Returns a warning, or an empty text.
 */
export const standing = async (key: Key, now: Date): Promise<string> => {
  if (await key.isRevoked(undefined, undefined, now)) throw new Rejected('The pinned key was revoked.')
  const expiry = await key.getExpirationTime()
  if (expiry === null) throw new Rejected('The pinned key is not valid.')
  if (expiry instanceof Date && expiry <= now) throw new Rejected(`The pinned key expired on ${dayOf(expiry)}.`)
  await key.verifyPrimaryKey(now)
  if (!(expiry instanceof Date)) return ''
  const days = Math.floor((expiry.getTime() - now.getTime()) / DAY)
  return days <= WARN_DAYS ? ` The key expires on ${dayOf(expiry)}, in ${days} days.` : ''
}

const isSubkey = (part: Key | Subkey): part is Subkey => 'mainKey' in part

/** A signature may come from a signing subkey with a life of its own. */
export const subkeyStanding = async (key: Key, signature: Pick<Signature, 'getSigningKeyIDs'>, now: Date): Promise<void> => {
  for (const id of signature.getSigningKeyIDs()) {
    for (const part of key.getKeys(id)) {
      if (!isSubkey(part)) continue
      await part.verify(now)
      const expiry = await part.getExpirationTime(now)
      if (expiry === null || (expiry instanceof Date && expiry <= now)) throw new Rejected('The signing subkey expired.')
    }
  }
}

/** What went wrong, on one line. */
export const textOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ').slice(0, 200)

/** An armoured signature; throws Rejected where it is none, or more than anybody makes. */
export const readDetached = async (armored: string): Promise<Signature> => {
  if (armored.length > MOST_ARMOUR)
    throw new Rejected(`The file beside it has ${armored.length} characters, more than the ${MOST_ARMOUR} of a signature that is read.`)
  const signature = await readSignature({ armoredSignature: armored }).catch((error: unknown) => {
    throw new Rejected(`The file beside it is no detached OpenPGP signature (${textOf(error)}).`)
  })
  if (isOverfull(signature)) throw new Rejected(`The file beside it holds more than ${MOST_SIGNATURES} signatures.`)
  return signature
}

interface Made {
  readonly at: Date
  /** As RFC 3156 names it, e.g. `sha512`. */
  readonly hash: string
}

/** When the pinned key signed these bytes; throws where it did not. */
const madeBy = async (bytes: Uint8Array, signature: Signature, key: Key, now: Date): Promise<Made> => {
  const message = await createMessage({ binary: bytes })
  const { signatures } = await verify({ message, signature, verificationKeys: [key], date: latest(now), format: 'binary' })
  const reasons: string[] = []
  for (const one of signatures) {
    try {
      await one.verified
      const packet = (await one.signature).packets[0]
      if (packet?.created instanceof Date) return { at: packet.created, hash: hashOf(packet.hashAlgorithm) }
    } catch (error) {
      reasons.push(`key ${one.keyID.toHex()}: ${textOf(error)}`)
    }
  }
  throw new Rejected(
    reasons.length === 0 ? 'The file beside it holds no signature.' : `No good signature by the pinned key (${reasons.join('; ')}).`,
  )
}

const hashOf = (algorithm: number | null): string => (algorithm === null ? '' : enums.read(enums.hash, algorithm).toLowerCase())

/** A good signature, and what there is to say of its key (empty: nothing). */
export interface Good extends Made {
  readonly warning: string
}

/**
 * A signature over bytes, made by a key that still speaks. `now` is our clock: a key that expired or was revoked before it is refused, one
 * that expires within 90 days is said so. Throws Rejected, or what OpenPGP says.
 */
export const signedBy = async (bytes: Uint8Array, armored: string, key: Key, now: Date): Promise<Good> => {
  const warning = await standing(key, now)
  const signature = await readDetached(armored)
  const made = await madeBy(bytes, signature, key, now)
  await subkeyStanding(key, signature, now)
  return { ...made, warning }
}
