import type { AffectedHost, AffectedPackage } from '../core/assess/affected.ts'
import type { Bulletin, Vulnerability } from '../core/identify/bulletin.ts'
import type { Check, Verification } from '../core/identify/verification.ts'
import type { Block, Card } from './card.ts'
import { firstPage, linesOf, moreButton, type Page, pageBlocks } from './pages.ts'
import { at, button, count, fact, quiet, textBlock, verdictBadge, whisper } from './words.ts'

const SILENT = 'The publisher says nothing.'
const said = (text: string): string => (text.trim() === '' ? SILENT : text)

/** Vulnerabilities on one page. */
export const VULNERABILITIES_A_PAGE = 20
/** Characters of a publisher's words beside which the vulnerabilities have room on every platform. */
const ROOM_BESIDE = 4000

/** The six sections of the chapter's Table 2.2; an empty one says so. Vulnerabilities that have no room beside them have pages of their own. `id` is the bulletin's row. */
export function detailsCard(bulletin: Bulletin, id: number): Card {
  const { sections, title, vulnerabilities } = bulletin
  const beside = vulnerabilities.length <= VULNERABILITIES_A_PAGE && JSON.stringify(sections).length <= ROOM_BESIDE
  const page = firstPage(VULNERABILITIES_A_PAGE, vulnerabilities.length)
  const list = beside
    ? vulnerabilityBlocks(bulletin, page)
    : [textBlock(`It is about ${count(vulnerabilities.length, 'vulnerability', 'vulnerabilities')}.`)]
  return whisper(title, [...sectionBlocks(bulletin), { kind: 'heading', text: 'Vulnerabilities' }, ...list], {
    actions: beside ? [] : [button('Vulnerabilities', 'details', `bulletin:${id}/page-1`)],
  })
}

/** The vulnerabilities of a bulletin alone, a page at a time. */
export const vulnerabilitiesCard = (bulletin: Bulletin, id: number, page: Page): Card =>
  whisper(`Vulnerabilities: ${bulletin.title}`, vulnerabilityBlocks(bulletin, page), {
    actions: moreButton(page, (next) => ({ verb: 'details', id: `bulletin:${id}/page-${next}` })),
  })

function sectionBlocks({ sections: s }: Bulletin): readonly Block[] {
  const section = (title: string, ...blocks: readonly Block[]): readonly Block[] => [{ kind: 'heading', text: title }, ...blocks]
  return [
    ...section('Summary', {
      kind: 'facts',
      facts: [
        fact('Maximum severity', said(s.summary.maximumSeverity)),
        fact('Impact', said(s.summary.impact)),
        fact('Affected software', said(s.summary.affectedSoftware)),
        fact('Recommendation', said(s.summary.recommendation)),
      ],
    }),
    ...section(
      'Technical details',
      textBlock(said(s.technicalDetails.text)),
      quiet(`Mitigating factors: ${said(s.technicalDetails.mitigatingFactors)}`),
    ),
    ...section('Workarounds', textBlock(said(s.workarounds))),
    ...section('Frequently asked questions', textBlock(said(s.faq))),
    ...section('Security patch information', {
      kind: 'facts',
      facts: [
        fact('Prerequisites', said(s.patchInformation.prerequisites)),
        fact('Deployment', said(s.patchInformation.deployment)),
        fact('Restart', said(s.patchInformation.restart)),
        fact('Removal', said(s.patchInformation.removal)),
        fact('Files', said(s.patchInformation.files)),
        fact('Verification', said(s.patchInformation.verification)),
      ],
    }),
    ...section('Knowledge base', s.knowledgeBase.length > 0 ? { kind: 'links', links: s.knowledgeBase } : textBlock(SILENT)),
  ]
}

const vulnerabilityBlocks = ({ vulnerabilities }: Bulletin, page: Page): readonly Block[] => [
  {
    kind: 'table',
    columns: ['CVE', 'CVSS', 'Vector', 'Known exploited'],
    rows: linesOf(vulnerabilities, page).map((v) => [v.cve, v.cvss ? `${v.cvss.score}` : '-', v.cvss?.vector ?? '-', exploitedWords(v)]),
  },
  ...pageBlocks(page),
]

const MARK: Readonly<Record<Check['outcome'], string>> = { pass: '✓', fail: '✗', 'not applicable': '–', unavailable: '?', stale: '!' }

/** The verdict, check by check, with what was seen. */
export function evidenceCard(title: string, verification: Verification, origins: readonly string[] = []): Card {
  return whisper(
    `Evidence: ${title}`,
    [
      textBlock(verification.reason),
      ...(verification.signedBy ? [quiet(`Signed by: ${verification.signedBy}`)] : []),
      // Not in a table, whose cells are short: hashes and fingerprints stay whole.
      ...verification.checks.map((c) => textBlock({ strong: `${MARK[c.outcome]} ${c.name} ${c.outcome}: ` }, c.evidence)),
      ...(origins.length > 1 ? [quiet(`Told by ${origins.length} sources: ${origins.join('; ')}`)] : []),
      quiet('Checked ', at(verification.checkedAt)),
    ],
    { badges: [verdictBadge(verification.verdict)] },
  )
}

const fixedIn = ({ to, noFix }: AffectedPackage): string => (noFix ? 'no version yet' : to)

/** Packages of hosts, a line each, on one page of affected hosts. */
export const AFFECTED_A_PAGE = 20

export const affectedLines = (hosts: readonly AffectedHost[]): number => hosts.reduce((sum, h) => sum + h.packages.length, 0)

const marks = (h: AffectedHost): string =>
  [
    h.missionCritical && 'mission critical',
    h.unmanaged && 'unmanaged',
    h.stale && `not seen since ${h.lastSeen.slice(0, 10)}`,
    h.remote && 'remote',
    h.foreign && h.ownership,
    h.rebootPending && 'reboot pending',
    h.noFix === true && 'no fix published',
    h.environment === 'test' && 'test',
    h.patchTeam && 'patch team',
  ]
    .filter((m) => typeof m === 'string')
    .join(', ')

/** Who is hit, with the marks that matter for a plan. `subject` is the change, `change:12`. A page names the host of its first line again. */
export function affectedCard(title: string, hosts: readonly AffectedHost[], subject: string, page: Page): Card {
  const lines = linesOf(
    hosts.flatMap((host) => host.packages.map((of, i) => ({ host, of, first: i === 0 }))),
    page,
  )
  return whisper(
    `${count(hosts.length, 'affected host')}: ${title}`,
    [
      {
        kind: 'table',
        columns: ['Host', 'Class', 'Package', 'Installed', 'Fixed in', 'Notes'],
        rows: lines.map(({ host: h, of: p, first }, i) =>
          first || i === 0 ? [h.host, h.assetClass, p.name, p.from, fixedIn(p), marks(h)] : ['', '', p.name, p.from, fixedIn(p), ''],
        ),
      },
      ...pageBlocks(page),
    ],
    { actions: moreButton(page, (next) => ({ verb: 'affected', id: `${subject}/page-${next}` })) },
  )
}

const exploitedWords = ({ knownExploited, epss }: Vulnerability): string =>
  epss === undefined ? knownExploited : `${knownExploited}; EPSS ${(epss * 100).toFixed(1)} %`
