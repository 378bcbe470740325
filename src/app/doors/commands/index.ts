import { helpCard } from '../../../cards/lists.ts'
import { plainLine } from '../../../cards/text.ts'
import type { Intent } from '../../../core/intent.ts'
import { own } from '../../../core/own.ts'
import type { Person } from '../../../core/policy.ts'
import type { Outcome } from '../../../ports.ts'
import type { House } from '../../house.ts'
import { ACTS } from './acts.ts'
import { CALENDAR } from './calendar.ts'
import { FLEET } from './fleet.ts'
import { LOOKS } from './looks.ts'
import { POLICY } from './policy.ts'
import { PEOPLE } from './roles.ts'
import { type CommandRule, type Commands, mayUse, no, show } from './rule.ts'
import { SOURCES } from './sources.ts'
import { BUTTON_WORDS, type Meant, nearest } from './typo.ts'
import { VERIFY } from './verify.ts'

/** Longest line that is read, in characters. */
const LONGEST = 500

/** The commands people type, in the order of the help. */
const COMMANDS: Commands = {
  help: {
    usage: 'help',
    what: 'what you can do here',
    roles: [],
    run: async ({ actor }) => show(helpCard(actor.name, allowed(actor))),
  },
  ...LOOKS,
  ...CALENDAR,
  ...SOURCES,
  ...FLEET,
  ...PEOPLE,
  ...VERIFY,
  ...ACTS,
  ...POLICY,
}

/** Help shows only what the asker may do. */
const allowed = (actor: Person): readonly CommandRule[] => Object.values(COMMANDS).filter((c) => mayUse(c, actor))

/** Reads a typed line. A typo gets the nearest command and an example. */
export async function answerCommand(
  house: House,
  intent: Intent,
  actor: Person,
  act: (intent: Intent) => Promise<Outcome>,
): Promise<Outcome> {
  // What is not seen is not meant, and the database takes no NUL.
  const [word = '', ...rest] = plainLine((intent.inputs.text ?? '').slice(0, LONGEST)).split(' ')
  const name = word.toLowerCase().replace(/^\//, '')
  const rule = own(COMMANDS, name)
  if (!rule) return no('COMMAND_UNKNOWN', typo(word, actor))
  if (!mayUse(rule, actor)) return no('ROLE_MISSING', `\`${name}\` is for ${rule.roles.join(', ')}. Try \`help\` to see what you can do.`)
  return rule.run({ house, argument: rest.join(' '), intent, actor, act })
}

function typo(word: string, actor: Person): string {
  if (word === '') return 'Try `help`.'
  const commands = Object.entries(COMMANDS).map(
    ([name, c]): Meant => ({ word: name, roles: c.roles, hint: `Did you mean \`${c.usage}\`?` }),
  )
  const meant = nearest(
    word,
    [...commands, ...BUTTON_WORDS].filter((m) => mayUse(m, actor)),
  )
  return [`"${word.slice(0, 40)}" is not a command.`, ...(meant ? [meant] : []), 'Try `help`.'].join(' ')
}
