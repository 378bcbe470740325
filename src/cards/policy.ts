import { buyOffStatus, type VersionState, waitingWords } from '../core/policy/buy-off.ts'
import type { PolicyDifference } from '../core/policy/differences.ts'
import type { Policy } from '../core/policy.ts'
import type { Instant } from '../core/result.ts'
import type { Action, Badge, Block, Card, Text } from './card.ts'
import { askList, linesOf, moreButton, type Page, pageBlocks, pagesOf } from './pages.ts'
import { at, button, count, fact, joined, listed, nameOf, next, note, outcome, quiet, reasonForm, textBlock, whisper } from './words.ts'

/** On every card while nobody has bought off any version. */
export const NOT_APPROVED: Badge = { text: 'POLICY NOT APPROVED', tone: 'danger' }

/** Longest list of differences on a card; all are behind the button. */
const FEW = 10

/** A version of the policy as its card needs it. */
export interface VersionView {
  readonly version: VersionState & { readonly policy: Policy; readonly proposedAt: Instant; readonly inForceAt: Instant | null }
  /** By whose managers it is judged. */
  readonly judges: Policy
  /** Against the version before; null for the first. */
  readonly differences: readonly PolicyDifference[] | null
  /** Open changes whose plan waits for a decision, and those whose approved plan is on its way. */
  readonly deciding: readonly number[]
  readonly approved: readonly number[]
}

const subjectOf = ({ id }: VersionState): string => `policy:${id}`
const short = (hash: string): string => hash.slice(0, 8)

/** The card of one version, in the management and admin places: what changes, what it means, and who decides. */
export function versionCard(view: VersionView): Card {
  const { version, differences } = view
  const title = `${TITLES[titleOf(version)]} ${version.id}`
  return {
    look: 'standard',
    tone: toneOf(version),
    badges: [],
    title,
    subtitle: `${version.policy.organisation} · hash ${short(version.hash)}`,
    blocks: [
      ...(differences === null ? firstBlocks(version.policy) : differenceBlocks(differences, FEW)),
      ...(version.status === 'proposed' ? meaningBlocks(view) : []),
      ...decisionBlocks(view),
    ],
    actions: actions(view),
    summary: `${title}: ${differences === null ? 'the first one' : count(differences.length, 'difference')}`,
  }
}

type Title = 'waits' | 'proposed' | 'in force' | 'superseded' | 'rejected'
const TITLES: Readonly<Record<Title, string>> = {
  waits: 'Not approved yet: policy',
  proposed: 'Proposed: policy',
  'in force': 'In force: policy',
  superseded: 'Superseded: policy',
  rejected: 'Rejected: policy',
}
const titleOf = ({ status, approvedAt }: VersionState): Title => (status === 'in force' && approvedAt === null ? 'waits' : status)
const toneOf = (version: VersionState) =>
  (({ waits: 'danger', proposed: 'warning', 'in force': 'good', superseded: 'neutral', rejected: 'neutral' }) as const)[titleOf(version)]

function firstBlocks({ preset, people, windows, sources, zone }: Policy): readonly Block[] {
  const managers = people.filter((p) => p.roles.includes('manager')).map(({ name }) => name)
  return [
    {
      kind: 'facts',
      facts: [
        fact('Deadlines', `${preset}, months and labels in ${zone}`),
        fact('People', `${people.length}, managers: ${listed(managers)}`),
        fact('Windows', windows.map(({ name }) => name).join(', ')),
        fact('Sources', sources.map(({ name }) => name).join(', ') || 'none'),
      ],
    },
  ]
}

function differenceBlocks(differences: readonly PolicyDifference[], most: number): readonly Block[] {
  if (differences.length === 0) return [textBlock('It says the same as the version before.')]
  const rows = differences.slice(0, most).map(({ path, from, to }) => [path, from ?? '(not there)', to ?? '(gone)'])
  const more = differences.length - rows.length
  return [
    { kind: 'table', columns: ['What', 'in force', 'proposed'], rows },
    ...(more > 0 ? [quiet(`And ${count(more, 'more difference')}: Show all.`)] : []),
  ]
}

const changes = (numbers: readonly number[]): string => `${numbers.length === 1 ? 'change' : 'changes'} ${listed(numbers.map(String))}`

/** What its coming into force does to what is under way. */
function meaningBlocks({ deciding, approved }: VersionView): readonly Block[] {
  const lines: Text[] = [
    ...(deciding.length > 0 ? [[`The plan that waits for go or no-go in ${changes(deciding)} becomes void and has to be made anew.`]] : []),
    ...(approved.length > 0 ? [[`The approved plan of ${changes(approved)} goes on under the version that it was approved with.`]] : []),
  ]
  return [lines.length > 0 ? { kind: 'list', items: lines } : quiet('No plan is under way that it would touch.')]
}

function decisionBlocks({ version, judges }: VersionView): readonly Block[] {
  const said = joined(version.approvals.map((a): Text => [`${nameOf(judges, a.person)}, `, at(a.at)]))
  if (version.rejection)
    return [
      outcome(
        'warning',
        `Rejected by ${nameOf(judges, version.rejection.by)}, `,
        at(version.rejection.at),
        `: ${version.rejection.reason}`,
      ),
      next('an admin mends the file.'),
    ]
  if (version.approvedAt !== null)
    return [
      outcome(
        version.status === 'in force' ? 'good' : 'neutral',
        'Approved by ',
        ...said,
        `. Its hash ${short(version.hash)} stands in every decision made under it.`,
      ),
    ]
  if (version.status === 'superseded') return [outcome('neutral', 'The file says something else now: this version was never approved.')]
  return [
    ...(version.status === 'in force'
      ? [textBlock('Everything can be prepared, but no rollout starts before the managers have approved it.')]
      : []),
    ...(said.length > 0 ? [textBlock('Approved so far by ', ...said)] : []),
    next(waitingWords(version, judges)),
  ]
}

