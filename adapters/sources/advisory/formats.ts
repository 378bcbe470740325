import { debian } from './debian.ts'
import type { AdvisoryFormat } from './format.ts'
import { mozilla } from './mozilla.ts'
import { ubuntu } from './ubuntu.ts'

/** One line per publisher. */
export const FORMATS = { ubuntu, debian, mozilla } as const satisfies Readonly<Record<string, AdvisoryFormat>>
