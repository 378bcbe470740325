import { describe, expect, test } from 'vitest'
import { reportOf, resultOf } from './report.ts'
import { counted, type Result, tried } from './suite.ts'

const good = async (): Promise<Result> => ({ passed: 3, failed: [] })
const tell = (): void => {}

describe('the report of the suites', () => {
  test('given a suite that throws, when all run, then it has failed and the others have their figures', async () => {
    const broken = async (): Promise<Result> => {
      throw new Error('no such file')
    }
    const report = await reportOf(
      [
        ['before', { goal: 1, run: good }],
        ['broken', { goal: 0, run: broken }],
        ['after', { goal: 1, run: good }],
      ],
      tell,
    )
    expect(report).toEqual({
      isMissed: true,
      figures: { before: { passed: 3, failed: 0 }, broken: { passed: 0, failed: 1 }, after: { passed: 3, failed: 0 } },
    })
  })

  test('a suite that never ends has failed', async () => {
    expect(await resultOf(() => new Promise(() => {}), 0)).toEqual({
      passed: 0,
      failed: [expect.stringMatching(/broke off: it took more/)],
    })
  })

  test.each([
    ['all of it passes', 1, 3, 0, false],
    ['exactly the goal is met', 0.98, 98, 2, false],
    ['less than the goal is not', 0.98, 97, 3, true],
    ['nothing at all meets no goal', 0, 0, 0, true],
  ])('%s', async (_, goal, passed, failed, isMissed) => {
    const run = async (): Promise<Result> => ({ passed, failed: Array.from({ length: failed }, () => 'x') })
    expect((await reportOf([['one', { goal, run }]], tell)).isMissed).toBe(isMissed)
  })

  test('what failed is told, and what was left out', async () => {
    let said = ''
    const run = async (): Promise<Result> => ({ passed: 1, failed: ['a.xml: no title'], notes: ['left out: b.xml'] })
    await reportOf([['one', { goal: 1, run }]], (text) => {
      said += text
    })
    expect(said).toBe('one: 1 of 2 (50.0 %), goal 100 %: MISSED\n  left out: b.xml\n  a.xml: no title\n')
  })

  test('given a case that throws, when it is counted, then it has failed and says why', async () => {
    const broken = await tried('a.json', () => {
      throw new TypeError('x is not a function')
    })
    expect(counted([broken, await tried('b.json', () => true)])).toEqual({
      passed: 1,
      failed: ['a.json: it threw TypeError: x is not a function'],
    })
  })
})
