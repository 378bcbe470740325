import { z } from 'zod'
import type { ButtonValue } from '../../../src/core/intent.ts'

/** The value behind our buttons, as it comes back. Only its shape is checked here: rights and subjects are looked up by the house. */
export const buttonValue = z
  .strictObject({
    v: z.literal(1),
    verb: z.string().min(1).max(100),
    id: z.string().max(200),
    digest: z.string().max(200).optional(),
  })
  .transform(({ v, verb, id, digest }): ButtonValue => ({ v, verb, id, ...(digest === undefined ? {} : { digest }) }))

/** The value of a pressed button; null when it is none of ours. */
export function readButton(text: string): ButtonValue | null {
  try {
    return buttonValue.parse(JSON.parse(text))
  } catch {
    return null
  }
}
