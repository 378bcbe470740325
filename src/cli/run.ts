import { parseArgs } from 'node:util'
import { Fault } from '../core/fault.ts'
import { plain } from '../core/identify/text.ts'
import { BAD, type Command, type Commands, type Given, MISUSED, Misuse, say } from './command.ts'
import { COMMANDS } from './table.ts'
import { unknown, usage, usageOf } from './words.ts'

/** Runs what was typed and answers the exit code. Everything that goes wrong is said on standard error. */
export async function run(args: readonly string[], commands: Commands = COMMANDS): Promise<number> {
  const found = Object.entries(commands).find(([name]) => name.split(' ').every((word, i) => args[i] === word))
  try {
    if (asksForHelp(args)) return say(found ? usageOf(...found) : usage(commands))
    if (!found) throw new Misuse(unknown(args, commands))
    const [name, command] = found
    const given = read(args.slice(name.split(' ').length), command)
    return await (await command.load())(given)
  } catch (error) {
    if (error instanceof Misuse) return misused(error, found ? usageOf(...found) : usage(commands))
    process.stderr.write(
      error instanceof Fault ? `${error.code}: ${plain(error.message)}\n` : `${error instanceof Error ? error.stack : error}\n`,
    )
    return BAD
  }
}

function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--')
  const ours = end < 0 ? args : args.slice(0, end)
  return ours.includes('--help') || ours.includes('-h')
}

function misused(error: Misuse, words: string): typeof MISUSED {
  process.stderr.write(`patchcrier: ${plain(error.message)}\n\n${words}`)
  return MISUSED
}

function read(args: readonly string[], command: Command): Given {
  const { values, positionals } = parsed(args, command)
  const wanted = command.args ?? []
  const missing = wanted.filter((a) => !a.optional)[positionals.length]
  if (missing) throw new Misuse(`expected ${missing.name}`)
  const extra = positionals[wanted.length]
  if (extra !== undefined)
    throw new Misuse(
      `${wanted.length === 0 ? 'expected nothing more' : `expected only ${wanted.map((a) => a.name).join(' ')}`}; got "${extra.slice(0, 100)}"`,
    )
  return { args: positionals, options: values }
}

function parsed(args: readonly string[], { options = {} }: Command) {
  const config = Object.entries(options).map(
    ([name, { value, multiple }]) => [name, { type: value === undefined ? 'boolean' : 'string', multiple: multiple ?? false }] as const,
  )
  try {
    return parseArgs({ args: [...args], options: Object.fromEntries(config), strict: true, allowPositionals: true })
  } catch (error) {
    throw new Misuse(error instanceof Error ? error.message.split('. ')[0] : String(error))
  }
}
