// The Security Update Guide as Microsoft serves it, telling the same as a month that is made for a test: in pages, with its filters.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TestServer } from './https-server.ts'
import type { TestMonth, TestWeakness } from './msrc.ts'

export type Row = Readonly<Record<string, unknown>>

export interface Guide {
  readonly vulnerability: readonly Row[]
  readonly affectedProduct: readonly Row[]
}

const zoned = (text: string): string => `${text}Z`
/** `Publicly Disclosed:No;Exploited:Yes;...` in its parts. */
const said = (exploit: string, name: string): string => new RegExp(`${name}:([^;]+)`).exec(exploit)?.[1] ?? ''

const vulnerabilityRow = (month: TestMonth, w: TestWeakness): Row => ({
  id: `00000000-${w.cve}`,
  cveNumber: w.cve,
  cveTitle: w.title,
  releaseNumber: month.id,
  releaseDate: zoned(month.published),
  latestRevisionDate: zoned(w.revised),
  severity: w.severity,
  impact: w.impact,
  exploited: said(w.exploit, 'Exploited'),
  publiclyDisclosed: said(w.exploit, 'Publicly Disclosed'),
  latestSoftwareRelease: said(w.exploit, 'Latest Software Release'),
  isMariner: false,
  customerActionRequired: w.action !== 'No',
  articles: [
    { articleType: 'FAQ', description: '<p>Why?</p>', ordinal: 1 },
    ...(w.workaround ? [{ articleType: 'Workaround', description: w.workaround, ordinal: 2 }] : []),
  ],
})

const productRow = (month: TestMonth, w: TestWeakness, productId: string): Row => {
  const [family, products] = Object.entries(month.families).find(([, all]) => productId in all) ?? ['Other', {}]
  return {
    id: `00000000-${w.cve}-${productId}`,
    cveNumber: w.cve,
    releaseNumber: month.id,
    releaseDate: zoned(month.published),
    productId,
    product: products[productId],
    productFamily: family,
    severity: w.severity,
    impact: w.impact,
    baseScore: `${w.score}`,
    vectorString: w.vector,
    kbArticles: w.fixes
      .filter((fix) => fix.products.includes(productId))
      .map((fix) => ({
        articleName: fix.text,
        articleUrl: `https://support.microsoft.com/help/${fix.text}`,
        downloadName: 'Security Update',
        downloadUrl: 'https://catalog.update.microsoft.com/',
        ...(fix.build ? { fixedBuildNumber: fix.build } : {}),
        rebootRequired: fix.restart ?? '',
        supercedence: fix.replaces ?? '',
      })),
  }
}

export const guideOf = (...months: readonly TestMonth[]): Guide => ({
  vulnerability: months.flatMap((month) => month.weaknesses.map((w) => vulnerabilityRow(month, w))),
  affectedProduct: months.flatMap((month) => month.weaknesses.flatMap((w) => w.products.map((id) => productRow(month, w, id)))),
})

/** The two filters that are asked for. */
function wanted(filter: string): (row: Row) => boolean {
  const release = /^releaseNumber eq '([^']+)'$/.exec(filter)?.[1]
  if (release !== undefined) return (row) => row.releaseNumber === release
  const since = /^releaseDate ge (\S+) or latestRevisionDate ge (\S+)$/.exec(filter)?.[1]
  if (since === undefined) return () => false
  const at = Date.parse(since)
  return (row) => Date.parse(`${row.releaseDate}`) >= at || Date.parse(`${row.latestRevisionDate}`) >= at
}

export const GUIDE = '/sug/v2.0/sugodata/v2.0/en-US/'

/** What a page says beside its rows: a test may spoil it. */
export type Spoil = (page: Row, asked: URL) => unknown

/** Serves the guide in pages of `size` rows. */
export function serveGuide(server: TestServer, guide: Guide, size = 2, spoil: Spoil = (page) => page): void {
  for (const list of ['vulnerability', 'affectedProduct'] as const)
    server.pages.set(`${GUIDE}${list}?*`, (request: IncomingMessage, response: ServerResponse) => {
      const asked = new URL(server.at(request.url ?? '/'))
      const rows = guide[list].filter(wanted(asked.searchParams.get('$filter') ?? ''))
      const skip = Number(asked.searchParams.get('$skip') ?? 0)
      const next = new URL(asked)
      next.searchParams.set('$skip', `${skip + size}`)
      const page = {
        '@odata.context': server.at(`${GUIDE}$metadata#${list}`),
        '@odata.count': rows.length,
        value: rows.slice(skip, skip + size),
        ...(skip + size < rows.length ? { '@odata.nextLink': next.href } : {}),
      }
      const body = spoil(page, asked)
      response.writeHead(200).end(typeof body === 'string' ? body : JSON.stringify(body))
    })
}
