// The sample bulletins and small helpers for the tests of the CSAF source.
import { readFileSync } from 'node:fs'
import { createMessage, generateKey, type PrivateKey, sign } from 'openpgp'
import { digestOf } from '../../adapters/sources/csaf/hash.ts'
import type { Pinned } from '../../adapters/sources/csaf/pinned.ts'
import type { RawDocument } from '../../src/ports.ts'

const SAMPLE = new URL('../../manifests/sample/csaf/', import.meta.url)
const FIXTURES = new URL('../fixtures/csaf/', import.meta.url)

export const sampleFile = (path: string): Buffer => readFileSync(new URL(path, SAMPLE))
export const fixtureFile = (path: string): Buffer => readFileSync(new URL(path, FIXTURES))

export interface SampleIndex {
  readonly key: string
  readonly keyFingerprint: string
  readonly keyOwner: string
  readonly namespaces: string[]
  readonly history: readonly string[]
  readonly arrivals: readonly { readonly id: string; readonly afterMinutes: number; readonly file: string; readonly what: string }[]
}

export const sampleIndex = JSON.parse(sampleFile('index.json').toString('utf8')) as SampleIndex
export const sampleKey = sampleFile(sampleIndex.key).toString('utf8')
export const sampleRule: Pinned = {
  id: 'sample',
  keyFingerprint: sampleIndex.keyFingerprint,
  keyOwner: sampleIndex.keyOwner,
  namespaces: sampleIndex.namespaces,
}
/** A moment after the sample was signed. */
export const SAMPLE_NOW = new Date('2026-11-23T12:00:00Z')

const textIfThere = (read: () => Buffer): string | undefined => {
  try {
    return read().toString('utf8')
  } catch {
    return undefined
  }
}

const rawFrom = (read: (path: string) => Buffer, path: string): RawDocument => {
  const sha512 = textIfThere(() => read(`${path}.sha512`))
  const sha256 = textIfThere(() => read(`${path}.sha256`))
  const signature = textIfThere(() => read(`${path}.asc`))
  return {
    fileName: path.split('/').at(-1) ?? path,
    bytes: read(path),
    ...(sha512 === undefined ? {} : { sha512 }),
    ...(sha256 === undefined ? {} : { sha256 }),
    ...(signature === undefined ? {} : { signature }),
  }
}

/** A sample document with its sidecars, as the folder source would hand it over. */
export const sampleRaw = (path: string): RawDocument => rawFrom(sampleFile, path)
export const fixtureRaw = (path: string): RawDocument => rawFrom(fixtureFile, path)

export interface Signer {
  readonly rule: Pinned
  readonly keyArmored: string
  readonly privateKey: PrivateKey
}

/** A fresh key of 2026-01-01 and the rule that pins it. */
export const newSigner = async (options: { readonly expiresInSeconds?: number } = {}): Promise<Signer> => {
  const { privateKey, publicKey } = await generateKey({
    type: 'ecc',
    curve: 'ed25519Legacy',
    userIDs: [{ name: 'Test vendor' }],
    date: new Date('2026-01-01T00:00:00Z'),
    keyExpirationTime: options.expiresInSeconds ?? 0,
    format: 'object',
  })
  const rule = { ...sampleRule, keyFingerprint: publicKey.getFingerprint(), keyOwner: 'Test vendor' }
  return { rule, keyArmored: publicKey.armor(), privateKey }
}

export const signatureOf = async (bytes: Uint8Array, { privateKey }: Signer, date = new Date('2026-01-02T00:00:00Z')): Promise<string> =>
  sign({ message: await createMessage({ binary: bytes }), signingKeys: privateKey, detached: true, date })

/** Bytes under a name, with a right hash and, with a signer, a right signature. */
export const published = async (fileName: string, bytes: Uint8Array, signer?: Signer): Promise<RawDocument> => ({
  fileName,
  bytes,
  sha512: `${digestOf(bytes, 'sha512')}  ${fileName}\n`,
  ...(signer === undefined ? {} : { signature: await signatureOf(bytes, signer) }),
})
