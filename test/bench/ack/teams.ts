import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SAMPLE_FOLDER, samplePolicy } from '../../../src/app/sample.ts'
import { openEmbedded } from '../../../src/db/embedded.ts'
import { type Bench, median, rounded } from '../bench.ts'
import { type Server, startServer } from './child.ts'
import { fullSpeed } from './load.ts'
import { signedPresses } from './teams-click.ts'
import { startTeamsPeerServer } from './teams-peer.ts'

const ROUNDS = 5
const CLICKS = 400
const WARM_UPS = 6

/** Of the press of one server: clicks a second, and microseconds of its processor time for each. */
interface Measured {
  readonly perSecond: number
  readonly cpu: number
}

interface Round {
  readonly bare: Measured
  readonly bot: Measured
  /** Of presses that are verified, read and answered, and go no further. */
  readonly adapter: Measured
}

/** A button of no version that there is: answered by the adapter itself. */
const STRANGE = JSON.stringify({ v: 0 })

/** Presses in Teams: the whole bot, which saves each durably first, against a bare CloudAdapter that checks the same tokens. */
export async function bench(): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), 'patchcrier-bench-'))
  const database = await openEmbedded({ folder: join(folder, 'postgres'), log: () => undefined })
  await database.ensureDatabase('bench')
  const { policy } = await samplePolicy(SAMPLE_FOLDER)
  const peer = await startTeamsPeerServer(policy.people.find((one) => one.roles.includes('security'))?.email ?? '')
  const bare = await startServer({ kind: 'bare teams', peer: peer.origin })
  const bot = await startServer({ kind: 'teams', peer: peer.origin, folder, databaseUrl: database.url('bench') })
  try {
    for (let n = 0; n < WARM_UPS; n += 1) for (const server of [bare, bot]) await pressed(server, peer.origin)
    const adapter = (): Promise<Measured> => pressed(bot, peer.origin, async () => Array(CLICKS).fill(STRANGE))
    await adapter()
    const rounds: Round[] = []
    for (let n = 0; n < ROUNDS; n += 1)
      rounds.push({ bare: await pressed(bare, peer.origin), bot: await pressed(bot, peer.origin), adapter: await adapter() })
    return told(rounds)
  } finally {
    await Promise.all([bare.stop(), bot.stop()])
    await peer.close()
    await database.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function pressed(server: Server, origin: string, values = () => server.values(CLICKS)): Promise<Measured> {
  const presses = signedPresses(origin, await values())
  const [saved, used] = [await server.saved(), await server.cpu()]
  const perSecond = await fullSpeed(server.url, presses)
  const cpu = ((await server.cpu()) - used) / CLICKS
  const effects = (await server.saved()) - saved
  if (effects !== 0 && effects !== CLICKS) throw new Error(`${effects} of ${CLICKS} presses had their effect`)
  return { perSecond, cpu }
}

function told(rounds: readonly Round[]): Bench {
  const of = (figure: (one: Round) => number): number => median(rounds.map(figure))
  const ratio = of(({ bare, bot }) => bot.cpu / bare.cpu)
  const alone = of(({ bare, adapter }) => adapter.cpu / bare.cpu)
  return {
    rows: [
      ['Teams: presses a second', `${of((r) => r.bot.perSecond).toFixed(0)}, bare adapter ${of((r) => r.bare.perSecond).toFixed(0)}`],
      ['Teams: processor time a press', `${of((r) => r.bot.cpu).toFixed(0)} µs, bare adapter ${of((r) => r.bare.cpu).toFixed(0)} µs`],
      ['ratio (median of the rounds)', `${ratio.toFixed(2)}, goal at most 1.3`],
      ['the adapter alone, nothing saved', `${of((r) => r.adapter.cpu).toFixed(0)} µs, ratio ${alone.toFixed(2)}`],
    ],
    figures: {
      teamsCpuRatio: rounded(ratio),
      teamsAdapterCpuRatio: rounded(alone),
      teamsBotCpuMicros: Math.round(of((r) => r.bot.cpu)),
      teamsBareCpuMicros: Math.round(of((r) => r.bare.cpu)),
      teamsBotPerSecond: Math.round(of((r) => r.bot.perSecond)),
      teamsBarePerSecond: Math.round(of((r) => r.bare.perSecond)),
    },
  }
}
