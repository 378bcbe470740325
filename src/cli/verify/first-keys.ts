import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readSourceState } from '../../app/bulletins/source-state.ts'
import { readDatabaseUrl, readDataFolder } from '../../config.ts'
import type { PinnedKey } from '../../core/identify/evidence.ts'
import { ownerOf } from '../../core/identify/first-key.ts'
import { line } from '../../core/identify/text.ts'
import type { SourceRule } from '../../core/policy.ts'
import { openDatabase } from '../../db/database.ts'
import { onData } from '../data.ts'

/**
 * The keys that sources showed when they were first asked, which only the database of this installation knows. None where there is no
 * database; one that cannot be asked is said, and stops nothing: verify works without.
 */
export async function firstKeys(rules: readonly SourceRule[]): Promise<readonly PinnedKey[]> {
  const open = rules.filter((rule) => rule.kind === 'csaf').filter(({ keyFingerprint }) => keyFingerprint === undefined)
  try {
    return open.length > 0 && hasData() ? await onData((url) => keysOf(url, open)) : []
  } catch (error) {
    const why = line(error instanceof Error ? error.message : String(error), 300)
    process.stderr.write(`The database was not asked which keys it knows by first sight: ${why}\n`)
    return []
  }
}

const hasData = (): boolean => readDatabaseUrl() !== null || existsSync(join(readDataFolder(), 'postgres'))

type Open = Pick<Extract<SourceRule, { kind: 'csaf' }>, 'id' | 'namespaces'>

async function keysOf(url: string, rules: readonly Open[]): Promise<readonly PinnedKey[]> {
  const db = await openDatabase(url, { poolSize: 1 })
  try {
    const found: PinnedKey[] = []
    for (const { id, namespaces } of rules)
      for (const first of (await readSourceState({ db }, id)).firstKeys)
        found.push({ keyFingerprint: first.fingerprint, keyOwner: ownerOf(first), namespaces, key: '' })
    return found
  } finally {
    await db.close()
  }
}
