import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fingerprintOf, stands } from '../openpgp/ring.ts'
import type { Key } from '../openpgp.ts'
import { rpmArgs, rpmPackage } from './packages.ts'
import { type CodeSignature, says } from './says.ts'
import { FOLDER } from './sweep.ts'
import type { RunTool } from './tools.ts'

/**
 * A package by pinned keys alone: they are put into a keyring of their own, so that no other key of the machine counts, and who signed is
 * known by the whole fingerprint of a primary key. Null: by none of them, or nobody could say.
 */
export async function rpmByKeys(path: string, keys: readonly Key[], run: RunTool, now: Date): Promise<CodeSignature | null> {
  for (const key of keys) {
    if (!(await stands(key, now))) continue
    const answer = await byKey(path, key, run)
    if (answer) return answer
  }
  return null
}

async function byKey(path: string, key: Key, run: RunTool): Promise<CodeSignature | null> {
  const folder = await mkdtemp(join(tmpdir(), FOLDER))
  try {
    const file = join(folder, 'key.asc')
    const ring = join(folder, 'ring')
    await writeFile(file, key.armor())
    const taken = await run('rpmkeys', ['--dbpath', ring, '--import', file])
    if (taken?.code !== 0) return null
    const end = await run('rpmkeys', ['--dbpath', ring, ...rpmArgs(path)])
    const said = end && rpmPackage(end)
    if (said?.check.outcome === 'fail') return said
    if (said?.check.outcome !== 'pass') return null
    const id = fingerprintOf(key)
    return says('pass', `rpm: signed by the pinned key ${id}; digests agree.`, { kind: 'key', id })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
