import type { SourceRuleOf } from '../../../src/core/policy.ts'
import type { BulletinSource } from '../../../src/ports.ts'
import type { CsafChecker } from './check.ts'
import { createFolderSource } from './folder.ts'

export interface CsafFolderDeps {
  readonly checker: CsafChecker
  /** The folder that the rule means, resolved. */
  readonly folder: string
  /** The armoured key that the rule means. */
  readonly key: string
}

/** A folder of CSAF documents as a source: what `createFolderSource` finds, checked by the rule. */
export const createCsafFolderSource = (rule: SourceRuleOf<'csaf-folder'>, { checker, folder, key }: CsafFolderDeps): BulletinSource => ({
  ...createFolderSource({ id: rule.id, folder }),
  check: (raw, now) => checker.checkDocument(raw, rule, key, now),
})
