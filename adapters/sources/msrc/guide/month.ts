import { line } from '../../../../src/core/identify/text.ts'
import { own } from '../../../../src/core/own.ts'
import type { Month, Product, Remedy, Threat, Weakness } from '../month.ts'
import { instantOf } from '../parts.ts'
import type { ProductRow, VulnerabilityRow } from './rows.ts'

const ALL: readonly string[] = []

/** The guide says in three fields what the months say in one text. */
const exploitOf = (one: VulnerabilityRow): readonly Threat[] => {
  const told = [
    ['Publicly Disclosed', one.publiclyDisclosed],
    ['Exploited', one.exploited],
    ['Latest Software Release', one.latestSoftwareRelease],
  ].flatMap(([name, value]) => (value === '' ? [] : [`${name}:${value}`]))
  return told.length === 0 ? [] : [{ kind: 'exploit', text: told.join(';'), products: ALL }]
}

/** What is said of the product; what is said of the vulnerability only where no product says it. */
const threatsOf = (rows: readonly ProductRow[], one: VulnerabilityRow | undefined): readonly Threat[] =>
  (['severity', 'impact'] as const).flatMap((kind) => {
    const own = rows.flatMap((row) => (row[kind] === '' ? [] : [{ kind, text: row[kind], products: [row.productId] }]))
    return own.length > 0 || !one?.[kind] ? own : [{ kind, text: one[kind], products: ALL }]
  })

const fixesOf = ({ productId, kbArticles }: ProductRow): readonly Remedy[] =>
  kbArticles.map((article) => ({
    kind: 'fix',
    text: article.articleName,
    url: article.downloadUrl || article.articleUrl,
    replaces: article.supercedence,
    products: [productId],
    restart: article.rebootRequired,
    type: article.downloadName,
    build: article.fixedBuildNumber,
  }))

const KINDS: Readonly<Record<string, Remedy['kind']>> = { workaround: 'workaround', mitigation: 'mitigation', 'known issue': 'known issue' }

const articlesOf = (one: VulnerabilityRow | undefined): readonly Remedy[] =>
  (one?.articles ?? []).flatMap(({ articleType, description }) => {
    const kind = own(KINDS, articleType.toLowerCase())
    return kind === undefined ? [] : [{ kind, text: description, url: '', replaces: '', products: ALL, restart: '', type: '', build: '' }]
  })

const weaknessOf = (cve: string, rows: readonly ProductRow[], one: VulnerabilityRow | undefined): Weakness => ({
  cve,
  title: one?.cveTitle ?? '',
  products: rows.map(({ productId }) => productId),
  threats: [...threatsOf(rows, one), ...(one === undefined ? [] : exploitOf(one))],
  scores: rows.map(({ baseScore, vectorString, productId }) => ({ score: baseScore, vector: vectorString, products: [productId] })),
  remedies: [...rows.flatMap(fixesOf), ...articlesOf(one)],
  needsAction: one?.customerActionRequired !== false,
  revisedAt: one?.latestRevisionDate || rows.reduce((latest, { releaseDate }) => (releaseDate > latest ? releaseDate : latest), ''),
})

/** The day of a release is the one on which most of it came: some come days before, and Microsoft's own Linux at any time. */
function releasedAt(vulnerabilities: readonly VulnerabilityRow[]): string {
  const own = vulnerabilities.filter(({ isMariner, releaseDate }) => !isMariner && instantOf(releaseDate) !== null)
  const days = Map.groupBy(own.length > 0 ? own : vulnerabilities, ({ releaseDate }) => releaseDate)
  const [first] = [...days].sort(([a, some], [b, others]) => others.length - some.length || (a < b ? -1 : 1))
  return first?.[0] ?? ''
}

/** Pages come in any order, and the same content has to be the same document. */
const inOrder = (a: ProductRow, b: ProductRow): number =>
  a.cveNumber === b.cveNumber ? (a.productId < b.productId ? -1 : 1) : a.cveNumber < b.cveNumber ? -1 : 1

/** One release of the guide in the words of a month, so that both are made into the same parts. Rows of other releases are left out. */
export function monthOfRows(id: string, vulnerabilities: readonly VulnerabilityRow[], products: readonly ProductRow[]): Month {
  const own = vulnerabilities.filter((one) => one.releaseNumber === id)
  const known = new Map(own.map((one) => [one.cveNumber, one]))
  const rows = products.filter((one) => one.releaseNumber === id).sort(inOrder)
  const byCve = Map.groupBy(rows, ({ cveNumber }) => cveNumber)
  return {
    id,
    title: '',
    publishedAt: releasedAt(own),
    updatedAt: own.reduce((latest, { latestRevisionDate: at }) => (at > latest ? at : latest), ''),
    products: new Map(
      rows.map((row): [string, Product] => [
        row.productId,
        { name: line(row.product, 200), family: line(row.productFamily, 60) || 'Other' },
      ]),
    ),
    vulnerabilities: [...byCve].map(([cve, of]) => weaknessOf(cve, of, known.get(cve))),
  }
}
