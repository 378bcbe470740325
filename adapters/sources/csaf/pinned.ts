import type { SourceRuleOf } from '../../../src/core/policy.ts'

/** Which source, and who may speak in it by which key. */
export type Pinned = Pick<SourceRuleOf<'csaf-folder'>, 'id' | 'keyFingerprint' | 'keyOwner' | 'namespaces'>
