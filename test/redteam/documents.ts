// Attacks on published documents: each is made from a genuine one, re-signed with a test key.
import { createHash } from 'node:crypto'
import type { CsafChecker } from '../../adapters/sources/csaf/index.ts'
import type { Pinned } from '../../adapters/sources/csaf/pinned.ts'
import { corroboration } from '../../src/core/identify/corroborate.ts'
import type { KnownRevision } from '../../src/core/identify/history.ts'
import { judge } from '../../src/core/identify/judge.ts'
import { type Check, type Verdict, verdictOf } from '../../src/core/identify/verification.ts'
import type { RawDocument } from '../../src/ports.ts'
import { aBulletin } from '../support/bulletin.ts'
import { type Signer, signatureOf } from '../support/csaf.ts'
import type { Case } from './case.ts'

/** A genuine document and those who sign: its publisher, somebody else, and a publisher whose key has expired. */
export interface Material {
  readonly checker: CsafChecker
  readonly now: Date
  readonly publisher: Signer
  readonly stranger: Signer
  readonly expired: Signer
}

export interface Original {
  readonly fileName: string
  readonly bytes: Uint8Array
}

interface Tried {
  readonly raw: RawDocument
  readonly rule: Pinned
  readonly key: string
  readonly known?: readonly KnownRevision[]
  /** Checks that are put beside: what somebody independent says. */
  readonly more?: readonly Check[]
}

const sha512 = (bytes: Uint8Array): string => createHash('sha512').update(bytes).digest('hex')

const bytesOf = (text: string): Uint8Array => Buffer.from(text, 'utf8')

const confirmed: Check = { name: 'corroboration', outcome: 'pass', evidence: 'x' }

/** The document as its publisher puts it out, all sidecars right. */
async function publishedBy(signer: Signer, { fileName, bytes }: Original, date?: Date): Promise<RawDocument> {
  return { fileName, bytes, sha512: `${sha512(bytes)}  ${fileName}\n`, signature: await signatureOf(bytes, signer, date) }
}

const without = (raw: RawDocument, ...names: readonly ('sha512' | 'signature')[]): RawDocument =>
  Object.fromEntries(Object.entries(raw).filter(([name]) => !names.some((one) => one === name))) as unknown as RawDocument

const flipped = (bytes: Uint8Array, at: number): Uint8Array => {
  const copy = Uint8Array.from(bytes)
  copy[at] = (copy[at] ?? 0) ^ 1
  return copy
}

interface Csaf {
  document: {
    title: string
    publisher: { namespace: string }
    tracking: { id: string; version: string; current_release_date: string; revision_history: { number: string }[] }
  }
}

const edited = ({ fileName, bytes }: Original, edit: (document: Csaf) => void, name = fileName): Original => {
  const document = JSON.parse(Buffer.from(bytes).toString('utf8')) as Csaf
  edit(document)
  return { fileName: name, bytes: bytesOf(JSON.stringify(document)) }
}

/** What is stored of a document that came before. */
const stored = ({ bytes }: Original, { tracking }: Csaf['document'], change: Partial<KnownRevision> = {}): KnownRevision => ({
  vendorId: tracking.id,
  revision: tracking.version,
  updatedAt: new Date(tracking.current_release_date).toISOString(),
  digest: createHash('sha256').update(bytes).digest('hex'),
  verdict: 'AUTHENTIC',
  bulletin: aBulletin({ vendorId: tracking.id }),
  ...change,
})

type Attack = (one: Original, other: Original, m: Material) => Promise<Omit<Tried, 'rule' | 'key'> & Partial<Pick<Tried, 'rule' | 'key'>>>

const headOf = ({ bytes }: Original): Csaf['document'] => (JSON.parse(Buffer.from(bytes).toString('utf8')) as Csaf).document

const namespaced =
  (namespace: string): Attack =>
  async (one, _, { publisher }) => ({
    raw: await publishedBy(
      publisher,
      edited(one, (document) => {
        document.document.publisher.namespace = namespace
      }),
    ),
  })

/** Bytes that are no such document at all, put out by who can write the publisher's folder but has not its key. */
const instead =
  (bytes: Uint8Array): Attack =>
  async ({ fileName }) => ({
    raw: { fileName, bytes, sha512: `${sha512(bytes)}  ${fileName}\n` },
    more: [confirmed],
  })

