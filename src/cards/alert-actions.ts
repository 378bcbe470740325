import { unvouched } from '../core/change/bulletins.ts'
import { UNDECIDED } from '../core/change/decide-join.ts'
import { isOver } from '../core/change/guard.ts'
import type { ChangeState } from '../core/change/state.ts'
import type { AlertContext } from './alert.ts'
import type { Action } from './card.ts'
import { classifyAction } from './classify.ts'
import { elsewhereAction, lookAgainAction } from './elsewhere.ts'
import { mergeAction, takeOverAction } from './join.ts'
import { sayAffectedAction } from './named.ts'
import { button, choice, longText, reasonForm } from './words.ts'

/** Also after a classification: a later revision may prove less than the one that was classified. */
export const mayBeVouched = (state: ChangeState): boolean =>
  unvouched(state).length > 0 && ['alerted', 'awaiting', 'testing', 'planning'].includes(state.phase)

/** What the alert offers: the decisions that are still open, then what there is to look at. A change that is part of another offers nothing. */
export function alertActions(state: ChangeState, { policy, covers, named, versionsUnknown }: AlertContext): readonly Action[] {
  if (state.joinedInto) return []
  const subject = `change:${state.id}`
  const vouch = mayBeVouched(state) ? [vouchAction(state, subject)] : []
  const join = isOver(state)
    ? []
    : [...takeOverAction(subject, covers), ...(UNDECIDED.includes(state.phase) && !state.drill ? [mergeAction(subject)] : [])]
  const say =
    versionsUnknown && ['alerted', 'awaiting', 'testing', 'planning'].includes(state.phase) ? sayAffectedAction(subject, named) : []
  const look = [
    button('Details', 'details', subject),
    button('Affected hosts', 'affected', subject),
    button('Evidence', 'evidence', subject),
  ]
  const again = state.phase === 'done elsewhere' ? lookAgainAction(state, subject) : []
  if (state.phase !== 'alerted') return [...vouch, ...say, ...join, ...again, ...look]
  const held = state.bulletin.verdict === 'QUARANTINED' || state.bulletin.verdict === 'BOGUS'
  const decide = vouch.length > 0 ? vouch : held ? [] : [classifyAction(state, subject, policy)]
  const dismiss = button('Not relevant', 'not-relevant', subject, {
    form: reasonForm('Not relevant here', 'Why is it not relevant?', 'Decide'),
  })
  return [...say, ...decide, dismiss, ...join, ...elsewhereAction(state, subject), ...look]
}

function vouchAction(state: ChangeState, subject: string): Action {
  const open = unvouched(state)
  const which = open.map((b) => ({ value: b.digest, label: `${b.vendorId} rev ${b.revision}` }))
  return button('Vouch for it', 'vouch', subject, {
    style: 'primary',
    form: {
      title: 'Vouch for this bulletin',
      intro: 'It looks official, but nothing proves it. Check it at the publisher yourself before you vouch. Your name stays on it.',
      submit: 'I vouch for it',
      fields: [
        ...(state.bulletins.length > 0 ? [choice('bulletin', 'Bulletin', which)] : []),
        longText('reason', 'Where did you check it?'),
      ],
    },
  })
}
