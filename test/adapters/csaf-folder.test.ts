import { mkdir, mkdtemp, rename, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createFolderSource } from '../../adapters/sources/csaf/folder.ts'
import { digestOf } from '../../adapters/sources/csaf/hash.ts'
import type { Batch } from '../../src/ports.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'csaf-folder-'))
})
afterEach(() => rm(folder, { recursive: true }))

const put = (name: string, content: string | Uint8Array): Promise<void> => writeFile(join(folder, name), content)
/** A document as a feeder should bring it: sidecars first, then renamed into place. */
const publish = async (name: string, content: string): Promise<void> => {
  await put(`${name}.sha512`, digestOf(Buffer.from(content), 'sha512'))
  await put(`.${name}.part`, content)
  await rename(join(folder, `.${name}.part`), join(folder, name))
}
const fetch = (cursor: string | null, settleMs = 1): Promise<Batch> =>
  createFolderSource({ id: 'sample', folder, settleMs }).fetch(cursor, new AbortController().signal)
const names = (batch: Batch): readonly string[] => batch.documents.map((document) => document.fileName)

describe('what is handed over', () => {
  test('documents with their sidecars, bytes untouched', async () => {
    await publish('b.json', '{"b": 1}\r\n')
    await put('b.json.asc', 'armour')
    await put('b.json.sha256', 'hash')
    await publish('a.json', '{}')
    const batch = await fetch(null)
    expect(names(batch)).toEqual(['a.json', 'b.json'])
    expect(batch.documents[1]).toEqual({
      fileName: 'b.json',
      bytes: Buffer.from('{"b": 1}\r\n'),
      sha512: digestOf(Buffer.from('{"b": 1}\r\n'), 'sha512'),
      sha256: 'hash',
      signature: 'armour',
    })
    expect(batch.dropped).toEqual([])
  })

  test.each([
    ['nothing happened', async () => undefined, []],
    ['it was only touched', () => utimes(join(folder, 'a.json'), new Date(0), new Date(0)), []],
    ['its content changed', () => publish('a.json', '[1]'), ['a.json']],
    ['a signature came', () => put('a.json.asc', 'armour'), ['a.json']],
    ['its hash changed', () => put('a.json.sha512', 'other'), ['a.json']],
    ['its hash went', () => rm(join(folder, 'a.json.sha512')), ['a.json']],
    ['another came', () => publish('b.json', '{}'), ['b.json']],
  ])('since the cursor, %s', async (_, happens, expected) => {
    await publish('a.json', '{}')
    const { cursor } = await fetch(null)
    await happens()
    expect(names(await fetch(cursor))).toEqual(expected)
  })

  test('each change once', async () => {
    await publish('a.json', '{}')
    const first = await fetch(null)
    await publish('a.json', '[]')
    const second = await fetch(first.cursor)
    expect(names(second)).toEqual(['a.json'])
    expect(names(await fetch(second.cursor))).toEqual([])
  })

  test('a cursor that is not ours counts as none', async () => {
    await publish('a.json', '{}')
    for (const cursor of ['', 'x', '{}', '{"v":1,"files":{"a.json":7}}']) expect(names(await fetch(cursor))).toEqual(['a.json'])
  })

  test('a document that vanished is forgotten', async () => {
    await publish('a.json', '{}')
    await publish('b.json', '{}')
    const { cursor } = await fetch(null)
    await rm(join(folder, 'b.json'))
    const later = await fetch(cursor)
    await publish('b.json', '{}')
    expect(names(await fetch(later.cursor))).toEqual(['b.json'])
  })
})

describe('what is refused', () => {
  beforeEach(() => publish('good.json', '{}'))
  const reasons = async (): Promise<Record<string, string>> => {
    const batch = await fetch(null)
    expect(names(batch)).toEqual(['good.json'])
    return Object.fromEntries(batch.dropped.map((one) => [one.fileName, one.reason]))
  }

  test('a symbolic link, as a document or as a sidecar', async () => {
    await symlink(join(folder, 'good.json'), join(folder, 'link.json'))
    await put('b.json', '{}')
    await symlink('/etc/hostname', join(folder, 'b.json.asc'))
    expect(await reasons()).toEqual({ 'link.json': 'it is a symbolic link', 'b.json': 'it is a symbolic link' })
  })
  test('a folder, also under the name of a document', async () => {
    await mkdir(join(folder, '2024'))
    await mkdir(join(folder, 'x.json'))
    expect(Object.keys(await reasons())).toEqual(['2024', 'x.json'])
  })
  test.each(['a b.json', 'a;b.json', 'ü.json', 'a\nb.json', `${'x'.repeat(201)}.json`])('the name %j', async (name) => {
    await put(name, '{}')
    expect(await reasons()).toEqual({ [name]: 'its name has characters that no CSAF file name has' })
  })
  test('a document over the size cap, without reading it', async () => {
    await put('large.json', '')
    await truncate(join(folder, 'large.json'), 30_000_001)
    expect(await reasons()).toEqual({ 'large.json': 'it has 30000001 bytes, more than the 30000000 that are read' })
  })
  test('hidden and unfinished files are nobody’s business', async () => {
    await put('.hidden.json', '{}')
    await put('a.json.part', '{}')
    await put('README.md', 'x')
    expect(await reasons()).toEqual({})
  })
})

describe('half-written documents', () => {
  test('one that changes between two looks waits for the next fetch', async () => {
    await put('a.json', '{"half":')
    const source = createFolderSource({ id: 'sample', folder, settleMs: 200 })
    const fetching = source.fetch(null, new AbortController().signal)
    // The writer goes on writing for as long as the source looks.
    let done = false
    const watching = fetching.finally(() => {
      done = true
    })
    for (let i = 0; !done; i++) await put('a.json', `{"half": ${i}`)
    const batch = await watching
    expect(names(batch)).toEqual([])
    expect(batch.dropped).toEqual([{ fileName: 'a.json', reason: 'it is still being written' }])
    await publish('a.json', '{"half": false}')
    expect(names(await fetch(batch.cursor))).toEqual(['a.json'])
  })
  test('one whose hash proves it whole is taken at the first look', async () => {
    await publish('a.json', '{}')
    // A second look would outlast the test.
    expect(names(await fetch(null, 3_600_000))).toEqual(['a.json'])
  })
  test('one with a wrong hash that lies still is taken: it is for the checks to judge', async () => {
    await put('a.json', '{}')
    await put('a.json.sha512', digestOf(Buffer.from('[]'), 'sha512'))
    expect(names(await fetch(null))).toEqual(['a.json'])
  })
})

describe('the source as a whole fails', () => {
  test('no folder', async () => {
    const source = createFolderSource({ id: 'sample', folder: join(folder, 'none') })
    await expect(source.fetch(null, new AbortController().signal)).rejects.toMatchObject({ code: 'SOURCE_FAILED' })
  })
  test('no document: silence is not "nothing new"', async () => {
    await put('README.md', 'x')
    await expect(fetch(null)).rejects.toMatchObject({ code: 'SOURCE_FAILED' })
  })
  test('given up by its caller', async () => {
    await publish('a.json', '{}')
    const source = createFolderSource({ id: 'sample', folder })
    await expect(source.fetch(null, AbortSignal.abort())).rejects.toThrow()
  })
})
