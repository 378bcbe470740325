import type { Unit } from '../house.ts'
import { due } from '../time/due.ts'

/** Subject of the row that makes the tick look at the policy file. */
export const POLICY_FILE = 'policy:file'

/** Milliseconds between two looks at the policy file. */
export const LOOK_EVERY_MS = 30_000

/** The next look at the policy file. */
export const duePolicyFile = (unit: Unit): Promise<void> =>
  due(unit, 'policy-file', POLICY_FILE, new Date(unit.now.getTime() + LOOK_EVERY_MS), 'next look at the policy file')
