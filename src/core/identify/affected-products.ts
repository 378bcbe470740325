import { z } from 'zod'

const ids = z.array(z.string()).catch([]).default([])

/** What of a CSAF document says which products are affected and which are fixed (3.2.3.9 `product_status`, 3.2.2.3 `relationships`). */
const statuses = z.object({
  product_tree: z
    .object({
      relationships: z
        .array(z.object({ product_reference: z.string(), full_product_name: z.object({ product_id: z.string() }) }))
        .catch([])
        .default([]),
    })
    .catch({ relationships: [] })
    .default({ relationships: [] }),
  vulnerabilities: z.array(
    z.object({
      product_status: z
        .object({
          first_affected: ids,
          known_affected: ids,
          last_affected: ids,
          first_fixed: ids,
          fixed: ids,
          recommended: ids,
        })
        .partial()
        .catch({})
        .default({}),
    }),
  ),
})

/**
 * The products that a CSAF document calls affected and never fixed: by themselves, or as part of another. Hashes identify any product of
 * a document, so those of the vulnerable version may stand there, too. Empty for other documents.
 */
export function affectedOnly(document: unknown): ReadonlySet<string> {
  const read = statuses.safeParse(document)
  if (!read.success) return new Set()
  const { product_tree, vulnerabilities } = read.data
  const states = vulnerabilities.map(({ product_status }) => product_status)
  const fixed = new Set(states.flatMap((s) => [...(s.first_fixed ?? []), ...(s.fixed ?? []), ...(s.recommended ?? [])]))
  const affected = new Set(states.flatMap((s) => [...(s.first_affected ?? []), ...(s.known_affected ?? []), ...(s.last_affected ?? [])]))
  const parts = product_tree.relationships.map((r) => ({ part: r.product_reference, whole: r.full_product_name.product_id }))
  for (const { part, whole } of parts) {
    if (fixed.has(whole)) fixed.add(part)
    if (affected.has(whole)) affected.add(part)
  }
  return new Set([...affected].filter((id) => !fixed.has(id)))
}
