// Makes the sample bulletins' sidecars, their key, and the two documents that are made from the genuine openssl advisory.
// Run it with `node test/support/sign-sample.ts`: a new key replaces the old one, and its private half is gone when this ends.
import { createHash } from 'node:crypto'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createMessage, generateKey, type PrivateKey, sign } from 'openpgp'

const FOLDER = new URL('../../manifests/sample/csaf/', import.meta.url)
const OWNER = "Patchcrier sample key, not the vendor's"
// Fixed and later than every sample document, so that the signatures do not depend on the clock of whoever signs.
const KEY_DATE = new Date('2026-01-01T00:00:00Z')
const SIGNING_DATE = new Date('2026-01-02T00:00:00Z')

const OPENSSL = 'arrivals/01-openssl/rhsa-2023_3408.json'
const UNSIGNED = 'arrivals/02-kernel-rt/rhsa-2023_4378.json'
const TAMPERED = 'arrivals/06-openssl-tampered/rhsa-2023_3408.json'
const DERIVED = 'arrivals/07-openssl-derived/sample-2022_0001.json'
const DAY = 1_440

const HISTORY = ['rhsa-2021_3029', 'rhsa-2023_7207', 'rhsa-2024_0010', 'rhsa-2025_23414', 'va-24-201-01'].map(
  (name) => `history/${name}.json`,
)
const ARRIVALS = [
  { id: '01-openssl', afterMinutes: 0, file: OPENSSL, what: 'openssl advisory' },
  { id: '02-kernel-rt', afterMinutes: DAY, file: UNSIGNED, what: 'kernel-rt advisory, without a signature' },
  {
    id: '03-known-exploited',
    afterMinutes: 2 * DAY,
    file: 'arrivals/03-known-exploited/rhsa-2023_5835.json',
    what: 'advisory with a known exploited vulnerability',
  },
  {
    id: '04-webmethods',
    afterMinutes: 3 * DAY,
    file: 'arrivals/04-webmethods/va-24-254-01.json',
    what: 'CISA advisory for software that nobody here has',
  },
  {
    id: '05-adminer-revised',
    afterMinutes: 4 * DAY,
    file: 'arrivals/05-adminer-revised/va-24-201-01.json',
    what: 'revision of a CISA advisory',
  },
  { id: '06-openssl-tampered', afterMinutes: 5 * DAY, file: TAMPERED, what: 'tampered copy of the openssl advisory' },
  { id: '07-openssl-derived', afterMinutes: 21 * DAY, file: DERIVED, what: 'older openssl advisory (derived sample)' },
]

const bytesOf = (path: string): Promise<Buffer> => readFile(new URL(path, FOLDER))
const save = async (path: string, content: string | Uint8Array): Promise<void> => {
  const target = new URL(path, FOLDER)
  await mkdir(new URL('.', target), { recursive: true })
  await writeFile(target, content)
}

/** The genuine advisory with a lower fixed build: who believes it takes unpatched hosts for patched. */
const tampered = (genuine: string): string => genuine.replaceAll('1.1.1k-9.el8_6', '1.1.1k-4.el8_6')

const NOTICE = 'Derived by Patchcrier from RHSA-2023:3408 for a test; not a Red Hat advisory.'

interface Source {
  document: {
    title: string
    publisher: unknown
    tracking: unknown
    references: unknown
    notes: { category: string; title: string; text: string }[]
  }
  vulnerabilities: { cve: string; references?: unknown; remediations: { url?: string }[] }[]
}

/** An older advisory for the same stream and packages, made from the genuine one and marked so in title, notes, id and publisher. */
const derived = (genuine: string): string => {
  const value = JSON.parse(genuine.replaceAll('1.1.1k-9.el8_6', '1.1.1k-7.el8_6')) as Source
  const date = '2022-06-01T08:00:00Z'
  value.document.title = 'openssl security update (derived sample)'
  value.document.publisher = { category: 'other', name: 'Patchcrier sample', namespace: 'https://sample.patchcrier.invalid' }
  value.document.tracking = {
    id: 'SAMPLE-2022:0001',
    initial_release_date: date,
    current_release_date: date,
    version: '1',
    status: 'final',
    revision_history: [{ date, number: '1', summary: NOTICE }],
  }
  value.document.references = [
    {
      category: 'external',
      summary: 'The advisory that this sample was derived from',
      url: 'https://access.redhat.com/errata/RHSA-2023:3408',
    },
  ]
  const details =
    'Its fixed build is invented for the sample; the vulnerability and its score are copied from the original and only stand in.'
  value.document.notes = [
    {
      category: 'summary',
      title: 'Topic',
      text: `${NOTICE} An older update for openssl in Red Hat Enterprise Linux 8.6 Extended Update Support.`,
    },
    { category: 'general', title: 'Details', text: `${NOTICE} ${details}` },
    ...value.document.notes.filter((note) => note.category === 'legal_disclaimer'),
  ]
  value.vulnerabilities = value.vulnerabilities.filter((one) => one.cve === 'CVE-2022-4304')
  for (const one of value.vulnerabilities) for (const remediation of one.remediations) delete remediation.url
  return `${JSON.stringify(value, null, 2)}\n`
}

const hashLine = (path: string, bytes: Uint8Array): string =>
  `${createHash('sha512').update(bytes).digest('hex')}  ${path.split('/').at(-1)}\n`

const signatureOf = async (bytes: Uint8Array, signingKeys: PrivateKey): Promise<string> =>
  sign({ message: await createMessage({ binary: bytes }), signingKeys, detached: true, date: SIGNING_DATE })

const genuine = (await bytesOf(OPENSSL)).toString('utf8')
await save(DERIVED, derived(genuine))

const { privateKey, publicKey } = await generateKey({
  type: 'ecc',
  curve: 'ed25519Legacy',
  userIDs: [{ name: OWNER }],
  date: KEY_DATE,
  format: 'object',
})
for (const path of [...HISTORY, ...ARRIVALS.map((arrival) => arrival.file).filter((file) => file !== TAMPERED)]) {
  const bytes = await bytesOf(path)
  await save(`${path}.sha512`, hashLine(path, bytes))
  if (path === UNSIGNED) await rm(new URL(`${path}.asc`, FOLDER), { force: true })
  else await save(`${path}.asc`, await signatureOf(bytes, privateKey))
}
// The forger changes the document and keeps the sidecars of the genuine one.
await save(TAMPERED, tampered(genuine))
for (const sidecar of ['sha512', 'asc']) await save(`${TAMPERED}.${sidecar}`, await bytesOf(`${OPENSSL}.${sidecar}`))
await save('sample-key.asc', publicKey.armor())
const index = {
  key: 'sample-key.asc',
  keyFingerprint: publicKey.getFingerprint(),
  keyOwner: OWNER,
  namespaces: ['www.redhat.com', 'www.cisa.gov', 'sample.patchcrier.invalid'],
  history: HISTORY,
  arrivals: ARRIVALS,
}
await save('index.json', `${JSON.stringify(index, null, 2)}\n`)
