// A server of the benchmark `ack` in a process of its own, so that its processor time can be told apart. Started by clients.ts.
import { bareServer } from './bare-server.ts'
import { botServer } from './bot-server.ts'
import { orderSchema, type Question, type Told } from './order.ts'
import { bareTeamsServer } from './teams-bare-server.ts'
import { teamsServer } from './teams-bot-server.ts'

const order = orderSchema.parse(JSON.parse(process.argv[2] ?? ''))
const bot = order.kind === 'bot' ? await botServer(order) : order.kind === 'teams' ? await teamsServer(order) : null
const url = bot?.url ?? (await bare())
let calm: (() => Promise<number>) | null = null

async function bare(): Promise<string> {
  if (order.kind === 'bare') return bareServer(order.secret)
  if (order.kind === 'bare teams') return bareTeamsServer(order.peer)
  throw new Error('expected the order of a bare server')
}

async function answer(question: Question): Promise<Told> {
  switch (question.ask) {
    case 'cpu': {
      const { user, system } = process.cpuUsage()
      return user + system
    }
    case 'saved':
      return (await bot?.saved()) ?? 0
    case 'clicks':
      return (await bot?.clicks(question.count)) ?? []
    case 'disturb':
      calm = (await bot?.disturb(question.by)) ?? null
      return 0
    case 'calm':
      return (await calm?.()) ?? 0
    case 'collect':
      // A whole collection would throw compiled code away, too; twice, because what survives one young collection only leaves at the next.
      for (let n = 0; n < 2; n += 1) globalThis.gc?.({ type: 'minor' })
      return 0
    case 'stop':
      await bot?.stop()
      return 0
  }
}

process.on('message', async (question: Question) => {
  process.send?.({ told: await answer(question) })
  if (question.ask === 'stop') process.exit(0)
})
process.on('disconnect', () => process.exit(1))
process.send?.({ url })
