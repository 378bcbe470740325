import { unseenHosts } from '../core/change/decide-elsewhere.ts'
import type { ChangeState, Review } from '../core/change/state.ts'
import type { ClockFigure, ReviewFigures } from '../core/deploy/review.ts'
import type { Policy } from '../core/policy.ts'
import type { Action, Block, Card, Text } from './card.ts'
import { utc } from './chart.ts'
import { elsewhereBlocks, lookAgainAction } from './elsewhere.ts'
import { takenOverBlocks } from './handover.ts'
import { firstPage, linesOf, moreButton, type Page, pageBlocks } from './pages.ts'
import {
  at,
  button,
  count,
  fact,
  longText,
  nameOf,
  next,
  outcome,
  quiet,
  rehearsalBadge,
  subjectOf,
  textBlock,
  typeBadge,
  whisper,
  who,
} from './words.ts'

/** Figures, both clocks, lessons; closing it moves the baseline. */
export function reviewCard(state: ChangeState, review: Review, figures: ReviewFigures, policy: Policy): Card {
  const rolledBack = state.rollout?.rolledBack !== undefined
  return {
    look: 'standard',
    tone: review.closed ? 'good' : 'info',
    badges: [...typeBadge(state.classification?.type), ...rehearsalBadge(state)],
    title: `Review: ${subjectOf(state)}`,
    subtitle: `change ${state.id} · ${state.bulletin.vendorId}`,
    blocks: [
      {
        kind: 'facts',
        facts: [
          fact('Result', resultLine(state, figures)),
          fact('Started', ...clockText(figures.started)),
          fact('Completed', ...clockText(figures.completed)),
          ...(figures.slowest
            ? [
                fact(
                  'Slowest step',
                  `${durationOf(figures.slowest.seconds)}, until ${nameOf(policy, figures.slowest.act.who)} ${figures.slowest.act.what}`,
                ),
              ]
            : []),
          ...stepFacts(figures),
        ],
      },
      ...overTime(figures),
      ...elsewhereBlocks(state, policy),
      ...takenOverBlocks(state, 'deploy', policy),
      ...lessonBlocks(review, policy),
      ...(review.closed
        ? [
            outcome(
              'good',
              'Closed by ',
              ...who(policy, review.closed.by, review.closed.at),
              rolledBack ? '. The baseline stays.' : '. The baseline of the verified hosts has moved.',
            ),
          ]
        : [
            next('whoever took part writes down what was learned; then it is closed.'),
            quiet(rolledBack ? 'It was rolled back: the baseline stays as it is.' : 'Closing it moves the baseline of the verified hosts.'),
          ]),
    ],
    actions: reviewActions(state, review),
    summary: `Review of change ${state.id}: ${resultLine(state, figures)}`,
  }
}

/** Hosts over time as a picture, with its facts in words. */
function overTime({ verified, total, started, completed }: ReviewFigures): readonly Block[] {
  const last = verified.at(-1)
  const first = verified[1]
  if (!last || !first) return []
  const half = verified.find(({ count: n }) => n * 2 >= last.count) ?? last
  const deadline = completed.by === null ? [] : [{ at: completed.by, label: 'complete by', tone: 'warning' as const }]
  const when =
    last.count === 1 ? `at ${utc(last.at)}` : `the first at ${utc(first.at)}, half of them by ${utc(half.at)}, the last at ${utc(last.at)}`
  return [
    {
      kind: 'picture',
      alt: `Hosts over time: ${last.count} of ${total} verified, ${when}${started.at ? `; started ${utc(started.at)}` : ''}${completed.by ? `; complete by ${utc(completed.by)}` : ''}.`,
      chart: { title: `Hosts verified: ${last.count} of ${total}`, of: total, points: verified, marks: deadline },
    },
  ]
}

export const lessonBlocks = (review: Review, policy: Policy): readonly Block[] =>
  review.lessons.map((l) => outcome('neutral', 'Lesson, ', ...who(policy, l.by, l.at), `: ${l.text}`))

/** Once it is closed there is only something to look at. */
export function reviewActions(state: ChangeState, review: Review): readonly Action[] {
  const subject = `change:${state.id}`
  if (review.closed) return [button('Who did what', 'timeline', subject)]
  return [...lookAgainAction(state, subject), ...openActions(subject, state.rollout?.rolledBack !== undefined)]
}

