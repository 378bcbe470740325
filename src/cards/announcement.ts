import { bulletinsOf } from '../core/change/bulletins.ts'
import type { Announcement, ChangeState, JoinedBulletin } from '../core/change/state.ts'
import type { Plan } from '../core/evaluate/plan.ts'
import type { Policy, Role } from '../core/policy.ts'
import type { Instant } from '../core/result.ts'
import type { Block, Card } from './card.ts'
import type { OpeningChoice } from './test.ts'
import {
  at,
  button,
  callRole,
  choice,
  count,
  fact,
  listed,
  longText,
  nameOf,
  note,
  outcome,
  quiet,
  rehearsalBadge,
  textBlock,
  whisper,
  who,
} from './words.ts'

export interface AnnouncementContext {
  readonly policy: Policy
  readonly plan: Plan
  readonly announcement: Announcement
  /** How many said "I have read it" / "passed on". */
  readonly acknowledged: number
  readonly openings: readonly OpeningChoice[]
  /** When the rest follows, where the announced window was too short for all. */
  readonly later?: Instant | null
}

/** First the representatives: they pass it on to their departments in their own words. */
export function representativesCard(state: ChangeState, { plan, announcement, acknowledged }: AnnouncementContext): Card {
  return {
    look: 'announcement',
    tone: 'info',
    badges: rehearsalBadge(state),
    title: `Please pass on: security update, ${count(plan.hosts.length, 'computer')}`,
    subtitle: `change ${state.id}`,
    blocks: [
      {
        kind: 'facts',
        facts: [
          fact('What happens', announcement.what),
          fact('When', at(plan.window.start), ' to ', at(plan.window.end)),
          fact('Why', announcement.why),
          fact('Departments', departments(state, plan)),
        ],
      },
      quiet('The end users are told ', at(announcement.endUsersAt), '. Until then you can prepare them, or object.'),
      ...(acknowledged > 0 ? [outcome('good', `${acknowledged} passed it on.`)] : []),
    ],
    actions: [button('I have passed it on', 'passed-on', `change:${state.id}`, { style: 'primary' })],
    summary: `Please pass on: security update, change ${state.id}`,
  }
}

const departments = (state: ChangeState, plan: Plan): string => {
  const planned = new Set(plan.hosts.map((h) => h.host))
  return [...new Set(state.hosts.filter((h) => planned.has(h.host)).map((h) => h.department))].sort().join(', ')
}

/** The end users' own card: plain words, a look of its own, and what they can do. */
export function announcementCard(state: ChangeState, context: AnnouncementContext): Card {
  const { policy, plan, announcement, acknowledged } = context
  const subject = `change:${state.id}`
  return {
    look: 'announcement',
    tone: 'info',
    badges: rehearsalBadge(state),
    title: 'Security update for your computer',
    blocks: [
      {
        kind: 'facts',
        facts: [
          fact('What happens', announcement.what),
          fact('When', at(plan.window.start), ' (your time). Please leave your computer switched on.'),
          fact('Will I notice?', noticeWords(plan)),
          fact('Why', announcement.why),
          fact(
            'Real?',
            `Patches never come by mail. This message is change ${state.id}, decided by the patch team of ${policy.organisation}.`,
          ),
          fact('Help', policy.helpPlace),
        ],
      },
      ...progressBlocks(state, context.later),
      ...(acknowledged > 0 ? [quiet(`${count(acknowledged, 'person', 'people')} read it.`)] : []),
    ],
    actions: [
      button('I have read it', 'read', subject, { style: 'primary' }),
      ...(isOver(state) ? [] : [delayAction(subject, context)]),
      button('Is this real?', 'is-this-real', subject),
      button('It went wrong', 'went-wrong', subject, {
        form: {
          title: 'It went wrong',
          intro: 'Somebody of the patch team will take care of it.',
          submit: 'Tell the patch team',
          fields: [
            { kind: 'text', id: 'text', label: 'What happened, on which computer?', multiline: true, required: true, maxLength: 500 },
          ],
        },
      }),
    ],
    summary: 'Security update for your computer',
  }
}

const isOver = (state: ChangeState): boolean => state.phase === 'reviewing' || state.phase === 'closed'

function noticeWords(plan: Plan): string {
  const restart = plan.options.reboot
    ? 'Your computer restarts once: please save your work before.'
    : 'No restart. Some programs may reconnect.'
  return plan.options.silent ? restart : `${restart} You will be asked to confirm: press "Install" when a window of the update appears.`
}

function progressBlocks(state: ChangeState, later: Instant | null | undefined): readonly Block[] {
  if (state.rollout?.rolledBack) return [outcome('warning', 'The update was taken back. You need to do nothing.')]
  if (isOver(state)) return [outcome('good', 'The update is done. Is something broken? Press "It went wrong".')]
  if (state.rollout?.status === 'halted' || state.rollout?.status === 'stopped')
    return [outcome('warning', 'The update is paused for now. You need to do nothing.')]
  if (later)
    return [outcome('info', 'There was no time for every computer. The rest follows ', at(later), ': please leave yours switched on.')]
  return []
}

