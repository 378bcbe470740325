import { dirname, join, resolve } from 'node:path'
import type { Logger } from 'pino'
import { createHttp } from '../../adapters/http.ts'
import { csvFormat } from '../../adapters/inventory/csv/index.ts'
import { dpkgFormat } from '../../adapters/inventory/dpkg-l/index.ts'
import { jsonFormat } from '../../adapters/inventory/json/index.ts'
import { rpmQaFormat } from '../../adapters/inventory/rpm-qa/index.ts'
import { createMailProcess } from '../../adapters/mail/index.ts'
import { createPatchFiles } from '../../adapters/patchfile/look.ts'
import { manualRunner } from '../../adapters/runners/manual/index.ts'
import { rehearsalRunner } from '../../adapters/runners/rehearsal/index.ts'
import { createDeliverer, type Deliverer, type DelivererOptions } from '../app/chat/deliver.ts'
import { drawHome, HOME, homePlace, outdateHomes } from '../app/chat/homes.ts'
import { renderPost } from '../app/chat/render.ts'
import { uncertainPost } from '../app/chat/uncertain.ts'
import { type House, joined, type PolicyInForce } from '../app/house.ts'
import { QUEUES } from '../app/jobs.ts'
import { createMembers, readMembers } from '../app/people/members.ts'
import type { Config } from '../config.ts'
import { startBoss } from '../db/boss.ts'
import { openDatabase } from '../db/database.ts'
import { createWriter } from '../db/writer.ts'
import type { BulletinSource, ChatPlatform, Clock, Home, MailReader, PatchFiles, Place, Runner } from '../ports.ts'
import type { Parts, Setup, Undo } from './setup.ts'

interface Material {
  readonly url: string
  readonly config: Config
  readonly parts: Parts
  readonly log: Logger
  readonly setup: Setup
  /** After another version of the policy is in force. */
  readonly adopted: (next: PolicyInForce) => Promise<void>
}

/** Database, jobs, clock, sources and runners: what the use cases work with. The database is migrated. */
export async function furnish({ url, config, parts, log, setup, adopted }: Material, undo: Undo): Promise<House> {
  const db = await openDatabase(url, { poolSize: 16 })
  undo.push(() => db.close())
  const boss = await startBoss({ url, queues: QUEUES, log: (line) => log.warn(line) })
  undo.push(() => boss.stop())
  const clock = await setup.clock(db)
  const runners = new Map(runnersOf(config, clock, parts).map((r) => [r.name, r]))
  const sourcesFor = ({ policy }: PolicyInForce): ReadonlyMap<string, BulletinSource> =>
    new Map(setup.sources(policy).map((source) => [source.id, parts.source?.(source) ?? source]))
  const members = createMembers(clock, await readMembers(db))
  const mails = parts.mails ?? mailProcess(undo)
  let inForce = await setup.inForce(db)
  let sources = sourcesFor(inForce)
  return {
    db,
    write: createWriter(db, { atOnce: 8, waiting: 2_000 }),
    boss,
    clock,
    log,
    runners,
    policyFile: setup.policyFile,
    formats: new Map([csvFormat, jsonFormat, rpmQaFormat, dpkgFormat].map((format) => [format.kind, format])),
    members,
    mails,
    patchFiles: parts.patchFiles ?? patchFilesOf(config, undo),
    get inForce() {
      return members.beside(inForce)
    },
    get sources() {
      return sources
    },
    adopt: async (next) => {
      inForce = next
      sources = sourcesFor(next)
      // Another process may have written some.
      members.keep(await readMembers(db))
      await adopted(next)
    },
  }
}

/** Started with the first mail, not with the bot. */
function mailProcess(undo: Undo): MailReader {
  const mails = createMailProcess()
  undo.push(() => mails.close())
  return mails
}

/** A file may take minutes where a bulletin takes seconds. */
const FILE_MS = 15 * 60_000

function patchFilesOf({ policyFile, proxy = null }: Config, undo: Undo): PatchFiles {
  const http = createHttp({ limits: { totalMs: FILE_MS }, ...(proxy === null ? {} : { proxy }) })
  undo.push(() => http.close())
  return createPatchFiles(http, policyFile === null ? {} : { folder: dirname(resolve(policyFile)) })
}

/** Where something can be said. */
export interface Chat {
  /** Chat platforms and those of the homes, by name. */
  readonly platforms: ReadonlyMap<string, ChatPlatform>
  /** People's own pages, by the name of their platform. */
  readonly homes: ReadonlyMap<string, Home>
}

export function delivererOf(
  house: House,
  url: string,
  { platforms, homes }: Chat,
  onShown: DelivererOptions['onShown'],
  parts: Parts,
): Deliverer {
  return createDeliverer({
    db: house.db,
    url,
    platforms,
    place: (id) => homePlace(id) ?? placeOf(house.inForce, id),
    render: (post) => (post.subject === HOME ? drawHome(house, post, homes) : renderPost(house, post)),
    outdate: () => outdateHomes(house.db, platforms),
    onShown,
    onUncertain: (post, tx) => joined(house, tx, (unit) => uncertainPost(unit, post)),
    log: house.log,
    now: () => house.clock.now(),
    takeOver: true,
    ...parts.pace,
  })
}

/** Every runner of the house; what it pretends to do is kept in the data folder. */
export function runnersOf(config: Pick<Config, 'dataFolder'>, clock: Clock, parts: Parts): readonly Runner[] {
  const runners = [rehearsalRunner({ folder: join(config.dataFolder, 'rehearsal'), clock, seed: 'sample' }), manualRunner()]
  return runners.map((r) => parts.runner?.(r) ?? r)
}

function placeOf({ policy }: PolicyInForce, id: string): Place | null {
  const place = policy.places.find((p) => p.id === id)
  return place ? { id: place.id, platform: place.platform, ref: place.ref } : null
}
