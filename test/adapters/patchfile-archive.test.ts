import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Http } from '../../adapters/http.ts'
import { archiveOf } from '../../adapters/patchfile/archive.ts'
import { createPatchFiles } from '../../adapters/patchfile/look.ts'
import { newSigner, type Signer } from '../support/csaf.ts'
import { aDeb, anArchive, INDEX, indexOf, releaseText, sha256, signedText, XZ_INDEX } from '../support/debian-archive.ts'
import { httpsServer, LOOPBACK, type TestServer, testHttp } from '../support/https-server.ts'

const NOW = new Date('2026-11-26T12:00:00Z')
const DEB = aDeb()

let signer: Signer
let other: Signer
let expired: Signer
beforeAll(async () => {
  signer = await newSigner()
  other = await newSigner()
  expired = await newSigner({ expiresInSeconds: 325 * 86_400 })
})

const pin = ({ rule }: Signer): string => rule.keyFingerprint ?? ''
const keysOf = (...signers: Signer[]): Uint8Array => Buffer.from(signers.map(({ keyArmored }) => keyArmored).join('\n'))

/** A package against an archive, with anything of the proof changed. */
interface Case {
  readonly file?: ReturnType<typeof aDeb>
  readonly release?: string
  readonly index?: Uint8Array
  readonly keys?: Uint8Array
  readonly pinned?: readonly string[]
  readonly path?: string
}
async function judged({ file = DEB, path = INDEX, ...own }: Case = {}) {
  const { release, index } = await anArchive([DEB], signer)
  const proof = { release, keys: keysOf(signer), pinned: [pin(signer)], ...own, index: { path, bytes: own.index ?? index } }
  return archiveOf(file, proof, NOW)
}

test('each link stands in the evidence: the key, the release, the index and the package', async () => {
  const { index } = await anArchive([DEB], signer)
  const { outcome, evidence } = await judged()
  expect(outcome).toBe('pass')
  expect(evidence).toBe(
    `The release of bookworm-security of Fri, 20 Nov 2026 10:00:00 UTC is signed by the pinned key ${pin(signer)}. It names ${INDEX} by SHA-256 ${sha256(index)}. That lists openssl 3.0.17-1 with SHA-256 ${DEB.sha256}, which is this file.`,
  )
})

