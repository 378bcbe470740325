import type { AffectedHost } from '../core/assess/affected.ts'
import { bulletinsOf, restartOf, vulnerabilitiesOf } from '../core/change/bulletins.ts'
import { clockReasonOf, clockWordsOf } from '../core/change/clock-facts.ts'
import type { ChangeState } from '../core/change/state.ts'
import type { Vulnerability } from '../core/identify/bulletin.ts'
import type { Policy } from '../core/policy.ts'
import { alertActions, mayBeVouched } from './alert-actions.ts'
import type { Block, Card } from './card.ts'
import { elsewhereBlocks } from './elsewhere.ts'
import { type JoinChoice, joinedBlocks } from './join.ts'
import { type Named, namedBlocks } from './named.ts'
import { waitingBlocks } from './waiting.ts'
import {
  capital,
  classBadge,
  clockFacts,
  count,
  fact,
  next,
  outcome,
  quiet,
  rehearsalBadge,
  shortened,
  shortTitle,
  typeBadge,
  verdictBadge,
  who,
} from './words.ts'

/** What the alert shows beside the change itself. */
export interface AlertContext {
  readonly policy: Policy
  readonly fleetSize: number
  /** Hosts of the affected classes against the baseline of these products; null when there is no baseline yet. */
  readonly baseline: { readonly at: number; readonly below: number; readonly above: number; readonly exempt: number } | null
  /** Earlier changes of which this one brings every build. */
  readonly covers: readonly JoinChoice[]
  /** Products that its bulletin names without versions, and that the inventory has. */
  readonly named: readonly Named[]
  /** Its bulletin says of no version whether it is affected. */
  readonly versionsUnknown: boolean
}

/** The first card of a change: the few facts that a decision on relevance and class needs, and the buttons for it. */
export function alertCard(state: ChangeState, context: AlertContext): Card {
  const { bulletin } = state
  const [, ...others] = bulletinsOf(state)
  return {
    look: 'standard',
    tone: bulletin.verdict === 'UNCONFIRMED' ? 'warning' : 'info',
    badges: [
      classBadge(state.classification?.class ?? state.proposal.class),
      verdictBadge(bulletin.verdict),
      ...typeBadge(state.classification?.type),
      ...exploitedBadge(vulnerabilitiesOf(state)),
      ...rehearsalBadge(state),
    ],
    title: shortTitle(bulletin.title),
    subtitle: `${bulletin.vendorId} rev ${bulletin.revision} · ${bulletin.publisher}, ${bulletin.updatedAt.slice(0, 10)} · change ${state.id}`,
    blocks: [
      ...(bulletin.signedBy ? [quiet(`Signed by: ${bulletin.signedBy}`)] : [quiet(bulletin.verdictReason)]),
      {
        kind: 'facts',
        facts: [
          ...(others.length > 0 ? [fact('Also', others.map((b) => `${b.vendorId} (${b.verdict})`).join(', '))] : []),
          fact('CVEs', cveLine(vulnerabilitiesOf(state))),
          fact('Affects', affectedLine(state.hosts, context.fleetSize)),
          ...fixedFacts(state),
          ...baselineFacts(context),
          proposalFact(state, context.policy),
        ],
      },
      ...(state.hosts.length === 0 ? namedBlocks(bulletin.publisher, context.named) : []),
      ...decidedBlocks(state, context.policy),
      ...elsewhereBlocks(state, context.policy),
      ...joinedBlocks(state, context.policy, context.covers),
    ],
    actions: alertActions(state, context),
    summary: `${capital(state.classification?.class ?? state.proposal.class)}: ${shortTitle(bulletin.title)}, affects ${count(state.hosts.length, 'host')}`,
  }
}

const exploitedBadge = (all: readonly Vulnerability[]) =>
  all.some((v) => v.knownExploited === 'yes') ? [{ text: 'KNOWN EXPLOITED', tone: 'danger' as const }] : []

