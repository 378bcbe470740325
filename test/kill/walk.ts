import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mainJob } from '../e2e/main-job.ts'
import { type Reach, webHands } from '../e2e/web-hands.ts'
import { startLoopback } from '../support/loopback-platform.ts'
import { type Kill, type Restart, startBot } from './bot.ts'
import { timeBy } from './clock.ts'
import { homeOf, postmasterOf } from './database.ts'
import { type Press, prove } from './proof.ts'

export interface Report {
  readonly kills: number
  readonly restarts: readonly Restart[]
  readonly calls: number
  readonly seconds: number
}

/**
 * Walks the main job while the bot is killed as planned, then proves that nothing of it can be seen. Throws what can.
 * `deaf`: on top, the platform stores what was said and drops the answer, once for each way of saying something.
 */
export async function walk(plan: readonly Kill[], { deaf }: { readonly deaf: boolean }): Promise<Report> {
  const since = performance.now()
  const folder = await mkdtemp(join(tmpdir(), 'patchcrier-kill-'))
  // The database server's account must be able to go through it.
  await chmod(folder, 0o755)
  const chat = await startLoopback()
  const bot = await startBot(folder, chat.url, plan)
  const presses: Press[] = []
  let calls = 0
  const reach: Reach = {
    settle: () => {
      calls += 1
      return bot.settle()
    },
    call: async (path, init) => {
      calls += 1
      const answer = await bot.call(path, init)
      if (path === '/api/intents') await note(presses, `${init?.body}`, answer.clone())
      return answer
    },
  }
  try {
    if (deaf) for (const kind of ['post', 'reply', 'edit'] as const) chat.fail('done, answer lost', 1, { kind })
    await mainJob(webHands(reach), timeBy(reach))
    await prove({ folder, bot, chat, presses })
    if (bot.kills.left.length > 0 || bot.kills.done < plan.length)
      throw new Error(`the job was over after ${calls} calls, before all kills had come: ${bot.kills.done} of ${plan.length}`)
    await bot.stop()
    if ((await postmasterOf(folder)) !== null) throw new Error('the database outlived an orderly stop')
    return { kills: bot.kills.done, restarts: bot.restarts, calls, seconds: (performance.now() - since) / 1000 }
  } catch (error) {
    const log = await readFile(join(folder, 'bot.log'), 'utf8').catch(() => '')
    throw new Error(
      `${error instanceof Error ? error.message : error}\n--- after ${calls} calls; the bot's log ends:\n${log.slice(-4000)}`,
      {
        cause: error,
      },
    )
  } finally {
    await bot.stop()
    const left = await postmasterOf(folder).catch(() => null)
    if (left !== null) process.kill(left, 'SIGQUIT')
    const home = await homeOf(folder).catch(() => folder)
    for (const path of [home, folder]) await rm(path, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
    await chat.close()
  }
}

async function note(presses: Press[], body: string, answer: Response): Promise<void> {
  const { person, verb } = JSON.parse(body) as Press
  const { ok } = (await answer.json()) as { ok?: true }
  if (ok) presses.push({ person, verb })
}
