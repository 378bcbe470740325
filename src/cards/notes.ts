import { bulletinsOf, sameBulletin, unvouched } from '../core/change/bulletins.ts'
import type { ChangeEvent, ChangeJoined } from '../core/change/command.ts'
import { renewedWords } from '../core/change/rematch.ts'
import type { ChangeState } from '../core/change/state.ts'
import { rungOf } from '../core/identify/verification.ts'
import type { Block, Card } from './card.ts'
import { heldDecidedNote, heldNote } from './held.ts'
import { patchFileNote } from './patch-file.ts'
import { at, callRole, count, listed, note, quiet, rehearsalBadge, shortened, textBlock } from './words.ts'

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
  if (event.kind === 'hosts renewed') {
    const card = hostsNote(event)
    return card && { under: 'alert', card }
  }
  const news = alertNote(before, after, event)
  if (news) return { under: 'alert', card: after.drill ? { ...news, badges: rehearsalBadge(after) } : news }
  const card = rolloutNote(after, event)
  return card && { under: 'progress', card }
}

/** What happened to the change as a whole, beside its own cards. */
function alertNote(before: ChangeState, after: ChangeState, event: ChangeEvent): Card | null {
  switch (event.kind) {
    case 'merged':
      return note(`Part of change ${event.into} now`, 'neutral', textBlock('It goes on there, with its hosts, its builds and its clock.'))
    case 'superseded':
      return note(
        `Taken over by change ${event.into}`,
        'neutral',
        textBlock('That one brings all of its builds, or later ones. Its clock goes on there.'),
      )
    case 'change joined':
      return joinedNote(before, after, event)
    case 'patch file checked':
      return patchFileNote(event.file, after)
    case 'patch file accepted':
      return note(`${event.name} may pass, says security`, 'warning', textBlock(event.reason))
    case 'document held':
      return heldNote(event, after)
    case 'held document decided':
      return heldDecidedNote(event)
    case 'exploited told':
      return note(
        `${event.cve} is now known exploited`,
        'danger',
        textBlock(`Source: ${event.evidence}.`),
        ...(event.unpatched.length > 0
          ? [textBlock(`${count(event.unpatched.length, 'host')} without the fix: ${shortened(event.unpatched, 6)}.`)]
          : []),
        ...proposedBlocks(before, after),
        ...(event.newAlert ? [textBlock('It gets an alert of its own.')] : []),
      )
    case 'exploited retracted':
      return note(
        `${event.cve} is not known exploited after all`,
        'info',
        textBlock(`${event.evidence}.`),
        ...proposedBlocks(before, after),
      )
    default:
      return null
  }
}

const proposedBlocks = (before: ChangeState, after: ChangeState): readonly Block[] =>
  before.proposal.class === after.proposal.class
    ? []
    : [textBlock(`Proposed is ${after.proposal.class} now, not ${before.proposal.class}.`)]

function joinedNote(before: ChangeState, after: ChangeState, event: ChangeJoined): Card {
  const more = after.hosts.length - before.hosts.length
  return note(
    event.how === 'merged' ? `Change ${event.change} is part of this one now` : `Takes change ${event.change} over`,
    'info',
    textBlock(`${listed([...event.bulletins.map((b) => b.vendorId), more > 0 ? `${count(more, 'host')} more` : 'no further host'])}.`),
    ...(event.settled.length > 0 ? [textBlock(`Need nothing any more: ${shortened(event.settled, 6)}.`)] : []),
    ...(event.conflicts.length > 0 ? [{ kind: 'list' as const, items: event.conflicts.slice(0, 10).map((c) => [c]) }] : []),
    ...(event.zero ? [textBlock('The clocks run since ', at(event.zero), '.')] : []),
    ...(event.newBuilds && before.classification ? [textBlock('New builds came in: they have to be tested.')] : []),
    ...(event.voidsPlan ? [textBlock('The plan that was waiting is void: it needs a new one, and a new approval.')] : []),
  )
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
        event.by !== null ? 'STOPPED' : HALTED[event.cause ?? 'threshold'],
        'danger',
        textBlock(event.reason),
        textBlock(callRole('operations'), ': please look into it. Nothing starts until the quorum resumes it.'),
      )
    case 'resumed':
      return note('Resumed by quorum', 'good')
    case 'rolled back':
      return note('Rolling back', 'warning', textBlock(event.reason))
    default:
      return null
  }
}

const HALTED = {
  threshold: 'HALTED by threshold',
  'patch file': 'HELD: a bad patch file',
  bulletin: 'HELD: its bulletin is contradicted',
} as const

const ringName = (state: ChangeState, ring: number): string => `Ring ${ring} "${state.submission?.plan.rings[ring - 1]?.name ?? ring}"`

/** Only who needs it now, or does not any more, is news. */
function hostsNote(event: Extract<ChangeEvent, { kind: 'hosts renewed' }>): Card | null {
  if (event.added.length === 0 && event.gone.length === 0) return null
  return note(
    'The inventory has changed',
    event.added.length > 0 ? 'warning' : 'info',
    textBlock(`It is ${renewedWords(event)}.`),
    quiet(event.why),
  )
}

/** What a revision changes; null when nothing that people go by has changed. */
function revisionNote(before: ChangeState, after: ChangeState, event: Extract<ChangeEvent, { kind: 'bulletin revised' }>): Card | null {
  const old = bulletinsOf(before).find((b) => sameBulletin(b, event.bulletin))
  const [was, is] = [old?.verdict ?? event.bulletin.verdict, event.bulletin.verdict]
  const news = [...event.differences, ...(was === is ? [] : [`verdict ${was} -> ${is}: ${event.bulletin.verdictReason}`])]
  if (news.length === 0 && !event.voidsPlan) return null
  return note(
    event.differences.length > 0
      ? `Revision ${event.bulletin.revision}${before.bulletins.length > 0 ? ` of ${event.bulletin.vendorId}` : ''}`
      : 'The proof has changed, the facts have not',
    rungOf(is) > rungOf(was) && event.differences.length === 0 ? 'good' : 'warning',
    { kind: 'list', items: news.map((d) => [d]) },
    ...(unvouched(after).length > unvouched(before).length && old?.vouch
      ? [textBlock('The vouch was for the revision before: security has to vouch again.')]
      : []),
    ...(event.voidsPlan ? [textBlock('The plan that was waiting is void: it needs a new one, and a new approval.')] : []),
    ...(before.phase === 'rolling out' ? [textBlock('The rollout goes on: the builds of its plan are still the ones to have.')] : []),
  )
}
