import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { isSaidBy } from '../../../adapters/openpgp.ts'
import { createChecker } from '../../../adapters/sources/csaf/index.ts'
import type { Pinned } from '../../../adapters/sources/csaf/pinned.ts'
import type { Reader } from '../../../adapters/sources/csaf/reader.ts'
import type { PinnedKey } from '../../core/identify/evidence.ts'
import { judge } from '../../core/identify/judge.ts'
import type { Check } from '../../core/identify/verification.ts'
import type { RawDocument } from '../../ports.ts'
import { type Given, Misuse, text, texts } from '../command.ts'
import { bytesOf } from '../files.ts'
import { knownKeys } from './known-keys.ts'
import { FACTS, type Facts, tell } from './told.ts'

/** A bulletin file with what stands beside it. */
export async function verifyDocument(given: Given, file: string): Promise<number> {
  const { facts, of } = await documentFacts(given, file)
  return tell(given, facts, of)
}

/** A bulletin file checked by the key that was named, else by the one that is known here and is said to have signed it. */
export async function documentFacts(given: Given, file: string): Promise<{ readonly facts: Facts; readonly of: string | null }> {
  const bytes = await bytesOf(file)
  const now = new Date()
  const fileName = basename(file)
  const beside = await sidecars(file)
  const pin = (await named(given)) ?? (await known(beside.signature))
  return {
    of: pin.keyFingerprint === '' ? null : `${pin.keyFingerprint}: ${pin.keyOwner}`,
    facts: {
      ...FACTS,
      kind: 'document',
      name: fileName,
      bytes: bytes.toString('base64'),
      sidecars: beside,
      pinned: pin,
      checkedAt: now.toISOString(),
      checks: await documentChecks({ fileName, bytes, ...beside }, pin, now),
    },
  }
}

/** A command looks at one document and ends: a process of its own for it would only cost time. The validator (140 MB) is loaded by the first. */
const inThisProcess: Reader = {
  read: async ({ source, bytes }) => (await import('../../../adapters/sources/csaf/read.ts')).readDocument(source, bytes),
  close: async () => undefined,
}

/** All checks of a bulletin by itself: nothing of it is known before. */
export async function documentChecks(raw: RawDocument, pin: PinnedKey, now: Date): Promise<readonly Check[]> {
  const checker = createChecker(inThisProcess)
  try {
    const rule: Pinned = {
      id: 'file',
      namespaces: pin.namespaces,
      ...(pin.keyFingerprint === '' ? {} : { keyFingerprint: pin.keyFingerprint }),
      ...(pin.keyOwner === '' ? {} : { keyOwner: pin.keyOwner }),
    }
    const checked = await checker.checkDocument(raw, rule, pin.key, now)
    return judge({ checked, known: [], now: now.toISOString() }).verification.checks
  } finally {
    await checker.close()
  }
}

/** The key that was given, and for whom it may speak; null: none was. */
async function named(given: Given): Promise<PinnedKey | null> {
  const file = text(given, 'key')
  const fingerprint = text(given, 'fingerprint')?.toLowerCase()
  const namespaces = texts(given, 'namespace')
  if (file === undefined && fingerprint === undefined && namespaces.length === 0) return null
  if (file === undefined || fingerprint === undefined || namespaces.length === 0)
    throw new Misuse(
      'expected --key FILE, --fingerprint HEX and --namespace HOST together, or none of them for the keys that are known here',
    )
  return {
    keyFingerprint: fingerprint,
    keyOwner: `the key of ${basename(file)}`,
    namespaces: [...namespaces],
    key: (await bytesOf(file)).toString('utf8'),
  }
}

/** Of whom nobody here knows a key: nothing can be proved, and nothing is wrong for that. */
const NOBODY: PinnedKey = { keyFingerprint: '', keyOwner: '', namespaces: [], key: '' }

async function known(signature: string | undefined): Promise<PinnedKey> {
  if (signature === undefined) return NOBODY
  for (const pin of await knownKeys()) if (await isSaidBy(signature, pin.key, pin.keyFingerprint)) return pin
  return NOBODY
}

async function sidecars(file: string): Promise<Pick<RawDocument, 'sha256' | 'sha512' | 'signature'>> {
  const read = async (ending: string) => readFile(`${file}${ending}`, 'utf8').catch(() => undefined)
  const [sha256, sha512, signature] = await Promise.all([read('.sha256'), read('.sha512'), read('.asc')])
  return {
    ...(sha256 === undefined ? {} : { sha256 }),
    ...(sha512 === undefined ? {} : { sha512 }),
    ...(signature === undefined ? {} : { signature }),
  }
}
