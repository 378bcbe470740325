import { describe, expect, test } from 'vitest'
import { runCases } from './case.ts'

const breaks = async (): Promise<never> => {
  throw new Error('cut off')
}

describe('a case of the red team', () => {
  test.each([
    true,
    false,
  ])('given one that crashes (genuine: %s), when all run, then it has failed and the next one runs', async (genuine) => {
    const outcomes = await runCases([
      { name: 'broken', genuine, run: breaks },
      { name: 'next', genuine: true, run: async () => 'AUTHENTIC' },
    ])
    expect(outcomes).toEqual([
      { name: 'broken', genuine, verdict: null, threw: 'cut off', good: false },
      { name: 'next', genuine: true, verdict: 'AUTHENTIC', good: true },
    ])
  })
})
