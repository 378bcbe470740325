import { z } from 'zod'
import { compareRevisions } from '../../../src/core/identify/history.ts'

// Mandatory tests of CSAF 2.0 where the library's answer differs from the standard's own test files.

interface Result {
  readonly isValid: boolean
  readonly errors: readonly { readonly message: string; readonly instancePath: string }[]
}

const result = (instancePath: string, messages: readonly string[]): Result => ({
  isValid: messages.length === 0,
  errors: messages.map((message) => ({ message, instancePath })),
})

const historySchema = z.object({
  document: z.object({ tracking: z.object({ revision_history: z.array(z.object({ date: z.string(), number: z.string() })) }) }),
})

/**
 * 6.1.21 Missing Item in Revision History: sorted by date, the major versions start at 0 or 1 and leave none out. Entries of one
 * date are in the order of their numbers (the library takes the document's order and refuses genuine documents).
 */
export const mandatoryTest_6_1_21 = (value: unknown): Result => {
  const parsed = historySchema.safeParse(value)
  if (!parsed.success) return result('', [])
  const sorted = parsed.data.document.tracking.revision_history.toSorted(
    (a, b) => Date.parse(a.date) - Date.parse(b.date) || (compareRevisions(a.number, b.number) ?? 0),
  )
  const majors = [...new Set(sorted.map((entry) => Number.parseInt(entry.number, 10)))]
  const first = majors[0] ?? 0
  const gap = majors.findIndex((major, index) => major > first + index)
  return result('/document/tracking/revision_history', [
    ...(first > 1 ? ['the revision history does not start with version 0 or 1'] : []),
    ...(gap === -1 ? [] : [`major version ${first + gap} is missing`]),
  ])
}

const PROFILES = ['base', 'securityincidentresponse', 'informationaladvisory', 'securityadvisory', 'vex']

const categorySchema = z.object({ document: z.object({ category: z.string() }) })

/** 6.1.26 Prohibited Document Category Name, the part that the library misses: a profile's name with `csaf` but without its separators. */
export const mandatoryTest_6_1_26_prefix = (value: unknown): Result => {
  const parsed = categorySchema.safeParse(value)
  const category = parsed.success ? parsed.data.document.category : ''
  const bare = category.replace(/[-_\s]+/g, '').toLowerCase()
  const similar = !/^csaf_/.test(category) && PROFILES.some((profile) => bare === `csaf${profile}`)
  return result('/document/category', similar ? [`${category} is too like the name of a profile`] : [])
}
