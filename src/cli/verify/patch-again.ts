import { archiveOf } from '../../../adapters/patchfile/archive.ts'
import type { CodeSignature } from '../../../adapters/patchfile/index.ts'
import type { Evidence } from '../../core/identify/evidence.ts'
import type { Check } from '../../core/identify/verification.ts'
import { type Given, text } from '../command.ts'
import { ownSignature, patchAt, patchChecks } from './patch.ts'

/** What the evidence of a patch file says of the file itself, made again: without a tool, from what stands in it. */
export async function patchAgain(evidence: Evidence, bulletin: Uint8Array, now: Date): Promise<readonly Check[]> {
  const { patch, signer, packageKeys = [], archive } = evidence
  if (patch === null) return []
  const remembered = evidence.checks.find(({ name }) => name === 'code-signature')
  const signature: CodeSignature = {
    check: remembered ?? { name: 'code-signature', outcome: 'unavailable', evidence: 'It does not stand in the evidence.' },
    // A signer is somebody only where the signature holds.
    ...(signer && remembered?.outcome === 'pass' ? { signer } : {}),
  }
  const proof = archive && {
    release: archive.release,
    keys: Buffer.from(archive.keys, 'base64'),
    pinned: archive.pinned,
    index: { path: archive.index.path, bytes: Buffer.from(archive.index.bytes, 'base64') },
  }
  return [...patchChecks(patch, bulletin, signature, packageKeys), ...(proof ? [await archiveOf(patch, proof, now)] : [])]
}

/** With the file at hand: is it the one of the evidence, and does its signature still say the same? A tool that is not here says nothing. */
export async function fileFlaws(given: Given, evidence: Evidence): Promise<readonly string[]> {
  const path = text(given, 'patch')
  if (path === undefined) return []
  if (evidence.patch === null) return ['It is not the evidence of a patch file.']
  const { sha256 } = await patchAt(path)
  if (sha256 !== evidence.patch.sha256) return [`The file has SHA-256 ${sha256}; the evidence is of one with ${evidence.patch.sha256}.`]
  const { check, signer } = await ownSignature(given, path, evidence.packageKeys ?? [], new Date(evidence.checkedAt))
  const before = evidence.checks.find(({ name }) => name === 'code-signature')?.outcome
  if (check.outcome === 'unavailable') return []
  return [
    ...(check.outcome === before
      ? []
      : [`Its signature was ${before ?? 'not asked for'}; asked again it is ${check.outcome}: ${check.evidence}`]),
    ...(signer === undefined || JSON.stringify(signer) === JSON.stringify(evidence.signer ?? null)
      ? []
      : ['It is signed by somebody else than the evidence says.']),
  ]
}
