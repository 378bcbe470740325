import type { Ending } from '../core/remind/ending.ts'
import type { Said } from '../core/remind/reminder.ts'
import type { Instant } from '../core/result.ts'
import type { Action, Block, Card, Form, Text } from './card.ts'
import { at, button, callRole, capital, count, fact, listedText, outcome, quiet, roleWords, textBlock, whisper } from './words.ts'

/** A reminder that was sent, and what has become of it. */
export interface ReminderView {
  readonly said: Said
  readonly snoozed?: { readonly by: string; readonly until: Instant }
  readonly ended?: Ending
}

/** Minutes after which a reminder says that it comes late. */
const LATE_MINUTES = 5

/** One card for what is due at one time: what waits, for whom, since when and until when. It says so when it is over. `id`: of the lead. */
export function reminderCard(id: number, reminders: readonly [ReminderView, ...ReminderView[]]): Card {
  const [first] = reminders
  const open = reminders.filter((r) => !r.ended)
  const title = reminders.length === 1 ? first.said.line : `${count(reminders.length, 'thing')} to look at`
  const missed = reminders.some((r) => r.said.line.startsWith('MISSED'))
  return {
    look: 'standard',
    tone: open.length === 0 ? 'good' : missed ? 'danger' : 'warning',
    badges: [],
    title: `Reminder: ${title}`,
    blocks: [...(reminders.length === 1 ? single(first) : [list(reminders)]), ...late(first.said), ...snoozedBlocks(open)],
    actions: actionsOf(id, open, reminders.length),
    summary: `Reminder: ${title}${open.length === 0 ? ' (done)' : ''}`,
  }
}

const single = (reminder: ReminderView): readonly Block[] =>
  reminder.ended
    ? [outcome('good', ...ended(reminder.ended))]
    : [{ kind: 'facts', facts: waitingFacts(reminder).map(({ label, value }) => fact(label, ...value)) }]

const list = (reminders: readonly ReminderView[]): Block => ({
  kind: 'list',
  items: reminders.map((r): Text => [capital(r.said.line), ...(r.ended ? [': ', ...ended(r.ended)] : inLine(r))]),
})

const ended = ({ what, at: when }: Ending): Text => [`${what}, `, at(when)]

/** Who put it off is not called meanwhile. */
function waitingFacts({ said, snoozed }: ReminderView): readonly { readonly label: string; readonly value: Text }[] {
  const { roles, since, until } = said
  return [
    ...(roles.length > 0 ? [{ label: 'For', value: listedText(roles.map((role) => (snoozed ? roleWords(role) : callRole(role)))) }] : []),
    ...(since ? [{ label: 'Since', value: [at(since)] }] : []),
    ...(until ? [{ label: 'Until', value: [at(until)] }] : []),
  ]
}

/** ", for security, until 3 March": the same facts in a list. */
const inLine = (reminder: ReminderView): Text =>
  waitingFacts(reminder).flatMap(({ label, value }) => [`, ${label.toLowerCase()} `, ...value])

function late({ at: due, sentAt, missed }: Said): readonly Block[] {
  if (Date.parse(sentAt) - Date.parse(due) < LATE_MINUTES * 60_000) return []
  const more = missed > 0 ? ` It stands for ${count(missed, 'earlier one')}, too.` : ''
  return [quiet('Sent late: it was due ', at(due), `.${more}`)]
}

function snoozedBlocks(open: readonly ReminderView[]): readonly Block[] {
  const [snoozed] = open.flatMap((r) => r.snoozed ?? [])
  return snoozed ? [quiet(`Snoozed by ${snoozed.by} until `, at(snoozed.until), '. The clocks run on.')] : []
}

function actionsOf(id: number, open: readonly ReminderView[], all: number): readonly Action[] {
  const [first] = open
  if (!first) return []
  const change = all === 1 ? first.said.change : undefined
  const mayWait = open.some((r) => !r.snoozed) && first.said.roles.length > 0
  return [
    ...(change === undefined ? [] : [button('Open', 'show-change', `change:${change}`)]),
    ...(mayWait ? [button('Snooze', 'snooze', `reminder:${id}`, { form: snoozeForm })] : []),
  ]
}

const snoozeForm: Form = {
  title: 'Remind later',
  intro: 'Nothing is moved by it: the clocks run on.',
  submit: 'Snooze',
  fields: [
    {
      kind: 'choice',
      id: 'until',
      label: 'Until',
      required: true,
      value: 'day',
      options: [
        { value: 'day', label: 'in 1 day' },
        { value: 'morning', label: 'tomorrow 9:00' },
      ],
    },
  ],
}

/** The private answer to who snoozed. */
export const snoozedCard = (until: Instant): Card =>
  whisper('Snoozed', [textBlock('You are reminded again ', at(until), ', unless it is done by then. The clocks run on.')], { tone: 'good' })
