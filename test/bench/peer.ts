import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { startSlackServer } from './slack-server.ts'
import { startTeamsServer } from './teams-server.ts'

const SERVERS = { slack: startSlackServer, teams: startTeamsServer } as const

type Platform = keyof typeof SERVERS

/** What a platform took and refused so far. */
export interface Heard {
  /** `at`: milliseconds, by the clock of `clock()`. */
  readonly taken: readonly { readonly method: string; readonly channel: string; readonly at: number }[]
  readonly refused: number
}

/** A platform in a process of its own, as the real ones are: what answering costs is not the bot's. */
export interface Peer {
  readonly origin: string
  heard(): Promise<Heard>
  stop(): Promise<void>
}

/** Milliseconds of a clock that processes share. */
export const clock = (): number => performance.timeOrigin + performance.now()

/** Throws when the process ends by itself. */
export async function startPeer(platform: Platform): Promise<Peer> {
  const child = fork(fileURLToPath(import.meta.url), [platform])
  const gone = once(child, 'exit').then(([code]) => {
    throw new Error(`${platform} ended by itself with ${code}`)
  })
  gone.catch(() => undefined)
  const said = async <T>(): Promise<T> => (await Promise.race([once(child, 'message').then(([message]) => message), gone])) as T
  const { origin } = await said<{ origin: string }>()
  return {
    origin,
    heard: () => {
      const heard = said<Heard>()
      child.send('heard')
      return heard
    },
    stop: async () => {
      const ended = once(child, 'exit')
      child.disconnect()
      await ended
    },
  }
}

async function serve(platform: Platform): Promise<void> {
  const { origin, taken, refused, close } = await SERVERS[platform]()
  const away = clock() - performance.now()
  process.on('message', () => process.send?.({ taken: taken.map((call) => ({ ...call, at: call.at + away })), refused: refused() }))
  process.on('disconnect', close)
  process.send?.({ origin })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await serve(process.argv[2] as Platform)
