import type { ChangeEvent } from './command.ts'
import { isOneOfMany } from './held.ts'
import { standingOf } from './patch-files.ts'
import { renewedWords } from './rematch.ts'

/** The line of "who did what when" that an event leaves; null for those that change no fact people look back at. */
export function actOf(event: ChangeEvent): { readonly what: string; readonly who: string } | null {
  const house = 'patchcrier'
  switch (event.kind) {
    case 'vouched':
      return { what: `vouched for the bulletin: ${event.reason}`, who: event.by }
    case 'classified':
      return {
        what: `classified it ${event.class}${event.type === 'normal' ? '' : ` (${event.type} change)`}${event.reason ? `: ${event.reason}` : ''}`,
        who: event.by,
      }
    case 'awaiting begun':
      return { what: `let it wait for ${event.what}`, who: event.by }
    case 'awaiting ended':
      return { what: `ended the waiting: ${event.reason}`, who: event.by }
    case 'merged':
      return { what: `joined it with change ${event.into}`, who: event.by }
    case 'superseded':
      return { what: `took it over into change ${event.into}`, who: event.by ?? house }
    case 'change joined':
      return { what: `${event.how === 'merged' ? 'joined' : 'took over'} change ${event.change}`, who: event.by ?? house }
    case 'done elsewhere':
      return { what: `recorded as done outside Patchcrier: ${event.hosts.join(', ')}: ${event.reason}`, who: event.by }
    case 'hosts left out':
      return { what: `left out ${event.hosts.join(', ')} until ${event.until.slice(0, 10)}: ${event.reason}`, who: event.by }
    case 'seen fixed':
      return { what: `saw the fixed version on ${event.hosts.join(', ')}`, who: house }
    case 'hand-over accepted':
      return { what: 'took it over', who: event.by }
    case 'exploited told':
      return { what: `learned that ${event.cve} is known exploited (${event.evidence})`, who: house }
    case 'exploited retracted':
      return { what: `learned that ${event.cve} is not known exploited after all (${event.evidence})`, who: house }
    case 'drill finished':
      return { what: 'ended the drill: the quorum was there', who: house }
    case 'declared not relevant':
      return { what: `decided that it is not relevant: ${event.reason}`, who: event.by }
    case 'test recorded':
      return {
        what: `recorded test "${event.test}": ${event.passed ? 'passed' : 'failed'}${event.note ? `, ${event.note}` : ''}`,
        who: event.by,
      }
    case 'patch file checked':
      return { what: `had ${event.file.name} checked: ${standingOf(event.file)}`, who: event.by }
    case 'patch file accepted':
      return { what: `let ${event.name} pass although its check failed: ${event.reason}`, who: event.by }
    case 'document held':
      if (isOneOfMany(event.document)) return null
      return { what: `saw ${event.document.name} held: ${event.document.reason}`, who: house }
    case 'held document decided':
      return { what: `${event.goesOn ? 'let it go on in spite of' : 'rejected'} ${event.name}: ${event.reason}`, who: event.by ?? house }
    case 'plan submitted':
      return { what: `submitted plan ${event.digest.slice(0, 8)}`, who: event.by }
    case 'approval given':
      return { what: `approved plan ${event.digest.slice(0, 8)}`, who: event.by }
    case 'plan rejected':
      return { what: `rejected the plan: ${event.reason}`, who: event.by }
    case 'announced':
      return { what: 'announced the deployment to the representatives', who: event.by }
    case 'end users told':
      return { what: 'told the end users', who: house }
    case 'ring started':
      return { what: `started ring ${event.ring}: ${event.hosts.join(', ')}`, who: house }
    case 'ring settled':
      return { what: `ring ${event.ring} settled: ${event.figures}`, who: house }
    case 'pilot recorded':
      return { what: `recorded the pilot as ${event.passed ? 'passed' : 'failed'}${event.note ? `: ${event.note}` : ''}`, who: event.by }
    case 'halted':
      return { what: `${event.by === null ? 'halted' : 'pressed STOP'}: ${event.reason}`, who: event.by ?? house }
    case 'resume approved':
      return { what: 'approved the resume', who: event.by }
    case 'resumed':
      return { what: 'resumed the rollout', who: house }
    case 'hosts retried':
      return { what: `retried ${event.hosts.join(', ')}`, who: event.by }
    case 'hosts excluded':
      return { what: `excluded ${event.hosts.join(', ')} until ${event.until.slice(0, 10)}: ${event.reason}`, who: event.by }
    case 'rolled back':
      return { what: `rolled back: ${event.reason}`, who: event.by }
    case 'claimed':
      return { what: `took care of ${event.what}`, who: event.by }
    case 'incident reported':
      return { what: `said that something went wrong: ${event.text}`, who: event.by }
    case 'rollout finished':
      return { what: `rollout finished: ${event.figures}`, who: house }
    case 'planned again':
      return { what: 'went back to planning', who: event.by }
    case 'lesson written':
      return { what: `wrote a lesson: ${event.text}`, who: event.by }
    case 'review closed':
      return { what: 'closed the review', who: event.by }
    case 'bulletin revised':
      return { what: `took revision ${event.bulletin.revision}: ${event.differences.join('; ') || 'no fact changed'}`, who: house }
    case 'hosts renewed':
      return { what: `followed the inventory (${event.why}): ${renewedWords(event)}`, who: house }
    case 'tests passed':
    case 'plan approved':
    case 'people needed':
      return null
    default:
      return event satisfies never
  }
}
