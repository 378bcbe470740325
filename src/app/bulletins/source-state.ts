import { z } from 'zod'
import { json } from '../change/rows.ts'
import type { House, Unit } from '../house.ts'

const sourceState = z.object({
  cursor: z.string().nullable(),
  firstPollDone: z.boolean(),
  lastGoodAt: z.string().nullable(),
  failingSince: z.string().nullable(),
  dropped: z.array(z.object({ fileName: z.string(), reason: z.string() })),
})
export type SourceState = z.infer<typeof sourceState>

const UNTOUCHED: SourceState = { cursor: null, firstPollDone: false, lastGoodAt: null, failingSince: null, dropped: [] }

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
