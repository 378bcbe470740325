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
  lookAt: async () => {
    throw new Fault('HTTP_FAILED', 'this test looks at no file.')
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

/** As osslsigncode 2.9 says it. */
export const signedWords = (subject: string, verdict: 'ok' | 'failed' = 'ok', chain = subject) => `
Signature Index: 0  (Primary Signature)

Signer's certificate:
\t------------------
\tSigner #0:
\t\tSubject: ${subject}
\t\tIssuer : /O=Test CA/CN=Test Root

Timestamp is not available

Signing certificate chain verified using:
\t------------------
\tSigner #1:
\t\tSubject: /O=Test CA/CN=Test Root
\t\tIssuer : /O=Test CA/CN=Test Root
\tSigner #0:
\t\tSubject: ${chain}
\t\tIssuer : /O=Test CA/CN=Test Root

Signature verification: ${verdict}

Number of verified signatures: 1
${verdict === 'ok' ? 'Succeeded' : 'Failed'}
`
