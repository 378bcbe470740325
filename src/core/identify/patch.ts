import { line } from './text.ts'
import type { Check, CheckOutcome, Verdict } from './verification.ts'

/** A hash that a bulletin gives for a file (CSAF 3.1.3.3.2: `hashes[].file_hashes[]` and its `filename`). */
export interface NamedHash {
  readonly fileName: string
  readonly algorithm: string
  /** Lower-case hex. */
  readonly value: string
}

/** A patch file as it lies there. */
export interface PatchFile {
  readonly name: string
  readonly bytes: number
  /** Lower-case hex. */
  readonly sha256: string
  readonly sha512: string
}

const DEEPEST = 60
const MOST = 10_000

/** Every file hash in a document, wherever it stands. Walked without recursion: depth is the sender's to choose. */
export function namedHashes(document: unknown): readonly NamedHash[] {
  const found: NamedHash[] = []
  const open: { readonly value: unknown; readonly depth: number }[] = [{ value: document, depth: 0 }]
  for (let next = open.pop(); next !== undefined && found.length < MOST; next = open.pop()) {
    const { value, depth } = next
    if (value === null || typeof value !== 'object' || depth > DEEPEST) continue
    found.push(...hashesOf(value))
    for (const one of Object.values(value)) open.push({ value: one, depth: depth + 1 })
  }
  return found
}

function hashesOf(value: object): readonly NamedHash[] {
  if (!('file_hashes' in value) || !Array.isArray(value.file_hashes)) return []
  const fileName = 'filename' in value && typeof value.filename === 'string' ? value.filename : ''
  return value.file_hashes.flatMap((one: unknown) => {
    if (one === null || typeof one !== 'object' || !('algorithm' in one) || !('value' in one)) return []
    return [
      {
        fileName,
        algorithm: String(one.algorithm)
          .toLowerCase()
          .replace(/[^a-z0-9]/g, ''),
        value: String(one.value).toLowerCase(),
      },
    ]
  })
}

/** Only these prove anything: collisions of the older ones can be made. */
const STRONG = ['sha256', 'sha512'] as const

const check = (outcome: CheckOutcome, evidence: string): Check => ({ name: 'patch-hash', outcome, evidence })

/** Is the file one that the bulletin names? A name that it gives with another hash is a failure; no word about it proves nothing. */
export function patchHashCheck(file: PatchFile, hashes: readonly NamedHash[]): Check {
  const strong = hashes.filter(({ algorithm }) => STRONG.some((one) => one === algorithm))
  const hit = strong.find(({ algorithm, value }) => file[algorithm as (typeof STRONG)[number]] === value)
  if (hit) return check('pass', `${hit.algorithm.toUpperCase()} of ${line(file.name, 100)} is the one of the bulletin: ${hit.value}.`)
  const named = strong.find(({ fileName }) => fileName !== '' && fileName === file.name)
  if (named)
    return check(
      'fail',
      `The bulletin gives ${named.algorithm.toUpperCase()} ${named.value} for ${line(file.name, 100)}; the file has ${file[named.algorithm as (typeof STRONG)[number]]}.`,
    )
  return strong.length === 0
    ? check('unavailable', 'The bulletin gives no SHA-256 or SHA-512 of any file.')
    : check('unavailable', `None of the ${strong.length} hashes in the bulletin is for ${line(file.name, 100)} (SHA-256 ${file.sha256}).`)
}

/** What one bulletin says of files. */
export interface BulletinHashes {
  readonly vendorId: string
  readonly verdict: Verdict
  readonly hashes: readonly NamedHash[]
}

/**
 * The file against all bulletins of a change. One that gives another hash is a failure, whatever its own proof; only an AUTHENTIC one
 * proves (VERIFICATION.md: the hash against the authenticated bulletin).
 */
export function patchHashOf(file: PatchFile, bulletins: readonly BulletinHashes[]): Check {
  const answers = bulletins.map((bulletin) => ({ bulletin, answer: patchHashCheck(file, bulletin.hashes) }))
  const failed = answers.find(({ answer }) => answer.outcome === 'fail')
  if (failed) return failed.answer
  const passed = answers.filter(({ answer }) => answer.outcome === 'pass')
  const proved = passed.find(({ bulletin }) => bulletin.verdict === 'AUTHENTIC')
  if (proved) return proved.answer
  const [hit] = passed
  if (hit)
    return check(
      'unavailable',
      `${hit.bulletin.vendorId} names this hash, and is ${hit.bulletin.verdict}, not AUTHENTIC: that proves nothing.`,
    )
  return answers[0]?.answer ?? check('unavailable', 'The change has no bulletin that could name a file.')
}
