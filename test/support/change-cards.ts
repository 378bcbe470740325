import { expect } from 'vitest'
import { toAdaptiveCard } from '../../src/cards/adaptive.ts'
import { type AlertContext, alertCard } from '../../src/cards/alert.ts'
import { announcementCard, isThisRealCard, representativesCard } from '../../src/cards/announcement.ts'
import { renderCard } from '../../src/cards/block-kit/card.ts'
import { renderForm } from '../../src/cards/block-kit/modal.ts'
import type { Card, Text } from '../../src/cards/card.ts'
import { decisionCard } from '../../src/cards/decision.ts'
import { fullPlanCard } from '../../src/cards/full-plan.ts'
import { handoverCard } from '../../src/cards/handover.ts'
import { hostsCard, progressCard } from '../../src/cards/progress.ts'
import { managementCard, reviewCard, timelineCard } from '../../src/cards/review.ts'
import { type PlanChoices, testCard } from '../../src/cards/test.ts'
import type { ChangeEvent } from '../../src/core/change/command.ts'
import type { ChangeState } from '../../src/core/change/state.ts'
import { type HostProgress, newProgress } from '../../src/core/deploy/progress.ts'
import { type ReviewFigures, reviewFigures } from '../../src/core/deploy/review.ts'
import { complaints as adaptiveComplaints } from './adaptive.ts'
import { complaints as slackComplaints } from './block-kit.ts'
import { aPlan, evolved, NOW, opened, PLAN, policy, submitted, UNTIL } from './change.ts'

export const CHOICES: PlanChoices = {
  openings: [{ value: 'weekday-night|2026-11-24T21:00:00.000Z', label: 'Tue 24 Nov 22:00 Europe/Berlin, Weekday night' }],
  runners: [
    { value: 'rehearsal', label: 'rehearsal (pretends: no computer is touched)' },
    { value: 'manual', label: 'manual (hosts or people report)' },
  ],
}

export const ALERT: AlertContext = {
  policy,
  fleetSize: 61,
  baseline: { at: 3, below: 9, above: 0, exempt: 0 },
  covers: [],
  named: [],
  versionsUnknown: false,
}

/** The words of a card as a reader gets them, line by line; a time is its instant. */
export function wordsOf(card: Card): string {
  const text = (spans: Text): string =>
    spans.map((s) => (typeof s === 'string' ? s : 'strong' in s ? s.strong : 'mention' in s ? s.name : s.time)).join('')
  const lines = card.blocks.flatMap((block): readonly string[] => {
    switch (block.kind) {
      case 'text':
      case 'outcome':
        return [text(block.text)]
      case 'heading':
        return [block.text]
      case 'facts':
        return block.facts.map((f) => `${f.label}: ${text(f.value)}`)
      case 'list':
        return block.items.map(text)
      case 'table':
        return [block.columns, ...block.rows].map((row) => row.join(' | ').trimEnd())
      case 'progress':
        return [`${block.label} ${block.done} of ${block.of}`]
      case 'picture':
        return [block.alt]
      case 'links':
        return block.links.map((l) => `${l.label} ${l.url}`)
      default:
        return block satisfies never
    }
  })
  return [card.badges.map((b) => b.text).join(' '), card.title, card.subtitle ?? '', ...lines].join('\n')
}

export const labelsOf = (card: Card): readonly string[] => card.actions.map((a) => a.label)

/** The hosts of the plan, as they are before anything has started. */
export const hostsOf = (state: ChangeState): readonly HostProgress[] =>
  (state.submission?.plan.rings ?? []).flatMap((ring, i) =>
    ring.hosts.map((host) => newProgress(host, i + 1, state.submission?.plan.hosts.find((h) => h.host === host)?.packages ?? [])),
  )

export const figuresOf = (state: ChangeState, hosts = hostsOf(state)): ReviewFigures =>
  reviewFigures({
    hosts,
    clocks: state.clocks ?? { startBy: null, completeBy: null },
    startedAt: state.rollout?.startedAt ?? null,
    finishedAt: state.rollout?.finishedAt ?? null,
    acts: state.acts,
    now: NOW,
  })

export type CardName =
  | 'alert'
  | 'test'
  | 'decision'
  | 'full plan'
  | 'representatives'
  | 'announcement'
  | 'progress'
  | 'hosts'
  | 'review'
  | 'management'
  | 'timeline'
  | 'is this real'
  | 'hand-over'

/** Every card that there is of a change in this state. */
export function cardsOf(state: ChangeState, hosts = hostsOf(state)): ReadonlyMap<CardName, Card> {
  const { submission, announcement, rollout, review } = state
  const handover = state.handovers.at(-1)
  const told = submission && announcement && { policy, plan: submission.plan, announcement, acknowledged: 2, openings: CHOICES.openings }
  const cards: readonly (readonly [CardName, Card | false | undefined])[] = [
    ['alert', alertCard(state, ALERT)],
    ['test', state.tests.length > 0 && testCard(state, policy, CHOICES)],
    ['decision', submission && decisionCard(state, submission, policy)],
    ['full plan', submission && fullPlanCard(state, submission)],
    ['representatives', told && representativesCard(state, told)],
    ['announcement', told && announcementCard(state, told)],
    [
      'progress',
      announcement && submission && rollout && progressCard(state, { policy, plan: submission.plan, rollout, hosts, waiting: null }),
    ],
    ['hosts', submission && hostsCard(state.id, hosts, submission.plan, { number: 1, size: 20, total: hosts.length })],
    ['review', review && reviewCard(state, review, figuresOf(state, hosts), policy)],
    ['management', review && managementCard(state, figuresOf(state, hosts))],
    ['timeline', timelineCard(state, policy)],
    ['is this real', isThisRealCard(state, policy)],
    ['hand-over', handover && handoverCard(state, handover, policy)],
  ]
  return new Map(cards.flatMap(([name, card]) => (card ? [[name, card] as const] : [])))
}

export function cardOf(state: ChangeState, name: CardName, hosts?: readonly HostProgress[]): Card {
  const card = cardsOf(state, hosts).get(name)
  if (!card) throw new Error(`there is no card "${name}" in the phase ${state.phase}`)
  return card
}

export const stateAt = (phase: keyof typeof UNTIL, ...more: readonly ChangeEvent[]): ChangeState =>
  evolved(opened(), [...UNTIL[phase], ...more])

/** The same way with a plan that the rehearsal runner carries out. */
export const rehearsedAt = (phase: keyof typeof UNTIL): ChangeState => {
  const plan = aPlan({ runner: 'rehearsal' })
  return evolved(
    opened(),
    UNTIL[phase].map((e) => (e.kind === 'plan submitted' && e.plan === PLAN ? submitted(plan) : e)),
  )
}

/** Both platforms take it: a valid Adaptive Card, Block Kit within its limits, and a modal for every form. */
export function expectShowable(card: Card): void {
  expect(adaptiveComplaints(toAdaptiveCard(card)), card.title).toEqual([])
  expect(slackComplaints(renderCard(card), 50), card.title).toEqual([])
  for (const { form, verb, id } of card.actions)
    if (form) expect(slackComplaints(renderForm(form, { button: { v: 1, verb, id }, channel: 'C1' }), 100), form.title).toEqual([])
}