const delayAction = (subject: string, { openings }: AnnouncementContext) =>
  button('Ask for a delay', 'ask-delay', subject, {
    form: {
      title: 'Ask for a delay',
      intro: 'For your own computers. Somebody decides on it; until then the plan stands.',
      submit: 'Ask',
      fields: [longText('reason', 'Why do you need it?'), choice('until', 'Until which window?', openings)],
    },
  })

/** For who said that it went wrong: it has been heard, and by whom. */
export const thanksCard = (state: ChangeState): Card =>
  whisper('The patch team has been told', [
    textBlock(`It is incident ${state.incidents.length} of change ${state.id}. Somebody of the patch team will take care of it.`),
    quiet('Is it urgent? Ask for help as usual, and name this number.'),
  ])

/** The answer to "Is this real?": what an end user can check. Only what was announced, and still stands, is real. */
export function isThisRealCard(state: ChangeState, policy: Policy): Card {
  const warning = quiet('Patches never come by mail or as an attachment. If a message asks you to open one, it is not from us.')
  if (!state.announcement)
    return whisper('No update is announced under this number now', [
      textBlock(
        `Change ${state.id} of ${policy.organisation} tells you nothing to do. If a message says otherwise, please ask ${policy.helpPlace}.`,
      ),
      warning,
    ])
  const decided = state.submission?.decided
  const bulletins = bulletinsOf(state)
  return whisper('Yes, this is real', [
    textBlock(
      `It is change ${state.id} of ${policy.organisation}, based on ${listed(bulletins.map((b) => `${b.vendorId} of ${b.publisher}`))}.`,
    ),
    ...bulletins.map((b) => textBlock(`${bulletins.length > 1 ? `${b.vendorId}: ` : ''}${checkedWords(b, policy)}`)),
    ...(decided ? [textBlock(`Approved by ${listed(decided.by.map((id) => nameOf(policy, id)))}, `, at(decided.at), '.')] : []),
    warning,
  ])
}

const checkedWords = ({ vouch, verdict, verdictReason }: JoinedBulletin, policy: Policy): string =>
  vouch
    ? `${nameOf(policy, vouch.by)} of security checked the notice: ${vouch.reason}`
    : `The notice was checked: ${verdict}. ${verdictReason}`

export interface DelayView {
  readonly id: number
  readonly changeId: number
  readonly person: string
  readonly hosts: readonly string[]
  readonly reason: string
  readonly until: string
  readonly missesDeadline: boolean
  /** Who decides; null: the change has no class any more. */
  readonly decides: Role | null
  readonly decided?: { readonly granted: boolean; readonly by: string; readonly at: string; readonly note: string }
}

/** The decision on a request, in the thread of the announcement. */
export const delayAnswerCard = (name: string, granted: boolean, until: string, why: string): Card =>
  note(
    `${name}: your delay is ${granted ? 'granted' : 'refused'}`,
    granted ? 'good' : 'neutral',
    granted
      ? textBlock('Your computers are updated in the window that begins ', at(until), '.')
      : textBlock(`Your computers are updated as announced. Why: ${why}`),
  )

/** A request for a delay, in the patch team's thread. */
export function delayCard(delay: DelayView, policy: Policy): Card {
  const subject = `delay:${delay.id}`
  return {
    look: 'standard',
    tone: delay.decided ? 'neutral' : 'warning',
    badges: [],
    title: `${nameOf(policy, delay.person)} asks for a delay of ${delay.hosts.join(', ')}`,
    blocks: [
      {
        kind: 'facts',
        facts: [
          fact('Until', at(delay.until)),
          fact('Reason', delay.reason),
          ...(delay.decided || delay.decides === null ? [] : [fact('Decides', callRole(delay.decides))]),
        ],
      },
      ...(delay.missesDeadline ? [textBlock('The deadline to complete would be missed: the clock is not reset.')] : []),
      ...(delay.decided
        ? [
            outcome(
              delay.decided.granted ? 'good' : 'neutral',
              `${delay.decided.granted ? 'Granted' : 'Refused'} by `,
              ...who(policy, delay.decided.by, delay.decided.at),
              delay.decided.note ? `: ${delay.decided.note}` : '',
            ),
          ]
        : []),
    ],
    actions: delay.decided
      ? []
      : [
          button('Grant', 'grant-delay', subject, { style: 'primary' }),
          button('Refuse', 'refuse-delay', subject, {
            form: {
              title: 'Refuse the delay',
              submit: 'Refuse',
              fields: [
                {
                  kind: 'text',
                  id: 'note',
                  label: 'Why? It is told under the announcement.',
                  multiline: true,
                  required: true,
                  maxLength: 500,
                },
              ],
            },
          }),
        ],
    summary: `${nameOf(policy, delay.person)} asks for a delay`,
  }
}
