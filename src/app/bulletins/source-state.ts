import { z } from 'zod'
import { json } from '../change/rows.ts'
import type { House, Unit } from '../house.ts'

const sourceState = z.object({
  cursor: z.string().nullable(),
  firstPollDone: z.boolean(),
  lastGoodAt: z.string().nullable(),
  /** When it last brought anything new. */
  lastNewsAt: z.string().nullable().default(null),
  failingSince: z.string().nullable(),
  /** It answers and has had no news for longer than the policy allows; since its last news. */
  silentSince: z.string().nullable().default(null),
  /** How many items it listed the last time. */
  listed: z.number().nullable().default(null),
  /** Its habits: when it had news, how many items it listed. */
  track: z.object({ news: z.array(z.string()).readonly(), listed: z.array(z.number()).readonly() }).default({ news: [], listed: [] }),
  /** Items in all that came and were not proved (model DroppedItem). */
  doubted: z.number().default(0),
  dropped: z.array(z.object({ fileName: z.string(), reason: z.string() })),
  /** Keys that were pinned when they were first seen. */
  firstKeys: z
    .array(z.object({ fingerprint: z.string(), host: z.string(), since: z.string() }))
    .readonly()
    .default([]),
  /** Documents whose handling broke. What an earlier program counted in another shape is counted anew. */
  poison: z.array(z.object({ fileName: z.string(), tries: z.number(), reason: z.string() })).catch([]),
})
export type SourceState = z.infer<typeof sourceState>

const UNTOUCHED: SourceState = {
  cursor: null,
  firstPollDone: false,
  lastGoodAt: null,
  lastNewsAt: null,
  failingSince: null,
  silentSince: null,
  listed: null,
  track: { news: [], listed: [] },
  doubted: 0,
  dropped: [],
  firstKeys: [],
  poison: [],
}

export const sourceSubject = (id: string): string => `source:${id}`

export async function readSourceState(house: Pick<House, 'db'>, id: string): Promise<SourceState> {
  const row = await house.db.setting.findUnique({ where: { key: sourceSubject(id) } })
  return row ? sourceState.parse(row.value) : UNTOUCHED
}

export const writeSourceState = (unit: Unit, id: string, value: SourceState) =>
  unit.tx.setting.upsert({
    where: { key: sourceSubject(id) },
    create: { key: sourceSubject(id), value: json(value) },
    update: { value: json(value) },
  })
