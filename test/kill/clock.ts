import type { Time } from '../e2e/main-job.ts'
import type { Reach } from '../e2e/web-hands.ts'

interface ClockAnswer {
  readonly now: string
  readonly next: { readonly at: string } | null
  readonly refusal?: { readonly code: string; readonly text: string }
}

/**
 * Moves the clock of a bot that comes and goes: always to an instant, so that a move whose answer was lost can be made again. A move
 * settles what follows from it, and who looks waits for it.
 */
export function timeBy(bot: Reach): Time {
  const read = async (): Promise<ClockAnswer> => (await (await bot.call('/api/clock')).json()) as ClockAnswer
  const moveTo = async (to: string): Promise<void> => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ to }) }
    const { refusal } = (await (await bot.call('/api/clock', init)).json()) as ClockAnswer
    // It is later already: the lost move was made, or the time has passed while the bot was away.
    if (refusal && refusal.code !== 'CLOCK_FORWARD_ONLY') throw new Error(`the clock did not move: ${refusal.code} ${refusal.text}`)
  }
  return {
    next: async () => {
      const { next } = await read()
      if (!next) throw new Error('nothing is due: the clock cannot move to the next event')
      await moveTo(next.at)
    },
    pass: async (seconds) => {
      for (let left = seconds; left > 0; left -= 5)
        await moveTo(new Date(Date.parse((await read()).now) + Math.min(5, left) * 1000).toISOString())
    },
  }
}