function actions({ version, differences }: VersionView): readonly Action[] {
  const subject = subjectOf(version)
  const all = differences === null || differences.length === 0 ? [] : [button('Show all', 'policy-differences', subject)]
  const open = version.approvedAt === null && version.rejection === null && (version.status === 'proposed' || version.status === 'in force')
  if (!open) return all
  return [
    button('Approve', 'approve-policy', subject, { digest: version.hash, style: 'primary' }),
    button('Reject', 'reject-policy', subject, {
      digest: version.hash,
      style: 'danger',
      form: reasonForm(`Reject policy ${version.id}`, 'Why? What should change?', 'Reject'),
    }),
    ...all,
  ]
}

/** Differences on one page of all. */
export const DIFFERENCES_A_PAGE = 20

/** Everything that differs, privately, a page at a time. */
export const differencesCard = (id: number, differences: readonly PolicyDifference[], page: Page): Card =>
  whisper(`What policy ${id} says differently`, [...differenceBlocks(linesOf(differences, page), page.size), ...pageBlocks(page)], {
    actions: moreButton(page, (next) => ({ verb: 'policy-differences', id: `policy:${id}/page-${next}` })),
  })

/** Versions on one page of them. */
export const VERSIONS_A_PAGE = 5

/** The answer to `policy`: what is in force, and what waits. `views` are those of the page. */
export function policyCard(views: readonly VersionView[], page: Page): Card {
  const now = views.find(({ version }) => version.status === 'in force')
  const others = views.filter((view) => view !== now)
  const title = now ? `Policy ${now.version.id} is in force` : pagesOf(page) > 1 ? 'Versions of the policy' : 'No policy is in force'
  const blocks: readonly Block[] = [
    ...(now ? [{ kind: 'facts' as const, facts: standing(now) }, ...firstBlocks(now.version.policy)] : []),
    ...(others.length > 0 ? [{ kind: 'heading' as const, text: 'Other versions, newest first' }] : []),
    ...others.map((view) => ({ kind: 'facts' as const, facts: standing(view) })),
    ...pageBlocks(page),
  ]
  return whisper(title, blocks, { actions: moreButton(page, askList('policy')) })
}

function standing({ version, judges, differences }: VersionView) {
  const said = listed(version.approvals.map((a) => nameOf(judges, a.person)))
  return [
    fact(`Policy ${version.id}`, `${version.hash} · ${titleOf(version) === 'waits' ? 'in force, NOT APPROVED' : version.status}`),
    fact('Proposed', at(version.proposedAt), ...(version.inForceAt ? [', in force from ', at(version.inForceAt)] : [])),
    fact(
      'Approved by',
      said || 'nobody',
      version.rejection ? `; rejected by ${nameOf(judges, version.rejection.by)}: ${version.rejection.reason}` : '',
    ),
    ...(version.status === 'proposed' || titleOf(version) === 'waits' ? [fact('Next', waitingWords(version, judges))] : []),
    ...(differences && differences.length > 0 ? [fact('Differences', summaryOf(differences))] : []),
  ]
}

const summaryOf = (differences: readonly PolicyDifference[]): string => {
  const paths = differences.slice(0, 5).map(({ path }) => path)
  return `${paths.join(', ')}${differences.length > 5 ? ` (+${differences.length - 5} more)` : ''}`
}

/** In the thread: who brought it into force. */
export const approvedNote = (id: number, hash: string, by: readonly string[], judges: Policy): Card =>
  note(
    `Policy ${id} is in force`,
    'good',
    textBlock(
      `Approved by ${listed(by.filter((one) => counted(one, by, judges)).map((one) => nameOf(judges, one)))}. Every later decision carries its hash ${short(hash)}.`,
    ),
  )

const counted = (person: string, all: readonly string[], judges: Policy): boolean =>
  buyOffStatus(
    all.map((one) => ({ person: one, at: '1970-01-01T00:00:00.000Z' })),
    judges,
  ).counted.some((c) => c.person === person)

export const rejectedNote = (id: number, by: string, reason: string, staysInForce: boolean): Card =>
  note(
    `Policy ${id} was rejected by ${by}`,
    'warning',
    textBlock(reason),
    quiet(staysInForce ? 'Rollouts go on waiting until a version is approved.' : 'The version in force stays in force.'),
  )

/** Under a plan that waits for its decision, when another policy comes into force. */
export const voidNote = (id: number, digest: string): Card =>
  note(
    'The policy has changed: this plan is void',
    'warning',
    textBlock(`Policy ${id} is in force now. Plan ${short(digest)} was made under the one before, so nobody can approve it any more.`),
    next('the patch team or operations makes the plan anew.'),
  )

/** A changed file that cannot be used: the version in force stays. */
export const badFileCard = (file: string, problems: string, hash: string): Card => {
  const lines = problems.split('\n')
  return note(
    'The policy file cannot be used',
    'danger',
    textBlock(`${file} has changed and has ${count(lines.length, 'problem')}. The version in force (${short(hash)}) stays in force.`),
    { kind: 'list', items: lines.slice(0, 20).map((line): Text => [line]) },
    ...(lines.length > 20 ? [quiet(`And ${lines.length - 20} more: npm run -s patchcrier -- policy check FILE`)] : []),
    next('an admin mends the file; it is looked at again by itself.'),
  )
}
