import { describe, expect, test } from 'vitest'
import { namedHashes, type PatchFile, patchHashCheck } from '../../src/core/identify/patch.ts'
import { type Check, verdictOf } from '../../src/core/identify/verification.ts'

const file: PatchFile = { name: 'fix.rpm', bytes: 3, sha256: 'a'.repeat(64), sha512: 'b'.repeat(128) }
const csaf = (filename: string, algorithm: string, value: string) => ({
  product_tree: {
    branches: [{ product: { product_identification_helper: { hashes: [{ filename, file_hashes: [{ algorithm, value }] }] } } }],
  },
})
const outcome = (document: unknown) => patchHashCheck(file, namedHashes(document)).outcome

describe('is the file the one that the bulletin names?', () => {
  test.each([
    ['its SHA-256', csaf('fix.rpm', 'sha256', 'a'.repeat(64)), 'pass'],
    ['its SHA-512 in capitals', csaf('fix.rpm', 'SHA-512', 'B'.repeat(128)), 'pass'],
    ['the right hash under another name', csaf('other.rpm', 'sha256', 'a'.repeat(64)), 'pass'],
    ['another hash for this name', csaf('fix.rpm', 'sha256', 'c'.repeat(64)), 'fail'],
    ['only hashes of other files', csaf('other.rpm', 'sha256', 'c'.repeat(64)), 'unavailable'],
    ['only a hash that can be forged', csaf('fix.rpm', 'sha1', 'c'.repeat(40)), 'unavailable'],
    ['nothing', {}, 'unavailable'],
    ['something else', [null, 1, 'x', { file_hashes: 'x' }, { file_hashes: [null, 3] }], 'unavailable'],
  ])('%s', (_, document, expected) => expect(outcome(document)).toBe(expected))

  test('a document that is endlessly deep ends', () => {
    let deep: unknown = csaf('fix.rpm', 'sha256', 'a'.repeat(64))
    for (let i = 0; i < 10_000; i += 1) deep = [deep]
    expect(outcome(deep)).toBe('unavailable')
  })
})

describe('its verdict is never better than its bulletin’s', () => {
  const bulletin: readonly Check[] = (['hash', 'signature', 'schema', 'file-name', 'namespace', 'rollback', 'contradiction'] as const).map(
    (name) => ({
      name,
      outcome: 'pass',
      evidence: '',
    }),
  )
  const patch = (hash: Check['outcome'], code: Check['outcome']): readonly Check[] => [
    { name: 'patch-hash', outcome: hash, evidence: '' },
    { name: 'code-signature', outcome: code, evidence: '' },
  ]
  test.each([
    [bulletin, patch('pass', 'pass'), 'AUTHENTIC'],
    [bulletin, patch('pass', 'unavailable'), 'AUTHENTIC'],
    [bulletin, patch('pass', 'fail'), 'QUARANTINED'],
    [bulletin, patch('fail', 'pass'), 'QUARANTINED'],
    // A good signature of somebody is not yet the file of the bulletin.
    [bulletin, patch('unavailable', 'pass'), 'UNCONFIRMED'],
    [bulletin.slice(1), patch('pass', 'pass'), 'UNCONFIRMED'],
    [[], patch('pass', 'pass'), 'UNCONFIRMED'],
  ] as const)('case %#', (document, more, verdict) => expect(verdictOf([...document, ...more])).toBe(verdict))
})