describe('a link that is missing or wrong', () => {
  const FORGED = aDeb('a trojan')
  const forgedIndex = gzipSync(indexOf([FORGED]))
  const xzCase = async (index: Buffer): Promise<Case> => {
    const path = 'main/binary-amd64/Packages.xz'
    return { index, path, release: await signedText(releaseText({ index, path }), [signer.privateKey]) }
  }
  const cases: readonly [string, string, string, () => Promise<Case>][] = [
    ['another file under that name', 'fail', 'the file has', async () => ({ file: FORGED })],
    ['a file that it does not list', 'unavailable', 'lists no', async () => ({ file: aDeb('x', 'x_1_amd64.deb') })],
    ['the file under another name', 'pass', 'is this file', async () => ({ file: aDeb('the package', 'copy.deb') })],
    ['an index that lists a forged file', 'unavailable', 'what came has', async () => ({ file: FORGED, index: forgedIndex })],
    [
      'a release that names the forged index, by somebody else',
      'fail',
      'no good signature',
      async () => ({
        file: FORGED,
        index: forgedIndex,
        release: await signedText(releaseText({ index: forgedIndex }), [other.privateKey]),
      }),
    ],
    [
      'his key beside the pinned one in the key file',
      'fail',
      'no good signature',
      async () => ({ release: (await anArchive([DEB], other)).release, keys: keysOf(signer, other) }),
    ],
    ['a key file without the pinned key', 'unavailable', 'holds none', async () => ({ keys: keysOf(other) })],
    ['a key file that is none', 'unavailable', 'cannot be read', async () => ({ keys: Buffer.from('no key') })],
    [
      'a key that has run out',
      'fail',
      'no good signature',
      async () => ({ release: (await anArchive([DEB], expired)).release, keys: keysOf(expired), pinned: [pin(expired)] }),
    ],
    [
      'several signatures, of which one is by the pinned key',
      'pass',
      'is this file',
      async () => ({ release: await signedText((await anArchive([DEB], signer)).text, [other.privateKey, signer.privateKey]) }),
    ],
    [
      'more signatures of the pinned key than anybody makes',
      'fail',
      'no good signature',
      async () => ({ release: await signedText((await anArchive([DEB], signer)).text, Array(9).fill(signer.privateKey)) }),
    ],
    ['a release without a signature', 'unavailable', 'no signed text', async () => ({ release: (await anArchive([DEB], signer)).text })],
    [
      'words of somebody else above the signed ones',
      'unavailable',
      'what came has',
      async () => ({
        file: FORGED,
        index: forgedIndex,
        release: `${releaseText({ index: forgedIndex })}\n${(await anArchive([DEB], signer)).release}`,
      }),
    ],
    [
      'a release that has run out',
      'stale',
      '2026-11-25',
      async () => ({ release: (await anArchive([DEB], signer, 'Valid-Until: Wed, 25 Nov 2026 10:00:00 UTC\n')).release }),
    ],
    [
      'a day that cannot be read',
      'stale',
      '1970',
      async () => ({ release: (await anArchive([DEB], signer, 'Valid-Until: some day\n')).release }),
    ],
    ['a release that does not run out', 'pass', 'is this file', async () => ({ release: (await anArchive([DEB], signer, '')).release })],
    ['an index that the release does not name', 'unavailable', 'names no', async () => ({ path: 'main/binary-arm64/Packages.gz' })],
    [
      'an index that was unpacked on its way',
      'pass',
      'is this file',
      async () => ({ index: Buffer.from((await anArchive([DEB], signer)).plain) }),
    ],
    ['an index that is packed as Debian packs it', 'pass', 'is this file', () => xzCase(XZ_INDEX)],
    ['one of those that breaks off', 'unavailable', 'cannot be unpacked', () => xzCase(XZ_INDEX.subarray(0, 120))],
    ['one of those that was signed broken', 'unavailable', 'cannot be unpacked', () => xzCase(Buffer.from(XZ_INDEX).fill(7, 30, 90))],
    [
      'an index that is packed wrongly',
      'unavailable',
      'cannot be unpacked',
      async () => {
        const index = gzipSync(indexOf([DEB])).subarray(0, 60)
        return { index, release: await signedText(releaseText({ index }), [signer.privateKey]) }
      },
    ],
  ]
  test.each(cases)('%s: %s', async (_, outcome, words, given) => {
    const check = await judged(await given())
    expect(check).toMatchObject({ outcome, evidence: expect.stringContaining(words) })
  })
})

test.each([
  [300_000, 'pass'],
  [301_000, 'fail'],
])('a release that was signed %i ms ahead of our clock: %s', async (ms, outcome) => {
  const { text } = await anArchive([DEB], signer)
  const release = await signedText(text, [signer.privateKey], new Date(NOW.getTime() + ms))
  expect((await judged({ release })).outcome).toBe(outcome)
})

test('a changed byte of the index, or of what was signed, never passes', async () => {
  const { release, index } = await anArchive([DEB], signer)
  const begin = release.indexOf('Origin: Test')
  const length = release.indexOf('-----BEGIN PGP SIGNATURE') - begin
  expect(begin).toBeGreaterThan(0)
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 255 }), fc.boolean(), async (at, flip, inRelease) => {
      if (inRelease) {
        const place = begin + (at % length)
        const old = release.charCodeAt(place)
        // White space at the end of a line is not signed (RFC 9580, 7).
        fc.pre(!/\s/.test(release[place] ?? '') && !/\s/.test(String.fromCharCode(old ^ (flip & 31))) && (flip & 31) > 0)
        const changed = release.slice(0, place) + String.fromCharCode(old ^ (flip & 31)) + release.slice(place + 1)
        expect((await judged({ release: changed })).outcome).not.toBe('pass')
      } else {
        const changed = Buffer.from(index)
        changed[at % index.length] = (changed[at % index.length] ?? 0) ^ flip
        expect((await judged({ release, index: changed })).outcome).not.toBe('pass')
      }
    }),
    { numRuns: 60 },
  )
})

