import { createHash } from 'node:crypto'
import type { Checked } from '../../../src/core/identify/judge.ts'
import { revisionOf } from '../../../src/core/identify/revision.ts'
import { line } from '../../../src/core/identify/text.ts'
import type { Check, CheckName, CheckOutcome } from '../../../src/core/identify/verification.ts'
import type { RawDocument } from '../../../src/ports.ts'
import type { Reading } from './format.ts'

const check = (name: CheckName, outcome: CheckOutcome, evidence: string): Check => ({ name, outcome, evidence })

const PROOF: readonly Check[] = [
  check('hash', 'not applicable', 'The publisher has no hashes of its notices.'),
  check('signature', 'not applicable', 'The publisher signs no notices.'),
]

/** The name under which a notice is kept; one that was changed under its id has in it how often: `usn-9001-1.2.txt`. */
export const fileNameOf = (vendorId: string, changes = 0): string =>
  `${vendorId.toLowerCase().replace(/[^a-z0-9-]+/g, '_')}${changes > 0 ? `.${changes}` : ''}.txt`

const changesIn = (fileName: string): number => Number(/\.([1-9]\d{0,4})\.txt$/.exec(fileName)?.[1] ?? 0)

const namespaceCheck = (raw: RawDocument, hosts: readonly string[]): Check => {
  if (raw.url === undefined) return check('namespace', 'unavailable', 'Where it was fetched from is not known any more.')
  const { host } = new URL(raw.url)
  const evidence = `Fetched over https from ${line(host, 200)}; the policy names ${hosts.join(', ')}.`
  return check('namespace', hosts.includes(host) ? 'pass' : 'fail', evidence)
}

/** All checks of one notice: UNCONFIRMED, and CORROBORATED once an independent origin confirms it. Never throws. */
export function checkNotice(raw: RawDocument, hosts: readonly string[], reading: Reading): Checked {
  const digest = createHash('sha256').update(raw.bytes).digest('hex')
  if (!reading.ok) {
    const unread = (['file-name', 'namespace'] as const).map((name) => check(name, 'unavailable', 'Not checked: it cannot be read.'))
    return { bulletin: null, digest, checks: [...PROOF, check('schema', 'fail', `It is no notice: ${reading.problem}.`), ...unread] }
  }
  const changes = changesIn(raw.fileName)
  const { vendorId, updatedAt } = reading.bulletin
  const expected = fileNameOf(vendorId, changes)
  return {
    bulletin: { ...reading.bulletin, revision: revisionOf(updatedAt, changes) },
    digest,
    checks: [
      ...PROOF,
      check('schema', 'pass', 'The notice has the shape that its publisher gives to all of them.'),
      check('file-name', raw.fileName === expected ? 'pass' : 'fail', `${vendorId} is kept as ${expected}.`),
      namespaceCheck(raw, hosts),
    ],
  }
}
