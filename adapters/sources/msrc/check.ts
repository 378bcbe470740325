import { createHash } from 'node:crypto'
import type { Checked } from '../../../src/core/identify/judge.ts'
import { line } from '../../../src/core/identify/text.ts'
import type { Check, CheckName, CheckOutcome } from '../../../src/core/identify/verification.ts'
import type { RawDocument } from '../../../src/ports.ts'
import type { PartResult } from './read.ts'

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

const namespaceCheck = (raw: RawDocument, rule: MsrcRule): Check => {
  if (raw.url === undefined) return check('namespace', 'unavailable', 'Where it was fetched from is not known any more.')
  const [wanted, found] = [new URL(rule.url).host, new URL(raw.url).host]
  return check('namespace', wanted === found ? 'pass' : 'fail', `Fetched over https from ${line(found, 200)}; the policy names ${wanted}.`)
}

/** All checks of one part that was read: UNCONFIRMED, and CORROBORATED once an independent origin confirms it. Never throws. */
export const checkPart = (raw: RawDocument, rule: MsrcRule, part: PartResult): Checked => {
  const digest = createHash('sha256').update(raw.bytes).digest('hex')
  if (!part.ok) {
    const unread = (['file-name', 'namespace'] as const).map((name) => check(name, 'unavailable', 'Not checked: the part cannot be read.'))
    return { bulletin: null, digest, checks: [...PROOF, check('schema', 'fail', `It is no part of a month: ${part.problem}.`), ...unread] }
  }
  const { bulletin } = part
  const expected = fileNameOf(bulletin.vendorId)
  return {
    bulletin,
    digest,
    checks: [
      ...PROOF,
      check('schema', 'pass', 'The month has the shape of CVRF, and the part has all that a notice needs.'),
      check('file-name', raw.fileName === expected ? 'pass' : 'fail', `${bulletin.vendorId} is kept as ${expected}.`),
      namespaceCheck(raw, rule),
    ],
  }
}
