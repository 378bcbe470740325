import { archiveOf } from '../../../adapters/patchfile/archive.ts'
import type { CodeSignature } from '../../../adapters/patchfile/index.ts'
import type { Evidence } from '../../core/identify/evidence.ts'
import { isSameSigner } from '../../core/identify/signer.ts'
import type { Check, CheckName } from '../../core/identify/verification.ts'
import { type Given, text } from '../command.ts'
import { ownSignature, patchAt, patchChecks } from './patch.ts'

const signatureIn = ({ checks }: Evidence): Check | undefined => checks.find(({ name }) => name === 'code-signature')

/** What the evidence of a patch file says of the file itself, made again: without a tool, from what stands in it. */
export async function patchAgain(evidence: Evidence, bulletin: Uint8Array, now: Date): Promise<readonly Check[]> {
  const { patch, signer, packageKeys = [], archive } = evidence
  if (patch === null) return []
  const remembered = signatureIn(evidence)
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

/** What the file itself says, where it is at hand. */
export interface FileAgain {
  readonly flaws: readonly string[]
  /** What its own signature confirms of the evidence, so that it is no claim any more. */
  readonly confirmed: readonly CheckName[]
}

/** With the file at hand: is it the one of the evidence, and does its signature still say the same? */
export async function fileAgain(given: Given, evidence: Evidence): Promise<FileAgain> {
  const path = text(given, 'patch')
  if (path === undefined) return { flaws: [], confirmed: [] }
  const wrong = (flaw: string): FileAgain => ({ flaws: [flaw], confirmed: [] })
  if (evidence.patch === null) return wrong('It is not the evidence of a patch file.')
  const { sha256 } = await patchAt(path)
  if (sha256 !== evidence.patch.sha256)
    return wrong(`The file has SHA-256 ${sha256}; the evidence is of one with ${evidence.patch.sha256}.`)
  return compared(evidence, await ownSignature(given, path, evidence.packageKeys ?? [], new Date(evidence.checkedAt)))
}

/** Tools and roots differ from machine to machine: one that could say nothing, here or there, contradicts nothing. */
export function compared(evidence: Evidence, { check, signer }: CodeSignature): FileAgain {
  const before = signatureIn(evidence)?.outcome
  const failsNow = check.outcome === 'fail' && before !== 'fail'
  const flaws = [
    ...(failsNow || (check.outcome === 'pass' && before === 'fail')
      ? [`Its signature was ${before ?? 'not asked for'}; asked again it is ${check.outcome}: ${check.evidence}`]
      : []),
    ...(signer === undefined || evidence.signer === undefined || isSameSigner(signer, evidence.signer)
      ? []
      : ['It is signed by somebody else than the evidence says.']),
  ]
  const named = signer !== undefined && evidence.signer !== undefined ? (['code-signer'] as const) : []
  const confirmed = flaws.length === 0 && check.outcome === before && isDefinite(check) ? (['code-signature', ...named] as const) : []
  return { flaws, confirmed }
}

const isDefinite = ({ outcome }: Check): boolean => outcome === 'pass' || outcome === 'fail'
