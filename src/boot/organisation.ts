import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { createChecker, createFolderSource } from '../../adapters/sources/csaf/index.ts'
import type { House } from '../app/house.ts'
import { beginOrganisation, ORGANISATION_DATABASE } from '../app/organisation.ts'
import { takePolicyFile } from '../app/policy/propose.ts'
import { readInForce } from '../app/policy/versions.ts'
import type { Policy, SourceRule } from '../core/policy.ts'
import type { BulletinSource } from '../ports.ts'
import { policyFileDoor, readPolicyFile } from './policy-file.ts'
import type { Parts, Setup, Undo } from './setup.ts'

/** An organisation of one's own: its policy file, its sources, the machine's clock. Throws Fault POLICY_INVALID. */
export async function organisationSetup(file: string, parts: Parts, undo: Undo): Promise<Setup> {
  const proposal = await readPolicyFile(file)
  const checker = createChecker()
  undo.push(() => checker.close())
  const clock = parts.clock ?? { now: () => new Date() }
  return {
    sample: false,
    database: ORGANISATION_DATABASE,
    // Before the first start nobody can have approved any: the file's own is in force, and says so.
    inForce: async (db) => (await readInForce(db)) ?? { policy: proposal.policy, hash: proposal.hash, approved: false },
    policyFile: policyFileDoor(file),
    clock: async () => clock,
    sources: (policy) => sourcesOf(policy, dirname(resolve(file)), checker),
    begin,
    arrive: () => async () => undefined,
    moveClock: () => null,
  }
}

/** The file may have changed while the bot was down. */
async function begin(house: House): Promise<void> {
  await takePolicyFile(house)
  await beginOrganisation(house)
}

type Checker = ReturnType<typeof createChecker>

function sourcesOf(policy: Policy, folder: string, checker: Checker): readonly BulletinSource[] {
  return policy.sources.flatMap((rule) => sourceOf(rule, folder, checker))
}

/** Relative paths in the policy are relative to its file. */
function sourceOf(rule: SourceRule, folder: string, checker: Checker): readonly BulletinSource[] {
  switch (rule.kind) {
    case 'csaf-folder': {
      const key = keyText(resolve(folder, rule.keyFile ?? ''))
      const source = createFolderSource({ id: rule.id, folder: resolve(folder, rule.folder ?? '.') })
      return [{ ...source, check: (raw, now) => checker.checkDocument(raw, rule, key, now) }]
    }
    default:
      return []
  }
}

/** Which key may speak is pinned by its fingerprint; without its text no signature of it verifies. */
function keyText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
