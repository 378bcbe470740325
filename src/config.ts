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
}

const port = z.coerce
  .number({ error: 'expected a port number' })
  .int('expected a whole number')
  .min(0, 'expected 0 to 65535')
  .max(65_535, 'expected 0 to 65535')

const folder = z.string().min(1, 'expected a folder').default('./data')

const environment = z.object({
  PORT: port.default(3978),
  PATCHCRIER_DATA: folder,
  PATCHCRIER_POLICY: z.string().min(1, 'expected a file').optional(),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'expected postgresql://USER:PASSWORD@HOST/DATABASE' }).optional(),
  PATCHCRIER_LOG: z.enum(['debug', 'info', 'warn', 'error', 'silent'], 'expected debug, info, warn, error or silent').default('warn'),
})

/** Credentials of chat platforms; only their names are ever said. */
const CHAT: Readonly<Record<string, readonly string[]>> = {
  Slack: ['SLACK_BOT_TOKEN', 'SLACK_SIGNING_SECRET'],
  Teams: ['MICROSOFT_APP_ID', 'MICROSOFT_APP_PASSWORD', 'MICROSOFT_APP_TENANT_ID'],
}

/** Reads the environment. Throws Fault CONFIG_INVALID naming all problems at once. */
export function readConfig(env: Readonly<Record<string, string | undefined>> = process.env): Config {
  const read = environment.safeParse(env)
  const problems = read.success
    ? []
    : read.error.issues.map(({ path: [name], message }) => `${String(name)}: ${message}; got ${shown(String(name), env)}`)
  const policyFile = policyFileOf(env)
  const all = [...problems, ...(policyFile === null ? chatProblems(env) : [])]
  if (!read.success || all.length > 0) throw new Fault('CONFIG_INVALID', all.join('\n'))
  return {
    port: read.data.PORT,
    dataFolder: resolve(read.data.PATCHCRIER_DATA),
    logLevel: read.data.PATCHCRIER_LOG,
    policyFile,
    databaseUrl: read.data.DATABASE_URL ?? null,
  }
}

/** A connection string holds a password: what came is not repeated. */
const shown = (name: string, env: Readonly<Record<string, string | undefined>>): string =>
  name === 'DATABASE_URL' ? 'something else' : `"${env[name] ?? ''}"`

/** `PATCHCRIER_POLICY`, else `policy.yaml` in the working folder, where there is one. */
export const policyFileOf = (env: Readonly<Record<string, string | undefined>> = process.env): string | null =>
  env.PATCHCRIER_POLICY ? resolve(env.PATCHCRIER_POLICY) : existsSync('policy.yaml') ? resolve('policy.yaml') : null

/** Reads the data folder alone, for commands that work on it beside the bot. Throws Fault CONFIG_INVALID. */
export function readDataFolder(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const read = folder.safeParse(env.PATCHCRIER_DATA)
  if (!read.success) throw new Fault('CONFIG_INVALID', 'PATCHCRIER_DATA: expected a folder; got ""')
  return resolve(read.data)
}

/** Reads `DATABASE_URL` alone, for the same commands; null: the embedded server. Throws Fault CONFIG_INVALID. */
export function readDatabaseUrl(env: Readonly<Record<string, string | undefined>> = process.env): string | null {
  const read = environment.shape.DATABASE_URL.safeParse(env.DATABASE_URL)
  if (!read.success) throw new Fault('CONFIG_INVALID', `DATABASE_URL: ${read.error.issues[0]?.message}; got something else`)
  return read.data ?? null
}

/** Whether npm runs us, in a shell between. */
export const startedByNpm = (env: Readonly<Record<string, string | undefined>> = process.env): boolean =>
  env.npm_lifecycle_event !== undefined

/** With chat credentials nobody wants the sample: say what an organisation of one's own still lacks, instead of starting half. */
function chatProblems(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  return Object.entries(CHAT).flatMap(([platform, names]) => {
    const given = names.filter((n) => env[n])
    if (given.length === 0) return []
    const missing = names.filter((n) => !env[n])
    return [
      `${platform}: ${given.join(' and ')} ${given.length === 1 ? 'is' : 'are'} set, so this is not sample mode.${missing.length > 0 ? ` Missing: ${missing.join(', ')}.` : ''} Missing too: the policy of your organisation (PATCHCRIER_POLICY, or ./policy.yaml; npm run -s patchcrier -- policy init writes one). Unset ${given.length === 1 ? 'it' : 'them'} to start sample mode.`,
    ]
  })
}