function cveLine(all: readonly Vulnerability[]): string {
  if (all.length === 0) return 'none named'
  const sorted = [...all].sort(
    (a, b) => Number(b.knownExploited === 'yes') - Number(a.knownExploited === 'yes') || (b.cvss?.score ?? 0) - (a.cvss?.score ?? 0),
  )
  const words = sorted.map(
    (v) => `${v.cve}${v.cvss ? ` CVSS ${v.cvss.score}` : ''}${v.knownExploited === 'yes' ? ' (known exploited)' : ''}`,
  )
  const exploited = all.some((v) => v.knownExploited === 'yes')
    ? ''
    : all.some((v) => v.knownExploited === 'unknown')
      ? ' · known exploited: unknown'
      : ' · not known exploited'
  return `${shortened(words, 3)}${exploited}`
}

/** The hosts that a decision hangs on are named, as far as they are few; all are behind the button. */
function affectedLine(hosts: readonly AffectedHost[], fleetSize: number): string {
  const marks = [
    ['missionCritical', 'mission critical'],
    ['unmanaged', 'unmanaged'],
    ['stale', 'stale'],
    ['remote', 'remote'],
    ['foreign', 'foreign-owned'],
    ['rebootPending', 'reboot pending'],
    ['noFix', 'without a published fix'],
  ] as const
  const words = marks.flatMap(([mark, what]) => {
    const names = hosts.filter((h) => h[mark]).map((h) => h.host)
    return names.length > 0 ? [`${names.length} ${what} (${shortened(names, 3)})`] : []
  })
  return `${hosts.length} of ${count(fleetSize, 'host')}${words.length > 0 ? `: ${words.join(', ')}` : ''}`
}

function fixedFacts(state: ChangeState) {
  const builds = new Set(state.hosts.flatMap((h) => h.packages.filter((p) => !p.noFix).map((p) => `${p.name} ${p.to}`)))
  if (builds.size === 0) return []
  const restart = { 'none stated': 'no restart stated', services: 'restart of services needed', reboot: 'reboot needed' }[restartOf(state)]
  return [
    fact(
      'Fixed in',
      `${shortened(
        [...builds].sort((a, b) => a.length - b.length),
        2,
      )} · ${restart}`,
    ),
  ]
}

function baselineFacts({ baseline }: AlertContext) {
  if (!baseline) return []
  return [
    fact(
      'Baseline',
      `${baseline.at} at, ${baseline.below} below${baseline.above > 0 ? `, ${baseline.above} above` : ''}${baseline.exempt > 0 ? `, ${baseline.exempt} exempt` : ''}`,
    ),
  ]
}

function proposalFact(state: ChangeState, policy: Policy) {
  if (state.classification) return fact('Clocks', ...clockFacts(state))
  return fact(
    'Proposed',
    `${capital(state.proposal.class)} (${state.proposal.reasons.join('; ')}): ${clockWordsOf(state, policy, state.proposal.class)}, ${CLOCK_ZERO[policy.preset]}`,
    ...behind(clockReasonOf(state, policy, state.proposal.class)),
  )
}

const behind = (words: string): readonly string[] => (words === '' ? [] : [` · ${words}`])

const CLOCK_ZERO: Readonly<Record<Policy['preset'], string>> = {
  chapter: 'from classification',
  'essential-eight': "from the vendor's release",
  'pci-dss': "from the vendor's release",
  'bod-26-04': "from its listing as exploited, else from the vendor's release",
}

function decidedBlocks(state: ChangeState, policy: Policy): readonly Block[] {
  const blocks: Block[] = []
  for (const { vouch, vendorId } of bulletinsOf(state))
    if (vouch)
      blocks.push(
        outcome(
          'good',
          `Security vouched for ${state.bulletins.length > 0 ? vendorId : 'it'}: `,
          ...who(policy, vouch.by, vouch.at),
          `: ${vouch.reason}`,
        ),
      )
  if (state.notRelevant) {
    blocks.push(
      outcome(
        'neutral',
        'Not relevant, decided by ',
        ...who(policy, state.notRelevant.by, state.notRelevant.at),
        `: ${state.notRelevant.reason}`,
      ),
    )
  } else if (state.classification) {
    const { by, at: when, class: chosen, reason } = state.classification
    blocks.push(outcome('good', `Classified ${chosen} by `, ...who(policy, by, when), reason ? `: ${reason}` : ''))
  }
  blocks.push(...waitingBlocks(state, policy))
  if (mayBeVouched(state)) blocks.push(next('somebody of security has to vouch for it before anything more is decided.'))
  else if (state.phase === 'alerted') blocks.push(next('the patch team or security classifies it, or says why it is not relevant.'))
  return blocks
}
