import type { PatchFileResult } from '../../src/core/change/state.ts'
import { Fault } from '../../src/core/fault.ts'
import type { CheckOutcome } from '../../src/core/identify/verification.ts'
import type { PatchFiles } from '../../src/ports.ts'

/** Reaches nothing: a test that fetches no patch file says so when it does. */
export const offlinePatchFiles: PatchFiles = {
  nameOf: () => 'the file',
  look: async () => {
    throw new Fault('HTTP_FAILED', 'this test reaches no network.')
  },
}

/** A file that was fetched and compared with its bulletin, with this outcome. */
export const aPatchFile = (own: Partial<PatchFileResult> = {}, hash: CheckOutcome = 'pass'): PatchFileResult => ({
  url: 'https://vendor.example/fix.rpm',
  name: 'fix.rpm',
  host: 'vendor.example',
  bytes: 3,
  sha256: 'f'.repeat(64),
  checks: [
    { name: 'patch-hash', outcome: hash, evidence: `The hash: ${hash}.` },
    { name: 'code-signature', outcome: 'unavailable', evidence: 'rpmkeys is not on this machine.' },
  ],
  at: '2026-11-23T09:00:00.000Z',
  ...own,
})
