import { z } from 'zod'

/** The fields of an OSV record that are used (https://ossf.github.io/osv-schema/). */
const instant = z.iso.datetime({ offset: true }).transform((value) => new Date(value).toISOString())
const texts = z.array(z.string()).nullish()

const event = z.object({
  introduced: z.string().optional(),
  fixed: z.string().optional(),
  last_affected: z.string().optional(),
  limit: z.string().optional(),
})
export type OsvEvent = z.infer<typeof event>

const severity = z.object({ type: z.string(), score: z.string().max(300) })
export type OsvSeverity = z.infer<typeof severity>

export const affectedSchema = z.object({
  package: z.object({ ecosystem: z.string().min(1).max(100), name: z.string().min(1).max(300) }),
  ranges: z.array(z.object({ type: z.string(), events: z.array(event).max(500) })).nullish(),
  versions: texts,
  severity: z.array(severity).nullish().catch(null),
  ecosystem_specific: z
    .object({ binaries: z.array(z.record(z.string(), z.string())).optional(), severity: z.string().optional() })
    .nullish()
    .catch(null),
})
export type OsvAffected = z.infer<typeof affectedSchema>

export const recordSchema = z.object({
  id: z.string().regex(/^[A-Za-z][A-Za-z0-9:._+-]{2,99}$/),
  modified: instant,
  published: instant.nullish().catch(null),
  withdrawn: instant.nullish(),
  aliases: texts,
  upstream: texts,
  related: texts,
  summary: z.string().nullish(),
  details: z.string().nullish(),
  severity: z.array(severity).nullish().catch(null),
  affected: z.array(z.unknown()).nullish(),
  references: z.array(z.unknown()).nullish(),
  database_specific: z
    .object({ severity: z.string().optional().catch(undefined) })
    .nullish()
    .catch(null),
})
export type OsvRecord = z.infer<typeof recordSchema>

export const referenceSchema = z.object({ type: z.string(), url: z.url({ protocol: /^https?$/ }) })
