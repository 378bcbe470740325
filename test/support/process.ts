import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

/** A process of the product; killed with the test at the latest. */
export interface Program {
  readonly child: ChildProcess
  /** The first line on standard output that matches, also one from before; rejects when the process ends first. */
  line(pattern: RegExp): Promise<RegExpExecArray>
  /** All of standard error so far. */
  err(): string
  /** Its exit code; null: ended by a signal. */
  readonly ended: Promise<number | null>
}

/** Runs `src/main.ts` or `src/cli.ts` with no setting of this machine. */
export function program(file: 'main' | 'cli', args: readonly string[], env: Readonly<Record<string, string>>): Program {
  const path = fileURLToPath(new URL(`../../src/${file}.ts`, import.meta.url))
  const own = { PATH: process.env.PATH ?? '', PATCHCRIER_LOG: 'warn', PORT: '0', ...env }
  const child = spawn(process.execPath, [path, ...args], { env: own, stdio: ['ignore', 'pipe', 'pipe'] })
  const exit = once(child, 'exit')
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await exit
  })
  let err = ''
  child.stderr.on('data', (chunk) => {
    err += String(chunk)
  })
  const said: string[] = []
  const waiting = new Set<() => void>()
  const wake = (): void => {
    for (const look of waiting) look()
  }
  let closed = false
  createInterface({ input: child.stdout })
    .on('line', (line) => {
      said.push(line)
      wake()
    })
    .on('close', () => {
      closed = true
      wake()
    })
  const line = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = said.map((one) => pattern.exec(one)).find((one) => one !== null)
        if (found) resolve(found)
        else if (closed) reject(new Error(`it ended before it said ${pattern}; it said:\n${said.join('\n')}\n${err}`))
        else return
        waiting.delete(look)
      }
      waiting.add(look)
      look()
    })
  return { child, line, err: () => err, ended: exit.then(([code]) => (typeof code === 'number' ? code : null)) }
}

/** The address that a bot says once it works. */
export const addressOf = async (bot: Program): Promise<string> => (await bot.line(/^Open (http:\S+?)\/?$/))[1] ?? ''

export async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return String(typeof address === 'object' && address ? address.port : 0)
}
