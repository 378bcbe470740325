import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createMailProcess, createMailReader, type MailProcess, storedResolver } from '../../adapters/mail/index.ts'

const NOW = new Date('2026-11-25T12:00:00Z')
const file = (name: string): Buffer => readFileSync(new URL(`../fixtures/mail/${name}`, import.meta.url))
const DNS = Object.entries(JSON.parse(file('dns.json').toString()) as Record<string, string>).map(([name, record]) => ({
  name,
  type: 'TXT',
  answer: [[record]],
}))

describe('mails are read in a process of their own', () => {
  const here = createMailReader({ resolver: storedResolver(DNS) })
  let there: MailProcess
  beforeAll(() => {
    there = createMailProcess(DNS)
  })
  afterAll(() => there.close())

  const largest = (size: number): Buffer =>
    Buffer.concat([
      Buffer.from('From: a@example.org\r\nSubject: x\r\nDate: Wed, 25 Nov 2026 10:00:00 +0000\r\n\r\n'),
      Buffer.alloc(size, 'word '),
    ])

  test.each([
    ['a good signature', file('rfc6376-A.2.eml'), true],
    ['a changed body', file('rfc6376-A.2-body_modified.eml'), true],
    ['two signatures', file('rfc8463-A.3.eml'), true],
    ['nearly 10 MB, which travel in pieces', largest(9_900_000), true],
    ['more than 10 MB', largest(10_000_000), false],
    ['no mail', Buffer.from('hello'), false],
    ['nothing', Buffer.alloc(0), false],
  ] as const)('and are read the same there: %s', async (_, bytes, readable) => {
    const reading = await there.read(bytes, NOW)
    expect(reading.ok).toBe(readable)
    expect(reading).toEqual(await here.read(bytes, NOW))
  })

  test('one that takes too long is refused in words, and the next is read', async () => {
    const hasty = createMailProcess(DNS, { timeLimitMs: 1 })
    try {
      const reading = await hasty.read(file('rfc6376-A.2.eml'), NOW)
      expect(reading).toEqual({ ok: false, problem: expect.stringMatching(/^The mail could not be read within/) })
    } finally {
      await hasty.close()
    }
    expect((await there.read(file('rfc6376-A.2.eml'), NOW)).ok).toBe(true)
  })
})
