import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalJson, sha256Hex } from '../../src/core/canonical.ts'

describe('canonical JSON', () => {
  test.each<[string, unknown, string]>([
    ['keys are sorted, at every depth', { b: 1, a: { d: [], c: null } }, '{"a":{"c":null,"d":[]},"b":1}'],
    ['keys are sorted by code unit, not by locale', { é: 1, z: 2, Z: 3, '10': 4, '9': 5 }, '{"10":4,"9":5,"Z":3,"z":2,"é":1}'],
    ['order of a list is kept', [2, 1, { y: 1, x: 2 }], '[2,1,{"x":2,"y":1}]'],
    ['an undefined property is left out', { a: undefined, b: 1 }, '{"b":1}'],
    ['a date is its ISO text', { at: new Date('2026-11-23T14:05:00Z') }, '{"at":"2026-11-23T14:05:00.000Z"}'],
    ['minus zero is zero', -0, '0'],
    ['control characters and lone surrogates are escaped', '\u0000\n\ud800', '"\\u0000\\n\\ud800"'],
  ])('%s', (_rule, value, text) => {
    expect(canonicalJson(value)).toBe(text)
  })

  test.each<[string, unknown]>([
    ['NaN', Number.NaN],
    ['infinity', { a: Number.POSITIVE_INFINITY }],
    ['bigint', 1n],
    ['undefined in a list', [undefined]],
    ['a function', () => 1],
    ['a Map', new Map([['a', 1]])],
  ])('%s is refused, because JSON would lose it silently', (_what, value) => {
    expect(() => canonicalJson(value)).toThrow(TypeError)
  })

  test('property: it is JSON of the same value, whatever order the keys came in', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ noUnicodeString: false })), (object) => {
        const reversed = Object.fromEntries(Object.entries(object).reverse())
        expect(canonicalJson(reversed)).toBe(canonicalJson(object))
        expect(JSON.parse(canonicalJson(object))).toEqual(JSON.parse(JSON.stringify(object)))
      }),
    )
  })
})

test('SHA-256 is over UTF-8 bytes, lower-case hex (FIPS 180-2 vector "abc")', () => {
  expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  expect(sha256Hex('é')).toBe('4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c')
})
