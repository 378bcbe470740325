import { describe, expect, test, vi } from 'vitest'
import { tried, unless } from '../../adapters/chat/failures.ts'
import { parsedJson } from '../../adapters/chat/json.ts'
import { kept } from '../../adapters/chat/kept.ts'
import { firstTime } from '../../adapters/chat/once.ts'
import { running } from '../../adapters/chat/running.ts'
import { deadline, within } from '../../adapters/chat/soon.ts'
import { tell } from '../../adapters/chat/tell.ts'
import { isUnsent } from '../../adapters/chat/unsent.ts'
import { ChatError } from '../../src/ports.ts'
import { card } from '../support/cards.ts'

describe('what was asked is kept', () => {
  /** A cache whose clock stands still until it is moved, and what it was asked. */
  function cache(most = 10) {
    const clock = { at: 0 }
    const asked: string[] = []
    const all = kept<string>({ forMs: 60_000, most, now: () => clock.at })
    const get = (key: string, answer: () => Promise<string> = async () => `${key} at ${clock.at}`) =>
      all.get(key, () => {
        asked.push(key)
        return answer()
      })
    return { clock, asked, get, forget: all.forget }
  }

  test('for its time, and not a millisecond longer', async () => {
    const { clock, get } = cache()
    expect(await get('a')).toBe('a at 0')
    clock.at = 59_999
    expect(await get('a')).toBe('a at 0')
    clock.at = 60_000
    expect(await get('a')).toBe('a at 60000')
  })

  test('those who ask meanwhile share one answer', async () => {
    const { asked, get } = cache()
    await Promise.all([get('a'), get('a'), get('b')])
    expect(asked).toEqual(['a', 'b'])
  })

  test('a failure is kept for nobody', async () => {
    const { asked, get } = cache()
    await expect(get('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await get('a')).toBe('a at 0')
    expect(asked).toEqual(['a', 'a'])
  })

  test('a failure that comes late does not take a newer answer away', async () => {
    const { clock, asked, get } = cache()
    const first = Promise.withResolvers<string>()
    const late = get('a', () => first.promise)
    clock.at = 60_000
    await get('a')
    first.reject(new Error('late'))
    await expect(late).rejects.toThrow('late')
    await get('a')
    expect(asked).toEqual(['a', 'a'])
  })

  test('until it is to be forgotten', async () => {
    const { asked, get, forget } = cache()
    await get('a')
    forget('a')
    await get('a')
    expect(asked).toEqual(['a', 'a'])
  })

  test('of more than it may keep, what was asked for longest ago goes first', async () => {
    const { asked, get } = cache(2)
    for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) await get(key)
    expect(asked).toEqual(['a', 'b', 'c', 'b'])
  })
})

test('a key is told for the first time once, until 5,000 others came after it', () => {
  const first = firstTime()
  expect([first('a'), first('a'), first('b')]).toEqual([true, false, true])
  for (let n = 0; n < 4999; n++) first(`n${n}`)
  expect([first('b'), first('a')]).toEqual([false, true])
})

test('an end waits for all that is under way, also for what began meanwhile, and for what fails', async () => {
  const work = running()
  const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const done: string[] = []
  const failing = work.add(first.promise.then(() => Promise.reject(new Error('no'))))
  failing.catch(() => void work.add(second.promise.then(() => done.push('second'))))
  const idle = work.idle().then(() => done.push('idle'))
  first.resolve()
  await expect(failing).rejects.toThrow('no')
  second.resolve()
  await idle
  expect(done).toEqual(['second', 'idle'])
})

describe('work that shall end soon', () => {
  test('gives what it gives', async () => {
    expect(await within(Promise.resolve(1), 60_000)).toBe(1)
    await expect(within(Promise.reject(new Error('no')), 60_000)).rejects.toThrow('no')
  })

  test('is late when it does not, and fails unseen after that', async () => {
    const { promise, reject } = Promise.withResolvers<never>()
    expect(await within(promise, 0)).toBe('late')
    reject(new Error('nobody waits for this any more'))
  })

  test('has one deadline with what an answer waited for before', async () => {
    vi.useFakeTimers()
    const inMs = (ms: number): Promise<string> => new Promise((done) => setTimeout(done, ms, 'done'))
    const soon = deadline()
    const [first, second] = [soon(inMs(1500)), soon(inMs(1900))]
    await vi.advanceTimersByTimeAsync(1900)
    expect([await first, await second]).toEqual(['done', 'done'])
    const third = soon(inMs(101))
    await vi.advanceTimersByTimeAsync(100)
    expect(await third).toBe('late')
    vi.useRealTimers()
  })
})

describe('nothing was sent where no connection came about', () => {
  const system = (code: string, syscall: string): Error => Object.assign(new Error(`${syscall} ${code}`), { code, syscall })
  const all = (...causes: Error[]): Error => new AggregateError(causes)

  test.each<[string, Error, boolean]>([
    ['a refused connection', system('ECONNREFUSED', 'connect'), true],
    ['a name that is not known', system('ENOTFOUND', 'getaddrinfo'), true],
    ['names that cannot be looked up now', system('EAI_AGAIN', 'getaddrinfo'), true],
    ['a host without a way to it', system('EHOSTUNREACH', 'connect'), true],
    ['a network without a way to it', system('ENETUNREACH', 'connect'), true],
    ['each address in vain', all(system('ENETUNREACH', 'connect'), system('ECONNREFUSED', 'connect')), true],
    ['an address in vain, another in doubt', all(system('ECONNREFUSED', 'connect'), system('ECONNRESET', 'read')), false],
    ['a connection that took too long', Object.assign(new Error('slow'), { code: 'UND_ERR_CONNECT_TIMEOUT' }), true],
    ['a reset', system('ECONNRESET', 'read'), false],
    ['a connection that was open loses its way', system('EHOSTUNREACH', 'read'), false],
    ['a broken pipe', system('EPIPE', 'write'), false],
    ['a timeout', system('ETIMEDOUT', 'connect'), false],
    ['an end by ourselves', new DOMException('aborted', 'TimeoutError'), false],
  ])('%s', (_, cause, unsent) => {
    expect(isUnsent(new TypeError('fetch failed', { cause }))).toBe(unsent)
  })
})

describe('a failure that is an answer', () => {
  const gone = new ChatError('GONE', 'no such user')
  const fault = new TypeError('a mistake of ours')

  test.each<[string, Error, Error | null]>([
    ['one of those that were named', gone, null],
    ['another of the platform', new ChatError('UNAVAILABLE', 'no answer'), new ChatError('UNAVAILABLE', 'no answer')],
    ['a fault', fault, fault],
  ])('%s', async (_, error, thrown) => {
    const asked = unless(['GONE', 'REJECTED'], Promise.reject(error))
    if (thrown === null) expect(await asked).toBeNull()
    else await expect(asked).rejects.toEqual(thrown)
  })

  test('and what is found is given', async () => expect(await unless(['GONE'], Promise.resolve('U1'))).toBe('U1'))

  test('is given to who wants to know why; a fault is none', async () => {
    expect(await tried(Promise.resolve(1))).toBe(1)
    expect(await tried(Promise.reject(gone))).toBe(gone)
    await expect(tried(Promise.reject(fault))).rejects.toBe(fault)
  })
})

describe('what is told privately', () => {
  const cards = ['one', 'two', 'three'].map((title) => card({ title }))
  const telling = async (error: Error | null) => {
    const [shown, logged]: [string[], object[]] = [[], []]
    const keep = (fields: object) => void logged.push(fields)
    const told = await tell({ info: keep, warn: keep, error: keep }, cards, async ({ title }) => {
      if (error !== null && title === 'two') throw error
      shown.push(title)
    })
    return { told, shown, logged }
  }
  const forbidden = new ChatError('FORBIDDEN', 'not here')
  const lost = new ChatError('UNAVAILABLE', 'no answer')

  test('is shown card by card, in their order', async () => {
    expect(await telling(null)).toEqual({ told: true, shown: ['one', 'two', 'three'], logged: [] })
  })

  test.each([
    ['what the platform forbids is said to be so', forbidden, false],
    ['any other failure is logged alone', lost, true],
    ['a fault too', new TypeError('a mistake'), true],
  ])('ends at what cannot be shown: %s', async (_, err, told) => {
    expect(await telling(err)).toEqual({ told, shown: ['one'], logged: [{ err }] })
  })
})

test.each<[string, unknown]>([
  ['{"a":[1]}', { a: [1] }],
  ['null', null],
  ['', null],
  ['{"a":', null],
])('%j as JSON is %j', (text, value) => expect(parsedJson(text)).toEqual(value))
