import { expect, test } from 'vitest'
import { sparingly } from '../../src/app/rollout/sparingly.ts'

/** Work that takes as long as it is told to, and a clock. */
function bench() {
  let clock = 0
  const done: number[] = []
  const under: PromiseWithResolvers<void>[] = []
  const ask = sparingly(
    (id) => {
      done.push(id)
      const one = Promise.withResolvers<void>()
      under.push(one)
      return one.promise
    },
    () => clock,
  )
  const wait = (ms: number): void => {
    clock += ms
  }
  /** One work from its beginning to its end. */
  const whole = async (id: number, ms: number, error?: Error): Promise<unknown> => {
    const asked = ask(id).catch((thrown: unknown) => thrown)
    wait(ms)
    if (error) under.at(-1)?.reject(error)
    else under.at(-1)?.resolve()
    return asked
  }
  return { ask, done, wait, whole }
}

test('nothing is done while it is under way', async () => {
  const { ask, done, wait } = bench()
  void ask(1)
  wait(1_000_000)
  await ask(1)
  expect(done).toEqual([1])
})

test.each([
  { took: 20, rests: 60 },
  { took: 300, rests: 900 },
  { took: 5_000, rests: 1_000 },
])('after $took ms it rests $rests ms', async ({ took, rests }) => {
  const { ask, done, wait, whole } = bench()
  await whole(1, took)
  wait(rests - 1)
  await ask(1)
  expect(done).toEqual([1])
  wait(1)
  void ask(1)
  expect(done).toEqual([1, 1])
})

test('what took no time is done each time', async () => {
  const { done, whole } = bench()
  await whole(1, 0)
  await whole(1, 0)
  expect(done).toEqual([1, 1])
})

test('each id has a rest of its own', async () => {
  const { done, whole } = bench()
  await whole(1, 10)
  await whole(2, 10)
  expect(done).toEqual([1, 2])
})

test('a failure is thrown, and rests as long', async () => {
  const { ask, done, wait, whole } = bench()
  const broken = new Error('the database has gone')
  expect(await whole(1, 10, broken)).toBe(broken)
  await ask(1)
  expect(done).toEqual([1])
  wait(30)
  void ask(1)
  expect(done).toEqual([1, 1])
})
