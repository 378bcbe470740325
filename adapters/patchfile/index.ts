import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, extname, join, resolve } from 'node:path'
import type { PatchFile } from '../../src/core/identify/patch.ts'
import { authenticode, authenticodeArgs } from './authenticode.ts'
import { debPackage, rpmArgs, rpmPackage } from './packages.ts'
import { type CodeSignature, says } from './says.ts'
import { FOLDER } from './sweep.ts'
import { type RunTool, runTool, type ToolEnd } from './tools.ts'

export type { CodeSignature } from './says.ts'
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

interface Kind {
  readonly endings: RegExp
  readonly tool: string
  args(path: string): readonly string[]
  judge(end: NonNullable<ToolEnd>): CodeSignature
}

const kindsOf = (roots: string | undefined): readonly Kind[] => [
  {
    endings: /\.(?:exe|dll|sys|msi|msp|msu|cab|cat|ocx)$/i,
    tool: 'osslsigncode',
    args: (path) => authenticodeArgs(path, roots),
    judge: (end) => authenticode(end, roots !== undefined),
  },
  { endings: /\.rpm$/i, tool: 'rpmkeys', args: rpmArgs, judge: rpmPackage },
  { endings: /\.deb$/i, tool: 'debsig-verify', args: (path) => [path], judge: debPackage },
]

/**
 * What the signature inside a patch file says, asked of the tool for its kind. A tool that is not there never counts as pass. `roots`: a
 * file with the PEM of what a code signature may lead to, instead of what the machine trusts.
 */
export async function codeSignature(path: string, run: RunTool = runTool, roots?: string): Promise<CodeSignature> {
  const kind = kindsOf(roots && resolve(roots)).find(({ endings }) => endings.test(path))
  if (!kind) return says('not applicable', 'Files of this kind carry no signature that could be checked.')
  // What it is called is foreign text: it could be taken for an option, and tools print it between their own lines.
  const folder = await mkdtemp(join(tmpdir(), FOLDER))
  const named = join(folder, `file${extname(path).toLowerCase()}`)
  try {
    await symlink(resolve(path), named)
    const end = await run(kind.tool, kind.args(named))
    return end === null
      ? says('unavailable', `${kind.tool} is not on this machine, or did not end as it should: the signature was not checked.`)
      : kind.judge(end)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
