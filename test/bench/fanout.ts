import { boltLogger, slackClient } from '../../adapters/slack/client.ts'

import { slackPlatform } from '../../adapters/slack/platform.ts'
import { createDeliverer } from '../../src/app/chat/deliver.ts'
import { wantPost } from '../../src/app/chat/posts.ts'
import { NOBODY } from '../../src/cards/block-kit/rich.ts'
import type { Card } from '../../src/cards/card.ts'
import { type Bench, rounded } from './bench.ts'
import { benchHouse } from './house.ts'
import { startSlackServer } from './slack-server.ts'

const PLACES = 20
const EACH = 5
const GOAL = 1.1
/** The n-th message of a channel may come n - 1 seconds after the first, so this is the soonest end; nothing is counted for the way. */
const BOUND_MS = (EACH - 1) * 1_000

const said = (text: string): Card => ({
  look: 'standard',
  tone: 'info',
  badges: [],
  title: text,
  blocks: [{ kind: 'text', text: [text] }],
  actions: [],
  summary: text,
})

/**
 * From the commit to the arrival of the last message at a Slack that refuses what is one too many: through the deliverer, the adapter and
 * Slack's own client. One message to each of 20 channels; then five to each of 20 others.
 */
export async function bench(): Promise<Bench> {
  const { house, url, end } = await benchHouse(new Date('2026-11-25T12:00:00Z'))
  const slack = await startSlackServer()
  const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }
  const platform = slackPlatform({
    client: slackClient('xoxb-bench', slack.apiUrl, boltLogger(silent)),
    botUser: 'UBOT',
    people: { userOf: async () => null, mentionsOf: async () => NOBODY },
    pictures: async () => () => null,
  })
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
  const fanOut = async (round: string, each: number): Promise<number> => {
    await house.db.$transaction(async (tx) => {
      for (let n = 0; n < each; n += 1)
        for (let place = 0; place < PLACES; place += 1)
          await wantPost(tx, {
            subject: `change:${n}`,
            purpose: round,
            placeId: `C-${round}-${place}`,
            payload: { frozen: said(`message ${n}`) },
            now: house.clock.now(),
          })
    })
    const since = performance.now()
    deliverer.wake()
    await deliverer.drain()
    const arrived = slack.taken.filter(({ channel }) => channel.startsWith(`C-${round}-`))
    if (arrived.length !== PLACES * each) throw new Error(`${arrived.length} messages arrived, expected ${PLACES * each}`)
    return (arrived.at(-1)?.at ?? Number.NaN) - since
  }
  try {
    await deliverer.start()
    await fanOut('warm-up', 1)
    const one = await fanOut('one', 1)
    const five = await fanOut('five', EACH)
    return {
      rows: [
        [`1 message to each of ${PLACES} channels`, `${one.toFixed(0)} ms`],
        [`${EACH} messages to each of ${PLACES} channels`, `${five.toFixed(0)} ms, bound ${BOUND_MS} ms`],
        ['ratio to the bound', `${(five / BOUND_MS).toFixed(3)}, goal at most ${GOAL}`],
        ['refused with 429', `${slack.refused()}, goal 0`],
      ],
      figures: { ratio: rounded(five / BOUND_MS, 3), oneMs: Math.round(one), fiveMs: Math.round(five), refused: slack.refused() },
    }
  } finally {
    await deliverer.stop()
    await slack.close()
    await end()
  }
}
