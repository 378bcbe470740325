import type { ChangeEvent } from '../core/change/command.ts'
import { isOneOfMany, openHeld } from '../core/change/held.ts'
import type { ChangeState } from '../core/change/state.ts'
import type { Action, Block, Card } from './card.ts'
import { button, callRole, note, outcome, shortened, textBlock } from './words.ts'

/** As many held documents are told one by one. */
const MOST_TOLD = 3

/** What is held against a change, as far as the halt does not say it already. */
export function heldBlocks(state: ChangeState, told = ''): readonly Block[] {
  const open = openHeld(state).filter(({ name, reason }) => !told.includes(`${name}: ${reason}`))
  const more = open.length - MOST_TOLD
  return [
    ...open
      .slice(0, MOST_TOLD)
      .map(({ name, reason, decided }) =>
        outcome('danger', `${name} is held. ${decided ? `REJECTED by security: ${decided.reason ?? ''}` : reason}`),
      ),
    ...(more > 0 ? [outcome('danger', `And ${more} more that are held.`)] : []),
  ]
}

/** What has to be done before anything goes on; null where nothing is held against it. */
export function heldNext(state: ChangeState): string | null {
  const open = openHeld(state)
  if (open.length === 0) return null
  if (open.some(({ decided }) => decided)) return 'Security has rejected the bulletin: roll it back, or plan again when there is another.'
  return `Security decides on ${shortened(
    open.map(({ name }) => name),
    MOST_TOLD,
  )} first: on its card in the place of security, with a reason.`
}

/** To the document that has to be decided on. */
export const heldActions = (state: ChangeState): readonly Action[] => {
  const [first] = openHeld(state).filter(({ decided }) => !decided)
  return first ? [button('Evidence of what is held', 'evidence', `bulletin:${first.rowId}`)] : []
}

/** Before there is a plan nothing of it is at stake: security hears of it by its own card, and nobody else is told of a forgery. */
export function heldNote({ document }: Extract<ChangeEvent, { kind: 'document held' }>, state: ChangeState): Card | null {
  if (!state.submission) return null
  if (isOneOfMany(document)) return manyNote(state)
  return note(
    document.own ? 'What this change rests on is held' : 'A document that says it is this bulletin is held',
    'danger',
    textBlock(`${document.name}: ${document.reason}`),
    textBlock(callRole('security'), `: ${askedOf(state)}`),
  )
}

/** Said once: the cards count the others. */
const manyNote = (state: ChangeState): Card | null =>
  openHeld(state).filter(isOneOfMany).length > 1
    ? null
    : note(
        `More than ${openHeld(state).length - 1} documents are held`,
        'danger',
        textBlock('Nothing goes on until each is decided on. They are not told one by one any more; the card of this change counts them.'),
      )

function askedOf({ rollout, phase }: ChangeState): string {
  if (phase === 'reviewing') return 'please look whether it has to be rolled back.'
  const still = rollout !== undefined && rollout.status !== 'finished' && rollout.status !== 'rolling back'
  return still
    ? 'the rollout is held. Nothing more starts until you decide on it and the quorum resumes it.'
    : 'there is no go until you decide on it.'
}

export const heldDecidedNote = ({ name, goesOn, reason, by }: Extract<ChangeEvent, { kind: 'held document decided' }>): Card =>
  note(
    goesOn ? `${name} stands no longer in the way${by === null ? '' : ', says security'}` : `Security has rejected ${name}`,
    goesOn ? 'warning' : 'danger',
    textBlock(reason),
  )
