import { type Evidence, evidenceSchema, type Recheck, recheck } from '../../core/identify/evidence.ts'
import { line } from '../../core/identify/text.ts'
import { type Check, type CheckName, rungOf, type Verdict } from '../../core/identify/verification.ts'
import { BAD, type Given, GOOD, Misuse, print, text } from '../command.ts'
import { bytesOf } from '../files.ts'
import { again } from './again.ts'
import { fileAgain } from './patch-again.ts'
import { shown } from './told.ts'
import { ownerless, strangePackageKeys, type Trust, trustIn, withText } from './trust.ts'

/**
 * Makes every check of an evidence again, without network, as of its time. Good only where all of it agrees and the evidence itself proves a
 * good verdict, by a key that is known here or was named, and that still speaks: anybody can write a file that agrees with itself.
 */
export async function verifyEvidence(given: Given, file: string): Promise<number> {
  const read = await readEvidence(file)
  const trust = await trustIn(given, read)
  const evidence = ownerless(read, trust.owner)
  const then = recheck(read, await again(evidence, new Date(read.checkedAt)))
  const today = recheck(read, await again(withText(evidence, trust.text), new Date()))
  const { flaws: ofFile, confirmed } = await fileAgain(given, read)
  const flaws = [...then.flaws, ...wrongKeys(read, text(given, 'fingerprint')), ...ofFile]
  const agrees = flaws.length === 0
  const { verdict, checks } = then
  const doubts = agrees ? doubtsOf(read, then, today, trust) : []
  const proved = doubts.length === 0 ? then.proved : lower(then.proved, 'UNCONFIRMED')
  const claimed = then.claimed.filter((name) => !confirmed.includes(name))
  const notes = [...unknownSince(then, trust), ...(await strangePackageKeys(given, read)).map(strange)]
  const found: Found = { agrees, verdict, proved, today: today.verdict, flaws, doubts, notes, checks, claimed }
  print(given, { ...found, said: read.verdict, checkedAt: read.checkedAt }, inWords(read, trust, found))
  return agrees && rungOf(proved) >= rungOf('CORROBORATED') ? GOOD : BAD
}

const lower = (a: Verdict, b: Verdict): Verdict => (rungOf(a) < rungOf(b) ? a : b)

async function readEvidence(file: string): Promise<Evidence> {
  const bytes = await bytesOf(file)
  try {
    return evidenceSchema.parse(JSON.parse(bytes.toString('utf8')))
  } catch {
    throw new Misuse(`${file}: expected an evidence as verify --save or evidence writes it`)
  }
}

/** Why an evidence that agrees with itself proves less than it says. */
function doubtsOf({ pinned, checkedAt }: Evidence, { verdict, proved }: Recheck, today: Recheck, trust: Trust): readonly string[] {
  if (proved !== verdict)
    return [`Who confirmed it is not in the evidence and cannot be checked again: for ${verdict} answers who wrote the evidence.`]
  if (verdict !== 'AUTHENTIC') return []
  const key = `Its key ${pinned?.keyFingerprint ?? ''}`
  if (!trust.trusted)
    return [
      trust.forOthers
        ? `${key} is known here, but not for all of ${pinned?.namespaces.join(', ')}.`
        : `${key} is none that is known here, and came with the evidence: compare it with one that you trust, and give it by --fingerprint.`,
    ]
  const signature = today.checks.find(({ name }) => name === 'signature')
  if (signature?.outcome === 'pass') return []
  return [
    `Checked today its signature does not hold: ${signature?.evidence ?? 'it was not checked.'}`,
    `That it was signed and checked before that, on ${checkedAt}, only the evidence says: whoever has got hold of the key since could write the same. It is as good as the place where it was kept.`,
  ]
}

/** A key that was revoked still looks good in an old text of it. */
const unknownSince = ({ verdict }: Recheck, { trusted, text }: Trust): readonly string[] =>
  verdict === 'AUTHENTIC' && trusted && text === ''
    ? ['Only the evidence has the text of its key: whether it was revoked since is not known here. --key FILE brings a newer one.']
    : []

const strange = (key: string): string =>
  `The package key ${key} is none that is known here, and came with the evidence: compare it with one that you trust, and give it by --package-fingerprint.`

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
  readonly verdict: Verdict
  readonly proved: Verdict
  readonly today: Verdict
  readonly flaws: readonly string[]
  readonly doubts: readonly string[]
  /** What its reader should know, and what does not change the verdict. */
  readonly notes: readonly string[]
  readonly checks: readonly Check[]
  /** Checks that stand there only as the evidence says. */
  readonly claimed: readonly CheckName[]
}

function inWords(evidence: Evidence, { owner }: Trust, found: Found): string {
  const { checkedAt, pinned } = evidence
  const { agrees, verdict, today, doubts, checks, claimed } = found
  const of = line(evidence.name, 200)
  const whose = owner === '' ? '; whose it is nobody here knows' : `: ${owner}`
  return shown([
    agrees
      ? `${found.proved}: the evidence of ${of} agrees${doubts.length > 0 ? ` with itself and says ${verdict}` : ''}; it was checked ${checkedAt}.`
      : `DOES NOT AGREE: the evidence of ${of} says ${evidence.verdict}.`,
    ...[...found.flaws, ...doubts, ...found.notes].map((one) => `  ${one}`),
    ...(today === verdict ? [] : [`Checked today it is ${today}: something has run out or was withdrawn since.`]),
    ...checks.map((one) => (claimed.includes(one.name) ? { ...one, evidence: `As the evidence says: ${one.evidence}` } : one)),
    ...keysIn(evidence).map((one) => `Pinned key ${one}${one === pinned?.keyFingerprint ? whose : ''}.`),
    ...(pinned === null || pinned.namespaces.length === 0 ? [] : [`It may speak for ${pinned.namespaces.join(', ')}.`]),
  ])
}
