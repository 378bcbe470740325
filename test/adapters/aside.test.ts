import { describe, expect, test } from 'vitest'
import { aside } from '../../adapters/chat/aside.ts'
import { createPace } from '../../src/app/chat/pace.ts'
import type { Budget } from '../../src/core/budgets.ts'
import { ChatError, type ChatErrorCode, type ChatPlatform } from '../../src/ports.ts'

const PLATFORM_BUDGET: Budget = { calls: 'all', per: 'platform', count: 2, perMs: 1_000 }
const OTHERS: readonly Budget[] = [
  { calls: 'post', per: 'platform', count: 2, perMs: 1_000 },
  { calls: 'all', per: 'place', count: 2, perMs: 1_000 },
]
const place = (n: number) => ({ id: `p${n}`, platform: 'teams', ref: `c${n}` })

/** Whoever asks beside the deliverer, and the deliverer's pace, on a clock that stands still until it is moved. */
function both(budgets: readonly Budget[]) {
  const clock = { at: 0 }
  const { count, onAside } = aside()
  const platform = { name: 'teams', budgets, onAside } as unknown as ChatPlatform
  const pace = createPace({ platforms: new Map([['teams', platform]]), budgets: undefined, now: () => clock.at })
  // The pace hears a platform from its first call on.
  pace.take(place(0), ['post'])?.end()
  return { clock, count, pace }
}

describe('calls beside the deliverer', () => {
  test('take room in what counts all calls of the platform, until their window is over', async () => {
    const { clock, count, pace } = both([PLATFORM_BUDGET])
    await count(async () => 'a look-up')
    await count(async () => 'another one')
    expect(pace.take(place(1), ['post'])).toBeNull()
    clock.at = 1_000
    const turn = pace.take(place(1), ['post'])
    expect(turn).not.toBeNull()
    turn?.end()
  })

  test('and while they are under way', async () => {
    const { pace, count } = both([{ ...PLATFORM_BUDGET, count: 1 }])
    const answer = Promise.withResolvers<string>()
    const asked = count(() => answer.promise)
    expect(pace.take(place(1), ['post'])).toBeNull()
    answer.resolve('somebody')
    expect(await asked).toBe('somebody')
  })

  test('and wait for their place in the window, in turn, when it is full', async () => {
    const { onAside, count } = aside()
    const [budget, now] = [{ ...PLATFORM_BUDGET, perMs: 20 }, () => performance.now()]
    const platform = { name: 'teams', budgets: [budget], onAside } as unknown as ChatPlatform
    const pace = createPace({ platforms: new Map([['teams', platform]]), budgets: undefined, now })
    const spent = pace.take(place(0), ['post'])
    await spent?.spend('post', async () => undefined)
    spent?.end()
    const made: { from: number; to: number }[] = [{ from: 0, to: now() }]
    const call = async (): Promise<void> => {
      const from = now()
      made.push({ from, to: from })
    }
    await Promise.all(Array.from({ length: 9 }, () => count(call)))
    // Of any three in a row the last began when the window of the first was over.
    const early = made.filter(({ from }, n) => n >= 2 && from - (made[n - 2]?.to ?? 0) < budget.perMs - 1)
    expect([made.length, early]).toEqual([10, []])
  })

  test('take none in what counts one kind of call, or those of one place', async () => {
    const { pace, count } = both(OTHERS)
    for (let n = 0; n < 5; n += 1) await count(async () => n)
    expect(pace.take(place(1), ['post'])).not.toBeNull()
  })
})

describe('a call that was one too many was not done', () => {
  const failing = (code: ChatErrorCode, retryAfterMs?: number) => {
    let calls = 0
    const made = aside().count(async () => {
      calls += 1
      if (calls === 1) throw new ChatError(code, 'no', retryAfterMs)
      return 'done'
    })
    return made.then(
      (said) => ({ said, calls }),
      (error: ChatError) => ({ said: error.code, calls }),
    )
  }

  test.each<[ChatErrorCode, number | undefined, string, number]>([
    ['RATE_LIMITED', 1, 'done', 2],
    ['RATE_LIMITED', 60_000, 'RATE_LIMITED', 1],
    ['RATE_LIMITED', undefined, 'RATE_LIMITED', 1],
    ['UNAVAILABLE', 1, 'UNAVAILABLE', 1],
    ['UNREACHED', 1, 'UNREACHED', 1],
  ])('%s, to be repeated after %s ms: %s after %d calls', async (code, waitMs, said, calls) => {
    expect(await failing(code, waitMs)).toEqual({ said, calls })
  })
})
