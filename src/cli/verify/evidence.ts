import { type Evidence, evidenceSchema, type Recheck, recheck } from '../../core/identify/evidence.ts'
import { line } from '../../core/identify/text.ts'
import { type Check, rungOf, type Verdict, verdictOf } from '../../core/identify/verification.ts'
import { BAD, type Given, GOOD, Misuse, print, text } from '../command.ts'
import { bytesOf } from '../files.ts'
import { documentChecks } from './document.ts'
import { fileChecks } from './file.ts'
import { isKnownKey } from './known-keys.ts'
import { linkChecks } from './link.ts'
import { mailFacts } from './mail.ts'
import { fileFlaws, patchAgain } from './patch-again.ts'
import { shown } from './told.ts'

/**
 * Makes every check of an evidence again, without network, as of its time. Good only where all of it agrees and the evidence itself proves a
 * good verdict, by a key that is known here or was named: anybody can write a file that agrees with itself.
 */
export async function verifyEvidence(given: Given, file: string): Promise<number> {
  const evidence = await read(file)
  const then = recheck(evidence, await again(evidence, new Date(evidence.checkedAt)))
  const today = verdictOf(recheck(evidence, await again(evidence, new Date())).checks)
  const expected = text(given, 'fingerprint')
  const flaws = [...then.flaws, ...wrongKeys(evidence, expected), ...(await fileFlaws(given, evidence))]
  const agrees = flaws.length === 0
  const { verdict, checks } = then
  const doubts = agrees ? doubtsOf(evidence, then, expected !== undefined || (await isKnownKey(evidence))) : []
  const proved = doubts.length === 0 ? then.proved : lower(then.proved, 'UNCONFIRMED')
  print(
    given,
    { agrees, verdict, proved, said: evidence.verdict, today, flaws, doubts, checkedAt: evidence.checkedAt, checks },
    inWords(evidence, { agrees, verdict, proved, today, flaws, doubts, checks }),
  )
  return agrees && rungOf(proved) >= rungOf('CORROBORATED') ? GOOD : BAD
}

const lower = (a: Verdict, b: Verdict): Verdict => (rungOf(a) < rungOf(b) ? a : b)

/** Why an evidence that agrees with itself proves less than it says. */
function doubtsOf({ pinned }: Evidence, { verdict, proved }: Recheck, keyIsKnown: boolean): readonly string[] {
  if (proved !== verdict)
    return [`Who confirmed it is not in the evidence and cannot be checked again: for ${verdict} answers who wrote the evidence.`]
  if (verdict !== 'AUTHENTIC' || keyIsKnown) return []
  return [
    `Its key ${pinned?.keyFingerprint ?? ''} is none that is known here, and came with the evidence: compare it with one that you trust, and give it by --fingerprint.`,
  ]
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
async function again(evidence: Evidence, now: Date): Promise<readonly Check[]> {
  const { kind, name, url, redirectedFrom, bytes, sidecars, pinned, owned, dns, openpgp } = evidence
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
      return [
        ...(pinned === null ? [] : await documentChecks({ fileName: name, bytes: raw, ...beside }, pinned, now)),
        ...(await patchAgain(evidence, raw, now)),
      ]
    case 'mail':
      return (await mailFacts(raw, now, { owned, stored: dns, openpgp })).checks
    case 'file':
      return fileChecks(name, raw)
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
  readonly proved: string
  readonly today: string
  readonly flaws: readonly string[]
  readonly doubts: readonly string[]
  readonly checks: readonly Check[]
}

const inWords = (evidence: Evidence, { agrees, verdict, proved, today, flaws, doubts, checks }: Found): string => {
  const { name, checkedAt, pinned, verdict: said } = evidence
  const of = line(name, 200)
  return shown([
    agrees
      ? `${proved}: the evidence of ${of} agrees${doubts.length > 0 ? ` with itself and says ${verdict}` : ''}; it was checked ${checkedAt}.`
      : `DOES NOT AGREE: the evidence of ${of} says ${said}.`,
    ...[...flaws, ...doubts].map((one) => `  ${one}`),
    ...(today === verdict ? [] : [`Checked today it is ${today}: something has run out since.`]),
    ...checks,
    ...keysIn(evidence).map((one) => `Pinned key ${one}.`),
    ...(pinned === null || pinned.namespaces.length === 0 ? [] : [`It may speak for ${pinned.namespaces.join(', ')}.`]),
  ])
}
