import { z } from 'zod'
import { line } from '../../../../src/core/identify/text.ts'
import type { MonthProblem } from '../month.ts'

/** The Security Update Guide's answers (OData v4), as far as they are used. All of it is foreign text. */
const text = z
  .string()
  .nullish()
  .transform((one) => one ?? '')
const list = <T extends z.ZodType>(of: T) =>
  z
    .array(of)
    .nullish()
    .transform((all) => all ?? [])
/** Scores are written as text, and empty where there is none. */
const score = z
  .union([z.string(), z.number()])
  .nullish()
  .transform((one) => Number(one ?? 0) || 0)

const page = z.object({
  value: z.array(z.unknown()),
  '@odata.count': z.number().int().nonnegative().nullish(),
  '@odata.nextLink': z.string().max(2_000).nullish(),
})

/** A row of `vulnerability`: what is true of it in all products. */
export const vulnerabilityRow = z.object({
  cveNumber: z.string().min(1).max(40),
  cveTitle: text,
  releaseNumber: z.string().min(1).max(20),
  releaseDate: text,
  latestRevisionDate: text,
  severity: text,
  impact: text,
  /** `Yes` or `No`, as Microsoft knows it now. */
  exploited: text,
  publiclyDisclosed: text,
  latestSoftwareRelease: text,
  customerActionRequired: z.boolean().nullish(),
  isMariner: z
    .boolean()
    .nullish()
    .transform((one) => one === true),
  articles: list(z.object({ articleType: text, description: text })),
})

/** A row of `affectedProduct`: one vulnerability in one product, with the updates that fix it. */
export const productRow = z.object({
  cveNumber: z.string().min(1).max(40),
  releaseNumber: z.string().min(1).max(20),
  releaseDate: text,
  productId: z.union([z.number(), z.string()]).transform(String),
  product: z.string().min(1).max(500),
  productFamily: text,
  severity: text,
  impact: text,
  baseScore: score,
  vectorString: text,
  kbArticles: list(
    z.object({
      articleName: text,
      articleUrl: text,
      downloadName: text,
      downloadUrl: text,
      fixedBuildNumber: text,
      rebootRequired: text,
      supercedence: text,
    }),
  ),
})

export type VulnerabilityRow = z.infer<typeof vulnerabilityRow>
export type ProductRow = z.infer<typeof productRow>

export interface Page {
  readonly rows: readonly unknown[]
  /** How many rows the whole list has; it says so on every page. */
  readonly total: number | undefined
  /** Address of the next page as it was written; undefined: this is the last one. */
  readonly next: string | undefined
}

/** One page of a list; null: it is none. Never throws. */
export function pageOf(bytes: Uint8Array): Page | null {
  try {
    const parsed = page.safeParse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)))
    return parsed.success
      ? { rows: parsed.data.value, total: parsed.data['@odata.count'] ?? undefined, next: parsed.data['@odata.nextLink'] ?? undefined }
      : null
  } catch {
    return null
  }
}

const MOST_TOLD = 20
const MOST_FOUND = 4_000

/** Rows of all pages. One that cannot be read is dropped and said; of many the first ones are. */
export function rowsOf<T extends z.ZodType>(
  what: string,
  schema: T,
  pages: readonly Uint8Array[],
): { readonly rows: readonly z.infer<T>[]; readonly dropped: readonly MonthProblem[] } {
  const dropped: MonthProblem[] = []
  const rows = pages
    .flatMap((bytes) => pageOf(bytes)?.rows ?? [])
    .flatMap((one, index) => {
      const read = schema.safeParse(one)
      if (read.success) return [read.data]
      const [issue] = read.error.issues
      const reason = `${what} ${index + 1}: ${line(issue?.path.join('.') ?? '', 100)} ${line(issue?.message ?? '', 150)}`
      // Rows are tens of thousands: of those that are told the beginning is kept.
      dropped.push({ reason, found: dropped.length < MOST_TOLD ? JSON.stringify(one).slice(0, MOST_FOUND) : '' })
      return []
    })
  const more = dropped.length - MOST_TOLD
  return {
    rows,
    dropped: more > 0 ? [...dropped.slice(0, MOST_TOLD), { reason: `${what}: ${more} more that cannot be read`, found: '' }] : dropped,
  }
}
