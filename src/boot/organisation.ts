import { resolve } from 'node:path'
import { createChecker, createFolderSource } from '../../adapters/sources/csaf/index.ts'
import { beginOrganisation, ORGANISATION_DATABASE } from '../app/organisation.ts'
import type { Policy, SourceRule } from '../core/policy.ts'
import type { BulletinSource } from '../ports.ts'
import { type PolicyFile, readPolicyFile } from './policy-file.ts'
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
    inForce: async () => ({ policy: proposal.policy, hash: proposal.hash, approved: false }),
    clock: async () => clock,
    sources: (policy) => sourcesOf(policy, proposal, checker),
    begin: beginOrganisation,
    arrive: () => async () => undefined,
    moveClock: () => null,
  }
}

type Checker = ReturnType<typeof createChecker>

function sourcesOf(policy: Policy, file: PolicyFile, checker: Checker): readonly BulletinSource[] {
  return policy.sources.flatMap((rule) => sourceOf(rule, file, checker))
}

/** Relative paths in the policy are relative to its file. */
function sourceOf(rule: SourceRule, file: PolicyFile, checker: Checker): readonly BulletinSource[] {
  switch (rule.kind) {
    case 'csaf-folder': {
      const key = file.texts.get(rule.keyFile ?? '') ?? ''
      const source = createFolderSource({ id: rule.id, folder: resolve(file.folder, rule.folder ?? '.') })
      return [{ ...source, check: (raw, now) => checker.checkDocument(raw, rule, key, now) }]
    }
    default:
      return []
  }
}
