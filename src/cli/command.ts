import { own } from '../core/own.ts'

/** Exit codes: good; a negative verdict, or not possible; used wrongly. */
export const GOOD = 0
export const BAD = 1
export const MISUSED = 2

/** The command line itself is wrong; `message` says what was expected. */
export class Misuse extends Error {}

/** What was typed behind the command's name. */
export interface Given {
  /** As many as the command's `args` asks for. */
  readonly args: readonly string[]
  readonly options: Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>
}

export interface Option {
  /** What stands for its value in the usage, e.g. `SEQ:HASH`; absent: a switch. */
  readonly value?: string
  /** It may be given more than once. */
  readonly multiple?: true
  readonly about: string
}

/** What stands behind the command's name without a dash, in order. */
export interface Arg {
  readonly name: string
  readonly optional?: true
}

/** Answers the exit code. Throws Misuse, or Fault. */
export type Run = (given: Given) => Promise<number>

/** A line of the table. What the command needs is loaded by `load`, when it is run. */
export interface Command {
  /** One sentence without a capital, as the list of commands shows it. */
  readonly about: string
  /** Further lines for its own `--help`. */
  readonly more?: string
  readonly args?: readonly Arg[]
  readonly options?: Readonly<Record<string, Option>>
  load(): Promise<Run>
}

/** By name, of one word or two. */
export type Commands = Readonly<Record<string, Command>>

export function say(text: string): typeof GOOD {
  process.stdout.write(text)
  return GOOD
}

/** One line of JSON for programs, or words for people. */
export const print = (given: Given, value: unknown, words: string): typeof GOOD =>
  say(flag(given, 'json') ? `${inert(JSON.stringify(value))}\n` : words)

/** The same JSON, in which nothing moves a terminal's cursor or hides: JSON itself escapes only half of that. */
const inert = (json: string): string =>
  json.replace(/[\p{Cc}\p{Cf}]/gu, (sign) =>
    sign
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  )

export const flag = ({ options }: Given, name: string): boolean => own(options, name) === true

/** The value of an option; undefined where it was not given. */
export function text({ options }: Given, name: string): string | undefined {
  const value = own(options, name)
  return typeof value === 'string' ? value : undefined
}

/** The values of an option that may be given more than once. */
export function texts({ options }: Given, name: string): readonly string[] {
  const value = own(options, name)
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
}

/** The argument at a place that the table says is there. */
export const arg = ({ args }: Given, index: number): string => args[index] ?? ''

/** The option that every command that prints data has. */
export const JSON_OPTION = { json: { about: 'one line of JSON instead of words' } } as const satisfies Readonly<Record<string, Option>>