const ATTACKS: Readonly<Record<string, Attack>> = {
  'a byte in the middle is another': async (one, _, { publisher }) => ({
    raw: { ...(await publishedBy(publisher, one)), bytes: flipped(one.bytes, Math.floor(one.bytes.length / 2)) },
    more: [confirmed],
  }),
  'the last byte is another': async (one, _, { publisher }) => ({
    raw: { ...(await publishedBy(publisher, one)), bytes: flipped(one.bytes, one.bytes.length - 1) },
  }),
  'a blank is added': async (one, _, { publisher }) => ({
    raw: { ...(await publishedBy(publisher, one)), bytes: Buffer.concat([one.bytes, Buffer.from(' ')]) },
  }),
  'the end is missing': async (one, _, { publisher }) => ({
    raw: { ...(await publishedBy(publisher, one)), bytes: one.bytes.subarray(0, one.bytes.length - 100) },
  }),
  'a byte and its hash are others': async (one, _, { publisher }) => {
    const bytes = flipped(one.bytes, Math.floor(one.bytes.length / 3))
    return { raw: { ...(await publishedBy(publisher, one)), bytes, sha512: sha512(bytes) }, more: [confirmed] }
  },
  'the hash of another document': async (one, other, { publisher }) => ({
    raw: { ...(await publishedBy(publisher, one)), sha512: sha512(other.bytes) },
    more: [confirmed],
  }),
  'the signature of another document': async (one, other, { publisher }) => ({
    raw: { ...(await publishedBy(publisher, one)), signature: await signatureOf(other.bytes, publisher) },
    more: [confirmed],
  }),
  'all sidecars of another document': async (one, other, { publisher }) => ({
    raw: { ...(await publishedBy(publisher, other)), fileName: one.fileName, bytes: one.bytes },
  }),
  'a weaker hash that is wrong beside a right one': async (one, other, { publisher }) => ({
    raw: { ...(await publishedBy(publisher, one)), sha256: createHash('sha256').update(other.bytes).digest('hex') },
  }),
  'a hash that is none': async (one, _, { publisher }) => ({ raw: { ...(await publishedBy(publisher, one)), sha512: 'good' } }),
  'the signature is stripped': async (one, _, { publisher }) => ({ raw: without(await publishedBy(publisher, one), 'signature') }),
  'the hash is stripped': async (one, _, { publisher }) => ({ raw: without(await publishedBy(publisher, one), 'sha512') }),
  'both are stripped': async (one, _, { publisher }) => ({ raw: without(await publishedBy(publisher, one), 'sha512', 'signature') }),
  'a signature that is none': async (one, _, { publisher }) => ({
    raw: { ...(await publishedBy(publisher, one)), signature: '-----BEGIN PGP SIGNATURE-----\n\nAAAA\n-----END PGP SIGNATURE-----' },
    more: [confirmed],
  }),
  'an empty signature': async (one, _, { publisher }) => ({
    raw: { ...(await publishedBy(publisher, one)), signature: '' },
    more: [confirmed],
  }),
  'signed by a stranger': async (one, _, { stranger }) => ({ raw: await publishedBy(stranger, one), more: [confirmed] }),
  'signed by a stranger, whose key lies beside it': async (one, _, { stranger, publisher }) => ({
    raw: await publishedBy(stranger, one),
    rule: publisher.rule,
    key: stranger.keyArmored,
    more: [confirmed],
  }),
  'signed by a stranger, both keys beside it': async (one, _, { stranger, publisher }) => ({
    raw: await publishedBy(stranger, one),
    key: `${publisher.keyArmored}\n${stranger.keyArmored}`,
    more: [confirmed],
  }),
  'the key has expired': async (one, _, { expired }) => ({
    raw: await publishedBy(expired, one),
    rule: expired.rule,
    key: expired.keyArmored,
  }),
  'signed in the future': async (one, _, { publisher, now }) => ({
    raw: await publishedBy(publisher, one, new Date(now.getTime() + 30 * 86_400_000)),
  }),
  'an older version than the known one': async (one, _, { publisher }) => ({
    raw: await publishedBy(publisher, one),
    known: [stored(one, headOf(one), { revision: '999', updatedAt: '2026-11-01T00:00:00.000Z', digest: 'f'.repeat(64) })],
  }),
  'the same version with an older date': async (one, _, { publisher }) => ({
    raw: await publishedBy(publisher, one),
    known: [stored(one, headOf(one), { updatedAt: '2026-11-01T00:00:00.000Z', digest: 'f'.repeat(64) })],
  }),
  'the same id, version and date with other words': async (one, _, { publisher }) => ({
    raw: await publishedBy(
      publisher,
      edited(one, (document) => {
        document.document.title = `${document.document.title} (corrected)`
      }),
    ),
    known: [stored(one, headOf(one))],
  }),
  'the id of another document': async (one, other, { publisher }) => ({
    raw: await publishedBy(
      publisher,
      edited(one, (document) => {
        document.document.tracking.id = headOf(other).tracking.id
      }),
    ),
    known: [stored(other, headOf(other), { updatedAt: '2026-11-01T00:00:00.000Z' })],
  }),
  'a name that its id does not have': async (one, _, { publisher }) => ({
    raw: { ...(await publishedBy(publisher, one)), fileName: 'rhsa-2099_0001.json' },
  }),
  'a path for a name': async (one, _, { publisher }) => ({
    raw: { ...(await publishedBy(publisher, one)), fileName: `../${one.fileName}` },
  }),
  'a namespace that goes on': namespaced('https://www.redhat.com.evil.example'),
  'a namespace with letters of another alphabet': namespaced('https://www.r\u0435dhat.com'),
  'a namespace in front of an @': namespaced('https://www.redhat.com@evil.example'),
  'a namespace of another': namespaced('https://www.example.com'),
  'a namespace that is no web address': namespaced('ftp://www.redhat.com'),
  'another site answered': async (one, _, { publisher }) => ({
    raw: {
      ...without(await publishedBy(publisher, one), 'signature'),
      url: 'https://evil.example/x.json',
      redirectedFrom: 'https://www.redhat.com/x.json',
    },
    more: [confirmed],
  }),
  'a web page instead': instead(bytesOf('<!doctype html><html><body>Not found</body></html>')),
  'nothing instead': instead(new Uint8Array()),
  'other JSON instead': instead(bytesOf('{"document":{}}')),
  'a list instead': instead(bytesOf('[]')),
  'a mark in front': async (one, _, { publisher }) => ({
    raw: await publishedBy(publisher, { ...one, bytes: Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), one.bytes]) }),
  }),
  'another encoding': async (one, _, { publisher }) => ({
    raw: await publishedBy(publisher, { ...one, bytes: Buffer.from(Buffer.from(one.bytes).toString('utf8'), 'utf16le') }),
  }),
  'signed by the publisher, and malformed': async (one, _, { publisher }) => ({
    raw: await publishedBy(
      publisher,
      edited(one, (document) => {
        document.document.tracking.revision_history = []
      }),
    ),
    more: [confirmed],
  }),
  'unsigned, and confirmed by its own publisher only': async (one, _, { publisher }) => {
    const teller = { operator: 'redhat.com', name: 'x', story: 's', cves: ['CVE-2026-1'], products: ['openssl'] }
    return {
      raw: without(await publishedBy(publisher, one), 'signature'),
      more: [corroboration({ ...teller, publisher: 'x' }, [teller], [])],
    }
  },
  'unsigned, and confirmed for another product only': async (one, _, { publisher }) => {
    const teller = { operator: 'redhat.com', name: 'x', story: 's', cves: ['CVE-2026-1'], products: ['openssl'] }
    return {
      raw: without(await publishedBy(publisher, one), 'signature'),
      more: [corroboration({ ...teller, publisher: 'x' }, [{ ...teller, operator: 'example.org', story: 't', products: ['curl'] }], [])],
    }
  },
}

async function verdictFor(tried: Tried, { checker, now }: Material): Promise<Verdict> {
  const checked = await checker.checkDocument(tried.raw, tried.rule, tried.key, now)
  const { verification } = judge({ checked, known: tried.known ?? [], now: now.toISOString() })
  return verdictOf([...verification.checks, ...(tried.more ?? [])])
}

/** The originals as they are, and every attack on each. */
export function documentCases(originals: readonly Original[], material: Material): readonly Case[] {
  const { publisher } = material
  const pinned = { rule: publisher.rule, key: publisher.keyArmored }
  return originals.flatMap((one, i): readonly Case[] => {
    const other = originals[(i + 1) % originals.length] ?? one
    return [
      {
        name: `${one.fileName}: untouched`,
        genuine: true,
        run: async () => verdictFor({ raw: await publishedBy(publisher, one), ...pinned }, material),
      },
      ...Object.entries(ATTACKS).map(
        ([name, attack]): Case => ({
          name: `${one.fileName}: ${name}`,
          genuine: false,
          run: async () => verdictFor({ ...pinned, ...(await attack(one, other, material)) }, material),
        }),
      ),
    ]
  })
}
