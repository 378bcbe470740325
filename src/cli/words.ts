import { nearest } from '../app/doors/commands/typo.ts'
import { type Command, type Commands, type Given, type Option, say } from './command.ts'
import { COMMANDS } from './table.ts'

const CALL = 'npm run -s patchcrier --'
const EXITS = `Exit: 0 good, 1 not good or not possible, 2 used wrongly. PATCHCRIER_DATA is the data folder (./data).`

/** A command with all that may stand behind it. */
const lineOf = (name: string, { args = [], options = {} }: Command): string =>
  [
    name,
    ...args.map((a) => (a.optional ? `[${a.name}]` : a.name)),
    ...Object.entries(options).map(([option, of]) => `[${optionText(option, of)}]${of.multiple ? '...' : ''}`),
  ].join(' ')

const optionText = (name: string, { value }: Option): string => (value === undefined ? `--${name}` : `--${name} ${value}`)

const WIDTH = 30

function row(left: string, right: string): string {
  const gap = left.length > WIDTH ? `\n${' '.repeat(WIDTH + 4)}` : ' '.repeat(WIDTH - left.length + 2)
  return `  ${left}${gap}${right}\n`
}

/** All commands. */
export const usage = (commands: Commands = COMMANDS): string =>
  `usage: ${CALL} COMMAND\n\n${Object.entries(commands)
    .map(([name, command]) => row(lineOf(name, command), command.about))
    .join('')}\n${EXITS}\n`

/** One command. */
export function usageOf(name: string, command: Command): string {
  const options = Object.entries(command.options ?? {}).map(([option, of]) => row(optionText(option, of), of.about))
  const parts = [
    `usage: ${CALL} ${lineOf(name, command)}\n`,
    `${command.about}\n`,
    ...(options.length > 0 ? [options.join('')] : []),
    ...(command.more === undefined ? [] : [`${command.more}\n`]),
    `${EXITS}\n`,
  ]
  return parts.join('\n')
}

export const help = async (_given: Given): Promise<number> => say(usage())

/** Why nothing of this name is there, with the one that was probably meant. */
export function unknown(args: readonly string[], commands: Commands = COMMANDS): string {
  const words = args.filter((arg) => !arg.startsWith('-')).join(' ')
  if (words === '') return 'expected a command'
  // `audit` alone is half a command; of a long line the first words are the command.
  const known = Object.keys(commands).flatMap((name) => [name, name.split(' ')[0] ?? name].map((word) => ({ word, name })))
  const choices = known.map(({ word, name }) => ({ word, roles: [], hint: `Did you mean \`${name}\`?` }))
  const hint = nearest(words, choices) ?? nearest(words.split(' ', 2).join(' '), choices) ?? nearest(words.split(' ', 1).join(' '), choices)
  return `"${words.slice(0, 40)}" is not a command.${hint === null ? '' : ` ${hint}`}`
}
