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

/** As osslsigncode 2.9 says it, of a file that it was asked about with roots of its own. `trouble`: what stands before its last words. */
export const signedWords = (subject: string, verdict: 'ok' | 'failed' = 'ok', chain = subject, trouble = '') => `
Signature Index: 0  (Primary Signature)

Message digest algorithm  : SHA256
Current message digest    : 9E29A70123F9CCC6CABC345040F0C16910222C29A62DD79C4ADC3E1383DD61C6
Calculated message digest : 9E29A70123F9CCC6CABC345040F0C16910222C29A62DD79C4ADC3E1383DD61C6

Signer's certificate:
\t------------------
\tSigner #0:
\t\tSubject: ${subject}
\t\tIssuer : /O=Test CA/CN=Test Root

CAfile: /etc/patchcrier/roots.pem
TSA's certificates file: /etc/patchcrier/roots.pem

Timestamp is not available

Signing certificate chain verified using:
\t------------------
\tSigner #1:
\t\tSubject: /O=Test CA/CN=Test Root
\t\tIssuer : /O=Test CA/CN=Test Root
\tSigner #0:
\t\tSubject: ${chain}
\t\tIssuer : /O=Test CA/CN=Test Root

${trouble || 'CRL online verification disabled'}
Signature verification: ${verdict}

Number of verified signatures: 1
${verdict === 'ok' ? 'Succeeded' : 'Failed'}
`
