import { z } from 'zod'
import { decodeJson } from '../json.ts'

const https = z.url({ protocol: /^https$/ })
const list = z.array(z.unknown()).optional()

/** The fields of a provider-metadata.json that are used. */
const schema = z.object({
  canonical_url: https,
  role: z.enum(['csaf_publisher', 'csaf_provider', 'csaf_trusted_provider']),
  publisher: z.object({ name: z.string().min(1), namespace: z.string().min(1), category: z.string() }),
  public_openpgp_keys: list,
  pgp_keys: list,
  distributions: list,
})
const key = z.object({ fingerprint: z.string().regex(/^[0-9A-Fa-f]{40,64}$/), url: https })
const rolie = z.object({ rolie: z.object({ feeds: z.array(z.object({ tlp_label: z.string(), url: https })) }) })
const directory = z.object({ directory_url: https })

export interface ProviderKey {
  /** Lower case. */
  readonly fingerprint: string
  readonly url: string
}

/** Where a provider lists its documents. */
export interface Distribution {
  readonly form: 'rolie' | 'directory'
  readonly url: string
}

export interface Metadata {
  readonly keys: readonly ProviderKey[]
  /** Public ones only (TLP:WHITE, CLEAR). */
  readonly distributions: readonly Distribution[]
  /** Feeds that are not for everybody and are left out: their labels. */
  readonly otherLabels: readonly string[]
}

const parts = <T>(shape: z.ZodType<T>, values: readonly unknown[] | undefined): readonly T[] =>
  (values ?? []).flatMap((value) => {
    const parsed = shape.safeParse(value)
    return parsed.success ? [parsed.data] : []
  })

const PUBLIC = ['WHITE', 'CLEAR']

const asDirectory = (url: string): string => (url.endsWith('/') ? url : `${url}/`)

/**
 * A provider-metadata.json in our words, or a sentence that says what came instead. Where a provider has feeds they count: directories
 * name neither signatures nor labels. A key without a fingerprint is none.
 */
export const readMetadata = (bytes: Uint8Array): Metadata | string => {
  const decoded = decodeJson(bytes)
  if (!decoded.ok) return decoded.problem
  const parsed = schema.safeParse(decoded.value)
  if (!parsed.success)
    return `It is no provider-metadata.json: ${parsed.error.issues[0]?.path.join('.') || 'its shape'} is not as expected.`
  const { distributions, public_openpgp_keys, pgp_keys } = parsed.data
  const feeds = parts(rolie, distributions).flatMap((one) => one.rolie.feeds)
  const open = feeds.filter((feed) => PUBLIC.includes(feed.tlp_label.toUpperCase()))
  const found: readonly Distribution[] =
    open.length > 0
      ? open.map(({ url }) => ({ form: 'rolie', url }))
      : parts(directory, distributions).map((one) => ({ form: 'directory', url: asDirectory(one.directory_url) }))
  return {
    keys: parts(key, [...(public_openpgp_keys ?? []), ...(pgp_keys ?? [])]).map((one) => ({
      ...one,
      fingerprint: one.fingerprint.toLowerCase(),
    })),
    distributions: found,
    otherLabels: feeds.filter((feed) => !open.includes(feed)).map((feed) => feed.tlp_label.slice(0, 20)),
  }
}
