import { constants } from 'node:fs'
import { access, stat, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { readSourceState } from '../app/bulletins/source-state.ts'
import { readDataFacts } from '../app/doctor/read.ts'
import { ORGANISATION_DATABASE } from '../app/organisation.ts'
import { SAMPLE_DATABASE } from '../app/sample.ts'
import { type Config, policyFileOf, readConfig, readDatabaseUrl, readDataFolder } from '../config.ts'
import type { DatabaseFacts, DataFacts, Facts, Finding, MachineFacts, PolicyFileFacts } from '../core/doctor/facts.ts'
import { Fault } from '../core/fault.ts'
import type { PolicyPlace } from '../core/policy.ts'
import { type Database, openDatabase } from '../db/database.ts'
import { openEmbedded } from '../db/embedded.ts'
import { inspect } from '../db/inspect.ts'
import type { BulletinSource } from '../ports.ts'
import { runnersOf } from './furnish.ts'
import { organisationSetup } from './organisation.ts'
import { examinePolicyFile } from './policy-file.ts'
import { problemLine } from './policy-text.ts'
import { sampleSetup } from './sample.ts'
import { type Parts, type Setup, type Undo, unwind } from './setup.ts'
import { askSlack } from './slack.ts'
import { askTeams } from './teams.ts'

/** A source that does not answer within this is one that fails. */
const ASK_WITHIN_MS = 60_000

/** Chat platforms are asked wherever there are credentials for them. Besides `online`, where a test emulates them. */
export interface Examination extends Pick<Parts, 'slackApi' | 'teamsApi'> {
  /** Asks each source once, too; nothing of what anybody answers is kept. */
  readonly online: boolean
}

/** Finds out how an installation fares, as far as it can be asked; what keeps one thing from being asked is a fact about another. */
export async function examine(how: Examination): Promise<Facts> {
  const undo: Undo = []
  try {
    return await gather(how, undo)
  } finally {
    await unwind(undo)
  }
}

async function gather({ online, ...emulated }: Examination, undo: Undo): Promise<Facts> {
  const read = configuration()
  const file = policyFileOf()
  const policyFile = file === null ? null : await policyFileFacts(file)
  const config: Config = read.config ?? { port: 0, dataFolder: read.folder ?? '', logLevel: 'silent', policyFile: file, databaseUrl: null }
  const folder = await folderFacts(read.folder)
  const { url, database } = await databaseFacts(read.folder, file === null ? SAMPLE_DATABASE : ORGANISATION_DATABASE, undo)
  // The sample keeps its bulletins in the data folder; a policy with problems says nothing that could be asked about.
  const usable = policyFile === null ? folder?.state === 'ok' : policyFile.hash !== null
  const found = usable && url !== null && database.state === 'ok' ? await dataFacts(await setUp(config, undo), url, online, undo) : null
  return {
    now: found?.now ?? new Date().toISOString(),
    organisation: file !== null,
    machine: { node: Number.parseInt(process.versions.node, 10), configuration: read.problems, folder },
    policyFile,
    database,
    data: found?.data ?? null,
    asked: found?.asked ?? null,
    chat: await askChat(config, found?.data.inForce?.policy.places ?? [], emulated),
    platforms: ['web', ...(config.slack ? ['slack'] : []), ...(config.teams ? ['teams'] : [])],
    runners: runnersOf(config, { now: () => new Date() }, {}).map(({ name }) => name),
  }
}

/** Places of a policy that is not in force yet are not asked about. */
async function askChat(
  { slack, teams }: Config,
  places: readonly PolicyPlace[],
  { slackApi, teamsApi }: Omit<Examination, 'online'>,
): Promise<readonly Finding[]> {
  const on = (name: PolicyPlace['platform']) => places.filter(({ platform }) => platform === name)
  return [...(slack ? await askSlack(slack, on('slack'), slackApi) : []), ...(teams ? await askTeams(teams, on('teams'), teamsApi) : [])]
}

interface Read {
  readonly config: Config | null
  readonly folder: string | null
  readonly problems: readonly string[]
}

/** The data folder can be read although other settings are wrong. */
function configuration(): Read {
  const folder = attempt(readDataFolder)
  const config = attempt(readConfig)
  return { config: config.value, folder: folder.value, problems: config.problem === null ? [] : config.problem.split('\n') }
}

function attempt<T>(ask: () => T): { readonly value: T | null; readonly problem: string | null } {
  try {
    return { value: ask(), problem: null }
  } catch (error) {
    if (error instanceof Fault) return { value: null, problem: error.message }
    throw error
  }
}

const setUp = (config: Config, undo: Undo): Promise<Setup> =>
  config.policyFile === null ? sampleSetup(config, undefined, undo) : organisationSetup(config.policyFile, {}, undo, config)

async function policyFileFacts(file: string): Promise<PolicyFileFacts> {
  const examined = await examinePolicyFile(file)
  return examined.ok
    ? { file, problems: [], hash: examined.file.hash }
    : { file, problems: examined.problems.map((problem) => problemLine(file, problem)), hash: null }
}

async function folderFacts(path: string | null): Promise<MachineFacts['folder']> {
  if (path === null) return null
  const nearest = await nearestFolder(path)
  const state = !(await can(nearest)) ? 'not writable' : nearest === path ? 'ok' : 'missing'
  const space = await statfs(nearest).catch(() => null)
  const tokens = await stat(join(path, 'tokens.json')).catch(() => null)
  return {
    path,
    state,
    freeBytes: space === null || space.blocks === 0 ? null : space.bavail * space.bsize,
    // Windows has no such bits.
    tokensOpen: process.platform !== 'win32' && tokens !== null && (tokens.mode & 0o077) !== 0,
  }
}

/** The folder itself, or the one above in which it would be made. */
const nearestFolder = async (path: string): Promise<string> =>
  path === dirname(path) || (await stat(path).catch(() => null)) !== null ? path : nearestFolder(dirname(path))

const can = (path: string): Promise<boolean> =>
  access(path, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  )

interface Reached {
  readonly url: string | null
  readonly database: DatabaseFacts
}

/** Never makes data: an embedded server is only started where there is one. */
async function databaseFacts(folder: string | null, name: string, undo: Undo): Promise<Reached> {
  const hosted = attempt(readDatabaseUrl)
  // Its own words are among those about the configuration.
  if (hosted.problem !== null) return { url: null, database: { state: 'unknown' } }
  const reached = hosted.value === null ? await embedded(folder, name, undo) : hosted.value
  if (typeof reached !== 'string') return { url: null, database: reached }
  const seen = await inspect(reached)
  return { url: reached, database: seen.state === 'ok' ? { ...seen, hosted: hosted.value !== null } : seen }
}

async function embedded(folder: string | null, name: string, undo: Undo): Promise<string | DatabaseFacts> {
  if (folder === null) return { state: 'unknown' }
  const home = join(folder, 'postgres')
  if (!(await stat(home).catch(() => null))) return { state: 'new' }
  try {
    const server = await openEmbedded({ folder: home, log: () => undefined })
    undo.push(() => server.stop())
    return server.url(name)
  } catch (error) {
    return { state: 'broken', reason: error instanceof Error ? error.message : String(error) }
  }
}

interface Found {
  readonly now: string
  readonly data: DataFacts
  readonly asked: Facts['asked']
}

async function dataFacts(setup: Setup, url: string, online: boolean, undo: Undo): Promise<Found> {
  const db = await openDatabase(url, { poolSize: 2 })
  undo.push(() => db.close())
  const inForce = await setup.inForce(db)
  const now = (await setup.clock(db)).now()
  return {
    now: now.toISOString(),
    data: await readDataFacts(db, inForce, now),
    asked: online ? await ask(db, setup.sources(inForce.policy)) : null,
  }
}

/** From where the bot stands: only what is new would come. */
async function ask(db: Database, sources: readonly BulletinSource[]): Promise<Readonly<Record<string, string | null>>> {
  const answers = new Map<string, string | null>()
  for (const source of sources) {
    const { cursor, firstKeys } = await readSourceState({ db }, source.id)
    const answer = await source.fetch(cursor, AbortSignal.timeout(ASK_WITHIN_MS), [], firstKeys).then(
      () => null,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    )
    answers.set(source.id, answer)
  }
  return Object.fromEntries(answers)
}
