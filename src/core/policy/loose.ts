import { z } from 'zod'

/**
 * A policy file as far as it can be read: what has another shape than expected is left out. So everything that is wrong between its
 * parts is found beside what is wrong in one part alone.
 */

const text = z.string().optional().catch(undefined)
const number = z.number().optional().catch(undefined)
const object = <T extends z.ZodRawShape>(shape: T) => z.preprocess((value) => (isObject(value) ? value : {}), z.object(shape))
const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value)
const list = <T extends z.ZodType>(member: T) => z.array(member).optional().catch(undefined)
const texts = z.array(z.string().catch('')).optional().catch(undefined)
const numbers = z.array(z.number().catch(Number.NaN)).optional().catch(undefined)

const seats = list(object({ role: text, count: number }))
const rule = object({
  startHours: z.unknown().optional(),
  startMonths: z.unknown().optional(),
  completeHours: z.unknown().optional(),
  tests: list(object({ id: text })),
  quorum: seats,
  emergencyQuorum: seats,
  standardQuorum: seats,
  delayRole: text,
})
const reminder = object({ cron: text, zone: text, shares: numbers })

const loosePolicy = object({
  zone: text,
  preset: text,
  buyOffManagers: number,
  people: list(object({ id: text, name: text, email: text, zone: text, roles: texts, delegateOf: text })),
  groups: list(object({ platform: text, ref: text, roles: texts })),
  places: list(object({ id: text, audience: text, platform: text, ref: text })),
  classes: z.record(z.string(), rule).optional().catch(undefined),
  windows: list(object({ id: text, name: text, zone: text, start: text, minutes: number, weekdays: numbers, nth: numbers })),
  blackouts: list(object({ name: text, from: text, to: text })),
  rings: list(object({ id: text, share: number })),
  sources: list(
    object({
      id: text,
      kind: text,
      folder: text,
      keyFile: text,
      packageKeys: texts,
      packageKeyFile: text,
      archives: texts,
      url: text,
      keyFingerprint: text,
      keyOwner: text,
      namespaces: texts,
    }),
  ),
  reminders: z.record(z.string(), reminder).optional().catch(undefined),
})

export type LoosePolicy = z.infer<typeof loosePolicy>

/** Reads what can be read; never fails. */
export const loosely = (value: unknown): LoosePolicy => loosePolicy.parse(value)

/** What is wrong, and where in the policy. */
export interface PolicyProblem {
  readonly path: readonly (string | number)[]
  /** What was expected, and what came. */
  readonly message: string
}
