import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Http } from '../../adapters/http.ts'
import { createPatchFiles, nameOf } from '../../adapters/patchfile/look.ts'
import { sweepPatchFiles } from '../../adapters/patchfile/sweep.ts'
import { httpsServer, LOOPBACK, type TestServer, testHttp } from '../support/https-server.ts'

let server: TestServer
let http: Http
let temporary: string
beforeAll(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'patchcrier-look-'))
  vi.stubEnv('TMPDIR', temporary)
  server = await httpsServer()
  http = testHttp()
})
afterAll(async () => {
  await http.close()
  await server.close()
  vi.unstubAllEnvs()
  await rm(temporary, { recursive: true })
})

const how = () => ({ allowNetworks: LOOPBACK, signal: new AbortController().signal, now: new Date('2026-11-26T12:00:00Z'), trust: [] })
const left = async () => readdir(temporary)
const seen: string[] = []
const files = (maxBytes = 1_000) =>
  createPatchFiles(http, {
    maxBytes,
    run: async (_, args) => {
      seen.push(basename(args.at(-1) ?? ''))
      return null
    },
  })

test('a file is hashed as it comes, shown to the tool of its kind under a name of ours, and removed', async () => {
  const before = await left()
  server.pages.set('/x/%24(touch%20x)%3B.rpm', 'abc')
  const { file, host, signature } = await files().look(server.at('/x/%24(touch%20x)%3B.rpm'), how())
  expect(file).toEqual({
    name: '__touch_x__.rpm',
    bytes: 3,
    sha256: createHash('sha256').update('abc').digest('hex'),
    sha512: createHash('sha512').update('abc').digest('hex'),
  })
  expect(host).toBe(server.host)
  expect(signature.outcome).toBe('unavailable')
  expect(seen).toEqual(['file.rpm'])
  expect(await left()).toEqual(before)
})

test('where it came from in the end is said', async () => {
  server.pages.set(
    '/moved.rpm',
    (_, response) => void response.writeHead(302, { location: `https://mirror.vendor.example:${server.port}/b.rpm` }).end(),
  )
  server.pages.set('/b.rpm', 'abc')
  const answer = files().look(server.at('/moved.rpm'), how())
  expect((await answer).host).toBe(`mirror.vendor.example:${server.port}`)
})

describe('nothing is taken, and nothing left, of', () => {
  test.each([
    ['a web page', '<!doctype html><html><body>Sign in</body></html>', 'a web page instead of a file'],
    ['nothing', '', 'nothing instead of a file'],
    ['more than the cap', 'x'.repeat(1_001), 'HTTP_TOO_LARGE'],
  ])('%s', async (_, page, story) => {
    const before = await left()
    server.pages.set('/page.exe', page)
    const error = await files()
      .look(server.at('/page.exe'), how())
      .catch((e: Error & { code?: string }) => `${e.code}: ${e.message}`)
    expect(error).toEqual(expect.stringContaining(story))
    expect(await left()).toEqual(before)
  })

  test('an address that is not there, not public, or not https', async () => {
    await expect(files().look(server.at('/none'), how())).rejects.toThrow('status 404 instead of a file')
    await expect(files().look(server.at('/b.rpm'), { ...how(), allowNetworks: [] })).rejects.toMatchObject({ code: 'HTTP_REFUSED' })
    await expect(files().look('http://vendor.example/b.rpm', how())).rejects.toMatchObject({ code: 'HTTP_REFUSED' })
  })
})

test.each([
  ['https://v.example/a/kernel-5.14.0-1.el9_2.x86_64.rpm?x=1', 'kernel-5.14.0-1.el9_2.x86_64.rpm'],
  ['https://v.example/%2e%2e%2f%2e%2e%2fetc%2fpasswd', '.._.._etc_passwd'],
  ['https://v.example/a%E2%80%AEgpj.exe', 'a_gpj.exe'],
  ['https://v.example/%3C!channel%3E', '__channel_'],
  ['https://v.example/%ff', '_ff'],
  ['https://v.example/', 'the file'],
  ['no address', 'the file'],
])('%s is called %s', (url, name) => expect(nameOf(url)).toBe(name))

test('what a killed process left is swept: only folders of ours, and none that may be in use', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'patchcrier-sweep-'))
  const now = Date.parse('2026-11-26T12:00:00Z')
  const made = async (name: string, minutes: number) => {
    await mkdir(join(folder, name))
    await writeFile(join(folder, name, 'file.rpm'), 'half')
    await utimes(join(folder, name), new Date(now), new Date(now - minutes * 60_000))
  }
  try {
    await made('patchcrier-file-AbCd01', 61)
    await made('patchcrier-file-AbCd02', 59)
    await made('patchcrier-file-AbCd03x', 500)
    await made('patchcrier-inventory-AbCd04', 500)
    await made('kept', 500)
    await symlink(join(folder, 'kept'), join(folder, 'patchcrier-file-AbCd05'))
    await writeFile(join(folder, 'patchcrier-file-AbCd06'), 'a file')
    const old = new Date(now - 500 * 60_000)
    await utimes(join(folder, 'patchcrier-file-AbCd06'), old, old)
    expect(await sweepPatchFiles(now, folder)).toBe(1)
    expect((await readdir(folder)).sort()).toEqual([
      'kept',
      'patchcrier-file-AbCd02',
      'patchcrier-file-AbCd03x',
      'patchcrier-file-AbCd05',
      'patchcrier-file-AbCd06',
      'patchcrier-inventory-AbCd04',
    ])
    expect(await readdir(join(folder, 'kept'))).toEqual(['file.rpm'])
    expect(await sweepPatchFiles(now, join(folder, 'is not there'))).toBe(0)
  } finally {
    await rm(folder, { recursive: true })
  }
})
