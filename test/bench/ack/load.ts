import { createHmac, randomUUID } from 'node:crypto'
import { Pool } from 'undici'
import { each, quantile } from '../bench.ts'

export interface Signed {
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

/** A click as Slack sends it. */
export function signedClick(secret: string, channel: string, user: string, value: string): Signed {
  const payload = {
    type: 'block_actions',
    user: { id: user, team_id: 'T1' },
    api_app_id: 'A1',
    team: { id: 'T1', domain: 'bench' },
    channel: { id: channel, name: 'patch-team' },
    container: { type: 'message', message_ts: '1.000001', channel_id: channel, is_ephemeral: false },
    trigger_id: randomUUID(),
    response_url: 'http://127.0.0.1:9/none',
    actions: [
      {
        type: 'button',
        action_id: 'act:0:approve',
        block_id: 'b',
        text: { type: 'plain_text', text: 'Approve', emoji: false },
        value,
        action_ts: '1764000000.000001',
      },
    ],
  }
  const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString()
  const at = Math.floor(Date.now() / 1000)
  return {
    body,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': `${at}`,
      'x-slack-signature': `v0=${createHmac('sha256', secret).update(`v0:${at}:${body}`).digest('hex')}`,
    },
  }
}

const AT_ONCE = 16

async function press(pool: Pool, path: string, { body, headers }: Signed): Promise<number> {
  const since = performance.now()
  const answer = await pool.request({ path, method: 'POST', headers, body })
  await answer.body.dump()
  if (answer.statusCode !== 200) throw new Error(`a click was answered with ${answer.statusCode}`)
  return performance.now() - since
}

/** As fast as sixteen connections go: clicks a second. */
export async function fullSpeed(url: string, clicks: readonly Signed[]): Promise<number> {
  const { origin, pathname } = new URL(url)
  const pool = new Pool(origin, { connections: AT_ONCE })
  const since = performance.now()
  await each(clicks, AT_ONCE, (click) => press(pool, pathname, click))
  const seconds = (performance.now() - since) / 1_000
  await pool.close()
  return clicks.length / seconds
}

/** So many a second, whatever the answers do: the 99th percentile of the time to an answer, in milliseconds from when each was due. */
export async function steady(url: string, clicks: readonly Signed[], perSecond: number): Promise<number> {
  const { origin, pathname } = new URL(url)
  const pool = new Pool(origin, { connections: 64 })
  const begin = performance.now()
  const waits: Promise<number>[] = []
  for (const [n, click] of clicks.entries()) {
    const due = begin + (n * 1_000) / perSecond
    const early = due - performance.now()
    if (early > 0) await new Promise((resolve) => setTimeout(resolve, early))
    // Time that the load itself was late is not the server's.
    waits.push(press(pool, pathname, click))
  }
  const times = await Promise.all(waits)
  await pool.close()
  return quantile(times, 0.99)
}
