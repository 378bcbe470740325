import { z } from 'zod'
import type { Listed } from '../../../src/core/identify/backlog.ts'
import { MONTH_ID } from './part.ts'
import { instantOf } from './parts.ts'

export type UpdatesReading =
  | { readonly ok: true; readonly months: readonly Listed[]; readonly dropped: readonly unknown[] }
  | { readonly ok: false; readonly problem: string }

const schema = z.object({ value: z.array(z.unknown()) })
const month = z.object({ ID: z.string().regex(MONTH_ID), CurrentReleaseDate: z.string(), InitialReleaseDate: z.string().nullish() })

/** The API's list of months (`/updates`), with the time of the last change of each. Never throws. */
export const readUpdates = (bytes: Uint8Array): UpdatesReading => {
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return { ok: false, problem: 'It is no JSON.' }
  }
  const parsed = schema.safeParse(json)
  if (!parsed.success) return { ok: false, problem: 'It has not the shape of the list of months.' }
  const dropped: unknown[] = []
  const months = parsed.data.value.flatMap((one): readonly Listed[] => {
    const read = month.safeParse(one)
    const at = read.success ? (instantOf(read.data.CurrentReleaseDate) ?? instantOf(read.data.InitialReleaseDate ?? '')) : null
    if (read.success && at !== null) return [{ key: read.data.ID, at }]
    dropped.push(one)
    return []
  })
  return { ok: true, months, dropped }
}
