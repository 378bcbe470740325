import { z } from 'zod'
import { line } from '../../../src/core/identify/text.ts'
import {
  isAffected,
  type MonthProblem,
  type MonthReading,
  type Product,
  remedyKind,
  saysNoAction,
  threatKind,
  type Weakness,
} from './month.ts'

const value = z
  .object({ Value: z.string().nullish() })
  .nullish()
  .transform((text) => text?.Value ?? '')
const text = z
  .string()
  .nullish()
  .transform((one) => one ?? '')
const ids = z
  .array(z.string())
  .nullish()
  .transform((list) => list ?? [])
const list = <T extends z.ZodType>(of: T) =>
  z
    .array(of)
    .nullish()
    .transform((all) => all ?? [])
const type = z.union([z.number(), z.string()])

const weakness = z.object({
  CVE: z.string(),
  Title: value,
  Notes: list(z.object({ Title: text, Value: text }).catch({ Title: '', Value: '' })),
  ProductStatuses: list(z.object({ ProductID: ids, Type: type })),
  Threats: list(z.object({ Description: value, ProductID: ids, Type: type })),
  CVSSScoreSets: list(z.object({ BaseScore: z.coerce.number(), Vector: text, ProductID: ids })),
  Remediations: list(
    z.object({
      Description: value,
      URL: text,
      Supercedence: text,
      ProductID: ids,
      Type: type,
      RestartRequired: value,
      SubType: text,
      FixedBuild: text,
    }),
  ),
  RevisionHistory: list(z.object({ Date: text })),
})

interface Branch {
  readonly Items?: readonly unknown[] | null
  readonly Name?: string | null
  readonly Type?: string | number | null
}

const product = z.object({ ProductID: z.string(), Value: z.string() })

const schema = z.object({
  DocumentTitle: value,
  DocumentTracking: z.object({
    Identification: z.object({ ID: value }),
    InitialReleaseDate: text,
    CurrentReleaseDate: text,
  }),
  ProductTree: z.object({ Branch: list(z.unknown()), FullProductName: list(product) }),
  Vulnerability: z.array(z.unknown()),
})

const DEEPEST = 6

/** Products of a branch and of those below it; the name of the lowest one is the family. */
function branchProducts(branch: unknown, family: string, depth: number): readonly (readonly [string, Product])[] {
  if (depth > DEEPEST || typeof branch !== 'object' || branch === null) return []
  const found = product.safeParse(branch)
  if (found.success) return [[found.data.ProductID, { name: line(found.data.Value, 200), family }]]
  const { Items, Name } = branch as Branch
  return (Items ?? []).flatMap((one) => branchProducts(one, line(`${Name ?? family}`, 60) || family, depth + 1))
}

const weaknessOf = (one: z.infer<typeof weakness>): Weakness => ({
  cve: one.CVE,
  title: one.Title,
  products: one.ProductStatuses.filter((status) => isAffected(status.Type)).flatMap((status) => status.ProductID),
  threats: one.Threats.map((threat) => ({ kind: threatKind(threat.Type), text: threat.Description, products: threat.ProductID })),
  scores: one.CVSSScoreSets.map((set) => ({ score: set.BaseScore, vector: set.Vector, products: set.ProductID })),
  remedies: one.Remediations.map((remedy) => ({
    kind: remedyKind(remedy.Type),
    text: remedy.Description,
    url: remedy.URL,
    replaces: remedy.Supercedence,
    products: remedy.ProductID,
    restart: remedy.RestartRequired,
    type: remedy.SubType,
    build: remedy.FixedBuild,
  })),
  needsAction: !one.Notes.some(({ Title, Value }) => saysNoAction(Title, Value)),
  revisedAt: one.RevisionHistory.reduce((latest, { Date: date }) => (date > latest ? date : latest), ''),
})

/** A month as the API answers it in JSON. A vulnerability that cannot be read is dropped and said. */
export function monthOfJson(json: unknown): MonthReading {
  const parsed = schema.safeParse(json)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    return { ok: false, problem: `It is no CVRF month: ${line(issue?.path.join('.') ?? '', 100)} ${line(issue?.message ?? '', 200)}.` }
  }
  const { DocumentTitle, DocumentTracking: tracking, ProductTree: tree, Vulnerability } = parsed.data
  const dropped: MonthProblem[] = []
  const vulnerabilities = Vulnerability.flatMap((one, index) => {
    const read = weakness.safeParse(one)
    if (read.success) return [weaknessOf(read.data)]
    const issue = read.error.issues[0]
    const reason = `vulnerability ${index}: ${line(issue?.path.join('.') ?? '', 100)} ${line(issue?.message ?? '', 150)}`
    dropped.push({ reason, found: JSON.stringify(one) })
    return []
  })
  const products = new Map<string, Product>([
    ...tree.FullProductName.map((one) => [one.ProductID, { name: line(one.Value, 200), family: 'Other' }] as const),
    ...tree.Branch.flatMap((branch) => branchProducts(branch, 'Other', 0)),
  ])
  return {
    ok: true,
    month: {
      id: tracking.Identification.ID,
      title: line(DocumentTitle, 200),
      publishedAt: tracking.InitialReleaseDate,
      updatedAt: tracking.CurrentReleaseDate,
      products,
      vulnerabilities,
    },
    dropped,
  }
}
