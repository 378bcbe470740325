import fc from 'fast-check'
import { expect, test } from 'vitest'
import { plainLine, plainText } from '../../src/cards/text.ts'

test.each([
  ['keeps ordinary text', 'openssl 1:3.0.1-47.el9_1 — ünïcode 漢字', 'openssl 1:3.0.1-47.el9_1 — ünïcode 漢字'],
  ['keeps newlines of every kind as one kind', 'a\r\nb\rc\u2028d\ne', 'a\nb\nc\nd\ne'],
  ['turns tabs into spaces', 'a\tb', 'a b'],
  ['removes bidi overrides and isolates', 'gpj.\u202Eexe\u202C \u2066x\u2069', 'gpj.exe x'],
  ['removes zero-width characters', 'pay\u200Bpal\u200D\uFEFF\u2060.com', 'paypal.com'],
  ['removes fillers that look empty', 'a\u3164\u115Fb\u034Fc', 'abc'],
  ['removes tag characters', `a\u{E0041}\u{E007F}b`, 'ab'],
  ['removes controls', 'a\u0000\u0007\u001B[31mb\u009B', 'a[31mb'],
  ['keeps emoji with its selector', 'warning ⚠\uFE0F', 'warning ⚠\uFE0F'],
  ['mends broken surrogates', 'a\uD800b', 'a\uFFFDb'],
])('%s', (_name, text, expected) => {
  expect(plainText(text)).toBe(expected)
})

test('plainLine puts everything on one line', () => {
  expect(plainLine('  a\n\n b\tc ')).toBe('a b c')
})

test('what has been cleaned once stays as it is', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => plainText(plainText(text)) === plainText(text)))
})
