import { canonicalJson, sha256Hex } from '../../../src/core/canonical.ts'
import type { Checked } from '../../../src/core/identify/judge.ts'
import { line } from '../../../src/core/identify/text.ts'
import type { Check, CheckName, CheckOutcome } from '../../../src/core/identify/verification.ts'
import type { RawDocument } from '../../../src/ports.ts'
import { bulletinOf } from './bulletin.ts'
import { type Part, partSchema } from './part.ts'

/** What of a rule its parts are checked by. */
export interface MsrcRule {
  readonly id: string
  readonly url: string
}

const check = (name: CheckName, outcome: CheckOutcome, evidence: string): Check => ({ name, outcome, evidence })

const PROOF: readonly Check[] = [
  check('hash', 'not applicable', 'Microsoft publishes no hashes of its months.'),
  check('signature', 'not applicable', 'Microsoft signs no months.'),
]

/** The name under which a part is kept. */
export const fileNameOf = (vendorId: string): string => `${vendorId.toLowerCase()}.json`

/** A part as a document: canonical, so that the same part is the same bytes. */
export const bytesOf = (part: Part): Uint8Array => new TextEncoder().encode(canonicalJson(part))

const readPart = (bytes: Uint8Array): Part | string => {
  try {
    const parsed = partSchema.safeParse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)))
    if (parsed.success) return parsed.data
    return `${line(parsed.error.issues[0]?.path.join('.') ?? '', 100)}: ${line(parsed.error.issues[0]?.message ?? '', 200)}`
  } catch {
    return 'it is no JSON'
  }
}

const namespaceCheck = (raw: RawDocument, rule: MsrcRule): Check => {
  if (raw.url === undefined) return check('namespace', 'unavailable', 'Where it was fetched from is not known any more.')
  const [wanted, found] = [new URL(rule.url).host, new URL(raw.url).host]
  return check('namespace', wanted === found ? 'pass' : 'fail', `Fetched over https from ${line(found, 200)}; the policy names ${wanted}.`)
}

/** All checks of one part: UNCONFIRMED, and CORROBORATED once an independent origin confirms it. Never throws. */
export const checkPart = (raw: RawDocument, rule: MsrcRule): Checked => {
  const digest = sha256Hex(new TextDecoder().decode(raw.bytes))
  const part = readPart(raw.bytes)
  if (typeof part === 'string') {
    const unread = (['file-name', 'namespace'] as const).map((name) => check(name, 'unavailable', 'Not checked: the part cannot be read.'))
    return { bulletin: null, digest, checks: [...PROOF, check('schema', 'fail', `It is no part of a month: ${part}.`), ...unread] }
  }
  const expected = fileNameOf(part.vendorId)
  return {
    bulletin: bulletinOf(rule.id, new URL(rule.url).origin, part),
    digest,
    checks: [
      ...PROOF,
      check('schema', 'pass', 'The month has the shape of CVRF, and the part has all that a notice needs.'),
      check('file-name', raw.fileName === expected ? 'pass' : 'fail', `${part.vendorId} is kept as ${expected}.`),
      namespaceCheck(raw, rule),
    ],
  }
}
