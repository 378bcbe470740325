import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { basename, resolve } from 'node:path'
import type { PatchFile } from '../../src/core/identify/patch.ts'
import type { Signer } from '../../src/core/identify/signer.ts'
import { line } from '../../src/core/identify/text.ts'
import type { Check, CheckOutcome } from '../../src/core/identify/verification.ts'
import { type RunTool, runTool, type ToolEnd } from './tools.ts'

export type { RunTool, ToolEnd } from './tools.ts'

/** Name, size and hashes of a file, read once and in pieces. Rejects when it cannot be read. */
export async function readPatch(path: string): Promise<PatchFile> {
  const [sha256, sha512] = [createHash('sha256'), createHash('sha512')]
  let bytes = 0
  for await (const piece of createReadStream(path)) {
    sha256.update(piece)
    sha512.update(piece)
    bytes += piece.length
  }
  return { name: basename(path), bytes, sha256: sha256.digest('hex'), sha512: sha512.digest('hex') }
}

/** What the signature inside a file says, and whose it is where it holds. */
export interface CodeSignature {
  readonly check: Check
  readonly signer?: Signer
}

const says = (outcome: CheckOutcome, evidence: string, signer?: Signer | null): CodeSignature => ({
  check: { name: 'code-signature', outcome, evidence },
  ...(signer ? { signer } : {}),
})

interface Kind {
  readonly endings: RegExp
  readonly tool: string
  args(path: string): readonly string[]
  judge(end: NonNullable<ToolEnd>): CodeSignature
}

const KINDS: readonly Kind[] = [
  {
    endings: /\.(?:exe|dll|sys|msi|msp|msu|cab|cat|ocx)$/i,
    tool: 'osslsigncode',
    args: (path) => ['verify', '-in', path],
    judge: authenticode,
  },
  { endings: /\.rpm$/i, tool: 'rpmkeys', args: (path) => ['--checksig', '--verbose', path], judge: rpm },
  { endings: /\.deb$/i, tool: 'debsig-verify', args: (path) => [path], judge: deb },
]

/** What the signature inside a patch file says, asked of the tool for its kind. A tool that is not there never counts as pass. */
export async function codeSignature(path: string, run: RunTool = runTool): Promise<CodeSignature> {
  const kind = KINDS.find(({ endings }) => endings.test(path))
  if (!kind) return says('not applicable', 'Files of this kind carry no signature that could be checked.')
  // A name that begins with a dash would be taken for an option.
  const end = await run(kind.tool, kind.args(resolve(path)))
  return end === null
    ? says('unavailable', `${kind.tool} is not on this machine, or did not end: its signature was not checked.`)
    : kind.judge(end)
}

const UNTRUSTED = /unable to get (?:local )?issuer|self[- ]signed|certificate verify error|CAfile|cannot open/i

function authenticode({ code, output }: NonNullable<ToolEnd>): CodeSignature {
  const subject = /Subject:\s*(.+)/.exec(output)?.[1] ?? ''
  const signer = line(subject, 200) || 'somebody'
  if (/no signature found|does not have a signature|unsigned/i.test(output))
    return says('unavailable', 'The file carries no Authenticode signature.')
  if (code === 0 && /signature verification:\s*ok|succeeded/i.test(output))
    return says('pass', `Authenticode: signed by ${signer}.`, organisationOf(subject))
  if (/initialization error|unrecognized|unsupported/i.test(output))
    return says('unavailable', 'The file cannot be read as one that Authenticode signs.')
  if (UNTRUSTED.test(output) && !/mismatch/i.test(output))
    return says('unavailable', `Authenticode: signed by ${signer}, which leads to no root that this machine trusts.`)
  return says('fail', `Authenticode: the signature does not hold (${signer}).`)
}

/** `/C=US/O=Vendor Inc./CN=...`: nothing in it is escaped, so that a name with another `/O=` in it is nobody's. */
function organisationOf(subject: string): Signer | null {
  const [name, ...more] = [...subject.matchAll(/\/O=(.*?)(?=\/[A-Za-z][A-Za-z0-9.]*=|$)/g)].map(([, value = '']) => value.trim())
  return name && more.length === 0 ? { kind: 'organisation', name } : null
}

function rpm({ code, output }: NonNullable<ToolEnd>): CodeSignature {
  if (/NOKEY|MISSING KEYS/i.test(output)) return says('unavailable', 'rpm: signed by a key that this machine does not know.')
  const [, id] = /signature, key (?:id|fingerprint):?\s*([0-9a-f]{8,64}): ok/i.exec(output) ?? []
  if (code === 0 && (id || /signatures OK/i.test(output)))
    return says('pass', 'rpm: signed by a key that this machine trusts; digests agree.', id ? { kind: 'key', id: id.toLowerCase() } : null)
  if (code === 0) return says('unavailable', 'rpm: the package is not signed; its digests agree.')
  return says('fail', `rpm: ${line(/.*\bBAD\b.*/.exec(output)?.[0] ?? output, 200)}`)
}

function deb({ code, output }: NonNullable<ToolEnd>): CodeSignature {
  if (code === 0) return says('pass', 'deb: signed as the policy of this machine asks.')
  // debsig-verify(1): 10 no signature, 11 no policy or key for it, 12 no policy applies, 13 bad signature.
  if ([10, 11, 12].includes(code))
    return says('unavailable', 'deb: not signed by itself, or by nobody whom this machine knows; apt checks its archive.')
  return says('fail', `deb: ${line(output, 200)}`)
}
