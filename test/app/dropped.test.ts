import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { handleIntent } from '../../src/app/doors/intents.ts'
import type { DroppedItem } from '../../src/ports.ts'
import { wordsOf } from '../support/change-cards.ts'
import { type Intake, intake } from '../support/intake.ts'

const FEED = { kind: 'feed', url: 'https://ubuntu.com/security/notices/rss.xml', publisher: 'Ubuntu', domains: ['ubuntu.com'] }

let house: Intake
beforeAll(async () => {
  house = await intake({ feed: [FEED, 'official'], other: [FEED, 'official'] })
})
afterAll(() => house?.end())

const drop = async (dropped: readonly DroppedItem[], source = 'feed'): Promise<void> => {
  const one = house.sources[source]
  if (one) one.next = { dropped }
  await house.poll(source)
}
const kept = (source = 'feed') => house.house.db.droppedItem.findMany({ where: { source }, orderBy: { id: 'asc' } })
const bytes = (text: string): Buffer => Buffer.from(text)
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

test('what came is kept as it came, with the hash of the whole; of what is long the beginning', async () => {
  const long = 'x'.repeat(100_000)
  await drop([
    { fileName: 'a', reason: 'its link leads away', bytes: bytes('<script>') },
    { fileName: 'long', reason: 'too long', bytes: bytes(long) },
    { fileName: 'nul\0', reason: 'it could not be fetched' },
  ])
  const rows = await kept()
  expect(rows.map(({ fileName, reason, size, digest, head }) => [fileName, reason, size, digest, head.length])).toEqual([
    ['a', 'its link leads away', 8, sha256('<script>'), 8],
    ['long', 'too long', 100_000, sha256(long), 65_536],
    ['nul\uFFFD', 'it could not be fetched', 0, expect.stringMatching(/^[0-9a-f]{64}$/), 0],
  ])
})

test('the same at every poll is not written again; the same name with other bytes is', async () => {
  const before = await kept()
  await drop(before.map(({ fileName, reason, size, head }) => ({ fileName, reason, ...(size === 8 ? { bytes: head } : {}) })).slice(0, 1))
  await drop([{ fileName: 'nul\0', reason: 'it could not be fetched' }])
  expect(await kept()).toEqual(before)
  await drop([{ fileName: 'a', reason: 'its link leads away', bytes: bytes('other') }])
  expect(await kept()).toHaveLength(before.length + 1)
})

test('of a flood 200 are kept, the same ones at every poll; the newest push out the oldest of their own source', async () => {
  await drop([{ fileName: 'of the other', reason: 'x' }], 'other')
  const flood = Array.from({ length: 300 }, (_, i) => ({ fileName: `f-${i}`, reason: 'x' }))
  await drop(flood)
  const rows = await kept()
  expect([rows.length, rows[0]?.fileName, rows.at(-1)?.fileName]).toEqual([200, 'f-0', 'f-199'])
  await drop(flood)
  expect(await kept()).toEqual(rows)
  await drop([{ fileName: 'newest', reason: 'x' }])
  const after = await kept()
  expect([after.length, after[0]?.fileName, after.at(-1)?.fileName]).toEqual([200, 'f-1', 'newest'])
  expect(await kept('other')).toHaveLength(1)
})

describe('what is kept is shown', () => {
  const typed = async (line: string, actor = 'ana'): Promise<string> => {
    const inputs = { text: line }
    const answer = await handleIntent(house.house, { actor, place: 'patch-team', verb: 'command', subject: '', inputs })
    return answer.ok ? answer.cards.map((card) => `${card.title}\n${wordsOf(card)}`).join('\n') : answer.refusal.code
  }

  test.each([
    ['dropped', 'SOURCE_UNKNOWN'],
    ['dropped nobody', 'SOURCE_UNKNOWN'],
    ['dropped feed page 99', 'PAGE_BEYOND'],
    ['dropped feed nonsense', 'PAGE_UNKNOWN'],
  ])('"%s" is refused: %s', async (line, code) => expect(await typed(line)).toBe(code))

  test('name, reason and size, the newest first, page by page; not what came', async () => {
    await drop([{ fileName: 'evil <!channel>', reason: 'its link leads to evil.example', bytes: bytes('a secret <script>') }])
    const first = await typed('dropped feed')
    expect(first).toMatch(/^200 items of feed that could not be taken or are not proved\n/)
    expect(first).toMatch(/evil <!channel>, 17 bytes, first seen .*its link leads to evil\.example/)
    expect(first).not.toContain('a secret')
    expect(await typed('dropped feed page 20')).toContain('191-200 of 200')
    expect(await typed('sources')).toContain('Kept: "dropped feed"')
  })

  test('what the last poll dropped without anything is said of a source that never dropped', async () => {
    await house.house.db.droppedItem.deleteMany({ where: { source: 'other' } })
    expect(await typed('dropped other')).toContain('Nothing of other was dropped')
  })

  const patchcrier = async (...args: readonly string[]) => {
    const program = fileURLToPath(new URL('../../src/cli.ts', import.meta.url))
    const child = spawn(process.execPath, [program, ...args], { env: { PATH: process.env.PATH ?? '', DATABASE_URL: house.url } })
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
    return { out, err }
  }

  test('on the command line it is written into files that no name of the source can lead astray', async () => {
    const above = await mkdtemp(join(tmpdir(), 'patchcrier-dropped-'))
    onTestFinished(() => rm(above, { recursive: true }))
    await drop([{ fileName: '../../etc/passwd', reason: 'x', bytes: bytes('what came') }], 'other')
    const folder = join(above, 'kept')
    expect((await patchcrier('dropped', 'other', folder)).out).toContain('1 dropped items of other are in ')
    const list = JSON.parse(await readFile(join(folder, 'dropped.json'), 'utf8'))
    expect(list).toMatchObject([{ name: '../../etc/passwd', reason: 'x', bytes: 9, sha256: sha256('what came'), cut: false }])
    expect((await readdir(folder)).toSorted()).toEqual([list[0].file, 'dropped.json'].toSorted())
    expect(await readFile(join(folder, list[0].file), 'utf8')).toBe('what came')
    expect((await patchcrier('dropped', 'other', folder)).err).toContain('there is one already')
    expect((await patchcrier('dropped', 'nobody')).err).toContain('Nothing is kept')
  })
})
