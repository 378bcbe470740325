import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Bench, median, rounded } from './bench.ts'

const KILLS = 5
const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
const POLL_MS = 10

/** From the start of a process to a healthy bot: on an empty folder, and again after each kill -9. */
export async function bench(): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), 'patchcrier-bench-'))
  const port = 20_000 + (process.pid % 20_000)
  const first = await begin(folder, port)
  const again: number[] = []
  let { child } = first
  for (let i = 0; i < KILLS; i += 1) {
    child.kill('SIGKILL')
    await once(child, 'exit')
    const next = await begin(folder, port)
    again.push(next.ms)
    child = next.child
  }
  child.kill('SIGTERM')
  await once(child, 'exit')
  await rm(folder, { recursive: true, force: true })
  return {
    rows: [
      ['first start, empty folder, to healthy', `${(first.ms / 1000).toFixed(1)} s`],
      ['after kill -9, to healthy, median', `${(median(again) / 1000).toFixed(1)} s`],
      ['after kill -9, to healthy, slowest', `${(Math.max(...again) / 1000).toFixed(1)} s`],
      ['ratio of the median to the first start', (median(again) / first.ms).toFixed(2)],
    ],
    figures: {
      ratio: rounded(median(again) / first.ms),
      firstMs: Math.round(first.ms),
      restartMs: Math.round(median(again)),
      slowestMs: Math.round(Math.max(...again)),
    },
  }
}

async function begin(folder: string, port: number): Promise<{ readonly child: ChildProcess; readonly ms: number }> {
  const since = performance.now()
  const env = { PATH: process.env.PATH, PORT: `${port}`, PATCHCRIER_DATA: folder, PATCHCRIER_LOG: 'silent' }
  const child = spawn(process.execPath, [MAIN], { cwd: folder, env, stdio: 'ignore' })
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the bot ended by itself with ${child.exitCode}`)
    const healthy = await fetch(`http://127.0.0.1:${port}/healthz`).then(
      (answer) => answer.ok,
      () => false,
    )
    if (healthy) return { child, ms: performance.now() - since }
    await pause(POLL_MS)
  }
}