const openActions = (subject: string, rolledBack: boolean): readonly Action[] => [
  button('Write a lesson', 'write-lesson', subject, {
    form: {
      title: 'A lesson',
      submit: 'Write it down',
      fields: [
        longText('text', 'What should be done differently, in the process or in the deadlines? What went well?', { maxLength: 1000 }),
      ],
    },
  }),
  button('Who did what', 'timeline', subject),
  ...(rolledBack ? [button('Plan again', 'plan-again', subject, { style: 'primary' })] : []),
  button('Close the review', 'close-review', subject, { style: rolledBack ? 'default' : 'primary' }),
]

/** What the rollout did, and what was done without it. */
function resultLine(state: ChangeState, figures: ReviewFigures): string {
  const unseen = unseenHosts(state).length
  const seen = state.elsewhere.length - unseen
  const rolled =
    figures.total > 0 ? [`${figures.counts.map((c) => `${c.hosts} ${c.status}`).join(', ')} of ${count(figures.total, 'host')}`] : []
  return [
    ...rolled,
    ...(seen > 0 ? [`${count(seen, 'host')} done outside Patchcrier and seen at the fixed version`] : []),
    ...(unseen > 0 ? [`${count(unseen, 'host')} reported as done elsewhere, not seen`] : []),
  ].join('; ')
}

function clockText(clock: ClockFigure): Text {
  const when: Text = clock.at ? [at(clock.at)] : ['not yet']
  if (clock.by === null) return [...when, ', no deadline']
  const margin = clock.marginMinutes === null ? '' : durationOf(Math.abs(clock.marginMinutes) * 60)
  return [
    ...when,
    clock.met === false ? `, MISSED by ${margin}` : clock.met === true ? `, ${margin} before its deadline` : `, ${margin} left`,
  ]
}

const stepFacts = (figures: ReviewFigures) =>
  figures.steps.map((s) =>
    fact(`Until ${s.step}`, `median ${durationOf(s.medianSeconds)}, longest ${durationOf(s.longestSeconds)} (${count(s.hosts, 'host')})`),
  )

/** Seconds in the largest two units that say something. */
export function durationOf(seconds: number): string {
  const s = Math.round(seconds)
  if (s < 60) return `${s} s`
  const m = Math.round(s / 60)
  if (m < 60) return `${m} min`
  const h = Math.floor(m / 60)
  if (h < 48) return m % 60 === 0 ? `${h} h` : `${h} h ${m % 60} min`
  return h % 24 === 0 ? `${h / 24} d` : `${Math.floor(h / 24)} d ${h % 24} h`
}

/** Acts on one page of what was done: each is a sentence, with its reason. */
export const ACTS_A_PAGE = 20

/** Who did what when, oldest first, with its source. */
export function timelineCard(
  { id, acts }: Pick<ChangeState, 'id' | 'acts'>,
  policy: Policy,
  page: Page = firstPage(ACTS_A_PAGE, acts.length),
): Card {
  return whisper(
    `Change ${id}: who did what`,
    [
      acts.length === 0
        ? textBlock('Nothing has been done yet.')
        : { kind: 'list', items: linesOf(acts, page).map((a) => [at(a.at), ` ${nameOf(policy, a.who)} `, a.what]) },
      ...pageBlocks(page),
    ],
    { actions: moreButton(page, (next) => ({ verb: 'timeline', id: `change:${id}/page-${next}` })) },
  )
}

/** A short plain summary for management. */
export function managementCard(state: ChangeState, figures: ReviewFigures): Card {
  const late = figures.completed.met === false || figures.started.met === false
  const noDeadline = figures.completed.by === null && figures.started.by === null
  const deadlines = late ? 'A deadline was missed.' : noDeadline ? 'It had no deadline.' : 'Deadlines were met.'
  const rolledBack = state.rollout?.rolledBack
  const title = `Security update ${rolledBack ? 'taken back' : 'finished'}: ${subjectOf(state)}`
  return {
    look: 'standard',
    tone: late || rolledBack ? 'warning' : 'good',
    badges: rehearsalBadge(state),
    title,
    blocks: [
      textBlock(`${resultLine(state, figures)}. ${rolledBack ? `Why: ${rolledBack.reason ?? 'no reason given'}` : deadlines}`),
      ...(state.review?.lessons ?? []).map((l): Block => quiet(`Lesson: ${l.text}`)),
    ],
    actions: [],
    summary: title,
  }
}
