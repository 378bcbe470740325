import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { basename, resolve } from 'node:path'
import type { PatchFile } from '../../src/core/identify/patch.ts'
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

const check = (outcome: CheckOutcome, evidence: string): Check => ({ name: 'code-signature', outcome, evidence })

interface Kind {
  readonly endings: RegExp
  readonly tool: string
  args(path: string): readonly string[]
  judge(end: NonNullable<ToolEnd>): Check
}

const KINDS: readonly Kind[] = [
  {
    endings: /\.(?:exe|dll|sys|msi|msp|msu|cab|cat|ocx)$/i,
    tool: 'osslsigncode',
    args: (path) => ['verify', '-in', path],
    judge: authenticode,
  },
  { endings: /\.rpm$/i, tool: 'rpmkeys', args: (path) => ['--checksig', path], judge: rpm },
  { endings: /\.deb$/i, tool: 'debsig-verify', args: (path) => [path], judge: deb },
]

/** What the signature inside a patch file says, asked of the tool for its kind. A tool that is not there never counts as pass. */
export async function codeSignatureCheck(path: string, run: RunTool = runTool): Promise<Check> {
  const kind = KINDS.find(({ endings }) => endings.test(path))
  if (!kind) return check('not applicable', 'Files of this kind carry no signature that could be checked.')
  // A name that begins with a dash would be taken for an option.
  const end = await run(kind.tool, kind.args(resolve(path)))
  return end === null
    ? check('unavailable', `${kind.tool} is not on this machine, or did not end: its signature was not checked.`)
    : kind.judge(end)
}

const UNTRUSTED = /unable to get (?:local )?issuer|self[- ]signed|certificate verify error|CAfile|cannot open/i

function authenticode({ code, output }: NonNullable<ToolEnd>): Check {
  const signer = line(/Subject:\s*(.+)/.exec(output)?.[1] ?? 'somebody', 200)
  if (/no signature found|does not have a signature|unsigned/i.test(output))
    return check('unavailable', 'The file carries no Authenticode signature.')
  if (code === 0 && /signature verification:\s*ok|succeeded/i.test(output)) return check('pass', `Authenticode: signed by ${signer}.`)
  if (/initialization error|unrecognized|unsupported/i.test(output))
    return check('unavailable', 'The file cannot be read as one that Authenticode signs.')
  if (UNTRUSTED.test(output) && !/mismatch/i.test(output))
    return check('unavailable', `Authenticode: signed by ${signer}, which leads to no root that this machine trusts.`)
  return check('fail', `Authenticode: the signature does not hold (${signer}).`)
}

function rpm({ code, output }: NonNullable<ToolEnd>): Check {
  if (/NOKEY|MISSING KEYS/i.test(output)) return check('unavailable', 'rpm: signed by a key that this machine does not know.')
  if (code === 0 && /signatures OK/i.test(output)) return check('pass', 'rpm: signed by a key that this machine trusts; digests agree.')
  if (code === 0) return check('unavailable', 'rpm: the package is not signed; its digests agree.')
  return check('fail', `rpm: ${line(output, 200)}`)
}

function deb({ code, output }: NonNullable<ToolEnd>): Check {
  if (code === 0) return check('pass', 'deb: signed as the policy of this machine asks.')
  // debsig-verify(1): 10 no signature, 11 no policy or key for it, 12 no policy applies, 13 bad signature.
  if ([10, 11, 12].includes(code))
    return check('unavailable', 'deb: not signed by itself, or by nobody whom this machine knows; apt checks its archive.')
  return check('fail', `deb: ${line(output, 200)}`)
}
