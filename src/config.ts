import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { z } from 'zod'
import { Fault } from './core/fault.ts'
import { own } from './core/own.ts'

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
  /** Null: not connected to Teams. Holds secrets. */
  readonly teams?: TeamsConfig | null
  /** Of a proxy that sources, mailboxes and patch files are reached through; null: none. May hold a password. */
  readonly proxy?: string | null
  /** Secrets of mailboxes, by `secretName` of their source. */
  readonly mailboxes?: Readonly<Record<string, string>>
}

export interface SlackConfig {
  readonly botToken: string
  /** How Slack's requests come: over a connection that we open (Socket Mode), or to our own port, signed. */
  readonly requests:
    | { readonly by: 'socket'; readonly appToken: string }
    | { readonly by: 'http'; readonly signingSecret: string; readonly port: number }
}

export interface TeamsConfig {
  readonly appId: string
  readonly tenantId: string
  /** How the bot proves who it is: by a secret of a single-tenant app, or by the managed identity of the machine it runs on. */
  readonly identity: { readonly by: 'secret'; readonly password: string } | { readonly by: 'managed identity' }
  /** Loopback port for Teams' requests; 0 takes a free one. */
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
  PATCHCRIER_PROXY: z.url({ protocol: /^https?$/, error: 'expected http://USER:PASSWORD@HOST:PORT' }).optional(),
  PATCHCRIER_LOG: z.enum(['debug', 'info', 'warn', 'error', 'silent'], 'expected debug, info, warn, error or silent').default('warn'),
  PATCHCRIER_STANDBY: yesOrNo,
  PATCHCRIER_WORK: yesOrNo,
  SLACK_PORT: port.default(3979),
  TEAMS_PORT: port.default(3980),
  MICROSOFT_APP_TYPE: z.enum(['SingleTenant', 'UserAssignedMSI'], 'expected SingleTenant or UserAssignedMSI').default('SingleTenant'),
})

/** Credentials of chat platforms; only their names are ever said. */
const CHAT: Readonly<Record<string, readonly string[]>> = {
  Slack: ['SLACK_BOT_TOKEN', 'SLACK_APP_TOKEN', 'SLACK_SIGNING_SECRET'],
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
  const all = [...problems, ...(policyFile === null ? sampleProblems(env) : Object.keys(CHAT).flatMap((name) => halfOf(name, env)))]
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
    teams: teamsOf(env, read.data.MICROSOFT_APP_TYPE === 'UserAssignedMSI', read.data.TEAMS_PORT),
    proxy: read.data.PATCHCRIER_PROXY ?? null,
    mailboxes: mailboxesOf(env),
  }
}

const MAILBOX = ['MAILBOX_PASSWORD', 'MAILBOX_CLIENT_SECRET', 'MAILBOX_REFRESH_TOKEN'] as const

/** The variable with a secret of a mailbox: the password of the source `vendor-mail` is MAILBOX_PASSWORD_VENDOR_MAIL. */
export const secretName = (what: (typeof MAILBOX)[number], source: string): string => `${what}_${source.toUpperCase().replaceAll('-', '_')}`

const mailboxesOf = (env: Environment): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (MAILBOX.some((what) => name.startsWith(`${what}_`)) && value ? [[name, value]] : [])),
  )

function slackOf({ SLACK_BOT_TOKEN: botToken, SLACK_APP_TOKEN, SLACK_SIGNING_SECRET }: Environment, port: number): SlackConfig | null {
  if (!botToken) return null
  if (SLACK_APP_TOKEN) return { botToken, requests: { by: 'socket', appToken: SLACK_APP_TOKEN } }
  return SLACK_SIGNING_SECRET ? { botToken, requests: { by: 'http', signingSecret: SLACK_SIGNING_SECRET, port } } : null
}

function teamsOf(env: Environment, managed: boolean, port: number): TeamsConfig | null {
  const { MICROSOFT_APP_ID: appId, MICROSOFT_APP_TENANT_ID: tenantId, MICROSOFT_APP_PASSWORD: password } = env
  if (!appId || !tenantId) return null
  if (managed) return { appId, tenantId, identity: { by: 'managed identity' }, port }
  return password ? { appId, tenantId, identity: { by: 'secret', password }, port } : null
}

