import { z } from 'zod'
import { fieldOf } from '../../src/cards/adaptive.ts'
import type { Action, Card } from '../../src/cards/card.ts'
import type { ButtonValue, Intent } from '../../src/core/intent.ts'
import { LIMITS } from './limits.ts'

/** Our own verbs, which the house never sees: the card anew, and asking for a role. */
export const REFRESH = 'refresh'
export const ASK_ROLE = 'ask-role'

const value = z.object({
  v: z.literal(1),
  verb: z.string().min(1).max(100),
  id: z.string().max(200),
  digest: z.string().max(200).optional(),
})

const OURS = new Set([...Object.keys(value.shape), 'msteams'])
const INPUT = /^[\w-]{1,60}(~\d{1,3})?$/
const MOST_INPUTS = 50

/** An intent, but for who and where it was. */
export type Wanted = Omit<Intent, 'actor' | 'place' | 'delivery'>

/** What a pressed button says and what was typed beside it. Only its shape is checked: rights and subjects are looked up by the house. */
export interface Pressed {
  readonly button: ButtonValue
  readonly inputs: Readonly<Record<string, string>>
}

/** Null when it is none of our buttons. Fields left empty are absent. */
export function readPressed(data: unknown): Pressed | null {
  const read = value.safeParse(data)
  if (!read.success) return null
  const { digest, ...rest } = read.data
  return { button: { ...rest, ...(digest === undefined ? {} : { digest }) }, inputs: inputsOf(data as Record<string, unknown>) }
}

/** What the house is asked for by it. */
export const wantedOf = ({ button: { verb, id, digest }, inputs }: Pressed): Wanted => ({
  verb,
  subject: id,
  inputs,
  ...(digest === undefined ? {} : { digest }),
})

function inputsOf(data: Readonly<Record<string, unknown>>): Record<string, string> {
  const typed = Object.entries(data).flatMap(([name, content]) => {
    const fits = !OURS.has(name) && INPUT.test(name) && typeof content === 'string' && content !== ''
    return fits ? [[fieldOf(name), content.slice(0, LIMITS.typed)] as const] : []
  })
  return Object.fromEntries(typed.slice(0, MOST_INPUTS))
}

const own = (verb: string, label: string): Action => ({ label, verb, id: '', style: 'default' })

/** With a way back to what stood there, for a card that takes its place before one person's eyes. */
export const withBack = (card: Card): Card => ({ ...card, actions: [...card.actions, own(REFRESH, 'Back')] })

export const withAskForRole = (card: Card): Card => ({ ...card, actions: [...card.actions, own(ASK_ROLE, 'Ask for a role')] })
