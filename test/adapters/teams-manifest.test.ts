import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inflateRawSync } from 'node:zlib'
import draft04 from 'ajv-draft-04'
import formats from 'ajv-formats'
import { expect, onTestFinished, test } from 'vitest'
import { CALENDAR } from '../../src/app/doors/commands/calendar.ts'
import { LOOKS } from '../../src/app/doors/commands/looks.ts'
import { APP_ID } from '../support/teams.ts'

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

async function packed(args: readonly string[], env: Readonly<Record<string, string>>) {
  const folder = await mkdtemp(join(tmpdir(), 'patchcrier-teams-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const out = join(folder, 'app.zip')
  const given = { PATH: process.env.PATH ?? '', ...env }
  const ended = await new Promise<{ code: unknown; text: string }>((resolve) =>
    execFile(
      process.execPath,
      [path('../../src/cli.ts'), 'teams', 'package', '--out', out, ...args],
      { env: given },
      (error, stdout, stderr) => resolve({ code: error?.code ?? 0, text: stdout + stderr }),
    ),
  )
  return { ...ended, bytes: await readFile(out).catch(() => null) }
}

/** Files of a zip by name, by its central directory. */
function unzipped(zip: Buffer): Map<string, Buffer> {
  const files = new Map<string, Buffer>()
  let at = zip.readUInt32LE(zip.length - 22 + 16)
  for (let left = zip.readUInt16LE(zip.length - 22 + 10); left > 0; left--) {
    const [method, size, nameLength, extra, comment, local] = [10, 20, 28, 30, 32, 42].map((offset) =>
      offset === 20 || offset === 42 ? zip.readUInt32LE(at + offset) : zip.readUInt16LE(at + offset),
    ) as [number, number, number, number, number, number]
    const name = zip.toString('utf8', at + 46, at + 46 + nameLength)
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28)
    const content = zip.subarray(start, start + size)
    files.set(name, method === 8 ? inflateRawSync(content) : content)
    at += 46 + nameLength + extra + comment
  }
  return files
}

const sizeOf = (png: Buffer | undefined) => [png?.toString('latin1', 1, 4), png?.readUInt32BE(16), png?.readUInt32BE(20)]

test('the package is an app that Teams takes: manifest by the published schema, icons of their sizes, always the same bytes', async () => {
  const args = ['--site', 'https://intranet.norderhafen.example/patching']
  const { code, text, bytes } = await packed(args, { MICROSOFT_APP_ID: APP_ID })
  expect({ code, text }).toEqual({ code: 0, text: expect.stringMatching(/is ready to be uploaded to Teams\.\n$/) })
  const files = unzipped(bytes ?? Buffer.alloc(0))
  expect([...files.keys()].sort()).toEqual(['color.png', 'manifest.json', 'outline.png'])
  expect(sizeOf(files.get('color.png'))).toEqual(['PNG', 192, 192])
  expect(sizeOf(files.get('outline.png'))).toEqual(['PNG', 32, 32])

  const manifest = JSON.parse(files.get('manifest.json')?.toString('utf8') ?? '')
  const schema = JSON.parse((await readFile(path('../fixtures/teams/manifest-1.19.schema.json'), 'utf8')).replace(/^\uFEFF/, ''))
  const ajv = new draft04.default({ strict: false })
  formats.default(ajv as never)
  const valid = ajv.compile(schema)
  expect(valid(manifest) ? [] : valid.errors).toEqual([])
  expect(manifest).toMatchObject({ id: APP_ID, bots: [{ botId: APP_ID }], composeExtensions: [{ botId: APP_ID }] })
  expect(JSON.stringify(manifest)).not.toMatch(/\$\{\{/)
  expect((await packed(args, { MICROSOFT_APP_ID: APP_ID })).bytes).toEqual(bytes)
})

test('the commands that it offers are there', async () => {
  const manifest = JSON.parse(await readFile(path('../../manifests/teams/manifest.json'), 'utf8'))
  for (const { title } of manifest.bots[0].commandLists[0].commands)
    expect(['help', ...Object.keys({ ...LOOKS, ...CALENDAR })]).toContain(title)
})

test.each([
  ['without an id', [], {}, 1, /CONFIG_INVALID: MICROSOFT_APP_ID: expected the id/],
  ['with something else', [], { MICROSOFT_APP_ID: 'x"y' }, 1, /CONFIG_INVALID: MICROSOFT_APP_ID/],
  ['with a site that is none', ['--site', 'http://x'], { MICROSOFT_APP_ID: APP_ID }, 2, /--site: expected an https address/],
])('%s it says what is expected', async (_what, args, env, code, words) => {
  expect(await packed(args, env as Record<string, string>)).toMatchObject({ code, text: expect.stringMatching(words), bytes: null })
})
