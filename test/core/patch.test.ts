import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { patched, patchOf, type Step } from '../../src/core/patch.ts'

/** Half of what is derived from a document has longer lists. */
const lengthened = (before: object, more: readonly unknown[]): object =>
  Object.fromEntries(Object.entries(before).map(([name, value]) => [name, Array.isArray(value) ? [...value, ...more] : value]))

const document = fc.dictionary(
  fc.constantFrom('a', 'b', 'constructor', '__proto__'),
  fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.dictionary(fc.constantFrom('x', 'toString', '__proto__'), fc.jsonValue({ maxDepth: 1 }))),
)

test('a patch makes the one of the other, or there is none because something is gone', () => {
  const property = fc.property(document, document, (before, after) => {
    const steps = patchOf(before, after)
    if (steps === null) return
    const was = structuredClone(before)
    expect(patched(before, steps)).toEqual(after)
    expect(before, 'and the one is as it was').toEqual(was)
  })
  fc.assert(property, { numRuns: 5_000 })
})

test('lists that get longer are not said again', () => {
  const property = fc.property(document, fc.array(fc.jsonValue({ maxDepth: 1 }), { minLength: 1 }), (before, more) => {
    const after = lengthened(before, more)
    const steps = patchOf(before, after) ?? []
    expect(steps.every((step) => 'more' in step && step.more.length === more.length)).toBe(true)
    expect(patched(before, JSON.parse(JSON.stringify(steps)))).toEqual(after)
  })
  fc.assert(property)
})

describe('what is the same is not looked into', () => {
  const plan = { hosts: ['web-01'] }
  const before = { id: 1, submission: { plan, approvals: [] as string[] }, acts: ['a'] }
  test.each<[string, object, readonly Step[] | null]>([
    ['nothing', before, []],
    ['a member', { ...before, id: 2 }, [{ path: ['id'], value: 2 }]],
    ['a new member', { ...before, halt: true }, [{ path: ['halt'], value: true }]],
    ['what comes behind a list', { ...before, acts: ['a', 'b', 'c'] }, [{ path: ['acts'], more: ['b', 'c'] }]],
    [
      'what comes behind a list deep inside',
      { ...before, submission: { plan, approvals: ['dana'] } },
      [{ path: ['submission', 'approvals'], more: ['dana'] }],
    ],
    ['a list with another beginning', { ...before, acts: ['b', 'a'] }, [{ path: ['acts'], value: ['b', 'a'] }]],
    ['a shorter list', { ...before, acts: [] }, [{ path: ['acts'], value: [] }]],
    ['a list that is no list any more', { ...before, acts: { length: 2 } }, [{ path: ['acts'], value: { length: 2 } }]],
    ['a member that is gone', { id: 1, acts: before.acts }, null],
    ['one that is gone deep inside', { ...before, submission: { plan } }, null],
  ])('%s', (_, after, expected) => {
    expect(patchOf(before, after)).toEqual(expected)
  })
})
