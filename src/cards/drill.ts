import type { ChangeState, Review } from '../core/change/state.ts'
import { thinRoles } from '../core/evaluate/roles.ts'
import type { Policy } from '../core/policy.ts'
import type { Card } from './card.ts'
import { durationOf, lessonBlocks, reviewActions } from './review.ts'
import { button, nameOf, next, outcome, quiet, rehearsalBadge, roleWords, textBlock, whisper, who } from './words.ts'

/** What a drill shows: how long each human step took, and which role hangs on one person. */
export function drillReviewCard(state: ChangeState, review: Review, policy: Policy): Card {
  const begin = Date.parse(state.openedAt)
  const human = state.acts.filter((a) => a.who !== 'patchcrier')
  const total = durationOf((Date.parse(review.openedAt) - begin) / 1000)
  const before = (i: number): number => (i === 0 ? begin : Date.parse(human[i - 1]?.at ?? state.openedAt))
  return {
    look: 'standard',
    tone: review.closed ? 'good' : 'info',
    badges: rehearsalBadge(state),
    title: `Review of the drill: ${total} from the alert to the decision`,
    subtitle: `change ${state.id} · ${state.bulletin.vendorId}`,
    blocks: [
      {
        kind: 'table',
        columns: ['Step', 'Who', 'Took'],
        rows: human.map((act, i) => [act.what, nameOf(policy, act.who), durationOf((Date.parse(act.at) - before(i)) / 1000)]),
      },
      ...thinRoles(policy).map(({ role, only }) =>
        outcome(
          'warning',
          only ? `Finding: only ${only.name} holds the role ${roleWords(role)}.` : `Finding: nobody holds the role ${roleWords(role)}.`,
        ),
      ),
      ...lessonBlocks(review, policy),
      ...(review.closed
        ? [outcome('good', 'Closed by ', ...who(policy, review.closed.by, review.closed.at), '. Nothing was carried out.')]
        : [next('whoever took part writes down what was learned; then it is closed.'), quiet('It was a drill: nothing was carried out.')]),
    ],
    actions: reviewActions(state, review),
    summary: `Review of the drill of change ${state.id}: ${total}`,
  }
}

/** The private answer to who started a drill. */
export const drillStartedCard = (change: number): Card =>
  whisper(
    `Drill: change ${change}`,
    [
      textBlock(
        'A critical change that is only pretended is in the place of the patch team. It ends at the decision; nothing is carried out.',
      ),
      quiet('How long each step takes is counted from now.'),
    ],
    { badges: [{ text: 'DRILL', tone: 'info' }], actions: [button('Open', 'show-change', `change:${change}`)] },
  )
