import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, inject, test } from 'vitest'
import { FIXED_SEED, seedOf } from './support/seed.ts'

const HERE = new URL('.', import.meta.url).pathname

describe('which seed a run has', () => {
  const chance = () => 0.5

  test.each([
    ['npm test', undefined, 'test', FIXED_SEED],
    ['npm test, with an empty variable', '', 'test', FIXED_SEED],
    ['npm test with a seed', '7', 'test', 7],
    ['a seed below nought, as fast-check prints them', '-1904', 'test', -1904],
    ['a thorough run', undefined, 'thorough', 1073741823],
    ['a thorough run, made again', '7', 'thorough', 7],
  ])('%s', (_, asked, mode, seed) => {
    expect(seedOf(asked, mode, chance)).toBe(seed)
  })

  test.each(['x', '1.5', '1e3', ' 7', '2147483648', '-2147483648', 'constructor'])('%j is no seed, and is not taken for one', (asked) => {
    expect(() => seedOf(asked, 'test', chance)).toThrow('PATCHCRIER_SEED')
  })
})

describe('the seed is in force', () => {
  const failing = fc.property(fc.integer(), () => false)

  test('for a property of a test file, whatever it says of its own', () => {
    const seed = inject('seed')
    expect(fc.check(failing).seed).toBe(seed)
    expect(fc.check(failing, { numRuns: 3, endOnFailure: true }).seed).toBe(seed)
    expect(fc.sample(fc.integer(), 20)).toEqual(fc.sample(fc.integer(), { numRuns: 20, seed }))
  })

  test('and what fails says it', () => {
    expect(() => fc.assert(failing)).toThrow(`seed: ${inject('seed')}`)
  })

  test('no test file takes it away', () => {
    const files = readdirSync(HERE, { recursive: true, encoding: 'utf8' }).filter(
      (path) => path.endsWith('.test.ts') && path !== 'seed.test.ts',
    )
    expect(files.length).toBeGreaterThan(100)
    expect(files.filter((path) => /configureGlobal/i.test(readFileSync(join(HERE, path), 'utf8')))).toEqual([])
  })
})
