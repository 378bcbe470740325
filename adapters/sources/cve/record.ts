import { z } from 'zod'
import type { CveScore } from '../../../src/core/identify/scores.ts'

/** The part of a CVE v5 record that is used: CISA's ADP container with its SSVC decision points. */
const schema = z.object({
  cveMetadata: z.object({ cveId: z.string(), state: z.string().optional() }),
  containers: z.object({ adp: z.array(z.unknown()).nullish() }),
})

const container = z.object({
  providerMetadata: z.object({ orgId: z.string() }),
  metrics: z.array(z.unknown()).nullish(),
})

const ssvc = z.object({
  other: z.object({
    type: z.literal('ssvc'),
    content: z.object({ options: z.array(z.record(z.string(), z.string())), timestamp: z.string().optional() }),
  }),
})

/** CISA's own organisation id in the CVE programme: nobody else may say this. */
const CISA_ADP = '134c704f-9b21-4f2e-91b3-4a467353bcc0'

const one = <T extends string>(text: string | undefined, ...known: readonly T[]): T | undefined =>
  known.find((word) => word === text?.trim().toLowerCase())

/** The decision points of a record, or a sentence. A record that CISA has not looked at says nothing. Never throws. */
export function scoreOf(value: unknown, cve: string): CveScore | string {
  const parsed = schema.safeParse(value)
  if (!parsed.success) return 'it is no CVE record of version 5'
  if (parsed.data.cveMetadata.cveId !== cve) return 'it is the record of another vulnerability'
  const said = (parsed.data.containers.adp ?? []).flatMap((adp) => {
    const read = container.safeParse(adp)
    return read.success && read.data.providerMetadata.orgId === CISA_ADP ? (read.data.metrics ?? []) : []
  })
  const latest = said
    .flatMap((metric) => {
      const read = ssvc.safeParse(metric)
      return read.success ? [read.data.other.content] : []
    })
    .sort((a, b) => ((a.timestamp ?? '') < (b.timestamp ?? '') ? -1 : 1))
    .at(-1)
  const options = Object.fromEntries((latest?.options ?? []).flatMap((option) => Object.entries(option)))
  const automatable = one(options.Automatable, 'yes', 'no')
  const impact = one(options['Technical Impact'], 'partial', 'total')
  const exploitation = one(options.Exploitation, 'none', 'poc', 'active')
  return {
    cve,
    ...(automatable === undefined ? {} : { automatable }),
    ...(impact === undefined ? {} : { impact }),
    ...(exploitation === undefined ? {} : { exploitation }),
  }
}
