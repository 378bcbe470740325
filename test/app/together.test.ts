import { expect, test } from 'vitest'
import { together } from '../../src/app/rollout/together.ts'

/** Work that is told apart by its number and ends when it is let go; pauses that end when they are over. */
function bench() {
  let clock = 0
  const begun: number[] = []
  const ends: PromiseWithResolvers<void>[] = []
  const pauses: { readonly ms: number; over(): void }[] = []
  const ask = together(
    (id) => {
      begun.push(id)
      const end = Promise.withResolvers<void>()
      ends.push(end)
      return end.promise
    },
    {
      now: () => clock,
      pause: (ms) => new Promise((over) => void pauses.push({ ms, over })),
    },
  )
  const settled = () => new Promise((resolve) => setImmediate(resolve))
  return {
    ask,
    begun,
    pauses,
    settled,
    /** The work that began as the `n`th takes so long. */
    async end(n: number, ms: number, error?: Error): Promise<void> {
      clock += ms
      if (error) ends[n]?.reject(error)
      else ends[n]?.resolve()
      await settled()
    },
    async rested(n: number): Promise<void> {
      pauses[n]?.over()
      await settled()
    },
  }
}

test('whoever asks before it has begun shares it; whoever asks later shares the next one', async () => {
  const { ask, begun, settled, end, rested } = bench()
  const first = [ask(1), ask(1)]
  await settled()
  expect(begun).toEqual([1])
  const second = [ask(1), ask(1), ask(1)]
  await end(0, 10)
  await Promise.all(first)
  expect(begun).toEqual([1])
  await rested(0)
  expect(begun).toEqual([1, 1])
  await end(1, 10)
  await Promise.all(second)
  await rested(1)
  void ask(1)
  await settled()
  expect(begun).toEqual([1, 1, 1])
})

test('each id has a line of its own', async () => {
  const { ask, begun, settled } = bench()
  void ask(1)
  void ask(2)
  await settled()
  expect(begun).toEqual([1, 2])
})

test('it rests three times as long as it took, a quarter of a second at most; nobody waits for a rest that follows what they asked for', async () => {
  const { ask, pauses, settled, end, rested } = bench()
  const one = ask(1)
  await settled()
  await end(0, 20)
  await one
  expect(pauses.map(({ ms }) => ms)).toEqual([60])
  await rested(0)
  void ask(1)
  await settled()
  await end(1, 2_000)
  expect(pauses.map(({ ms }) => ms)).toEqual([60, 250])
})

test('a failure is told to those who shared it, and to nobody after them', async () => {
  const { ask, settled, end, rested } = bench()
  const first = [ask(1), ask(1)].map((one) => one.catch((error: unknown) => error))
  await settled()
  const second = ask(1)
  const broken = new Error('the database has gone')
  await end(0, 5, broken)
  expect(await Promise.all(first)).toEqual([broken, broken])
  await rested(0)
  await end(1, 5)
  await second
})
