import { fieldOf } from '../../src/cards/adaptive.ts'
import type { Card } from '../../src/cards/card.ts'
import type { ButtonValue } from '../../src/core/intent.ts'
import { buttonAmongInputs } from '../chat/button.ts'
import { LIMITS } from './limits.ts'

/** A verb of our own, which the house never sees: the card anew. */
export const REFRESH = 'refresh'

const OURS = new Set(['v', 'verb', 'id', 'digest', 'msteams'])
const INPUT = /^[\w-]{1,60}(~\d{1,3})?$/
const MOST_INPUTS = 50

/** What a pressed button says and what was typed beside it. Only its shape is checked: rights and subjects are looked up by the house. */
export interface Pressed {
  readonly button: ButtonValue
  readonly inputs: Readonly<Record<string, string>>
}

/** Null when it is none of our buttons. Fields left empty are absent. */
export function readPressed(data: unknown): Pressed | null {
  const button = buttonAmongInputs.safeParse(data).data
  return button === undefined ? null : { button, inputs: inputsOf(data as Record<string, unknown>) }
}

function inputsOf(data: Readonly<Record<string, unknown>>): Record<string, string> {
  const typed = Object.entries(data).flatMap(([name, content]) => {
    const fits = !OURS.has(name) && INPUT.test(name) && typeof content === 'string' && content !== ''
    return fits ? [[fieldOf(name), content.slice(0, LIMITS.typed)] as const] : []
  })
  return Object.fromEntries(typed.slice(0, MOST_INPUTS))
}

/** With a way back to what stood there, for a card that takes its place before one person's eyes. */
export const withBack = (card: Card): Card => ({
  ...card,
  actions: [...card.actions, { label: 'Back', verb: REFRESH, id: '', style: 'default' }],
})
