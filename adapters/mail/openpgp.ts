import { isSender, type MailFacts, type OpenpgpFacts, type SigningKey } from '../../src/core/identify/mail.ts'
import { line } from '../../src/core/identify/text.ts'
import type { CheckOutcome } from '../../src/core/identify/verification.ts'
import { type Key, pinnedKey, Rejected, readDetached, signedBy, textOf } from '../openpgp.ts'
import { outsideOf, type Seen } from './outside.ts'
import { type Parsed, parseMail } from './read.ts'
import { type Found, findSigned } from './signed.ts'

const nothing = (outcome: CheckOutcome, evidence: string): OpenpgpFacts => ({ outcome, evidence, signed: null })

/**
 * The OpenPGP signature of a mail against the keys that are pinned for its sender. Null: it has none, and none is expected. What a sender's
 * key should have signed and did not is never a pass: anybody can leave a signature out.
 */
export async function readOpenpgp(bytes: Uint8Array, whole: Seen, keys: readonly SigningKey[], now: Date): Promise<OpenpgpFacts | null> {
  const { facts } = whole
  const pinned = keys.filter(({ from }) => facts.from.some(({ address }) => isSender(from, address)))
  const search = findSigned(bytes)
  if (pinned.length === 0)
    return search.is === 'none' ? null : nothing('not applicable', 'It is signed by OpenPGP, and the policy pins no key for its sender.')
  if (facts.from.length !== 1) return nothing('unavailable', `It has ${facts.from.length} senders; one is needed to tell whose key counts.`)
  switch (search.is) {
    case 'none':
      return nothing('unavailable', 'It carries no OpenPGP signature, and the policy pins a key for its sender.')
    case 'unclear':
      return nothing('unavailable', `Not checked: ${search.why}.`)
    case 'malformed':
      return nothing('fail', `It is not what OpenPGP signs: ${search.why}.`)
    case 'one':
      return verified(search.found, whole, pinned, now)
    default:
      return search satisfies never
  }
}

async function verified(found: Found, whole: Seen, pinned: readonly SigningKey[], now: Date): Promise<OpenpgpFacts> {
  try {
    const ids = (await readDetached(found.signature)).getSigningKeyIDs()
    const readable = (await Promise.all(pinned.map(async (pin) => ({ pin, key: await keyOf(pin) })))).filter(({ key }) => key !== null)
    const mine = readable.find(({ key }) => ids.some((id) => (key?.getKeys(id).length ?? 0) > 0))
    if (!mine?.key) return nothing('unavailable', strange(ids, pinned, readable.length))
    return await judged(found, whole, { ...mine, key: mine.key }, now)
  } catch (error) {
    return nothing('fail', error instanceof Rejected ? error.message : `Its OpenPGP signature cannot be read (${textOf(error)}).`)
  }
}

const keyOf = ({ key, fingerprint }: SigningKey): Promise<Key | null> => pinnedKey(key, fingerprint).catch(() => null)

const strange = (ids: readonly { toHex(): string }[], pinned: readonly SigningKey[], readable: number): string =>
  [
    `It is signed by the key ${ids.map((id) => id.toHex()).join(', ')}, which is none that the policy pins for its sender (${pinned.map(({ fingerprint }) => fingerprint).join(', ')}).`,
    ...(readable < pinned.length ? [`Of these ${pinned.length - readable} cannot be read from their files.`] : []),
  ].join(' ')

interface Mine {
  readonly pin: SigningKey
  readonly key: Key
}

async function judged(found: Found, whole: Seen, { pin, key }: Mine, now: Date): Promise<OpenpgpFacts> {
  const whose = `${pin.fingerprint} (${line(pin.owner, 100)})`
  try {
    const good = await signedBy(Buffer.from(found.bytes, 'latin1'), found.signature, key, now)
    if (found.hashes.length > 0 && !found.hashes.includes(good.hash))
      return nothing(
        'fail',
        `It says that it is signed with ${line(found.hashes.join(', '), 60)}, and it is with ${good.hash}. Pinned: ${whose}.`,
      )
    const signed = await parseMail(Buffer.from(found.entity, 'latin1'))
    const beside = found.beside === '' ? null : await parseMail(Buffer.from(found.beside, 'latin1'))
    return {
      outcome: 'pass',
      evidence: `Its text was signed ${good.at.toISOString()} by the pinned key ${whose}.${good.warning}`,
      signed: {
        ...wordsOf(signed.facts),
        at: good.at.toISOString(),
        by: pin.fingerprint,
        from: pin.from,
        outside: [...outsideOf(found, whole, signed, beside), ...leftOut(signed.facts)],
      },
    }
  } catch (error) {
    const story = error instanceof Rejected ? error.message : `The signature cannot be verified (${textOf(error)}).`
    return nothing('fail', `${story} Pinned: ${whose}.`)
  }
}

const wordsOf = ({ text, links, attachments }: Parsed['facts']): Pick<MailFacts, 'text' | 'links' | 'attachments'> => ({
  text,
  links,
  attachments,
})

const leftOut = ({ leftOut: left }: Parsed['facts']): readonly string[] => left.map((one) => `what was not read of it: ${one}`)
