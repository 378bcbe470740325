import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Parts } from '../../src/main.ts'
import type { ChatPlatform, Doors, Runner } from '../../src/ports.ts'

/**
 * Where the bot dies. `post`, `reply`, `edit`: the platform has said yes and we have not written it down. `unsaid`: the attempt is
 * on record, nothing was sent. `start`: the back end has begun an order and we have not written it down. `stop`: a STOP or halt is
 * committed and the back end has not heard of it. `commit`: an intent is
 * committed, and neither the deliverer nor a job has picked it up. `document`: in the middle of a poll. `clock`: the clock has moved and
 * what follows from it has begun.
 */
const POINTS = ['post', 'reply', 'edit', 'unsaid', 'start', 'stop', 'commit', 'document', 'clock'] as const

/** The `nth` time (from 1) that this process comes by there. */
export const pointSchema = z.strictObject({ name: z.enum(POINTS), nth: z.number().int().positive() })
export type Point = z.infer<typeof pointSchema>

/** Orders that the back end has begun, one id a line; the bot's wrapper adds them after `start` has returned. */
export const startsFile = (folder: string): string => join(folder, 'starts.log')

/** What is laid around the bot's ports, so that it kills itself at a point; nothing else about it is changed. */
export function killingAt(point: Point | null, folder: string): Pick<Parts, 'platform' | 'runner' | 'source' | 'doors'> {
  let left = point?.nth ?? 0
  let moving = false
  let gate = Promise.resolve()
  const hit = (name: Point['name']): void => {
    if (point?.name !== name) return
    left -= 1
    if (left === 0) process.kill(process.pid, 'SIGKILL')
  }
  /** Before everything that leaves the bot. While the gate is shut, what was committed stays unheard of. */
  const leave = async (): Promise<void> => {
    await gate
    if (moving) hit('clock')
  }
  const platform = (inner: ChatPlatform): ChatPlatform =>
    inner.name === 'web'
      ? inner
      : {
          ...inner,
          post: async (...said) => {
            await leave()
            hit('unsaid')
            const ref = await inner.post(...said)
            hit('post')
            return ref
          },
          reply: async (...said) => {
            await leave()
            hit('unsaid')
            const ref = await inner.reply(...said)
            hit('reply')
            return ref
          },
          edit: async (...said) => {
            await leave()
            await inner.edit(...said)
            hit('edit')
          },
        }
  const runner = (inner: Runner): Runner => ({
    ...inner,
    start: async (order) => {
      await leave()
      await inner.start(order)
      appendFileSync(startsFile(folder), `${order.id}\n`)
      hit('start')
    },
    stop: async (orders) => {
      await leave()
      hit('stop')
      await inner.stop(orders)
    },
  })
  const doors = (inner: Doors): Doors => ({
    ...inner,
    handleIntent: async (intent) => {
      if (point?.name !== 'commit') return inner.handleIntent(intent)
      const shut = Promise.withResolvers<void>()
      gate = shut.promise
      const outcome = await inner.handleIntent(intent)
      if (outcome.ok && outcome.cards.length === 0) hit('commit')
      shut.resolve()
      return outcome
    },
    moveClock:
      inner.moveClock &&
      (async (to) => {
        moving = true
        try {
          return (await inner.moveClock?.(to)) ?? { code: 'GONE', text: 'no clock' }
        } finally {
          moving = false
        }
      }),
  })
  return {
    platform,
    runner,
    doors,
    source: (inner) => ({
      ...inner,
      check: async (raw, now) => {
        await leave()
        hit('document')
        return inner.check(raw, now)
      },
    }),
  }
}
