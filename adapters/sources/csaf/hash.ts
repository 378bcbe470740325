import { createHash } from 'node:crypto'
import type { Check, CheckOutcome } from '../../../src/core/identify/verification.ts'
import type { RawDocument } from '../../../src/ports.ts'

type Algorithm = 'sha512' | 'sha256'
const LABELS: Readonly<Record<Algorithm, { readonly name: string; readonly digits: number }>> = {
  sha512: { name: 'SHA-512', digits: 128 },
  sha256: { name: 'SHA-256', digits: 64 },
}

/** Hex digest of bytes. */
export const digestOf = (bytes: Uint8Array, algorithm: Algorithm = 'sha256'): string => createHash(algorithm).update(bytes).digest('hex')

const check = (outcome: CheckOutcome, evidence: string): Check => ({ name: 'hash', outcome, evidence })

/** A sidecar is hex first; a file name may follow after blanks, with or without the asterisk of binary mode. Null: no hash in it. */
export const publishedHash = (sidecar: string, algorithm: Algorithm): string | null => {
  const first =
    sidecar
      .replace(/^\ufeff/, '')
      .trim()
      .split(/\s/, 1)[0]
      ?.toLowerCase() ?? ''
  return first.length === LABELS[algorithm].digits && /^[0-9a-f]+$/.test(first) ? first : null
}

const compare = (raw: RawDocument, algorithm: Algorithm, sidecar: string): Check => {
  const { name } = LABELS[algorithm]
  const published = publishedHash(sidecar, algorithm)
  if (published === null) return check('fail', `${raw.fileName}.${algorithm} holds no ${name}.`)
  const found = digestOf(raw.bytes, algorithm)
  return found === published
    ? check('pass', `${name} of ${raw.fileName} is the published ${published}.`)
    : check('fail', `${name} differs in ${raw.fileName}: published ${published}, found ${found}.`)
}

/** Compares the bytes with the hash sidecars; each one that is there must match. Reads nothing of the document. */
export const hashCheck = (raw: RawDocument): Check => {
  const checks = [
    ...(raw.sha512 === undefined ? [] : [compare(raw, 'sha512', raw.sha512)]),
    ...(raw.sha256 === undefined ? [] : [compare(raw, 'sha256', raw.sha256)]),
  ]
  if (checks.length === 0) return check('unavailable', `No hash was published beside ${raw.fileName}.`)
  const failed = checks.find((one) => one.outcome === 'fail')
  return failed ?? check('pass', checks.map((one) => one.evidence).join(' '))
}
