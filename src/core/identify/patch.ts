import { type NamedHash, strongOf } from './named-files.ts'
import { line } from './text.ts'
import type { Check, CheckOutcome, Verdict } from './verification.ts'

/** A patch file as it lies there. */
export interface PatchFile {
  readonly name: string
  readonly bytes: number
  /** Lower-case hex. */
  readonly sha256: string
  readonly sha512: string
}

const check = (outcome: CheckOutcome, evidence: string): Check => ({ name: 'patch-hash', outcome, evidence })

/**
 * Is the file one that the bulletin names? A name that it gives with another hash is a failure, and so is the file of a version that it
 * calls affected; no word about it proves nothing.
 */
export function patchHashCheck(file: PatchFile, hashes: readonly NamedHash[]): Check {
  const strong = strongOf(hashes)
  const called = line(file.name, 100)
  const of = ({ algorithm }: NamedHash): string => (algorithm === 'sha512' ? file.sha512 : file.sha256)
  const hits = strong.filter((hash) => of(hash) === hash.value)
  const hit = hits.find(({ affected }) => !affected) ?? hits[0]
  if (hit?.affected)
    return check('fail', `${called} is a file of a version that the bulletin calls affected, not of the fix: ${hit.value}.`)
  if (hit) return check('pass', `${hit.algorithm.toUpperCase()} of ${called} is the one of the bulletin: ${hit.value}.`)
  const named = strong.find(({ fileName, affected }) => fileName !== '' && fileName === file.name && !affected)
  if (named)
    return check('fail', `The bulletin gives ${named.algorithm.toUpperCase()} ${named.value} for ${called}; the file has ${of(named)}.`)
  return strong.length === 0
    ? check('unavailable', 'The bulletin gives no SHA-256 or SHA-512 of any file.')
    : check('unavailable', `None of the ${strong.length} hashes in the bulletin is for ${called} (SHA-256 ${file.sha256}).`)
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
