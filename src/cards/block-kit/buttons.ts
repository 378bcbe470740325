import type { ButtonValue } from '../../core/intent.ts'
import type { Action } from '../card.ts'
import type { Actions, Button } from './json.ts'
import { LIMITS } from './limits.ts'
import { plain } from './rich.ts'

/** Starts the id of a button that sends its value at once. */
export const ACT = 'act'
/** Starts the id of a button that opens its form first. */
export const FORM = 'form'

/** A button whose value would not fit cannot work, so it is not shown; our verbs, ids and digests are far below the limit. */
export function actions(all: readonly Action[]): Actions[] {
  const buttons = all.map(button).filter((one) => (one.value?.length ?? 0) <= LIMITS.buttonValue)
  const blocks: Actions[] = []
  for (let at = 0; at < buttons.length && blocks.length < LIMITS.actionsBlocks; at += LIMITS.actionsElements) {
    blocks.push({ type: 'actions', elements: buttons.slice(at, at + LIMITS.actionsElements) })
  }
  return blocks
}

function button(action: Action, index: number): Button {
  const value: ButtonValue = { v: 1, verb: action.verb, id: action.id, ...(action.digest === undefined ? {} : { digest: action.digest }) }
  return {
    type: 'button',
    action_id: `${action.form === undefined ? ACT : FORM}:${index}:${action.verb}`.slice(0, LIMITS.actionId),
    text: plain(action.label, LIMITS.buttonText),
    value: JSON.stringify(value),
    ...(action.style === 'default' ? {} : { style: action.style }),
  }
}
