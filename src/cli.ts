import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { nearest } from './app/doors/commands/typo.ts'
import { SAMPLE_DATABASE, SAMPLE_FOLDER, samplePolicy } from './app/sample.ts'
import { readTokens } from './app/tokens.ts'
import { readDataFolder } from './config.ts'
import { Fault } from './core/fault.ts'
import { type AuditHead, type AuditVerdict, verifyAudit } from './db/audit.ts'
import { openDatabase } from './db/database.ts'
import { openEmbedded } from './db/embedded.ts'

const USAGE = `usage: npm run -s patchcrier -- COMMAND

  start                                    the bot, its database and its web chat, as npm start does
  token                                    the token of host reports, then everybody's: a name and a token a line
  audit verify [--head SEQ:HASH] [--json]  finds a record that was edited, deleted, moved or put in later;
                                           a head noted down earlier also proves that the last ones are there
  help                                     this

Exit: 0 good, 1 not good or not possible, 2 used wrongly. PATCHCRIER_DATA is the data folder (./data).
`

const GOOD = 0
const BAD = 1
const MISUSED = 2

/** The command line itself is wrong; `message` says what was expected. */
class Misuse extends Error {}

interface Options {
  readonly head?: string
  readonly json?: boolean
}

interface Command {
  readonly options: Readonly<Record<string, { readonly type: 'string' | 'boolean' }>>
  /** Answers the exit code. */
  run(options: Options): Promise<number>
}

const COMMANDS: Readonly<Record<string, Command>> = {
  // The whole house is only loaded for this one.
  start: { options: {}, run: async () => (await import('./main.ts')).run().then(() => GOOD) },
  token: { options: {}, run: token },
  'audit verify': { options: { head: { type: 'string' }, json: { type: 'boolean' } }, run: auditVerify },
  help: { options: {}, run: async () => say(USAGE) },
}

async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) return say(USAGE)
  const found = Object.entries(COMMANDS).find(([name]) => name.split(' ').every((word, i) => args[i] === word))
  if (!found) throw new Misuse(unknown(args))
  const [name, command] = found
  return command.run(read(args.slice(name.split(' ').length), command))
}

function unknown(args: readonly string[]): string {
  const words = args.filter((arg) => !arg.startsWith('-')).join(' ')
  if (words === '') return 'expected a command'
  // `audit` alone is half a command.
  const known = Object.keys(COMMANDS).flatMap((name) => [name, name.split(' ')[0] ?? name].map((word) => ({ word, name })))
  const hint = nearest(
    words,
    known.map(({ word, name }) => ({ word, roles: [], hint: `Did you mean \`${name}\`?` })),
  )
  return `"${words.slice(0, 40)}" is not a command.${hint === null ? '' : ` ${hint}`}`
}

function read(args: readonly string[], command: Command): Options {
  try {
    return parseArgs({ args: [...args], options: command.options, strict: true }).values as Options
  } catch (error) {
    throw new Misuse(error instanceof Error ? error.message.split('. ')[0] : String(error))
  }
}

function say(text: string): number {
  process.stdout.write(text)
  return GOOD
}

async function token(): Promise<number> {
  const { policy } = await samplePolicy(SAMPLE_FOLDER)
  const { reports, people } = await readTokens(
    readDataFolder(),
    policy.people.map(({ id }) => id),
  )
  return say(`reports ${reports}\n${people.map((one) => `${one.person} ${one.token}\n`).join('')}`)
}

async function auditVerify({ head, json = false }: Options): Promise<number> {
  const known = head === undefined ? undefined : readHead(head)
  const verdict = await verifyIn(join(readDataFolder(), 'postgres'), known)
  say(`${json ? JSON.stringify(asJson(verdict)) : inWords(verdict)}\n`)
  return verdict.ok ? GOOD : BAD
}

/** As `audit verify` and the daily card print it. Record 0 is nobody's: a head of it would prove nothing. */
function readHead(text: string): AuditHead {
  const [, seq, hash] = /^([1-9]\d{0,9}):([0-9a-f]{64})$/i.exec(text.trim()) ?? []
  if (!seq || !hash) throw new Misuse(`--head: expected the number of a record, a colon and its 64 hex digits; got "${text.slice(0, 100)}"`)
  return { seq: Number(seq), hash: hash.toLowerCase() }
}

/** Joins the server that the bot runs, or runs it for as long as it takes. Never makes data: an empty chain would look good. */
async function verifyIn(folder: string, known: AuditHead | undefined): Promise<AuditVerdict> {
  if (!existsSync(folder)) throw new Fault('DATABASE_UNAVAILABLE', `${folder} is not there: expected the data of a bot that was started`)
  const server = await openEmbedded({ folder, log: () => undefined })
  try {
    const db = await openDatabase(server.url(SAMPLE_DATABASE), { poolSize: 1 })
    return await verifyAudit(db, known).finally(() => db.close())
  } finally {
    await server.stop()
  }
}

const headText = ({ seq, hash }: AuditHead): string => `${seq}:${hash}`

const inWords = (verdict: AuditVerdict): string =>
  verdict.ok
    ? `ok, ${verdict.head.seq} records, head ${headText(verdict.head)}`
    : `NOT ok at record ${verdict.at}, ${verdict.what}: ${verdict.text}`

const asJson = (verdict: AuditVerdict): object =>
  verdict.ok
    ? { ok: true, records: verdict.head.seq, head: headText(verdict.head) }
    : { ok: false, record: verdict.at, flaw: verdict.what, text: verdict.text }

function explain(error: unknown): number {
  if (error instanceof Misuse) {
    process.stderr.write(`patchcrier: ${error.message}\n\n${USAGE}`)
    return MISUSED
  }
  process.stderr.write(error instanceof Fault ? `${error.code}: ${error.message}\n` : `${error instanceof Error ? error.stack : error}\n`)
  return BAD
}

process.exitCode = await main(process.argv.slice(2)).catch(explain)
