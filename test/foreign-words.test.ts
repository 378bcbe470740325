import { Readable } from 'node:stream'
import { webApi } from '@slack/bolt'
import { describe, expect, test } from 'vitest'
import { readBody } from '../adapters/http/body.ts'
import { httpFault } from '../adapters/http/faults.ts'
import { columnOf } from '../adapters/inventory/csv/columns.ts'
import { chatError } from '../adapters/slack/errors.ts'
import { FORMATS } from '../adapters/sources/advisory/formats.ts'
import { feedDate } from '../adapters/sources/feed/dates.ts'
import { rootOf } from '../adapters/sources/feed/names-of-tags.ts'
import { withoutReferences } from '../adapters/sources/feed/references.ts'
import { monthOfRows } from '../adapters/sources/msrc/guide/month.ts'
import { productRow, vulnerabilityRow } from '../adapters/sources/msrc/guide/rows.ts'
import { remedyKind, threatKind } from '../adapters/sources/msrc/month.ts'
import { schemeOf } from '../adapters/sources/osv/versions.ts'
import { receiver } from '../adapters/teams/receive.ts'
import { failureCard } from '../src/cards/progress.ts'
import { roleRequestCard } from '../src/cards/role-request.ts'
import { readWindow } from '../src/cli/init/windows.ts'
import { readRow } from '../src/core/assess/import/row.ts'
import { severityWord } from '../src/core/identify/severity.ts'
import { own } from '../src/core/own.ts'
import { patched, patchOf } from '../src/core/patch.ts'
import { mayRead } from '../src/core/policy/readers.ts'
import { readDelays } from '../src/core/replay/delays.ts'
import { policy } from './support/change.ts'
import { labelsOf, stateAt, wordsOf } from './support/change-cards.ts'

/** What every object has by birth, as somebody may write it. */
const BORN = ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf']

const GUIDE = { cveNumber: 'CVE-2026-1', cveTitle: 'x', releaseNumber: '2026-Nov', releaseDate: '2026-11-10T08:00:00Z' }

describe.each(BORN)('the word %s is a word that nobody knows', (word) => {
  test('as a severity', () => {
    expect(severityWord(word)).toBeNull()
  })

  test('as an audience, a role', () => {
    expect(mayRead(word, ['security', 'admin'])).toBe(false)
    expect(readDelays([`${word}=4h`]).ok).toBe(false)
  })

  test('in a row of an inventory', () => {
    const context = { now: '2026-11-25T12:00:00.000Z', called: (key: string) => key }
    expect(readRow({ host: 'web-01', managed: word }, context)).toEqual({ reason: `managed: expected yes or no, got "${word}"` })
    expect(readRow({ host: 'web-01', location: word }, context)).toHaveProperty(
      'reason',
      expect.stringContaining('location: expected data centre'),
    )
    expect(columnOf(word)).toBeNull()
  })

  test('as the day of a window', () => {
    expect(readWindow(`${word} 22:00 for 2 hours`)).toMatchObject({ ok: false, refusal: { code: 'WINDOW_UNREAD' } })
  })

  test('as the key of a group of failures, that nobody has taken', () => {
    const group = { key: word, cause: 'lock held', hosts: ['web-01'], open: ['web-01'], again: [] }
    expect(labelsOf(failureCard(stateAt('pilotRuns'), group, policy))).toContain('I take it')
  })

  test('as a platform', () => {
    const request = { id: 1, name: 'Lena', email: 'lena@sample.example', askedAt: '2026-11-25T12:00:00.000Z', settled: null, last: false }
    expect(wordsOf(roleRequestCard({ ...request, platform: word }))).toContain(`confirmed by ${word}`)
  })

  test('as a way of packing, as the code of an error', async () => {
    await expect(readBody(Readable.from(['x']), word, 100, 'it')).rejects.toMatchObject({ code: 'HTTP_FAILED' })
    expect(httpFault(Object.assign(new Error('x'), { code: word }), 'it').message).toBe('it cannot be fetched: the connection failed.')
  })

  test('as what Slack answers', () => {
    const error = Object.assign(Object.create(webApi.WebAPIPlatformError.prototype), { data: { ok: false, error: word } })
    // What does not look like a name of Slack's is no answer of Slack.
    expect(chatError('chat.postMessage', error).code).toBe(word === 'constructor' ? 'REJECTED' : 'UNAVAILABLE')
  })

  test('as what Teams tells', async () => {
    const receive = receiver({} as never)
    expect(await receive({ type: word, conversation: { id: '19:x' } } as never)).toEqual({ status: 200 })
    expect(await receive({ type: 'invoke', name: word, conversation: { id: '19:x' } } as never)).toEqual({ status: 501 })
  })

  test('as a kind of Microsoft', () => {
    expect([threatKind(word), remedyKind(word)]).toEqual(['other', 'other'])
    const row = vulnerabilityRow.parse({ ...GUIDE, articles: [{ articleType: word, description: 'x' }] })
    expect(
      monthOfRows('2026-Nov', [row], [productRow.parse({ ...GUIDE, productId: '1', product: 'Windows' })]).vulnerabilities.flatMap(
        ({ remedies }) => remedies,
      ),
    ).toEqual([])
  })

  test('as an ecosystem of OSV', () => {
    expect(schemeOf(`${word}:1`)).toBe('generic')
  })

  test('in a feed: a tag, a reference, the zone of a date', () => {
    expect(rootOf({ name: 'rss' } as never, '<rss>').ours(word)).toBe(word)
    expect(withoutReferences(`&${word}; &hellip;`)).toBe(`&${word}; …`)
    expect(feedDate(`Wed, 25 Nov 2026 12:00:00 ${word}`)).toBe(feedDate('Wed, 25 Nov 2026 12:00:00'))
  })

  test('in a document', () => {
    const [before, after] = [{ a: 1 }, { a: 1, ...Object.fromEntries([[word, { b: 2 }]]) }]
    expect(patched(before, patchOf(before, after) ?? [])).toEqual(after)
    expect(own({}, word)).toBeUndefined()
    expect(own(Object.fromEntries([[word, 1]]), word)).toBe(1)
  })
})

test('a release of Debian called constructor is one that is not known', () => {
  const read = FORMATS.debian.read(
    'debian',
    '[25 Nov 2026] DSA-1-1 bash - security update\n\t[constructor] - bash 5.2-1\n\t[bookworm] - bash 5.2-1\n',
  )
  expect(read).toMatchObject({ ok: true, bulletin: { fixed: [{ stream: 'Debian:12' }] } })
  expect(read).toHaveProperty('dropped', [expect.stringContaining('a release that is not known')])
})
