import { highest, severityOfScore, severityWord } from '../../../src/core/identify/severity.ts'
import { distinct, line, plain } from '../../../src/core/identify/text.ts'
import type { Month, Remedy, Weakness } from './month.ts'
import { linuxPackage } from './names.ts'
import { type Draft, MONTH_ID } from './part.ts'

const LONGEST = 5_000
const CVE = /^CVE-\d{4}-\d{4,19}$/
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const NAMES = 'January February March April May June July August September October November December'.split(' ')

/** `2026-Sep` -> `September 2026`; what is out of band keeps what follows (`2017-May-B`). `publishedAt` has the year where the id has none. */
export function releaseOf(id: string, publishedAt: string): string {
  const [year = '', month = '', ...rest] = (/^\d/.test(id) ? id : `${publishedAt.slice(0, 4)}-${id}`).split('-')
  return [NAMES[MONTHS.indexOf(month)] ?? month, year, ...rest].join(' ')
}

/** A date of Microsoft's, in UTC; null for none, which it writes as year 1. */
export function instantOf(text: string): string | null {
  if (!/^\d{4}-\d{2}-\d{2}T/.test(text) || text < '1990') return null
  const time = Date.parse(/Z$|[+-]\d{2}:\d{2}$/.test(text) ? text : `${text}Z`)
  return Number.isNaN(time) ? null : new Date(time).toISOString()
}

const LINUX = 'Azure Linux'

const slug = (family: string): string =>
  family
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 40) || 'other'

const concerns = (own: ReadonlySet<string>, products: readonly string[]): boolean =>
  products.length === 0 || products.some((id) => own.has(id))

/** What is true of a vulnerability in the products of one family. */
function weaknessIn(own: ReadonlySet<string>, weakness: Weakness): Draft['vulnerabilities'][number] {
  const threats = weakness.threats.filter(({ products }) => concerns(own, products))
  const told = (kind: string): readonly string[] => distinct(threats.filter((t) => t.kind === kind).map((t) => line(t.text, 300)))
  const best = weakness.scores
    .filter(({ products, score }) => concerns(own, products) && score > 0 && score <= 10)
    .reduce((most, next) => (next.score > most.score ? next : most), { score: 0, vector: '' })
  const severities = told('severity')
  const gravest = highest(severities.map((word) => severityWord(word) ?? 'none'))
  return {
    cve: weakness.cve,
    title: line(weakness.title, 300),
    severity: severities.find((word) => severityWord(word) === gravest) ?? '',
    impact: line(told('impact').join(', '), 60),
    exploit: line(told('exploit').join(';'), 300),
    score: best.score,
    vector: line(best.vector, 300),
  }
}

const updateOf = (text: string): string => (/^\d{6,8}$/.test(text.trim()) ? `KB${text.trim()}` : line(text, 120))

/** One fix per product, update and build, with the vulnerabilities that it is for. */
function fixesOf(month: Month, own: ReadonlySet<string>, weaknesses: readonly Weakness[]): Draft['fixes'] {
  const found = new Map<string, Draft['fixes'][number]>()
  for (const { cve, remedies } of weaknesses)
    for (const remedy of remedies.filter(({ kind }) => kind === 'fix'))
      for (const id of remedy.products.filter((one) => own.has(one))) {
        const product = month.products.get(id)?.name ?? id
        const key = [product, remedy.text, remedy.build].join('\n')
        const known = found.get(key) ?? { ...fixOf(remedy, product), cves: [] }
        if (!known.cves.includes(cve)) found.set(key, { ...known, cves: [...known.cves, cve] })
      }
  return [...found.values()].sort((a, b) => (`${a.product} ${a.update}` < `${b.product} ${b.update}` ? -1 : 1))
}

const fixOf = (remedy: Remedy, product: string): Omit<Draft['fixes'][number], 'cves'> => ({
  product,
  update: updateOf(remedy.text),
  // Of Office an address stands there at times, where the builds are listed.
  build: remedy.build.includes('://') ? '' : line(remedy.build, 60),
  replaces: line(remedy.replaces, 120),
  restart: line(remedy.restart, 20),
  type: line(remedy.type, 60),
  url: /^https:\/\//.test(remedy.url) ? line(remedy.url, 300) : '',
})

