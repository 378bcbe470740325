import type { OutgoingHttpHeaders } from 'node:http'
import { describe, expect, test, vi } from 'vitest'
import { tried, unless } from '../../adapters/chat/failures.ts'
import { parsedJson } from '../../adapters/chat/json.ts'
import { kept } from '../../adapters/chat/kept.ts'
import { lastRead } from '../../adapters/chat/last-read.ts'
import { listen } from '../../adapters/chat/loopback.ts'
import { firstTime } from '../../adapters/chat/once.ts'
import { fetchWithin, type OnceMore } from '../../adapters/chat/once-more.ts'
import { running } from '../../adapters/chat/running.ts'
import { deadline, within } from '../../adapters/chat/soon.ts'
import { tell } from '../../adapters/chat/tell.ts'
import { isUnsent } from '../../adapters/chat/unsent.ts'
import { ChatError, type ChatErrorCode } from '../../src/ports.ts'
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

describe('while a platform cannot be asked, what it said last counts', () => {
  /** On a clock that stands still until it is moved; an answer is told, a failure thrown. */
  function reader() {
    const clock = { at: 0 }
    const logged: object[] = []
    const keep = (fields: object) => void logged.push(fields)
    const read = lastRead<string>({ forMs: 600_000, now: () => clock.at, log: { info: keep, warn: keep, error: keep } })
    const ask = (answer: string | Error, key = 'a') =>
      read(key, async () => {
        if (answer instanceof Error) throw answer
        return answer
      })
    return { clock, logged, ask }
  }
  const no = (code: ChatErrorCode) => new ChatError(code, 'no')

  test.each<ChatErrorCode>(['RATE_LIMITED', 'UNAVAILABLE', 'UNREACHED'])('%s: for its time, and not a millisecond longer', async (code) => {
    const { clock, logged, ask } = reader()
    await ask('first')
    clock.at = 599_999
    expect(await ask(no(code))).toBe('first')
    expect(logged).toEqual([{ err: no(code), key: 'a' }])
    clock.at = 600_000
    await expect(ask(no(code))).rejects.toMatchObject({ code })
  })

  test.each([no('FORBIDDEN'), no('GONE'), no('REJECTED'), new TypeError('a fault')])('%s is an answer, and ends it', async (error) => {
    const { ask } = reader()
    await ask('first')
    await expect(ask(error)).rejects.toBe(error)
    await expect(ask(no('UNAVAILABLE'))).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  })

  test('of each key its own, and the newest', async () => {
    const { ask } = reader()
    await ask('first')
    await ask('second')
    expect(await ask(no('UNREACHED'))).toBe('second')
    await expect(ask(no('UNREACHED'), 'b')).rejects.toMatchObject({ code: 'UNREACHED' })
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

  /** One card whose showing fails so, one time after the other; how long was waited before each is in `waits`. */
  const failing = async (errors: readonly Error[], after?: OnceMore['after']) => {
    const [left, waits, logged]: [Error[], number[], object[]] = [[...errors], [], []]
    const keep = (fields: object) => void logged.push(fields)
    const pause = async (ms: number) => void waits.push(ms)
    const show = async () => {
      const error = left.shift()
      if (error) throw error
    }
    await tell({ info: keep, warn: keep, error: keep }, [card()], show, { pause, ...(after && { after }) })
    return { waits, logged }
  }
  const many = (retryAfterMs?: number) => new ChatError('RATE_LIMITED', 'too many', retryAfterMs)
  const unreached = (retryAfterMs?: number) => new ChatError('UNREACHED', 'no connection', retryAfterMs)

  test.each<[string, Error, number]>([
    ['one too many', many(5_000), 5_000],
    ['nobody was reached', unreached(), 1_000],
    ['nobody was reached, who says when', unreached(2_000), 2_000],
  ])('is tried once more where nothing was shown: %s', async (_, error, waitMs) => {
    expect(await failing([error])).toEqual({ waits: [waitMs], logged: [] })
    expect(await failing([error, error])).toEqual({ waits: [waitMs], logged: [{ err: error }] })
  })

  test.each([
    ['one too many for longer than somebody waits', many(5_001)],
    ['one too many, nobody says how long', many()],
    ['nobody was reached, for longer', unreached(5_001)],
    ['it may have been shown', lost],
    ['it is forbidden', forbidden],
    ['a fault', new TypeError('a mistake')],
  ])('is not tried again else: %s', async (_, error) => {
    expect(await failing([error])).toEqual({ waits: [], logged: [{ err: error }] })
  })

  test('is not tried again where the calls themselves are', async () => {
    expect(await failing([many(1)], ['UNREACHED'])).toEqual({ waits: [], logged: [{ err: many(1) }] })
    expect(await failing([unreached()], ['UNREACHED'])).toMatchObject({ waits: [1_000] })
  })
})

describe('an answer at an address of its own', () => {
  /** A server that answers so, until the work is done; then its port is closed. */
  async function at<T>(status: number, headers: OutgoingHttpHeaders, work: (url: string) => Promise<T>): Promise<T> {
    const { origin, close } = await listen(0, (_, response) => response.writeHead(status, headers).end())
    try {
      return await work(origin)
    } finally {
      await close(async () => undefined)
    }
  }
  const post = fetchWithin(60_000)

  test('gives what it gives', async () => expect(await at(404, {}, post)).toMatchObject({ status: 404 }))

  test('that is one too many says when the next may come', async () => {
    await expect(at(429, { 'retry-after': '3' }, post)).rejects.toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 3_000 })
    await expect(at(429, {}, post)).rejects.toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: undefined })
  })

  test('where nobody listens reached nobody', async () => {
    const closed = await at(200, {}, async (url) => url)
    await expect(post(closed)).rejects.toMatchObject({ code: 'UNREACHED' })
  })
})

test.each<[string, unknown]>([
  ['{"a":[1]}', { a: [1] }],
  ['null', null],
  ['', null],
  ['{"a":', null],
])('%j as JSON is %j', (text, value) => expect(parsedJson(text)).toEqual(value))
