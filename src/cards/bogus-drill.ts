import type { BogusDrillFigures } from '../core/identify/bogus-drill.ts'
import { bogusDrillMark } from '../core/identify/bogus-drill.ts'
import type { Policy } from '../core/policy.ts'
import type { Instant } from '../core/result.ts'
import type { Block, Card } from './card.ts'
import { durationOf } from './review.ts'
import { at, button, fact, nameOf, outcome, quiet, textBlock, whisper } from './words.ts'

export interface BogusDrillView {
  readonly id: number
  readonly by: string
  readonly startedAt: Instant
  readonly revealAt: Instant
  readonly revealedAt: Instant | null
  readonly figures: BogusDrillFigures
}

const subject = (id: number): string => `bogus-drill:${id}`

/**
 * The bogus notice of a drill: harmless (its address is one that can never exist, RFC 2606), with the marks of a forgery that a lesson can
 * point at, and without the look of our announcements. Afterwards the same message says what it was.
 */
export const bogusNoticeCard = (view: BogusDrillView, policy: Policy): Card =>
  view.revealedAt === null ? lureCard(view) : revealedCard(view, policy)

const lureCard = ({ id }: BogusDrillView): Card => ({
  look: 'standard',
  tone: 'warning',
  badges: [],
  title: 'Critical security update for your computer: action needed today',
  subtitle: 'IT Support <support@micros0ft-helpdesk.example>',
  blocks: [
    textBlock('Your computer has a critical security hole and will be disconnected from the network tonight.'),
    textBlock('Install the patch by yourself from updates.micros0ft-helpdesk.example before 18:00. It takes two minutes.'),
    quiet(bogusDrillMark(id)),
  ],
  actions: [button('Is this real?', 'doubt-notice', subject(id))],
  summary: 'Critical security update for your computer: action needed today',
})

function revealedCard({ figures, by }: BogusDrillView, policy: Policy): Card {
  return {
    look: 'announcement',
    tone: 'info',
    badges: [{ text: 'BOGUS DRILL', tone: 'info' }],
    title: 'That was a drill: the notice here was not real',
    blocks: [
      textBlock('Nothing is wrong with your computer, and there is nothing to install. We practised to recognise a forged notice.'),
      {
        kind: 'list',
        items: [
          ['It came as an ordinary message; our announcements look different and name a change.'],
          ['The address said "micros0ft" with a zero, and belonged to nobody.'],
          ['It put you under pressure, and asked you to install something yourself. We never do.'],
        ],
      },
      ...figureBlocks(figures),
      quiet(`Started by ${nameOf(policy, by)}. Whoever is in doubt presses "Is this real?": that is always right.`),
    ],
    actions: [],
    summary: 'That was a drill: the notice here was not real',
  }
}

const percent = (rate: number | null): string => (rate === null ? 'nobody' : `${Math.round(rate * 100)} %`)

const figureBlocks = ({ people, reported, rate, firstSeconds, medianSeconds }: BogusDrillFigures): readonly Block[] => [
  {
    kind: 'facts',
    facts: [
      fact('Reported', `${reported} of ${people} people (${percent(rate)})`),
      ...(firstSeconds === null ? [] : [fact('First report after', durationOf(firstSeconds))]),
      ...(medianSeconds === null ? [] : [fact('Half of the reports within', durationOf(medianSeconds))]),
    ],
  },
]

/** For security: how the drill goes, and the button that reveals it before its time. */
export function bogusDrillCard(view: BogusDrillView, policy: Policy): Card {
  const over = view.revealedAt !== null
  const title = over ? `Bogus drill ${view.id}: revealed` : `Bogus drill ${view.id}: running`
  return {
    look: 'standard',
    tone: over ? 'good' : 'info',
    badges: [{ text: 'BOGUS DRILL', tone: 'info' }],
    title,
    blocks: [
      textBlock(
        `A harmless bogus notice is where the end users are told of updates, by ${nameOf(policy, view.by)}. Please do not tell anybody.`,
      ),
      ...figureBlocks(view.figures),
      over
        ? outcome('good', 'Revealed ', at(view.revealedAt ?? view.revealAt), '.')
        : textBlock('It is revealed by itself ', at(view.revealAt), '.'),
    ],
    actions: over ? [] : [button('Reveal now', 'reveal-bogus-drill', subject(view.id), { style: 'primary' })],
    summary: title,
  }
}

/** The private answer to who saw through it. */
export const sawThroughCard = (): Card =>
  whisper(
    'Well spotted: this is a drill',
    [
      textBlock('You did exactly the right thing: you asked. There is nothing to install and nothing wrong with your computer.'),
      quiet('Please keep it to yourself until it is revealed, so that the others can find out, too.'),
    ],
    { tone: 'good', badges: [{ text: 'BOGUS DRILL', tone: 'info' }] },
  )

/** The same after it was revealed, or asked again. */
export const drillOverCard = (): Card =>
  whisper('That was a drill', [textBlock('The notice was not real, and it has been revealed. There is nothing to do.')], {
    badges: [{ text: 'BOGUS DRILL', tone: 'info' }],
  })

/** The private answer to who started it. */
export const bogusDrillStartedCard = ({ id, revealAt }: Pick<BogusDrillView, 'id' | 'revealAt'>): Card =>
  whisper(
    `Bogus drill ${id} has begun`,
    [
      textBlock(
        'The notice is being posted where the end users are told of updates. It is revealed by itself ',
        at(revealAt),
        '; how it goes is in the place of security.',
      ),
    ],
    { badges: [{ text: 'BOGUS DRILL', tone: 'info' }], actions: [button('Reveal now', 'reveal-bogus-drill', subject(id))] },
  )