/** Products without a fix, with the vulnerabilities that they have. */
function unfixedOf(month: Month, own: ReadonlySet<string>, weaknesses: readonly Weakness[]): Draft['unfixed'] {
  const found = new Map<string, string[]>()
  for (const { cve, products, remedies } of weaknesses)
    for (const id of products.filter((one) => own.has(one))) {
      if (remedies.some((remedy) => remedy.kind === 'fix' && remedy.products.includes(id))) continue
      const product = month.products.get(id)?.name ?? id
      found.set(product, [...(found.get(product) ?? []), cve])
    }
  return [...found].map(([product, cves]) => ({ product, cves: [...new Set(cves)] })).sort((a, b) => (a.product < b.product ? -1 : 1))
}

const markup = (text: string): string =>
  plain(
    text
      .replace(/<[^<>]{0,500}>/g, ' ')
      .replace(/&nbsp;/g, ' ')
      .replace(/ {2,}/g, ' '),
    1_500,
  )

const told = (own: ReadonlySet<string>, weaknesses: readonly Weakness[], kind: Remedy['kind']): string =>
  plain(
    distinct(
      weaknesses.flatMap(({ cve, remedies }) =>
        remedies
          .filter((remedy) => remedy.kind === kind && concerns(own, remedy.products) && remedy.text.trim() !== '')
          .map((remedy) => `${cve}: ${markup(remedy.text)}${/^https:/.test(remedy.url) ? ` ${line(remedy.url, 200)}` : ''}`),
      ),
    ).join('\n'),
    LONGEST,
  )

/** What a month says of itself, or why it is none. */
export type Parted = { readonly ok: true; readonly parts: readonly Draft[] } | { readonly ok: false; readonly problem: string }

const rank = (one: Draft['vulnerabilities'][number]): number =>
  ['none', 'low', 'moderate', 'important', 'critical'].indexOf(severityWord(one.severity) ?? severityOfScore(one.score))

/**
 * A month as parts, one per product family: they are patched by different people at different times, and what changes in one leaves the
 * plans of the others alone. `families` empty: all.
 */
export function partsOf(month: Month, families: readonly string[]): Parted {
  if (!MONTH_ID.test(month.id)) return { ok: false, problem: `Expected the id of a month such as 2026-Sep, got "${line(month.id, 40)}".` }
  const publishedAt = instantOf(month.publishedAt) ?? instantOf(month.updatedAt)
  if (publishedAt === null) return { ok: false, problem: 'It has no release date.' }
  // Packages of its own Linux stand in several families.
  const byFamily = Map.groupBy([...month.products], ([, { name, family }]) => (linuxPackage(name) === null ? family : LINUX))
  const parts = [...byFamily].flatMap(([family, products]): readonly Draft[] => {
    if (families.length > 0 && !families.includes(family)) return []
    const own = new Set(products.map(([id]) => id))
    const weaknesses = month.vulnerabilities.filter((one) => one.products.some((id) => own.has(id)))
    if (weaknesses.length === 0) return []
    const dates = weaknesses.flatMap(({ revisedAt }) => instantOf(revisedAt) ?? [])
    const known = weaknesses.filter(({ cve }) => CVE.test(cve))
    return [
      {
        vendorId: `MSRC-${month.id}-${slug(family)}`,
        month: month.id,
        release: `Microsoft, ${releaseOf(month.id, publishedAt)}`,
        family,
        publishedAt,
        updatedAt: dates.reduce((latest, date) => (date > latest ? date : latest), publishedAt),
        vulnerabilities: known.map((one) => weaknessIn(own, one)).sort((a, b) => rank(b) - rank(a) || (a.cve < b.cve ? -1 : 1)),
        advisories: distinct(weaknesses.filter(({ cve }) => !CVE.test(cve)).map(({ cve }) => line(cve, 40))) as string[],
        fixes: fixesOf(month, own, weaknesses),
        unfixed: unfixedOf(
          month,
          own,
          weaknesses.filter(({ needsAction }) => needsAction),
        ),
        handled: unfixedOf(
          month,
          own,
          weaknesses.filter(({ needsAction }) => !needsAction),
        ),
        workarounds: told(own, weaknesses, 'workaround'),
        mitigations: told(own, weaknesses, 'mitigation'),
        knownIssues: told(own, weaknesses, 'known issue'),
      },
    ]
  })
  return { ok: true, parts }
}