/** What of the configuration must never be said. */
export function secretsOf({
  databaseUrl,
  slack,
  teams,
  proxy = null,
  mailboxes = {},
}: Pick<Config, 'databaseUrl' | 'slack' | 'teams' | 'proxy' | 'mailboxes'>): readonly string[] {
  const toProxy = proxy === null ? '' : (URL.parse(proxy)?.password ?? '')
  const password = databaseUrl === null ? '' : (URL.parse(databaseUrl)?.password ?? '')
  const query = databaseUrl === null ? '' : (URL.parse(databaseUrl)?.searchParams.get('password') ?? '')
  const requests = slack?.requests
  const chat = [
    slack?.botToken,
    requests && (requests.by === 'socket' ? requests.appToken : requests.signingSecret),
    teams?.identity.by === 'secret' ? teams.identity.password : undefined,
  ]
  return [
    password,
    decoded(password),
    query,
    toProxy,
    decoded(toProxy),
    ...chat.map((secret) => secret ?? ''),
    ...Object.values(mailboxes),
  ].filter((secret) => secret !== '')
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Such an address holds a password: what came is not repeated. */
const shown = (name: string, env: Environment): string =>
  ['DATABASE_URL', 'PATCHCRIER_PROXY'].includes(name) ? 'something else' : `"${own(env, name) ?? ''}"`

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

/** Reads the id of the bot's app alone, for the package that is uploaded to Teams. Throws Fault CONFIG_INVALID. */
export function readTeamsAppId(env: Environment = process.env): string {
  const read = z.guid().safeParse(env.MICROSOFT_APP_ID)
  if (!read.success) throw new Fault('CONFIG_INVALID', 'MICROSOFT_APP_ID: expected the id of the app, as 8-4-4-4-12 hexadecimal digits')
  return read.data
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
    const given = names.filter((name) => own(env, name))
    if (given.length === 0) return []
    const one = given.length === 1
    return [
      `${platform}: ${given.join(' and ')} ${one ? 'is' : 'are'} set, so this is not sample mode. Missing: the policy of your organisation (PATCHCRIER_POLICY, or ./policy.yaml; npm run -s patchcrier -- policy init writes one). Unset ${one ? 'it' : 'them'} to start sample mode.`,
      ...halfOf(platform, env),
    ]
  })
}

/** Half of what a platform needs is a mistake. */
function halfOf(platform: string, env: Environment): readonly string[] {
  const names = own(CHAT, platform) ?? []
  const given = names.filter((name) => own(env, name))
  if (given.length === 0) return []
  const missing = (platform === 'Slack' ? lacksOfSlack(env) : lacksOfTeams(env)).map(
    (lack) => `${platform}: ${given.join(' and ')} ${given.length === 1 ? 'is' : 'are'} set; missing: ${lack}.`,
  )
  return [...missing, ...(platform === 'Slack' ? shapesOfSlack(env) : [])]
}

const lacksOfSlack = ({ SLACK_BOT_TOKEN, SLACK_APP_TOKEN, SLACK_SIGNING_SECRET }: Environment): readonly string[] => [
  ...(SLACK_BOT_TOKEN ? [] : ['SLACK_BOT_TOKEN']),
  ...(SLACK_APP_TOKEN || SLACK_SIGNING_SECRET ? [] : ['SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP)']),
]

function lacksOfTeams(env: Environment): readonly string[] {
  const managed = env.MICROSOFT_APP_TYPE === 'UserAssignedMSI'
  return (CHAT.Teams ?? []).filter((name) => !own(env, name) && !(managed && name === 'MICROSOFT_APP_PASSWORD'))
}

const SHAPES = { SLACK_BOT_TOKEN: 'xoxb-', SLACK_APP_TOKEN: 'xapp-' } as const

function shapesOfSlack(env: Environment): readonly string[] {
  const both = env.SLACK_APP_TOKEN && env.SLACK_SIGNING_SECRET
  return [
    ...Object.entries(SHAPES).flatMap(([name, begin]) =>
      !(own(env, name) || begin).startsWith(begin) ? [`${name}: expected a token that begins with ${begin}; got something else`] : [],
    ),
    ...(both
      ? ['Slack: SLACK_APP_TOKEN (Socket Mode) and SLACK_SIGNING_SECRET (HTTP) are both set; expected one of them, unset the other.']
      : []),
  ]
}
