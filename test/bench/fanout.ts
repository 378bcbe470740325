import { boltLogger, slackClient } from '../../adapters/slack/client.ts'
import { slackPlatform } from '../../adapters/slack/platform.ts'
import { outboundOf } from '../../adapters/teams/index.ts'
import { teamsPlatform } from '../../adapters/teams/platform.ts'
import { teamsRoster } from '../../adapters/teams/roster.ts'
import { createDeliverer } from '../../src/app/chat/deliver.ts'
import { wantPost } from '../../src/app/chat/posts.ts'
import { NOBODY } from '../../src/cards/block-kit/rich.ts'
import type { Card } from '../../src/cards/card.ts'
import type { ChatPlatform } from '../../src/ports.ts'
import { type Bench, median, rounded } from './bench.ts'
import { benchHouse } from './house.ts'
import { clock, type Peer, startPeer } from './peer.ts'

const PLACES = 20
const EACH = 5
const GOAL = 1.1
/** The n-th message of a channel may come n - 1 seconds after the first. */
const SLACK_BOUND_MS = (EACH - 1) * 1_000
/** Five a second are fine in a channel; of all, fifty a second are: the last of a hundred may come a second after the first. */
const TEAMS_BOUND_MS = (Math.ceil((PLACES * EACH) / 50) - 1) * 1_000
/** Longer than the windows of a second in which a platform counts. */
const REST_MS = 1_200
/** A bot runs for days: its code is compiled, each connection has its plans. */
const WARM_UPS = 8
/** So many messages to each at once then: of two, Slack would take the second a second later. */
const WARM_EACH: Readonly<Record<string, number>> = { slack: 1, teams: 2 }
/** A slow moment of the machine spoils a round, not the median. More would fill Slack's budget of a minute. */
const ROUNDS = 3
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }

const said = (text: string): Card => ({
  look: 'standard',
  tone: 'info',
  badges: [],
  title: text,
  blocks: [{ kind: 'text', text: [text] }],
  actions: [],
  summary: text,
})

interface Fanned {
  readonly oneMs: number
  readonly fiveMs: number
  readonly refused: number
}

/** A platform as the product has it, and what is at the other side of it. */
interface Side {
  readonly platform: ChatPlatform
  readonly peer: Peer
  /** What it calls a message. */
  readonly message: string
}

async function slackSide(): Promise<Side> {
  const peer = await startPeer('slack')
  const platform = slackPlatform({
    client: slackClient('xoxb-bench', `${peer.origin}/api/`, boltLogger(silent)),
    botUser: 'UBOT',
    people: { userOf: async () => null, mentionsOf: async () => NOBODY },
    pictures: async () => () => null,
  })
  return { platform, peer, message: 'chat.postMessage' }
}

async function teamsSide(): Promise<Side> {
  const peer = await startPeer('teams')
  const { connector, delivering, onAside } = outboundOf({
    appId: 'app',
    tenantId: 'tenant',
    password: 'a-client-secret-for-benchmarks-only',
    microsoft: {
      serviceUrl: `${peer.origin}/`,
      keysUrl: `${peer.origin}/keys`,
      loginUrl: `${peer.origin}/login/`,
      fileOrigin: peer.origin,
    },
  })
  const roster = teamsRoster({ connector, people: async () => new Map() })
  const directory = { emailByPerson: () => null, placeByRef: () => null }
  const platform = { ...teamsPlatform({ connector, delivering, roster, directory, card: async () => null }), onAside }
  return { platform, peer, message: 'message' }
}

/** From the commit to the arrival of the last message: through the deliverer, the adapter and its client. */
async function fanned({ platform, peer, message }: Side): Promise<Fanned> {
  const { house, url, end } = await benchHouse(new Date('2026-11-25T12:00:00Z'))
  const deliverer = createDeliverer({
    db: house.db,
    url,
    platforms: new Map([[platform.name, platform]]),
    place: (id) => ({ id, platform: platform.name, ref: id }),
    render: async () => null,
    onShown: () => undefined,
    onUncertain: async () => undefined,
    log: house.log,
    now: () => house.clock.now(),
  })
  const arrivals = async () => (await peer.heard()).taken.filter(({ method }) => method === message)
  const fanOut = async (round: string, each: number): Promise<number> => {
    await house.db.$transaction(async (tx) => {
      for (let n = 0; n < each; n += 1)
        for (let place = 0; place < PLACES; place += 1)
          await wantPost(tx, {
            subject: `change:${round}${n}`,
            purpose: round,
            placeId: `19:channel-${place}`,
            payload: { frozen: said(`message ${n}`) },
            now: house.clock.now(),
          })
    })
    const before = (await arrivals()).length
    const since = clock()
    deliverer.wake()
    await deliverer.drain()
    const arrived = (await arrivals()).slice(before)
    if (arrived.length !== PLACES * each) throw new Error(`${arrived.length} messages arrived, expected ${PLACES * each}`)
    return (arrived.at(-1)?.at ?? Number.NaN) - since
  }
  // What was said before has left every window.
  const rest = () => new Promise((resolve) => setTimeout(resolve, REST_MS))
  try {
    await deliverer.start()
    for (let round = 0; round < WARM_UPS; round += 1) {
      await fanOut(`warm-up ${round}`, WARM_EACH[platform.name] ?? 1)
      await rest()
    }
    const oneMs = await fanOut('one', 1)
    const five: number[] = []
    for (let round = 0; round < ROUNDS; round += 1) {
      await rest()
      five.push(await fanOut(`five ${round}`, EACH))
    }
    return { oneMs, fiveMs: median(five), refused: (await peer.heard()).refused }
  } finally {
    await deliverer.stop()
    await peer.stop()
    await end()
  }
}

/** One message to each of 20 channels; then five to each of them; on Slack, then on Teams. Nothing is counted for the way. */
export async function bench(): Promise<Bench> {
  const slack = await fanned(await slackSide())
  const teams = await fanned(await teamsSide())
  const rows = (name: string, { oneMs, fiveMs, refused }: Fanned, boundMs: number): Bench['rows'] => [
    [`${name}: 1 message to each of ${PLACES} channels`, `${oneMs.toFixed(0)} ms`],
    [`${EACH} messages to each of them`, `${fiveMs.toFixed(0)} ms, bound ${boundMs} ms`],
    ['ratio to the bound (median of the rounds)', `${(fiveMs / boundMs).toFixed(3)}, goal at most ${GOAL}`],
    ['refused with 429', `${refused}, goal 0`],
  ]
  return {
    rows: [...rows('Slack', slack, SLACK_BOUND_MS), ...rows('Teams', teams, TEAMS_BOUND_MS)],
    figures: {
      ratio: rounded(slack.fiveMs / SLACK_BOUND_MS, 3),
      oneMs: Math.round(slack.oneMs),
      fiveMs: Math.round(slack.fiveMs),
      refused: slack.refused,
      teamsRatio: rounded(teams.fiveMs / TEAMS_BOUND_MS, 3),
      teamsOneMs: Math.round(teams.oneMs),
      teamsFiveMs: Math.round(teams.fiveMs),
      teamsRefused: teams.refused,
    },
  }
}
