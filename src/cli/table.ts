import { type Commands, JSON_OPTION } from './command.ts'

/** Every command of the program. Nothing heavy is loaded here: a command's file is, when it is run. */
export const COMMANDS: Commands = {
  start: {
    about: 'the bot, its database and its web chat, as npm start does',
    load: async () => (await import('./start.ts')).start,
  },
  token: {
    about: "the token of host reports, then everybody's: a name and a token a line",
    load: async () => (await import('./token.ts')).token,
  },
  'audit verify': {
    about: 'finds a record that was edited, deleted, moved or put in later',
    options: {
      head: { value: 'SEQ:HASH', about: 'a head noted down earlier; proves that the last records are there, too' },
      ...JSON_OPTION,
    },
    load: async () => (await import('./audit.ts')).auditVerify,
  },
  help: {
    about: 'this; COMMAND --help tells more of one',
    load: async () => (await import('./words.ts')).help,
  },
}
