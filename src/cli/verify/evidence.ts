import { type Evidence, evidenceSchema, recheck } from '../../core/identify/evidence.ts'
import { type Check, verdictOf } from '../../core/identify/verification.ts'
import { BAD, type Given, GOOD, Misuse, print, text } from '../command.ts'
import { bytesOf } from '../files.ts'
import { documentChecks } from './document.ts'
import { linkChecks } from './link.ts'
import { mailFacts } from './mail.ts'
import { hashCheck } from './patch.ts'
import { lines } from './told.ts'

/** Makes every check of an evidence again, without network, as of its time. Good only where all of it agrees and the verdict is a good one. */
export async function verifyEvidence(given: Given, file: string): Promise<number> {
  const evidence = await read(file)
  const then = recheck(evidence, await again(evidence, new Date(evidence.checkedAt)))
  const today = verdictOf(recheck(evidence, await again(evidence, new Date())).checks)
  const flaws = [...then.flaws, ...wrongKeys(evidence, text(given, 'fingerprint'))]
  const agrees = flaws.length === 0
  const { verdict, checks } = then
  print(
    given,
    { agrees, verdict, said: evidence.verdict, today, flaws, checkedAt: evidence.checkedAt, checks },
    inWords(evidence, { agrees, verdict, today, flaws, checks }),
  )
  return agrees && (verdict === 'AUTHENTIC' || verdict === 'CORROBORATED') ? GOOD : BAD
}

async function read(file: string): Promise<Evidence> {
  const bytes = await bytesOf(file)
  try {
    return evidenceSchema.parse(JSON.parse(bytes.toString('utf8')))
  } catch {
    throw new Misuse(`${file}: expected an evidence as verify --save or evidence writes it`)
  }
}

/** The checks of an evidence, made from its own bytes. */
async function again(
  { kind, name, url, redirectedFrom, bytes, sidecars, pinned, owned, dns, openpgp, patch }: Evidence,
  now: Date,
): Promise<readonly Check[]> {
  const raw = Buffer.from(bytes, 'base64')
  const { sha256, sha512, signature } = sidecars
  const beside = {
    ...(sha256 === undefined ? {} : { sha256 }),
    ...(sha512 === undefined ? {} : { sha512 }),
    ...(signature === undefined ? {} : { signature }),
    ...(url === null ? {} : { url }),
    ...(redirectedFrom === null ? {} : { redirectedFrom }),
  }
  switch (kind) {
    case 'document':
      return pinned === null ? [] : documentChecks({ fileName: name, bytes: raw, ...beside }, pinned, now)
    case 'patch':
      return pinned === null || patch === null
        ? []
        : [...(await documentChecks({ fileName: name, bytes: raw, ...beside }, pinned, now)), hashCheck(patch, raw)]
    case 'mail':
      return (await mailFacts(raw, now, { owned, stored: dns, openpgp })).checks
    case 'link':
      return linkChecks(name, owned) ?? []
    case 'stored':
      return []
    default:
      return kind satisfies never
  }
}

/** An evidence brings its own key: that it is the right one only its reader can know. */
function wrongKeys(evidence: Evidence, fingerprint: string | undefined): readonly string[] {
  if (fingerprint === undefined) return []
  const expected = fingerprint.toLowerCase()
  const found = keysIn(evidence)
  return (found.length === 0 ? ['none'] : found)
    .filter((one) => one !== expected)
    .map((one) => `The key in it is ${one}, not the expected ${expected}.`)
}

const keysIn = ({ pinned, openpgp }: Evidence): readonly string[] => [
  ...new Set([pinned?.keyFingerprint ?? '', ...(openpgp?.keys ?? []).map(({ fingerprint }) => fingerprint)].filter((one) => one !== '')),
]

interface Found {
  readonly agrees: boolean
  readonly verdict: string
  readonly today: string
  readonly flaws: readonly string[]
  readonly checks: readonly Check[]
}

const inWords = (evidence: Evidence, { agrees, verdict, today, flaws, checks }: Found): string => {
  const { name, checkedAt, kind, verdict: said } = evidence
  return [
    agrees
      ? `${verdict}: the evidence of ${name} agrees; it was checked ${checkedAt}.`
      : `DOES NOT AGREE: the evidence of ${name} says ${said}.`,
    ...flaws.map((flaw) => `  ${flaw}`),
    ...(today === verdict ? [] : [`Checked today it is ${today}: something has run out since.`]),
    ...lines(checks),
    ...keysIn(evidence).map((one) => `Pinned key ${one}: compare it with your policy, or give it by --fingerprint.`),
    ...(kind === 'stored' ? ['Nothing in it can be checked again but its seal: its publisher signs nothing.'] : []),
    '',
  ].join('\n')
}
