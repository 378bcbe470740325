import { describe, expect, test } from 'vitest'
import { type Plan, planDigest, shortDigest } from '../../src/core/evaluate/plan.ts'
import { aPlan, DIGEST, PLAN } from '../support/change.ts'

/** The same value with the keys of every object turned round. */
function turned<T>(value: T): T {
  if (Array.isArray(value)) return value.map(turned) as T
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, turned(inner)]),
  ) as T
}

interface Leaf {
  readonly path: string
  readonly plan: Plan
}

/** One plan per value in it, with that value changed. */
function mutations(value: unknown, path: string, rebuild: (inner: unknown) => unknown): readonly Leaf[] {
  const here = (inner: unknown): Leaf => ({ path, plan: rebuild(inner) as Plan })
  if (Array.isArray(value))
    return [
      ...value.flatMap((item, i) => mutations(item, `${path}.${i}`, (inner) => rebuild(value.with(i, inner)))),
      ...(value.length > 1 ? [{ ...here(value.toReversed()), path: `${path} in another order` }] : []),
      { ...here([...value, ...(value.length > 0 ? [value[0]] : ['more'])]), path: `${path} with one more` },
    ]
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([key, inner]) =>
      mutations(inner, path === '' ? key : `${path}.${key}`, (next) => rebuild({ ...value, [key]: next })),
    )
  if (typeof value === 'number') return [here(value + 1)]
  if (typeof value === 'boolean') return [here(!value)]
  return [here(`${String(value)}x`)]
}

const LEAVES = mutations(aPlan({ leftOut: [{ host: 'van-01', reason: 'unmanaged' }], patchHashes: ['ab'] }), '', (plan) => plan)

describe('the digest of a plan', () => {
  test('is a SHA-256 in lower-case hex, short on cards', () => {
    expect(DIGEST).toMatch(/^[0-9a-f]{64}$/)
    expect(shortDigest(DIGEST)).toBe(DIGEST.slice(0, 8))
  })

  test('does not depend on the order of keys', () => {
    expect(Object.keys(turned(PLAN))).not.toEqual(Object.keys(PLAN))
    expect(planDigest(turned(PLAN))).toBe(DIGEST)
  })

  test('survives the database: JSON there and back', () => {
    expect(planDigest(JSON.parse(JSON.stringify(PLAN)) as Plan)).toBe(DIGEST)
  })

  test.each(LEAVES.map(({ path, plan }) => [path, plan] as const))('changes with %s', (_, plan) => {
    expect(planDigest(plan)).not.toBe(planDigest(aPlan({ leftOut: [{ host: 'van-01', reason: 'unmanaged' }], patchHashes: ['ab'] })))
  })

  test('covers every part that the plan has', () => {
    const parts = new Set(LEAVES.map(({ path }) => path.split(/[. ]/)[0]))
    expect([...parts].sort()).toEqual(Object.keys(PLAN).sort())
    expect(new Set(LEAVES.map(({ plan }) => planDigest(plan))).size).toBe(LEAVES.length)
  })
})
