import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Disturbance, Order, Question, Told } from './order.ts'

const SERVER = fileURLToPath(new URL('server.ts', import.meta.url))

/** A server of the benchmark, in its own process. */
export interface Server {
  readonly url: string
  /** Microseconds of processor time so far. */
  cpu(): Promise<number>
  /** Values of buttons that wait for a click; empty ones where the server knows no changes. */
  values(count: number): Promise<readonly string[]>
  /** How many clicks had their effect so far. */
  saved(): Promise<number>
  disturb(by: Disturbance): Promise<void>
  /** How many steps the disturbance took. */
  calm(): Promise<number>
  stop(): Promise<void>
}

export async function startServer(order: Order): Promise<Server> {
  const child = fork(SERVER, [JSON.stringify(order)], { execArgv: ['--expose-gc'] })
  const gone = once(child, 'exit').then(([code]) => {
    throw new Error(`a server ended by itself with ${code}`)
  })
  gone.catch(() => undefined)
  const heard = async <T>(): Promise<T> => (await Promise.race([once(child, 'message').then(([said]) => said), gone])) as T
  const { url } = await heard<{ url: string }>()
  const ask = async (question: Question): Promise<Told> => {
    child.send(question)
    return (await heard<{ told: Told }>()).told
  }
  return {
    url,
    cpu: async () => Number(await ask({ ask: 'cpu' })),
    values: async (count) => {
      const values = isBare(order) ? Array(count).fill('{"v":1}') : ((await ask({ ask: 'clicks', count })) as string[])
      // Nobody clicks in the second in which hundreds of cards were made: what making them left behind is no click's.
      await ask({ ask: 'collect' })
      return values
    },
    saved: async () => Number(await ask({ ask: 'saved' })),
    disturb: async (by) => void (await ask({ ask: 'disturb', by })),
    calm: async () => Number(await ask({ ask: 'calm' })),
    stop: async () => void (await ask({ ask: 'stop' })),
  }
}

const isBare = ({ kind }: Order): boolean => kind === 'bare' || kind === 'bare teams'
