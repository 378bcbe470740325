import { z } from 'zod'

/** FIRST's answer: numbers are written as texts. */
const schema = z.object({
  data: z.array(z.object({ cve: z.string().regex(/^CVE-\d{4}-\d{4,19}$/), epss: z.coerce.number().min(0).max(1) })),
})

/** Probabilities by CVE id, or a sentence. Ids that were not asked for are left out. Never throws. */
export function probabilitiesOf(value: unknown, asked: readonly string[]): ReadonlyMap<string, number> | string {
  const parsed = schema.safeParse(value)
  if (!parsed.success) return 'it is no answer of EPSS'
  const wanted = new Set(asked)
  return new Map(parsed.data.data.filter(({ cve }) => wanted.has(cve)).map(({ cve, epss }) => [cve, epss]))
}
