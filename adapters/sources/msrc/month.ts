import { own } from '../../../src/core/own.ts'

/** What is taken from one month of Microsoft's security updates, the same for JSON and XML. All of it is foreign text. */
export interface Month {
  /** E.g. `2026-Sep`: the month is an English three-letter name in every locale. */
  readonly id: string
  readonly title: string
  /** As written; empty where there is none. */
  readonly publishedAt: string
  readonly updatedAt: string
  readonly products: ReadonlyMap<string, Product>
  readonly vulnerabilities: readonly Weakness[]
}

export interface Product {
  readonly name: string
  /** Microsoft's product family, e.g. `Windows`; `Other` where it names none. */
  readonly family: string
}

/** One vulnerability of a month. Product ids stand for products of the month. */
export interface Weakness {
  readonly cve: string
  readonly title: string
  /** Known affected. */
  readonly products: readonly string[]
  readonly threats: readonly Threat[]
  readonly scores: readonly Score[]
  readonly remedies: readonly Remedy[]
  /** False: Microsoft has fixed it itself, e.g. in a cloud service, and its customers have nothing to do. */
  readonly needsAction: boolean
  /** Date of its latest revision as written; empty: none. */
  readonly revisedAt: string
}

export interface Threat {
  readonly kind: 'impact' | 'exploit' | 'severity' | 'other'
  readonly text: string
  /** Empty: all. */
  readonly products: readonly string[]
}

export interface Score {
  readonly score: number
  readonly vector: string
  readonly products: readonly string[]
}

export interface Remedy {
  readonly kind: 'workaround' | 'mitigation' | 'fix' | 'known issue' | 'other'
  /** Of a fix a KB number, but only sometimes: `Release Notes`, `Click to Run` and the like stand there, too. */
  readonly text: string
  readonly url: string
  /** What it replaces, spelt `Supercedence` there, and incomplete. */
  readonly replaces: string
  readonly products: readonly string[]
  readonly restart: string
  /** E.g. `Security Update`, `Monthly Rollup`. */
  readonly type: string
  /** E.g. `10.0.20348.4773`; empty where it is not said. */
  readonly build: string
}

/** Numbers of the JSON and words of the XML for one kind. */
const kindOf =
  <K extends string>(kinds: Readonly<Record<string, K>>, other: K) =>
  (type: unknown): K =>
    own(kinds, `${type}`) ?? other

export const threatKind = kindOf<Threat['kind']>(
  { 0: 'impact', 1: 'exploit', 3: 'severity', Impact: 'impact', 'Exploit Status': 'exploit', Severity: 'severity' },
  'other',
)

export const remedyKind = kindOf<Remedy['kind']>(
  {
    0: 'workaround',
    1: 'mitigation',
    2: 'fix',
    5: 'known issue',
    Workaround: 'workaround',
    Mitigation: 'mitigation',
    'Vendor Fix': 'fix',
    'Known Issue': 'known issue',
  },
  'other',
)

/** What a note of a vulnerability says of it: only a plain no is one. */
export const saysNoAction = (title: string, value: string): boolean => title === 'Customer Action Required' && /^no$/i.test(value.trim())

/** CVRF's product status 3. */
export const isAffected = (type: unknown): boolean => type === 3 || type === '3' || type === 'Known Affected'

/** Something in a month that cannot be read, and what stands there, as JSON. */
export interface MonthProblem {
  readonly reason: string
  readonly found: string
}

export type MonthReading = { readonly ok: true; readonly month: Month; readonly dropped: readonly MonthProblem[] } | Unread
export interface Unread {
  readonly ok: false
  readonly problem: string
}
