import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { z } from 'zod'
import { Fault } from './core/fault.ts'

/** What the environment decides. */
export interface Config {
  /** Loopback port of the page; 0 takes a free one. */
  readonly port: number
  /** Where everything that must outlive a restart is kept. */
  readonly dataFolder: string
  readonly logLevel: string
  /** The organisation's policy; null: sample mode. */
  readonly policyFile: string | null
  /** A PostgreSQL of one's own; null: the embedded one. Holds a password. */
  readonly databaseUrl: string | null
  /** Waits while another bot is active, instead of ending. */
  readonly standBy?: boolean
  /** False: polls are left to the workers. */
  readonly work?: boolean
  /** Null: not connected to Slack. Holds secrets. */
  readonly slack?: SlackConfig | null
}

export interface SlackConfig {
  readonly botToken: string
  readonly signingSecret: string
  /** Loopback port for Slack's requests; 0 takes a free one. */
  readonly port: number
}

const port = z.coerce
  .number({ error: 'expected a port number' })
  .int('expected a whole number')
  .min(0, 'expected 0 to 65535')
  .max(65_535, 'expected 0 to 65535')

const yesOrNo = z.enum(['yes', 'no'], 'expected yes or no').optional()

const folder = z.string().min(1, 'expected a folder').default('./data')

const environment = z.object({
  PORT: port.default(3978),
  PATCHCRIER_DATA: folder,
  PATCHCRIER_POLICY: z.string().min(1, 'expected a file').optional(),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'expected postgresql://USER:PASSWORD@HOST/DATABASE' }).optional(),
  PATCHCRIER_LOG: z.enum(['debug', 'info', 'warn', 'error', 'silent'], 'expected debug, info, warn, error or silent').default('warn'),
  PATCHCRIER_STANDBY: yesOrNo,
  PATCHCRIER_WORK: yesOrNo,
  SLACK_PORT: port.default(3979),
})

