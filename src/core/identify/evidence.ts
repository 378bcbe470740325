import { z } from 'zod'
import { canonicalJson, sha256Hex } from '../canonical.ts'
import { CHECK_NAMES, type Check, OUTCOMES, RULES_VERSION, type Verdict, verdictOf } from './verification.ts'

const hex64 = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 hex digits')
const instant = z.iso.datetime()
const check = z.strictObject({ name: z.enum(CHECK_NAMES), outcome: z.enum(OUTCOMES), evidence: z.string() })

/** What was pinned when it was checked, with the text of the key. */
export const pinnedKeySchema = z.strictObject({
  keyFingerprint: z.string(),
  keyOwner: z.string(),
  namespaces: z.array(z.string()).readonly(),
  /** Armoured public key. */
  key: z.string(),
})
export type PinnedKey = z.infer<typeof pinnedKeySchema>

const dnsAnswer = z.strictObject({
  name: z.string(),
  type: z.string(),
  answer: z.union([z.array(z.array(z.string()).readonly()).readonly(), z.strictObject({ error: z.string() })]),
})

const owned = z.array(z.strictObject({ name: z.string(), domains: z.array(z.string()).readonly() })).readonly()

/** Which keys were pinned for senders of mails, and how much of a mail was judged. */
const openpgp = z.strictObject({
  keys: z.array(z.strictObject({ from: z.string(), fingerprint: z.string(), owner: z.string(), key: z.string() })).readonly(),
  judged: z.enum(['all', 'signed']),
})

/** What the checks of a mail rest on beside its bytes: what the DNS answered, whose hosts counted as somebody's own, which keys were pinned. */
export const sentProofSchema = z.strictObject({ dns: z.array(dnsAnswer).readonly(), owned, openpgp: openpgp.optional() })
export type SentProof = z.infer<typeof sentProofSchema>

/** What proves a package of an archive, complete. */
const archive = z.strictObject({
  release: z.string(),
  keys: z.base64(),
  pinned: z.array(z.string()).readonly(),
  index: z.strictObject({ path: z.string(), bytes: z.base64() }),
})

const signer = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('organisation'), name: z.string() }),
  z.strictObject({ kind: z.literal('key'), id: z.string() }),
])

const body = z.strictObject({
  format: z.literal('patchcrier-evidence'),
  v: z.literal(1),
  /** Version of the rules that made the verdict. */
  rules: z.number().int().positive(),
  /** `stored`: a bulletin of a kind that carries no proof of its own, as the bot took it in. */
  kind: z.enum(['document', 'mail', 'link', 'file', 'patch', 'stored']),
  /** Name of the file, or the address. */
  name: z.string().min(1),
  url: z.url().nullable(),
  redirectedFrom: z.url().nullable(),
  /** The bytes that were judged, base64. Of a patch: those of its bulletin. */
  bytes: z.base64(),
  sidecars: z.strictObject({ sha256: z.string().optional(), sha512: z.string().optional(), signature: z.string().optional() }),
  pinned: pinnedKeySchema.nullable(),
  /** Hosts that counted as somebody's own by the policy, beside the table of the program. */
  owned,
  dns: z.array(dnsAnswer).readonly(),
  /** Of a mail; absent: no signature of OpenPGP was looked at. */
  openpgp: openpgp.optional(),
  /** Of a patch file: its name, size and hashes. The file itself is not in here. */
  patch: z.strictObject({ name: z.string(), bytes: z.number(), sha256: hex64, sha512: z.string() }).nullable(),
  /** Who a tool said had signed it; absent: nobody whose signature held. */
  signer: signer.optional(),
  /** Fingerprints that were pinned for packages. */
  packageKeys: z.array(z.string()).readonly().optional(),
  archive: archive.optional(),
  checkedAt: instant,
  checks: z.array(check).min(1).readonly(),
  verdict: z.enum(['BOGUS', 'QUARANTINED', 'UNCONFIRMED', 'CORROBORATED', 'AUTHENTIC']),
})

/** Everything that a verdict rests on, so that it can be checked again without network and without the bot. */
export type EvidenceBody = z.infer<typeof body>

export const evidenceSchema = body.extend({
  /** SHA-256 over the canonical JSON of all the rest: a changed byte shows. It is no signature. */
  seal: hex64,
})
export type Evidence = z.infer<typeof evidenceSchema>

/** Checks that compare with what was known at the time: they are remembered, not made again. */
const REMEMBERED: readonly Check['name'][] = ['rollback', 'contradiction', 'corroboration']

