import type { Card } from '../../../cards/card.ts'
import type { HelpLine } from '../../../cards/lists.ts'
import type { Intent } from '../../../core/intent.ts'
import type { Person, Role } from '../../../core/policy.ts'
import type { Outcome } from '../../../ports.ts'
import type { House } from '../../house.ts'

/** What a command is given. */
export interface Typed {
  readonly house: House
  /** What stands behind the command's word, trimmed. */
  readonly argument: string
  readonly intent: Intent
  readonly actor: Person
  /** The door of buttons: a typed command that does what a button does goes through it. */
  readonly act: (intent: Intent) => Promise<Outcome>
}

export interface CommandRule extends HelpLine {
  /** Who may; empty: everybody. */
  readonly roles: readonly Role[]
  readonly run: (typed: Typed) => Promise<Outcome>
}

export type Commands = Readonly<Record<string, CommandRule>>

export const TEAM: readonly Role[] = ['patch-team', 'security', 'operations', 'manager', 'admin']

export const no = (code: string, text: string): Outcome => ({ ok: false, refusal: { code, text } })
export const show = (card: Card): Outcome => ({ ok: true, cards: [card] })

export const mayUse = ({ roles }: { readonly roles: readonly Role[] }, actor: Person): boolean =>
  roles.length === 0 || roles.some((r) => actor.roles.includes(r))

/** Without regard to case means ILIKE, which would take these for wildcards. */
export const literally = (text: string): string => text.replace(/[\\%_]/g, '\\$&')

/** The number of a change at the beginning of an argument, with or without `#`; null where there is none. */
export const numberOf = (argument: string): number | null =>
  /^#?\d{1,9}\b/.test(argument) ? Number.parseInt(argument.replace('#', ''), 10) : null

/** Runs with the subject of the change that the argument names, or asks which one. */
export function byNumber(argument: string, example: string, run: (subject: string) => Promise<Outcome>): Promise<Outcome> {
  const number = numberOf(argument)
  return number === null ? Promise.resolve(no('NUMBER_NEEDED', `Which change? For example \`${example}\`.`)) : run(`change:${number}`)
}