/** Credentials of chat platforms; only their names are ever said. */
const CHAT: Readonly<Record<string, readonly string[]>> = {
  Slack: ['SLACK_BOT_TOKEN', 'SLACK_SIGNING_SECRET'],
  Teams: ['MICROSOFT_APP_ID', 'MICROSOFT_APP_PASSWORD', 'MICROSOFT_APP_TENANT_ID'],
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads the environment. Throws Fault CONFIG_INVALID naming all problems at once. A bot on a database of one's own is a stand-by where
 * another one is active; on the embedded one only when it is told to be.
 */
export function readConfig(env: Environment = process.env, { standBy = false } = {}): Config {
  const read = environment.safeParse(env)
  const problems = read.success
    ? []
    : read.error.issues.map(({ path: [name], message }) => `${String(name)}: ${message}; got ${shown(String(name), env)}`)
  const policyFile = policyFileOf(env)
  const all = [...problems, ...(policyFile === null ? sampleProblems(env) : slackProblems(env))]
  if (!read.success || all.length > 0) throw new Fault('CONFIG_INVALID', all.join('\n'))
  return {
    port: read.data.PORT,
    dataFolder: resolve(read.data.PATCHCRIER_DATA),
    logLevel: read.data.PATCHCRIER_LOG,
    policyFile,
    databaseUrl: read.data.DATABASE_URL ?? null,
    standBy: standBy || (read.data.PATCHCRIER_STANDBY ?? (read.data.DATABASE_URL === undefined ? 'no' : 'yes')) === 'yes',
    work: read.data.PATCHCRIER_WORK !== 'no',
    slack: slackOf(env, read.data.SLACK_PORT),
  }
}

const slackOf = ({ SLACK_BOT_TOKEN, SLACK_SIGNING_SECRET }: Environment, port: number): SlackConfig | null =>
  SLACK_BOT_TOKEN && SLACK_SIGNING_SECRET ? { botToken: SLACK_BOT_TOKEN, signingSecret: SLACK_SIGNING_SECRET, port } : null

/** What of the configuration must never be said. */
export function secretsOf({ databaseUrl, slack }: Pick<Config, 'databaseUrl' | 'slack'>): readonly string[] {
  const password = databaseUrl === null ? '' : (URL.parse(databaseUrl)?.password ?? '')
  const query = databaseUrl === null ? '' : (URL.parse(databaseUrl)?.searchParams.get('password') ?? '')
  return [password, decoded(password), query, slack?.botToken ?? '', slack?.signingSecret ?? ''].filter((secret) => secret !== '')
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** A connection string holds a password: what came is not repeated. */
const shown = (name: string, env: Environment): string => (name === 'DATABASE_URL' ? 'something else' : `"${env[name] ?? ''}"`)

/** `PATCHCRIER_POLICY`, else `policy.yaml` in the working folder, where there is one. */
export const policyFileOf = (env: Environment = process.env): string | null =>
  env.PATCHCRIER_POLICY ? resolve(env.PATCHCRIER_POLICY) : existsSync('policy.yaml') ? resolve('policy.yaml') : null

/** Reads the data folder alone, for commands that work on it beside the bot. Throws Fault CONFIG_INVALID. */
export function readDataFolder(env: Environment = process.env): string {
  const read = folder.safeParse(env.PATCHCRIER_DATA)
  if (!read.success) throw new Fault('CONFIG_INVALID', 'PATCHCRIER_DATA: expected a folder; got ""')
  return resolve(read.data)
}

/** Reads `DATABASE_URL` alone, for the same commands; null: the embedded server. Throws Fault CONFIG_INVALID. */
export function readDatabaseUrl(env: Environment = process.env): string | null {
  const read = environment.shape.DATABASE_URL.safeParse(env.DATABASE_URL)
  if (!read.success) throw new Fault('CONFIG_INVALID', `DATABASE_URL: ${read.error.issues[0]?.message}; got something else`)
  return read.data ?? null
}

/** Whether npm runs us, in a shell between. */
export const startedByNpm = (env: Environment = process.env): boolean => env.npm_lifecycle_event !== undefined

/** With chat credentials nobody wants the sample: say what an organisation of one's own still lacks, instead of starting half. */
function sampleProblems(env: Environment): readonly string[] {
  const work = env.PATCHCRIER_WORK === 'no' ? ['PATCHCRIER_WORK: "no" is for an organisation with workers; sample mode has none'] : []
  return work.concat(chatProblems(env))
}

function chatProblems(env: Environment): readonly string[] {
  return Object.entries(CHAT).flatMap(([platform, names]) => {
    const given = names.filter((n) => env[n])
    if (given.length === 0) return []
    const missing = names.filter((n) => !env[n])
    return [
      `${platform}: ${given.join(' and ')} ${given.length === 1 ? 'is' : 'are'} set, so this is not sample mode.${missing.length > 0 ? ` Missing: ${missing.join(', ')}.` : ''} Missing too: the policy of your organisation (PATCHCRIER_POLICY, or ./policy.yaml; npm run -s patchcrier -- policy init writes one). Unset ${given.length === 1 ? 'it' : 'them'} to start sample mode.`,
    ]
  })
}

/** Half of what Slack needs is a mistake, in an organisation too. */
function slackProblems(env: Environment): readonly string[] {
  const names = CHAT.Slack ?? []
  const missing = names.filter((name) => !env[name])
  const given = names.filter((name) => env[name])
  if (given.length === 0) return []
  const lacking = missing.map((name) => `Slack: ${given.join(' and ')} is set; missing: ${name}.`)
  const shape = env.SLACK_BOT_TOKEN && !env.SLACK_BOT_TOKEN.startsWith('xoxb-')
  return [...lacking, ...(shape ? ['SLACK_BOT_TOKEN: expected the token of the bot, which begins with xoxb-; got something else'] : [])]
}
