import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { createCleartextMessage, type PrivateKey, sign } from 'openpgp'
import type { PatchFile } from '../../src/core/identify/patch.ts'
import type { Signer } from './csaf.ts'

export const sha256 = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** A package as it lies there. */
export const aDeb = (content = 'the package', name = 'openssl_3.0.17-1_amd64.deb'): PatchFile => ({
  name,
  bytes: content.length,
  sha256: sha256(content),
  sha512: createHash('sha512').update(content).digest('hex'),
})

/** An index that lists these packages among others. */
export const indexOf = (files: readonly Pick<PatchFile, 'name' | 'sha256'>[], below = 'pool/main/o/openssl/'): string =>
  [{ name: 'zlib1g_1.3-1_amd64.deb', sha256: sha256('zlib') }, ...files]
    .map(({ name, sha256: sum }) => {
      const [, pack = '', version = ''] = /^([^_]+)_([^_]+)/.exec(name) ?? []
      return `Package: ${pack}\nVersion: ${version}\nDescription: some words\n that go on\nFilename: ${below}${name}\nSize: 11\nSHA256: ${sum}\n`
    })
    .join('\n')

/** An index that lists `aDeb()` alone, as `xz -9` packs it. */
export const XZ_INDEX = Buffer.from(
  '/Td6WFoAAATm1rRGAgAhARwAAAAQz1jM4ACtAJRdACgYSGbb2jCF/hbr4S4ldUveUZKuJFvgM0/n26hv1wGNLVcb5gIYNaqf6+HdFUDww4driaLygz86c7vWY1YcP3L/niLL8GcPSl/urJjUcjs55UlBEzeCS/WkD1zOWCrBjXIRwAAG8M4OlcqtPTYNhS4n6bRtS9+468+9T2jG6/ure9M/0SacfNQc9L4eLReHLfkUAAAANHnL7cUq5V8AAbABrgEAABnqiUixxGf7AgAAAAAEWVo=',
  'base64',
)

export const INDEX = 'main/binary-amd64/Packages.gz'
/** When it was signed, whatever it says itself. */
const SIGNED = new Date('2026-01-02T00:00:00Z')

interface Made {
  readonly index: Uint8Array
  readonly plain?: string
  readonly fields?: string
  readonly path?: string
}

/** The text of a release that names an index, packed and unpacked. */
export const releaseText = ({ index, plain = '', fields = 'Valid-Until: Fri, 27 Nov 2026 10:00:00 UTC\n', path = INDEX }: Made): string =>
  `Origin: Test\nSuite: stable-security\nCodename: bookworm-security\nDate: Fri, 20 Nov 2026 10:00:00 UTC\n${fields}SHA256:
 ${sha256(plain)} ${plain.length} ${path.replace(/\.(?:gz|xz)$/, '')}
 ${sha256(index)} ${index.length} ${path}
`

export const signedText = async (text: string, keys: readonly PrivateKey[], date = SIGNED): Promise<string> =>
  sign({ message: await createCleartextMessage({ text }), signingKeys: [...keys], date })

/** An archive with these packages, signed. */
export async function anArchive(files: readonly Pick<PatchFile, 'name' | 'sha256'>[], signer: Signer, fields?: string) {
  const plain = indexOf(files)
  const index = gzipSync(plain)
  const text = releaseText({ index, plain, ...(fields === undefined ? {} : { fields }) })
  return { plain, index, release: await signedText(text, [signer.privateKey]), text }
}