/**
 * Checks that rest on what a tool on the machine said about a file which is not in the evidence: they are remembered where they are not made
 * again, and even then from what the evidence says the tool had said.
 */
const TOOLS: readonly Check['name'][] = ['code-signature', 'code-signer']

/** What is `stored` has no proof in it, so that every one of its checks is only claimed; of the others who confirmed it. */
const isClaimed = (kind: EvidenceBody['kind'], name: Check['name']): boolean => kind === 'stored' || name === 'corroboration'

/** Closes an evidence: from now on a change shows. */
export const sealed = (evidence: Omit<EvidenceBody, 'format' | 'v' | 'rules'>): Evidence => {
  const whole: EvidenceBody = { format: 'patchcrier-evidence', v: 1, rules: RULES_VERSION, ...evidence }
  return { ...whole, seal: sealOf(whole) }
}

const sealOf = (whole: EvidenceBody): string => sha256Hex(canonicalJson(whole))

/** What checking again found. Agrees only without a single flaw. */
export interface Recheck {
  readonly agrees: boolean
  /** As it comes out now, by today's rules and the time of the evidence. */
  readonly verdict: Verdict
  /**
   * As high as what is in the evidence proves it by itself, whoever wrote it. Lower than `verdict` where that rests on what was claimed:
   * anybody can write a claim and seal it.
   */
  readonly proved: Verdict
  readonly checks: readonly Check[]
  /** Those of them that stand there only as the evidence says. */
  readonly claimed: readonly Check['name'][]
  readonly flaws: readonly string[]
}

/**
 * An evidence against `again`, the checks that were made from its bytes just now (as of its time). Pure: what cannot be made again is taken
 * from it. Source: VERIFICATION.md, "Evidence is stored so that the verdict can be checked again later".
 */
export function recheck(evidence: Evidence, again: readonly Check[]): Recheck {
  const { seal, ...whole } = evidence
  const made = evidence.kind === 'stored' ? [] : again.filter(({ name }) => !REMEMBERED.includes(name))
  const anew = (name: Check['name']): boolean => made.some((one) => one.name === name)
  const kept = evidence.checks.filter(
    ({ name }) => REMEMBERED.includes(name) || (TOOLS.includes(name) && !anew(name)) || evidence.kind === 'stored',
  )
  const checks = [...made, ...kept]
  const verdict = verdictOf(checks)
  const proved = verdictOf(checks.map((one) => (one.outcome === 'pass' && isClaimed(evidence.kind, one.name) ? unproved(one) : one)))
  const flaws = [
    ...(sealOf(whole) === seal ? [] : ['The seal does not fit: something in the evidence was changed after it was written.']),
    ...(evidence.rules === RULES_VERSION
      ? []
      : [`It was judged by version ${evidence.rules} of the rules; these are version ${RULES_VERSION}.`]),
    ...(verdictOf(evidence.checks) === evidence.verdict
      ? []
      : [`Its own checks give ${verdictOf(evidence.checks)}, not ${evidence.verdict}.`]),
    ...(evidence.kind === 'stored' && verdict === 'AUTHENTIC'
      ? ['It says AUTHENTIC, and has no signature in it that could be checked.']
      : []),
    ...differing(evidence.checks, checks),
    ...(verdict === evidence.verdict ? [] : [`It says ${evidence.verdict}; checked again it is ${verdict}.`]),
  ]
  const claimed = checks.map(({ name }) => name).filter((name) => TOOLS.includes(name) || kept.some((one) => one.name === name))
  return { agrees: flaws.length === 0, verdict, proved, checks, claimed: [...new Set(claimed)], flaws }
}

const unproved = (check: Check): Check => ({ ...check, outcome: 'unavailable' })

const outcomes = (checks: readonly Check[]): ReadonlyMap<string, string> =>
  new Map(
    [...Map.groupBy(checks, ({ name }) => name)].map(([name, all]) => [
      name,
      all
        .map(({ outcome }) => outcome)
        .sort()
        .join(', '),
    ]),
  )

function differing(before: readonly Check[], after: readonly Check[]): readonly string[] {
  const [old, now] = [outcomes(before), outcomes(after)]
  const names = [...new Set([...old.keys(), ...now.keys()])].sort()
  return names
    .filter((name) => old.get(name) !== now.get(name))
    .map((name) => `Check "${name}" was ${old.get(name) ?? 'not made'}; made again it is ${now.get(name) ?? 'not there'}.`)
}
