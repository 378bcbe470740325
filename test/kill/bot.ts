import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Reach } from '../e2e/web-hands.ts'
import type { BotOrder, Question, Told } from './bot-process.ts'
import { postmasterOf } from './database.ts'
import type { Point } from './points.ts'

/** One death: at a named point, or `delayMs` after the `after`-th call that the test makes to this process (0: its birth). */
export type Kill = ({ readonly point: Point } | { readonly after: number; readonly delayMs: number }) & {
  /** PostgreSQL dies with it: before or after the bot. */
  readonly database?: 'first' | 'last'
}

export interface Restart {
  /** From the start of the new process to a healthy bot. */
  readonly ms: number
  readonly database: boolean
}

/** A bot with a supervisor, as a service manager would be one: whenever it dies, it is started again. */
export interface Bot extends Reach {
  readonly restarts: readonly Restart[]
  /** How often it was killed so far, and the ways that are still to come. */
  readonly kills: { readonly done: number; readonly left: readonly Kill[] }
  /** Post id -> the card as it would be drawn now. */
  drawn(): Promise<Readonly<Record<string, string>>>
  /** Stops bot and database in good order. */
  stop(): Promise<void>
}

const PATIENCE_MS = 90_000
const POLL_MS = 20

interface Life {
  readonly child: ChildProcess
  readonly kill: Kill | undefined
  readonly ended: Promise<unknown>
  readonly answers: Map<number, (told: Told['told'] | null) => void>
  calls: number
  up: boolean
  killed: boolean
}

export async function startBot(folder: string, loopback: string, plan: readonly Kill[]): Promise<Bot> {
  const left = [...plan]
  const restarts: Restart[] = []
  const port = await freePort()
  let done = 0
  let questions = 0
  let over = false
  let broken: Error | null = null
  let life = begin()

  function begin(): Life {
    const kill = left.shift()
    const since = performance.now()
    const order: BotOrder = { folder, loopback, port, point: kill && 'point' in kill ? kill.point : null }
    const child = fork(new URL('bot-process.ts', import.meta.url), [JSON.stringify(order)], {
      execArgv: [],
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    })
    const words: string[] = []
    child.stderr?.on('data', (chunk: Buffer) => words.push(chunk.toString()))
    const born: Life = { child, kill, ended: once(child, 'exit'), answers: new Map(), calls: 0, up: false, killed: false }
    child.on('message', (message: { url: string } | Told) => {
      if ('url' in message) void healthy(born, since)
      else born.answers.get(message.id)?.(message.told)
    })
    child.once('exit', (code, signal) => void died(born, signal ?? code, words.join('')))
    if (kill && 'after' in kill && kill.after === 0) setTimeout(() => void strike(born), kill.delayMs)
    return born
  }
  async function healthy(mine: Life, since: number): Promise<void> {
    while (mine === life && !mine.up) {
      const status = await fetch(`http://127.0.0.1:${port}/healthz`).then(
        (answer) => answer.status,
        () => 0,
      )
      if (status === 200) mine.up = true
      else await pause(POLL_MS)
    }
    if (mine.up && done > 0) restarts.push({ ms: Math.round(performance.now() - since), database: deadDatabase })
    deadDatabase = false
  }
  let deadDatabase = false
  async function strike(mine: Life): Promise<void> {
    if (over || mine !== life || mine.killed) return
    mine.killed = true
    if (mine.kill?.database === 'first') await killDatabase()
    mine.child.kill('SIGKILL')
  }
  async function killDatabase(): Promise<void> {
    const pid = await postmasterOf(folder).catch(() => null)
    if (pid === null) return
    process.kill(pid, 'SIGKILL')
    deadDatabase = true
  }
  async function died(mine: Life, how: string | number | null, words: string): Promise<void> {
    for (const answer of mine.answers.values()) answer(null)
    if (over) return
    // A bot that has lost its database may be faster than our signal and end by itself.
    if (how !== 'SIGKILL' && !mine.killed) {
      broken = new Error(`the bot ended by itself (${how}): ${words}\n${await readFile(join(folder, 'bot.log'), 'utf8').catch(() => '')}`)
      return
    }
    done += 1
    if (mine.kill?.database && !deadDatabase) await killDatabase()
    life = begin()
  }
  const until = async <T>(what: string, look: () => Promise<T | null>): Promise<T> => {
    const deadline = performance.now() + PATIENCE_MS
    for (;;) {
      if (broken) throw broken
      const seen = await look()
      if (seen !== null) return seen
      if (performance.now() > deadline) throw new Error(`waited ${PATIENCE_MS / 1000} s for ${what}`)
      await pause(POLL_MS)
    }
  }
  const living = (): Promise<Life> => until('a healthy bot', async () => (life.up && life.child.connected ? life : null))
  const count = (mine: Life): void => {
    mine.calls += 1
    const { kill } = mine
    if (kill && 'after' in kill && kill.after > 0 && mine.calls === kill.after) setTimeout(() => void strike(mine), kill.delayMs)
  }
  const ask = async (question: Question): Promise<Told['told'] | null> => {
    const mine = await living()
    count(mine)
    questions += 1
    const id = questions
    const { promise, resolve } = Promise.withResolvers<Told['told'] | null>()
    mine.answers.set(id, resolve)
    mine.child.send({ id, ask: question }, (error) => error && resolve(null))
    return promise
  }

  return {
    restarts,
    kills: {
      get done() {
        return done
      },
      left,
    },
    async settle() {
      let last: unknown
      const settled = async (): Promise<true | null> => {
        last = await ask('settle')
        return Array.isArray(last) && last.length === 0 ? true : null
      }
      await until('everything to settle', settled).catch((error: Error) => {
        throw new Error(`${error.message}; still on its way: ${JSON.stringify(last)}`)
      })
    },
    // What got no answer is sent again, as people and pages do: the same click carries the same delivery key.
    call: (path, init = {}) =>
      until(`an answer to ${path}`, async () => {
        const mine = await living()
        count(mine)
        try {
          const answer = await fetch(`http://127.0.0.1:${port}${path}`, init)
          const body = await answer.text()
          // A dying database makes faults of answers; any other fault is one.
          return answer.status >= 500 && mine.killed ? null : new Response(body, { status: answer.status })
        } catch {
          return null
        }
      }),
    drawn: () => until('the cards', async () => (await ask('drawn')) as Readonly<Record<string, string>> | null),
    async stop() {
      over = true
      if (life.child.exitCode !== null || life.child.signalCode !== null) return
      if (life.child.connected) life.child.send({ id: 0, ask: 'stop' }, () => undefined)
      await life.ended
    },
  }
}

/** A port that was free a moment ago: the bot keeps it over its deaths, as one in service does. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  return typeof address === 'object' && address ? address.port : 0
}
