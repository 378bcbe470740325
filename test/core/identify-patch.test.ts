import { describe, expect, test } from 'vitest'
import { namedFiles, namedHashes } from '../../src/core/identify/named-files.ts'
import { type PatchFile, patchHashCheck } from '../../src/core/identify/patch.ts'
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

/** A document with an affected and a fixed version, each with its own file, and what stands beside them. */
const versions = (more: object = {}) => ({
  product_tree: {
    branches: [product('old', 'fix.rpm', 'd'), product('new', 'fix.rpm', 'a'), { branches: [product('part', 'part.rpm', 'e')] }],
    relationships: [{ product_reference: 'part', full_product_name: { product_id: 'platform:part' } }],
  },
  vulnerabilities: [{ product_status: { known_affected: ['old'], fixed: ['new', 'platform:part'] } }],
  ...more,
})
const product = (product_id: string, filename: string, letter: string) => ({
  product: {
    product_id,
    product_identification_helper: { hashes: [{ filename, file_hashes: [{ algorithm: 'sha256', value: letter.repeat(64) }] }] },
  },
})
const the = (letter: string, name = 'fix.rpm'): PatchFile => ({ name, bytes: 3, sha256: letter.repeat(64), sha512: '0'.repeat(128) })

describe('hashes identify any product, so', () => {
  test.each([
    ['the file of the fixed version passes', the('a'), versions(), 'pass'],
    ['the file of the affected version is never the patch', the('d'), versions(), 'fail'],
    ['also under another name', the('d', 'setup.exe'), versions(), 'fail'],
    ['what is fixed as a part of something passes', the('e', 'part.rpm'), versions(), 'pass'],
    [
      'what is affected by one hole and fixed of another passes',
      the('d'),
      versions({
        vulnerabilities: [{ product_status: { known_affected: ['old'] } }, { product_status: { fixed: ['old'] } }],
      }),
      'pass',
    ],
    [
      'a new file that has the name of the affected one contradicts nothing',
      the('b'),
      {
        ...versions(),
        product_tree: { branches: [product('old', 'fix.rpm', 'd')] },
      },
      'unavailable',
    ],
    ['without a status every file is one that is named', the('d'), versions({ vulnerabilities: undefined }), 'pass'],
    ['a status that is none spoils nothing', the('a'), versions({ vulnerabilities: [{ product_status: 'x' }, 3] }), 'pass'],
  ] as const)('%s', (_, patch, document, expected) => expect(patchHashCheck(patch, namedHashes(document)).outcome).toBe(expected))
})

describe('the links of the files that a bulletin names', () => {
  const linked = (...urls: readonly string[]) => versions({ references: urls.map((url) => ({ url })) })
  const at = 'https://cdn.vendor.example/x/fix.rpm'
  test.each<[string, unknown, readonly string[]]>([
    ['an address that ends in the name', linked(at), [at]],
    ['once', linked(at, at), [at]],
    ['with what is asked after it', linked(`${at}?sig=1`), [`${at}?sig=1`]],
    ['no address with a password in it', linked('https://a:b@cdn.vendor.example/fix.rpm'), []],
    ['none that is too long once it is written out', linked(`https://cdn.vendor.example/${'\u00e4'.repeat(900)}/fix.rpm`), []],
    ['not in the clear', linked('http://cdn.vendor.example/fix.rpm'), []],
    ['no other file, and no page', linked('https://cdn.vendor.example/other.rpm', 'https://vendor.example/advisory'), []],
    ['no file without a strong hash', { ...csaf('fix.rpm', 'sha1', 'c'.repeat(40)), url: at }, []],
    [
      'a package URL with both',
      { purl: `pkg:generic/fix@1?download_url=${encodeURIComponent(at)}&checksum=sha256:${'a'.repeat(64)}` },
      [at],
    ],
    ['a package URL without a hash', { purl: `pkg:generic/fix@1?download_url=${encodeURIComponent(at)}` }, []],
    ['nothing', null, []],
  ])('%s', (_, document, urls) => expect(namedFiles(document, 20).map(({ url }) => url)).toEqual(urls))

  test('of an affected version none', () => {
    const old = { ...versions(), product_tree: { branches: [product('old', 'old.rpm', 'd')] } }
    expect(namedFiles({ ...old, url: 'https://vendor.example/old.rpm' }, 20)).toEqual([])
  })

  test('never more than are asked for', () => {
    expect(namedFiles(linked(...Array.from({ length: 30 }, (_, i) => `https://m${i}.example/fix.rpm`)), 20)).toHaveLength(20)
  })

  test('a package URL names a hash of its file', () => {
    const purl = `pkg:generic/fix@1?checksum=sha1:${'c'.repeat(40)},sha256:${'A'.repeat(64)}`
    expect(outcome({ purl })).toBe('pass')
    expect(outcome({ purl: `pkg:generic/fix@1?checksum=sha1:${'c'.repeat(40)}` })).toBe('unavailable')
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
