import { canonicalJson, sha256Hex } from '../../../src/core/canonical.ts'
import type { Bulletin } from '../../../src/core/identify/bulletin.ts'
import type { Checked } from '../../../src/core/identify/judge.ts'
import { cvesIn, namesIn } from '../../../src/core/identify/names.ts'
import { severityWord } from '../../../src/core/identify/severity.ts'
import { line } from '../../../src/core/identify/text.ts'
import type { Check, CheckName, CheckOutcome } from '../../../src/core/identify/verification.ts'
import type { RawDocument } from '../../../src/ports.ts'
import { fileNameOf } from './ids.ts'
import { documentSchema, type FeedDocument } from './item.ts'

/** What of a feed's rule its items are checked by. */
export interface FeedRule {
  readonly id: string
  readonly url: string
  readonly publisher: string
  readonly domains: readonly string[]
}

const NOTHING = {
  workarounds: '',
  faq: '',
  patchInformation: { prerequisites: '', deployment: '', restart: '', removal: '', files: '', verification: '' },
} as const

/** A title that names no product ("Stable Channel Update for Desktop") is about whatever the publisher makes. */
const namesOf = (title: string, publisher: string): readonly string[] => {
  const names = namesIn(title)
  return names.length > 0 ? names : [line(publisher, 60).toLowerCase()]
}

/** An item's document in our words. A feed says which products, never which versions: it matches no host by itself. */
export const bulletinOf = (rule: Pick<FeedRule, 'id' | 'publisher' | 'url'>, item: FeedDocument): Bulletin => ({
  source: rule.id,
  vendorId: item.vendorId,
  revision: item.revision,
  title: item.title,
  publisher: { name: rule.publisher, namespace: new URL(rule.url).origin, category: 'feed' },
  ...(item.link === '' ? {} : { url: item.link }),
  publishedAt: item.publishedAt,
  updatedAt: item.updatedAt,
  severity: severityWord(item.severity) ?? 'none',
  updateType: 'security patch',
  vulnerabilities: cvesIn(item.title, item.text, item.link).map((cve) => ({ cve, severity: 'none', knownExploited: 'unknown' })),
  fixed: [],
  unfixed: [],
  names: namesOf(item.title, rule.publisher),
  restart: 'none stated',
  sections: {
    summary: { maximumSeverity: item.severity, impact: item.text, affectedSoftware: '', recommendation: '' },
    technicalDetails: { text: '', mitigatingFactors: '' },
    ...NOTHING,
    knowledgeBase: item.link === '' ? [] : [{ label: item.title, url: item.link }],
  },
})

const check = (name: CheckName, outcome: CheckOutcome, evidence: string): Check => ({ name, outcome, evidence })

const PROOF: readonly Check[] = [
  check('hash', 'not applicable', 'A feed publishes no hashes.'),
  check('signature', 'not applicable', 'A feed is not signed: it triggers, it never proves.'),
]

const hostOf = (address: string): string | null => (URL.canParse(address) ? new URL(address).hostname.toLowerCase() : null)

const namespaceCheck = (raw: RawDocument, item: FeedDocument, rule: FeedRule): Check => {
  const origin = raw.url === undefined ? null : hostOf(raw.url)
  if (origin === null) return check('namespace', 'unavailable', 'Where the feed was fetched from is not known any more.')
  const [feed, link] = [hostOf(rule.url), hostOf(item.link)]
  const led = item.link === '' ? 'The item has no link.' : `Its link leads to ${line(item.link, 300)}.`
  const evidence = `Fetched over https from ${origin}. ${led} The policy names ${rule.domains.join(', ')}.`
  const ours = (origin === feed || rule.domains.includes(origin)) && (item.link === '' || (link !== null && rule.domains.includes(link)))
  return check('namespace', ours && !item.link.startsWith('http:') ? 'pass' : 'fail', evidence)
}

const readItem = (bytes: Uint8Array): FeedDocument | string => {
  try {
    const parsed = documentSchema.safeParse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)))
    if (parsed.success) return parsed.data
    return `${parsed.error.issues[0]?.path.join('.')}: ${parsed.error.issues[0]?.message}`
  } catch {
    return 'it is no JSON'
  }
}

/** An item as a document: canonical, so that the same item is the same bytes. */
export const bytesOf = (item: FeedDocument): Uint8Array => new TextEncoder().encode(canonicalJson(item))

/** All checks of one item; with these it is UNCONFIRMED, and CORROBORATED once an independent origin confirms it. Never throws. */
export const checkItem = (raw: RawDocument, rule: FeedRule): Checked => {
  const digest = sha256Hex(new TextDecoder().decode(raw.bytes))
  const item = readItem(raw.bytes)
  if (typeof item === 'string') {
    const unread = (['file-name', 'namespace'] as const).map((name) => check(name, 'unavailable', 'Not checked: the item cannot be read.'))
    return { bulletin: null, digest, checks: [...PROOF, check('schema', 'fail', `It is no item of a feed: ${item}.`), ...unread] }
  }
  const expected = fileNameOf(item.vendorId)
  return {
    bulletin: bulletinOf(rule, item),
    digest,
    checks: [
      ...PROOF,
      check('schema', 'pass', 'The feed is well-formed, and the item has all that a notice needs.'),
      check('file-name', raw.fileName === expected ? 'pass' : 'fail', `${item.vendorId} is kept as ${expected}.`),
      namespaceCheck(raw, item, rule),
    ],
  }
}