describe('asked by the policy', () => {
  let server: TestServer
  let http: Http
  let folder: string
  beforeAll(async () => {
    server = await httpsServer()
    http = testHttp()
    folder = await mkdtemp(join(tmpdir(), 'patchcrier-archive-'))
    await writeFile(join(folder, 'keys.asc'), keysOf(signer, other))
  })
  afterAll(async () => {
    await http.close()
    await server.close()
    await rm(folder, { recursive: true })
  })

  const DISTS = '/debian/dists/stable/'
  const look = (archives: readonly string[], packageKeyFile = 'keys.asc') =>
    createPatchFiles(http, { run: async () => null, folder }).look(server.at(`/debian/pool/main/o/openssl/${DEB.name}`), {
      allowNetworks: LOOPBACK,
      signal: new AbortController().signal,
      now: NOW,
      trust: [{ packageKeys: [pin(signer)], packageKeyFile, archives: archives.map((path) => server.at(path)) }],
    })
  const publish = (paths: Readonly<Record<string, string | Uint8Array>>): void => {
    server.pages.clear()
    server.pages.set(`/debian/pool/main/o/openssl/${DEB.name}`, 'the package')
    for (const [path, page] of Object.entries(paths)) server.pages.set(path, typeof page === 'string' ? page : Buffer.from(page))
  }

  test('a package is fetched, and looked up in the index of its architecture', async () => {
    const { release, index } = await anArchive([DEB], signer)
    publish({ [`${DISTS}InRelease`]: release, [`${DISTS}${INDEX}`]: index })
    expect((await look([`${DISTS}InRelease`])).archive?.outcome).toBe('pass')
  })

  test('an index is asked for by its hash where the archive has it so', async () => {
    const { release, index } = await anArchive([DEB], signer, 'Acquire-By-Hash: yes\n')
    publish({ [`${DISTS}InRelease`]: release, [`${DISTS}main/binary-amd64/by-hash/SHA256/${sha256(index)}`]: index })
    expect((await look([`${DISTS}InRelease`])).archive?.outcome).toBe('pass')
  })

  test('of several archives the one that it is of counts, and one that has another file of its name where none has it', async () => {
    const right = await anArchive([DEB], signer)
    const wrong = await anArchive([aDeb('rebuilt')], signer)
    publish({
      [`${DISTS}InRelease`]: right.release,
      [`${DISTS}${INDEX}`]: right.index,
      '/debian/dists/other/InRelease': wrong.release,
      [`/debian/dists/other/${INDEX}`]: wrong.index,
    })
    expect((await look(['/debian/dists/other/InRelease', `${DISTS}InRelease`])).archive?.outcome).toBe('pass')
    expect((await look(['/debian/dists/gone/InRelease', '/debian/dists/other/InRelease'])).archive?.outcome).toBe('fail')
  })

  test('an index that is not there hides none of the others', async () => {
    const { index } = await anArchive([DEB], signer)
    const path = 'contrib/binary-amd64/Packages.gz'
    const text = releaseText({ index, path }).replace('SHA256:\n', `SHA256:\n ${sha256(Buffer.from('lost'))} 4 ${INDEX}\n`)
    publish({ [`${DISTS}InRelease`]: await signedText(text, [signer.privateKey]), [`${DISTS}${path}`]: index })
    server.asked.length = 0
    expect((await look([`${DISTS}InRelease`])).archive?.outcome).toBe('pass')
    expect(server.asked.slice(-2)).toEqual([`${DISTS}${INDEX}`, `${DISTS}${path}`])
  })

  test.each([
    ['an archive that is not there', {}, 'answered with status 404'],
    ['a release of somebody else', { [`${DISTS}InRelease`]: 'by other' }, 'no good signature'],
    ['an index that is not there', { [`${DISTS}InRelease`]: 'good' }, 'answered with status 404'],
    ['no index of its architecture', { [`${DISTS}InRelease`]: 'arm64' }, 'no index that could list'],
  ])('%s proves nothing', async (_, pages, words) => {
    const texts: Record<string, string> = {
      good: (await anArchive([DEB], signer)).release,
      'by other': (await anArchive([DEB], other)).release,
      arm64: await signedText(releaseText({ index: Buffer.from('x'), path: 'main/binary-arm64/Packages.gz' }), [signer.privateKey]),
    }
    publish(Object.fromEntries(Object.entries(pages).map(([path, name]) => [path, texts[name] ?? ''])))
    const { archive } = await look([`${DISTS}InRelease`])
    expect(archive?.evidence).toContain(words)
    expect(archive?.outcome).not.toBe('pass')
  })

  test('a key file that is not there proves nothing, and no archive in the policy asks nothing', async () => {
    publish({})
    expect((await look([`${DISTS}InRelease`], 'gone.asc')).archive?.outcome).toBe('unavailable')
    expect((await look([])).archive).toBeUndefined()
  })
})
