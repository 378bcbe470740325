import { z } from 'zod'

/**
 * The fields of a CSAF 2.0 document that we use. The whole document was already validated against the official schema when
 * this is applied; it only says what we take, and refuses the rest part by part (`kept`).
 */
const list = z.array(z.unknown()).optional()
const text = z.string()
const instant = z.iso.datetime({ offset: true }).transform((value) => new Date(value).toISOString())

export const documentSchema = z.object({
  document: z.object({
    title: text.min(1),
    aggregate_severity: z.object({ text }).optional().catch(undefined),
    publisher: z.object({ category: text, name: text.min(1), namespace: text.min(1) }),
    tracking: z.object({
      id: text.min(1).max(200),
      version: text.min(1).max(100),
      current_release_date: instant,
      initial_release_date: instant,
    }),
    notes: list,
    references: list,
  }),
  product_tree: z.object({ branches: list, full_product_names: list, relationships: list }).optional(),
  vulnerabilities: list,
})
export type CsafDocument = z.infer<typeof documentSchema>

export const noteSchema = z.object({ category: text, title: text.optional(), text })
export type Note = z.infer<typeof noteSchema>

export const referenceSchema = z.object({ category: text.optional(), summary: text, url: z.url({ protocol: /^https?$/ }) })
export type Reference = z.infer<typeof referenceSchema>

export const productSchema = z.object({
  product_id: text,
  name: text,
  product_identification_helper: z.object({ purl: text.optional(), cpe: text.optional() }).optional(),
})
export type Product = z.infer<typeof productSchema>

export const branchSchema = z.object({ branches: list, product: z.unknown().optional() })

export const relationshipSchema = z.object({
  product_reference: text,
  relates_to_product_reference: text,
  full_product_name: productSchema,
})
export type Relationship = z.infer<typeof relationshipSchema>

const cvss = z
  .object({ version: text, vectorString: text, baseScore: z.number().min(0).max(10) })
  .optional()
  .catch(undefined)
export const scoreSchema = z.object({ cvss_v3: cvss, cvss_v4: cvss })

export const threatSchema = z.object({ category: text, date: instant.optional().catch(undefined), details: text })
export type Threat = z.infer<typeof threatSchema>

export const remediationSchema = z.object({
  category: text,
  details: text,
  url: text.optional(),
  restart_required: z.object({ category: text, details: text.optional() }).optional(),
})
export type Remediation = z.infer<typeof remediationSchema>

export const vulnerabilitySchema = z.object({
  cve: z
    .string()
    .regex(/^CVE-\d{4}-\d{4,}$/)
    .optional(),
  title: text.optional(),
  notes: list,
  scores: list,
  /** CSAF 2.1 has the scores here. */
  metrics: list,
  threats: list,
  remediations: list,
  product_status: z.object({ fixed: z.array(text).optional(), known_affected: z.array(text).optional() }).optional(),
})
export type CsafVulnerability = z.infer<typeof vulnerabilitySchema>

/** Collects what was dropped, one sentence each. */
export type Drop = (reason: string) => void

/** The parts of a list that have the expected shape; the others are dropped and told. */
export const kept = <T>(schema: z.ZodType<T>, values: readonly unknown[] | undefined, what: string, drop: Drop): readonly T[] =>
  (values ?? []).flatMap((value, index) => {
    const parsed = schema.safeParse(value)
    if (parsed.success) return [parsed.data]
    const issue = parsed.error.issues[0]
    drop(`${what} ${index}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? 'unexpected shape'}`)
    return []
  })
