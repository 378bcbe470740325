import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { createChecker } from '../../adapters/sources/csaf/index.ts'
import type { Pinned } from '../../adapters/sources/csaf/pinned.ts'
import { openSample, SAMPLE_FOLDER } from '../app/sample.ts'
import { judge } from '../core/identify/judge.ts'
import type { Verification } from '../core/identify/verification.ts'
import { arg, BAD, type Given, GOOD, Misuse, print, text, texts } from './command.ts'
import { bytesOf } from './files.ts'

/** Checks one bulletin file with what stands beside it. Good only for AUTHENTIC and CORROBORATED. */
export async function verify(given: Given): Promise<number> {
  const file = arg(given, 0)
  const bytes = await bytesOf(file)
  const { rule, key, of } = await pinned(given)
  const checker = createChecker()
  try {
    const now = new Date()
    const raw = { fileName: basename(file), bytes, ...(await sidecars(file)) }
    const checked = await checker.checkDocument(raw, rule, key, now)
    const { verification } = judge({ checked, known: [], now: now.toISOString() })
    print(
      given,
      { verdict: verification.verdict, reason: verification.reason, pinned: of, checks: verification.checks },
      inWords(verification, of),
    )
    return verification.verdict === 'AUTHENTIC' || verification.verdict === 'CORROBORATED' ? GOOD : BAD
  } finally {
    await checker.close()
  }
}

/** The key that may speak, and for whom: what was given, else the sample's. */
async function pinned(given: Given): Promise<{ rule: Pinned; key: string; of: string }> {
  const file = text(given, 'key')
  const fingerprint = text(given, 'fingerprint')?.toLowerCase()
  const namespaces = texts(given, 'namespace')
  if (file === undefined && fingerprint === undefined && namespaces.length === 0) {
    const { index, key } = await openSample(SAMPLE_FOLDER, null)
    return { rule: { id: 'file', ...index }, key, of: `${index.keyFingerprint}: ${index.keyOwner}` }
  }
  if (file === undefined || fingerprint === undefined || namespaces.length === 0)
    throw new Misuse('expected --key FILE, --fingerprint HEX and --namespace HOST together, or none of them for the sample key')
  const key = (await bytesOf(file)).toString('utf8')
  const rule = { id: 'file', keyFingerprint: fingerprint, keyOwner: `the key of ${basename(file)}`, namespaces: [...namespaces] }
  return { rule, key, of: `${fingerprint}: ${rule.keyOwner}` }
}

async function sidecars(file: string): Promise<{ sha256?: string; sha512?: string; signature?: string }> {
  const read = async (ending: string) => readFile(`${file}${ending}`, 'utf8').catch(() => undefined)
  const [sha256, sha512, signature] = await Promise.all([read('.sha256'), read('.sha512'), read('.asc')])
  return {
    ...(sha256 === undefined ? {} : { sha256 }),
    ...(sha512 === undefined ? {} : { sha512 }),
    ...(signature === undefined ? {} : { signature }),
  }
}

const inWords = ({ verdict, reason, checks }: Verification, of: string): string =>
  [
    `${verdict}: ${reason}`,
    ...checks.map((c) => `  ${c.name.padEnd(14)} ${c.outcome.padEnd(15)} ${c.evidence}`),
    `Pinned key ${of}`,
    '',
  ].join('\n')
