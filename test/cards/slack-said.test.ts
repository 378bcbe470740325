import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readText } from '../../src/cards/block-kit/said.ts'
import { HOSTILE } from '../support/cards.ts'

test.each<[string, string, string, readonly string[]]>([
  ['status', 'status', 'status', []],
  ['<@UBOT>  status', 'status', 'status', []],
  ['<@UBOT|patchcrier> status', 'status', 'status', []],
  ['ask <@U1> and <@U2|ben>', 'ask @U1 and ben', 'ask @U1 and ben', []],
  ['<#C1|general> <!here> <!subteam^S1|@security>', 'general @here @security', 'general @here @security', []],
  ['<https://a.example/?x=1&amp;y=2>', 'https://a.example/?x=1&y=2', 'https://a.example/?x=1&y=2', ['https://a.example/?x=1&y=2']],
  ['<https://evil.example|redhat.com>', 'redhat.com', 'https://evil.example', ['https://evil.example']],
  ['<mailto:a@b.example|a@b.example> <javascript:alert(1)|x>', 'a@b.example x', 'a@b.example x', []],
  ['&lt;https://a.example&gt; &amp;lt;', '<https://a.example> &lt;', '<https://a.example> &lt;', []],
  ['a\u202Eb\u200Bc', 'abc', 'abc', []],
  ['<> | a', '| a', '| a', []],
])('%j reads %j, is typed %j and leads to %j', (text, words, typed, links) => {
  expect(readText(text, 'UBOT')).toEqual({ words, typed, links })
})

test('whatever somebody writes, links are web addresses and nothing is hidden in the words', () => {
  const piece = fc.oneof(
    fc.constantFrom(...HOSTILE, '<', '>', '|', '<https://a.example|', '&lt;'),
    fc.string({ unit: 'binary', maxLength: 8 }),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const { words, typed, links } = readText(pieces.join(''), 'UBOT')
      expect(links.filter((link) => !/^https?:\/\//i.test(link))).toEqual([])
      expect(words + typed).not.toMatch(/[\u202A-\u202E\u2066-\u2069\u200B-\u200F\uFEFF]/)
    }),
    { numRuns: 1_000 },
  )
})
