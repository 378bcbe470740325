import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { decodeJson } from '../../../adapters/sources/csaf/json.ts'
import { attachmentKind } from '../../core/identify/attachment.ts'
import { judgeFile } from '../../core/identify/sent.ts'
import { line } from '../../core/identify/text.ts'
import type { Check } from '../../core/identify/verification.ts'
import type { Given } from '../command.ts'
import { bytesOf } from '../files.ts'
import { FACTS, tell } from './told.ts'

/** Any other file. It is not opened, and nothing proves it. */
export async function verifyFile(given: Given, file: string): Promise<number> {
  const bytes = await bytesOf(file)
  const name = basename(file)
  const checks = fileChecks(name, bytes)
  return tell(given, { ...FACTS, kind: 'file', name, bytes: bytes.toString('base64'), checkedAt: new Date().toISOString(), checks }, null)
}

/** How the file came here is not known, and that is what matters of a patch: one that was sent is forged, one that was fetched need not be. */
export const fileChecks = (name: string, bytes: Uint8Array): readonly Check[] => {
  const harmless = attachmentKind(name, '', bytes) === 'other'
  return judgeFile(name, bytes, '').checks.map((check) =>
    check.name === 'attachment' && !harmless ? { ...check, outcome: 'unavailable', evidence: fetchedOrSent(name) } : check,
  )
}

const fetchedOrSent = (name: string): string =>
  `"${line(name, 100)}" can do something to a machine. If it was sent to you as a patch, it is a forgery: vendors never send patches. If you fetched it yourself, check it by its bulletin: verify --patch FILE --bulletin FILE.`

/**
 * Does it pass for a bulletin with a proof of its own: is it called `.json`, and is a proof beside it, or is it a CSAF document by its shape?
 * What cannot be read is one, too: a broken one. Downloads of any kind have signatures and hashes beside them.
 */
export async function isBulletin(file: string): Promise<boolean> {
  if (!/\.json$/i.test(file)) return false
  if (['.asc', '.sha256', '.sha512'].some((ending) => existsSync(`${file}${ending}`))) return true
  const read = decodeJson(await bytesOf(file))
  return !read.ok || (typeof read.value === 'object' && read.value !== null && 'document' in read.value)
}
