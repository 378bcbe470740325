import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type SlackPeer, startSlackPeer } from '../support/slack.ts'
import { DANA, MODES, PEOPLE, type SlackBot, startBot } from '../support/slack-bot.ts'

/** Recordings of real traffic are not part of this project: they may lie in a folder `shared` beside it, or one above. */
const ROOT = ['../../../shared', '../../../../shared']
  .map((beside) => new URL(`${beside}/data/11-chat/`, import.meta.url).pathname)
  .find((folder) => existsSync(folder))
const FOLDERS = ROOT === undefined ? [] : ['slack/bolt-python-payloads', 'replay-recordings-vercel-chat'].map((name) => join(ROOT, name))
const there = ROOT !== undefined

type Payload = Readonly<Record<string, unknown>>

const files = (): string[] =>
  FOLDERS.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.json') && (folder.includes('bolt') || name.includes('slack')))
      .map((name) => join(folder, name)),
  )

/** Each request of Slack's in a file: it may be the file itself or one of its parts. */
function payloadsIn(value: unknown): Payload[] {
  if (typeof value !== 'object' || value === null) return []
  const node = value as Payload
  const isRequest = (typeof node.type === 'string' && ('team_id' in node || 'user' in node || 'event' in node)) || 'command' in node
  return isRequest ? [node] : Object.values(node).flatMap(payloadsIn)
}

describe.runIf(there).each(MODES)('what Slack really sent once, by %s', (mode) => {
  let peer: SlackPeer
  let bot: SlackBot
  beforeAll(async () => {
    peer = await startSlackPeer({ people: PEOPLE, channels: ['patch-team'] })
    bot = await startBot(peer, mode)
  })
  afterAll(async () => {
    await bot.slack.close()
    await peer.close()
  })

  const deliver = (payload: Payload) => {
    if (payload.type === 'event_callback') return peer.event(payload.event as object, { event_id: String(payload.event_id) })
    if ('command' in payload) return peer.send({ ...(payload as Record<string, string>), response_url: `${peer.proxy.url}/response/U1` })
    return peer.send({ payload: JSON.stringify({ ...payload, response_url: `${peer.proxy.url}/response/U1`, response_urls: [] }) })
  }

  test.each(
    there ? files().map((file) => [file.replace(ROOT ?? '', ''), file] as const) : [],
  )('%s is understood, or let be', async (_, file) => {
    for (const payload of payloadsIn(JSON.parse(readFileSync(file, 'utf8')))) expect((await deliver(payload)).status).toBe(200)
    await bot.slack.idle()
    expect(bot.intents).toEqual([])
    expect(await peer.command(DANA, peer.channel('patch-team'), 'status')).toMatchObject({ status: 200 })
    expect(bot.intents.splice(0)).toHaveLength(1)
  })

  test('the recordings have been seen', () => {
    const kinds = files()
      .flatMap((file) => payloadsIn(JSON.parse(readFileSync(file, 'utf8'))))
      .map(({ type }) => type)
    expect(kinds).toEqual(expect.arrayContaining(['event_callback', 'block_actions', 'view_submission']))
  })
})
