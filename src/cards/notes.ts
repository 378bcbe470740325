import type { ChangeEvent } from '../core/change/command.ts'
import type { ChangeState } from '../core/change/state.ts'
import { rungOf } from '../core/identify/verification.ts'
import type { Card } from './card.ts'
import { listed, note, quiet, textBlock } from './words.ts'

/** A line in a thread: it belongs to an event and never changes. */
export interface ThreadNote {
  /** The card that it hangs under. */
  readonly under: 'alert' | 'progress'
  readonly card: Card
}

/** What the patch team reads of an event in a thread; null for those that only change a card. */
export function threadNote(before: ChangeState, after: ChangeState, event: ChangeEvent): ThreadNote | null {
  if (event.kind === 'bulletin revised') {
    const card = revisionNote(before, after, event)
    return card && { under: 'alert', card }
  }
  const card = rolloutNote(after, event)
  return card && { under: 'progress', card }
}

function rolloutNote(state: ChangeState, event: ChangeEvent): Card | null {
  switch (event.kind) {
    case 'ring started':
      return note(`${ringName(state, event.ring)} started: ${listed(event.hosts)}`, 'info')
    case 'ring settled': {
      const next = event.ring === 1 ? [textBlock('Next: look at the pilot systems and record the outcome.')] : []
      return note(`${ringName(state, event.ring)} settled: ${event.figures}`, 'info', ...next)
    }
    case 'pilot recorded':
      return note(
        event.passed ? 'The pilot passed' : 'The pilot FAILED',
        event.passed ? 'good' : 'danger',
        ...(event.note ? [textBlock(event.note)] : []),
      )
    case 'halted':
      return note(
        event.by === null ? 'HALTED by threshold' : 'STOPPED',
        'danger',
        textBlock(event.reason),
        quiet('Nothing starts until the quorum resumes it.'),
      )
    case 'resumed':
      return note('Resumed by quorum', 'good')
    case 'hosts excluded':
      return note(`Excluded: ${listed(event.hosts)}`, 'neutral', textBlock(event.reason))
    case 'rolled back':
      return note('Rolling back', 'warning', textBlock(event.reason))
    default:
      return null
  }
}

const ringName = (state: ChangeState, ring: number): string => `Ring ${ring} "${state.submission?.plan.rings[ring - 1]?.name ?? ring}"`

/** What a revision changes; null when nothing that people go by has changed. */
function revisionNote(before: ChangeState, after: ChangeState, event: Extract<ChangeEvent, { kind: 'bulletin revised' }>): Card | null {
  const [was, is] = [before.bulletin.verdict, event.bulletin.verdict]
  const news = [...event.differences, ...(was === is ? [] : [`verdict ${was} -> ${is}: ${event.bulletin.verdictReason}`])]
  if (news.length === 0 && !event.voidsPlan) return null
  return note(
    event.differences.length > 0 ? `Revision ${event.bulletin.revision}` : 'The proof has changed, the facts have not',
    rungOf(is) > rungOf(was) && event.differences.length === 0 ? 'good' : 'warning',
    { kind: 'list', items: news.map((d) => [d]) },
    ...(before.vouch && !after.vouch ? [textBlock('The vouch was for the revision before: security has to vouch again.')] : []),
    ...(event.voidsPlan ? [textBlock('The plan that was waiting is void: it needs a new one, and a new approval.')] : []),
    ...(before.phase === 'rolling out' ? [textBlock('The rollout goes on: the builds of its plan are still the ones to have.')] : []),
  )
}
