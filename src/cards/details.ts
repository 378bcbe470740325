import type { AffectedHost, AffectedPackage } from '../core/assess/affected.ts'
import type { Bulletin, Vulnerability } from '../core/identify/bulletin.ts'
import type { Check, Verification } from '../core/identify/verification.ts'
import type { Block, Card } from './card.ts'
import { linesOf, moreButton, type Page, pageBlocks } from './pages.ts'
import { at, count, fact, quiet, textBlock, verdictBadge, whisper } from './words.ts'

const SILENT = 'The publisher says nothing.'
const said = (text: string): string => (text.trim() === '' ? SILENT : text)

/** The six sections of the chapter's Table 2.2. An empty one says so. */
export function detailsCard(bulletin: Bulletin): Card {
  const { sections: s } = bulletin
  const section = (title: string, ...blocks: readonly Block[]): readonly Block[] => [{ kind: 'heading', text: title }, ...blocks]
  return whisper(bulletin.title, [
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
    { kind: 'heading', text: 'Vulnerabilities' },
    {
      kind: 'table',
      columns: ['CVE', 'CVSS', 'Vector', 'Known exploited'],
      rows: bulletin.vulnerabilities.map((v) => [v.cve, v.cvss ? `${v.cvss.score}` : '-', v.cvss?.vector ?? '-', exploitedWords(v)]),
    },
  ])
}

const MARK: Readonly<Record<Check['outcome'], string>> = { pass: '✓', fail: '✗', 'not applicable': '–', unavailable: '?', stale: '!' }

/** The verdict, check by check, with what was seen. */
export function evidenceCard(title: string, verification: Verification, origins: readonly string[] = []): Card {
  return whisper(
    `Evidence: ${title}`,
    [
      textBlock(verification.reason),
      ...(verification.signedBy ? [quiet(`Signed by: ${verification.signedBy}`)] : []),
      {
        kind: 'table',
        columns: ['', 'Check', 'Outcome', 'What was seen'],
        rows: verification.checks.map((c) => [MARK[c.outcome], c.name, c.outcome, c.evidence]),
      },
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
