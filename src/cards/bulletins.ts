import type { Verification } from '../core/identify/verification.ts'
import type { Action, Block, Card } from './card.ts'
import { button, capital, count, outcome, quiet, reasonForm, shortTitle, textBlock, verdictBadge } from './words.ts'

/** A bulletin that is held: shown to security, and it goes no further. */
export interface HeldBulletin {
  readonly rowId: number
  readonly fileName: string
  readonly source: string
  readonly vendorId: string
  readonly verification: Verification
  /** Signed and whole, but no document that its standard allows: security may release it. */
  readonly releasable: boolean
  /** The change that is about it, or about the bulletin that it says it is. `own`: it came before it was contradicted, and the change rests on it. */
  readonly change?: { readonly id: number; readonly own: boolean; readonly over: boolean }
  readonly discarded?: { readonly by: string; readonly reason: string }
  readonly released?: { readonly by: string; readonly reason: string }
}

export function heldCard(held: HeldBulletin): Card {
  const subject = `bulletin:${held.rowId}`
  const failed = held.verification.checks.filter((c) => c.outcome === 'fail')
  return {
    look: 'standard',
    tone: 'danger',
    badges: [verdictBadge(held.verification.verdict)],
    title: `Held: ${held.fileName} from ${held.source}`,
    blocks: [
      textBlock(`${capital(held.verification.reason.replace(/^HELD: /, ''))}.`),
      { kind: 'list', items: failed.map((c) => [{ strong: `${c.name}: ` }, c.evidence]) },
      standing(held),
    ],
    actions: [button('Evidence', 'evidence', subject), ...(held.discarded || held.released ? [] : decisions(held, subject))],
    summary: `Held: ${held.fileName} does not verify`,
  }
}

/** What was decided on it, or what waits for that. */
function standing({ discarded, released, change }: HeldBulletin): Block {
  if (released) return outcome('warning', `Released by ${released.by}: ${released.reason}`)
  if (discarded) return outcome('neutral', `${change?.own ? 'Rejected' : 'Discarded'} by ${discarded.by}: ${discarded.reason}`)
  if (!change || change.over) return quiet('Nothing was announced, and nobody can classify it.')
  return quiet(
    change.own
      ? `Change ${change.id} has it. As long as it rests on it, nothing can be decided there, and nothing more is rolled out.`
      : `Change ${change.id} is about the bulletin that it says it is. Until you decide nothing goes on there. Discard it, and what the change rests on stands; where it is right, the patch team rolls back.`,
  )
}

/** What security can do with it. */
function decisions({ change, releasable }: HeldBulletin, subject: string): readonly Action[] {
  if (change?.own && change.over) return []
  const how = change?.own ? CONTRADICTED : MALFORMED
  return [
    ...(releasable ? [button('Release', 'release', subject, { form: how })] : []),
    button(change?.own ? 'Reject' : 'Discard', 'discard', subject, {
      style: 'danger',
      form: {
        title: `${change?.own ? 'Reject' : 'Discard'} this bulletin`,
        submit: change?.own ? 'Reject' : 'Discard',
        fields: [{ kind: 'text', id: 'reason', label: 'What did you find out?', multiline: true, required: true, maxLength: 500 }],
      },
    }),
  ]
}

const MALFORMED = {
  ...reasonForm('Release this bulletin', 'Why may it be used although it is malformed?', 'Release'),
  intro:
    'It is signed by the pinned key, but its standard does not allow it as it is. Nothing that it says is used: somebody has to say what is affected.',
}
const CONTRADICTED = {
  ...reasonForm('Release this bulletin', 'Why may it be used although it is contradicted?', 'Release'),
  intro: 'It counts as UNCONFIRMED again. What was held because of it goes on when its quorum resumes it.',
}

/** Most lines of a history that its card shows. */
const MOST_LINES = 15

export interface HistoryLine {
  readonly rowId: number
  readonly vendorId: string
  readonly revision: string
  readonly title: string
  readonly verdict: string
  readonly hosts: number
  readonly changeId: number | null
}

const matchWords = ({ changeId, hosts }: HistoryLine): string =>
  changeId !== null ? `change ${changeId}` : hosts > 0 ? count(hosts, 'host') : 'no match'

const rest = (left: number): readonly Block[] => (left > 0 ? [quiet(`And ${left} more: type "bulletins".`)] : [])

/** The first poll of a source is silent: one card for all that was there before, and for what came later and matched nothing. */
export function historyCard(sourceName: string, history: readonly HistoryLine[], unmatched: readonly HistoryLine[]): Card {
  // What matches comes first: it is what somebody may want to open.
  const shown = history.toSorted((a, b) => Number(b.hosts > 0) - Number(a.hosts > 0)).slice(0, MOST_LINES)
  const row = (l: HistoryLine) => [l.vendorId, l.revision, shortTitle(l.title), l.verdict, matchWords(l)]
  return {
    look: 'standard',
    tone: 'neutral',
    badges: [],
    title: `${sourceName} is connected`,
    blocks: [
      textBlock(
        `Before that it had published ${count(history.length, 'bulletin')}, which made no noise here; hosts of yours match ${history.filter((l) => l.hosts > 0).length} of them.`,
      ),
      { kind: 'table', columns: ['Bulletin', 'Rev', 'Title', 'Verdict', 'Matches'], rows: shown.map(row) },
      ...rest(history.length - shown.length),
      ...(unmatched.length > 0
        ? [
            textBlock(`${count(unmatched.length, 'bulletin')} since then, matching nothing here:`),
            {
              kind: 'table' as const,
              columns: ['Bulletin', 'Rev', 'Title', 'Verdict', 'Matches'],
              rows: unmatched.slice(-MOST_LINES).map(row),
            },
            ...rest(unmatched.length - MOST_LINES),
          ]
        : []),
      quiet('New ones that match get a card of their own. Type "show" and its number to read any of them.'),
    ],
    actions: shown
      .filter((l) => l.hosts > 0 && l.changeId === null)
      .map((l) => button(`Open ${l.vendorId}`, 'open', `bulletin:${l.rowId}`)),
    summary: `${sourceName} is connected: ${count(history.length, 'bulletin')} in its history`,
  }
}
