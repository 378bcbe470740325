import { readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { describe, expect, test } from 'vitest'
import { breaches, importsOf, roomOf, type Tree } from './support/architecture.ts'
import { blindReads } from './support/raw-sql.ts'

const ROOT = new URL('..', import.meta.url).pathname

/** All source files of `src` and `adapters`; what Prisma generates is not ours. */
function house(): Tree {
  const files = ['src', 'adapters'].flatMap((top) =>
    readdirSync(join(ROOT, top), { recursive: true, encoding: 'utf8' }).map((path) => `${top}/${path.split(sep).join('/')}`),
  )
  const ours = files.filter((path) => /\.(ts|js|mjs|cjs)$/.test(path) && !path.startsWith('src/db/generated/'))
  return new Map(ours.map((path) => [path, readFileSync(join(ROOT, path), 'utf8')]))
}

/** What is let through, each for a reason of its own. One that is not needed any more fails the test. */
const ALLOWED: readonly string[] = [
  // The database server is a program of its own and needs the machine's PATH and folders; it gets nothing else of the environment.
  'src/db/server/cluster.ts reads the environment',
]

describe('the house stands as planned', () => {
  const tree = house()

  test('nothing breaches the plan', () => {
    expect(breaches(tree)).toEqual([...ALLOWED].sort())
  })

  test('Microsoft’s library is known to one folder', () => {
    const knowing = [...tree].filter(([, text]) => importsOf(text).some((one) => /^bot(builder|framework)/.test(one))).map(([path]) => path)
    expect(knowing.filter((path) => !path.startsWith('adapters/teams/botframework/'))).toEqual([])
    expect(knowing).toContain('adapters/teams/botframework/verify.ts')
  })

  test('SQL reads of a change’s state what it is now, not what was saved last', () => {
    expect(blindReads(tree)).toEqual([])
  })

  test.each([
    'adapters/slack',
    'adapters/teams',
  ])('%s is less than 1,200 lines: what grows there belongs to the cards, or to both', (room) => {
    const lines = [...tree].filter(([path]) => path.startsWith(`${room}/`)).map(([, text]) => text.trimEnd().split('\n').length)
    const sum = lines.reduce((all, one) => all + one, 0)
    expect(sum).toBeGreaterThan(500)
    expect(sum).toBeLessThan(1_200)
  })

  test('and the test has seen the house', () => {
    const rooms = new Set([...tree.keys()].map(roomOf))
    expect([...rooms]).toEqual(
      expect.arrayContaining(['core', 'cards', 'ports', 'db', 'app', 'wire', 'adapters/slack', 'adapters/web', 'adapters/sources/csaf']),
    )
    expect(importsOf(tree.get('src/ports.ts') ?? '')).toContain('./cards/card.ts')
  })
})

const only = (path: string, text: string): readonly string[] => breaches(new Map([[path, text]]))

describe('who may import whom: a planted breach is found', () => {
  test.each([
    ['src/core/x/a.ts', '../../cards/card.ts', 'src/cards/card.ts'],
    ['src/core/a.ts', '../app/change.ts', 'src/app/change.ts'],
    ['src/core/a.ts', '../ports.ts', 'src/ports.ts'],
    ['src/core/a.ts', '../db/audit.ts', 'src/db/audit.ts'],
    ['src/cards/a.ts', '../app/change.ts', 'src/app/change.ts'],
    ['src/cards/a.ts', '../ports.ts', 'src/ports.ts'],
    ['src/ports.ts', './app/change.ts', 'src/app/change.ts'],
    ['src/db/a.ts', '../cards/card.ts', 'src/cards/card.ts'],
    ['src/db/a.ts', '../app/change.ts', 'src/app/change.ts'],
    ['src/app/a.ts', '../../adapters/web/index.ts', 'adapters/web/index.ts'],
    ['src/app/a.ts', '../config.ts', 'src/config.ts'],
    ['adapters/slack/a.ts', '../../src/app/change.ts', 'src/app/change.ts'],
    ['adapters/slack/a.ts', '../../src/db/audit.ts', 'src/db/audit.ts'],
    ['adapters/slack/a.ts', '../web/index.ts', 'adapters/web/index.ts'],
    ['adapters/slack/a.ts', '../../src/main.ts', 'src/main.ts'],
    ['adapters/sources/csaf/a.ts', '../msrc/index.ts', 'adapters/sources/msrc/index.ts'],
    ['adapters/sources/csaf/a.ts', '../../runners/manual/index.ts', 'adapters/runners/manual/index.ts'],
    ['adapters/http.ts', '../src/app/change.ts', 'src/app/change.ts'],
    ['adapters/http/a.ts', '../../src/ports.ts', 'src/ports.ts'],
    ['adapters/chat/a.ts', '../slack/a.ts', 'adapters/slack/a.ts'],
    ['adapters/chat/a.ts', '../../src/app/change.ts', 'src/app/change.ts'],
    ['adapters/reader.ts', './http.ts', 'adapters/http.ts'],
    ['adapters/html.ts', './mail/read.ts', 'adapters/mail/read.ts'],
  ])('%s -> %s', (path, specifier, target) => {
    expect(only(path, `import { x } from '${specifier}'\n`)).toEqual([`${path} imports ${target}`])
  })

  test.each([
    ['src/core/a.ts', './b.ts'],
    ['src/core/x/a.ts', '../policy.ts'],
    ['src/cards/a.ts', '../core/policy.ts'],
    ['src/ports.ts', './cards/card.ts'],
    ['src/db/a.ts', '../core/fault.ts'],
    ['src/app/a.ts', '../db/audit.ts'],
    ['src/app/a.ts', '../ports.ts'],
    ['adapters/slack/a.ts', '../../src/ports.ts'],
    ['adapters/slack/a.ts', '../http.ts'],
    ['adapters/slack/a.ts', '../chat/a.ts'],
    ['adapters/teams/a.ts', '../html.ts'],
    ['adapters/chat/a.ts', '../http/capped.ts'],
    ['adapters/sources/csaf/a.ts', '../../http.ts'],
    ['adapters/sources/csaf/a.ts', '../../reader.ts'],
    ['adapters/http.ts', './http/address.ts'],
    ['adapters/sources/csaf/deep/a.ts', '../b.ts'],
    ['src/main.ts', '../adapters/web/index.ts'],
    ['src/cli.ts', './app/ingest.ts'],
  ])('%s -> %s is as planned', (path, specifier) => {
    expect(only(path, `import { x } from '${specifier}'\n`)).toEqual([])
  })

  test.each([
    ['src/core/a.ts', 'node:fs'],
    ['src/core/a.ts', 'node:child_process'],
    ['src/core/a.ts', 'pino'],
    ['src/core/a.ts', '@prisma/client/runtime'],
    ['src/cards/a.ts', 'node:net'],
    ['src/cards/a.ts', 'zod'],
    ['src/app/a.ts', 'pg'],
    ['src/app/a.ts', '@slack/bolt'],
    ['adapters/slack/a.ts', 'botbuilder'],
    ['adapters/slack/a.ts', 'botframework-connector/lib/auth'],
    ['adapters/chat/a.ts', '@slack/bolt'],
    ['adapters/chat/a.ts', 'botbuilder'],
    ['adapters/web/a.ts', 'pg-boss'],
    ['src/main.ts', '@prisma/client'],
  ])('%s -> %s', (path, specifier) => {
    expect(only(path, `import x from '${specifier}'\n`)).toEqual([`${path} imports ${specifier}`])
  })

  test.each([
    ['src/core/a.ts', 'luxon'],
    ['src/core/a.ts', 'node:crypto'],
    ['src/app/a.ts', 'zod'],
    ['src/db/a.ts', '@prisma/client'],
    ['adapters/slack/a.ts', '@slack/bolt'],
  ])('%s -> %s is as planned', (path, specifier) => {
    expect(only(path, `import x from '${specifier}'\n`)).toEqual([])
  })

  test.each(['src/helpers.ts', 'src/util/x.ts', 'adapters/shared.ts', 'adapters/sources/shared.ts'])('%s stands in no room', (path) => {
    expect(only(path, 'export const x = 1\n')).toEqual([`${path} stands in no room`])
  })
})

describe('every way to import is seen', () => {
  test.each([
    ["import { a } from './x.ts'", ['./x.ts']],
    ["import type { A } from './x.ts'", ['./x.ts']],
    ["import a, * as b from './x.ts'", ['./x.ts']],
    ["import './x.ts'", ['./x.ts']],
    ["import {\n  a,\n  b,\n} from './x.ts'", ['./x.ts']],
    ["export { a } from './x.ts'", ['./x.ts']],
    ["export * from './x.ts'", ['./x.ts']],
    ["export type { A } from './x.ts'", ['./x.ts']],
    ['import a from "./x.ts"', ['./x.ts']],
    ["const a = await import('./x.ts')", ['./x.ts']],
    ["type A = import('./x.ts').A", ['./x.ts']],
    ["const a = require('./x.ts')", ['./x.ts']],
    ["export const a = 1\nexport { b } from './x.ts'\nimport c from './y.ts'", ['./x.ts', './y.ts']],
    ["// import a from './x.ts'", []],
    ["/* import a from './x.ts' */", []],
    ["export const a = 'from ./x.ts'", []],
    ["const a = 'import'", []],
  ])('%j', (text, specifiers) => {
    expect(importsOf(text)).toEqual(specifiers)
  })
})

describe('what the pure rooms may not do', () => {
  test.each([
    ['Date.now()', 'Date.now'],
    ['new Date()', 'new Date()'],
    ['new Date( )', 'new Date()'],
    ['DateTime.now()', 'the clock by luxon'],
    ['DateTime.utc()', 'the clock by luxon'],
    ['performance.now()', 'performance'],
    ['Math.random()', 'Math.random'],
    ['randomUUID()', 'randomness of node:crypto'],
    ['setTimeout(f, 1)', 'a timer'],
    ['fetch(url)', 'fetch'],
    ['process.cwd()', 'process'],
    ['import(name)', 'an import that is computed'],
  ])('%s', (code, what) => {
    for (const path of ['src/core/a.ts', 'src/cards/a.ts']) expect(only(path, `const x = ${code}\n`)).toEqual([`${path} uses ${what}`])
    expect(only('src/app/a.ts', `const x = ${code}\n`)).toEqual([])
  })

  test('a given time is no clock, and words in a comment do nothing', () => {
    expect(only('src/core/a.ts', '// Date.now() is not for us\n/** nor new Date() */\nconst x = new Date(at)\n')).toEqual([])
  })

  test('the environment is read in config.ts alone', () => {
    expect(only('src/app/a.ts', 'const x = process.env.PORT\n')).toEqual(['src/app/a.ts reads the environment'])
    expect(only('src/app/a.ts', "import { env } from 'node:process'\n")).toEqual(['src/app/a.ts reads the environment'])
    expect(only('src/config.ts', 'const x = process.env.PORT\n')).toEqual([])
  })

  test('a table with any text as its names is looked into by own()', () => {
    const said = (code: string) => only('adapters/slack/a.ts', code)
    const table = 'const WORDS: Readonly<Record<string, string>> = {}\n'
    const breach = ['adapters/slack/a.ts looks into WORDS without own()']
    expect(said(`${table}const x = WORDS[word] ?? ''\n`)).toEqual(breach)
    expect(said(`${table}const x = WORDS[(word ?? '').trim()]\n`)).toEqual(breach)
    expect(said(`const f = (WORDS?: Record<string, number>) => WORDS?.[word]\n`)).toEqual(breach)
    expect(said(`interface A {\n  readonly WORDS: Partial<Record<string, B>>\n}\nconst f = (a: A) => a.WORDS[word]\n`)).toEqual(breach)
    expect(said(`${table}WORDS[word] = 'x'\n`)).toEqual(breach)
    expect(said(`type Table = Readonly<Record<string, string>>\nconst WORDS: Table = {}\nconst x = WORDS[word]\n`)).toEqual(breach)
    expect(said(`${table}const x = own(WORDS, word)\nconst y = WORDS['yes']\n`)).toEqual([])
    expect(said("const WORDS: Readonly<Record<'a' | 'b', string>> = { a: '', b: '' }\nconst x = WORDS[letter]\n")).toEqual([])
  })

  test('a file is not longer than 300 lines', () => {
    const lines = (n: number) => '\n'.repeat(n)
    expect(only('src/app/a.ts', lines(300))).toEqual([])
    expect(only('src/app/a.ts', lines(301))).toEqual(['src/app/a.ts has 301 lines'])
  })
})

describe('SQL that reads what clicks change beside a state', () => {
  const read = (sql: string): readonly string[] => blindReads(new Map([['src/app/a.ts', `const rows = await db.$queryRaw\`${sql}\`\n`]]))

  test.each([
    [`SELECT "id" FROM "Change" WHERE "state" -> 'submission' IS NOT NULL`, 'submission'],
    [`SELECT state->>'review' FROM "Change"`, 'review'],
    [`SELECT c."state" #>> '{submission,digest}' FROM "Change" c`, 'submission'],
    [`SELECT "id" FROM "Change" WHERE "state" ? 'review'`, 'review'],
    [`SELECT "id" FROM "Change" WHERE "state" @> '{"tests": []}'`, 'tests'],
    [`SELECT "id" FROM "Change" WHERE "state" @? '$.acts[*]'`, 'acts'],
    [`SELECT "id" FROM "Change" WHERE jsonb_path_exists("state", '$.tests[*] ? (@.result == "bad")')`, 'tests'],
    [`SELECT 1 FROM "Change" c, jsonb_array_elements(c."state" -> 'acts') a`, 'acts'],
    [`SELECT 1 FROM "Change" c, jsonb_extract_path(c.state, 'review', 'closed') a`, 'review'],
  ])('%s', (sql, member) => {
    expect(read(sql)).toEqual([`src/app/a.ts reads "${member}" of a state as it was saved`])
  })

  test.each([
    'SELECT "state" FROM "Change" WHERE "id" = 1',
    'SELECT c.id, c.state AS was FROM "Change" c',
    'SELECT "version", "state", "phase" FROM "Change"',
  ])('%s', (sql) => {
    expect(read(sql)).toEqual(['src/app/a.ts reads a state without "later"'])
  })

  test.each([
    `SELECT "patched"("state", "later") -> 'submission' FROM "Change"`,
    `SELECT "id" FROM "Change" c WHERE jsonb_path_exists("patched"(c."state", c."later"), '$.tests[*]')`,
    'SELECT "state", "later", "version" FROM "Change" WHERE "id" = 1',
    `SELECT "id" FROM "Change" WHERE "state" -> 'hosts' IS NOT NULL`,
    `UPDATE "Change" SET "phase" = 'closed', "state" = '{}' WHERE "id" = 1`,
    'SELECT "host", "state" FROM "RolloutHost"',
  ])('is right: %s', (sql) => {
    expect(read(sql)).toEqual([])
  })

  test('a comment reads nothing, nor does what is no SQL', () => {
    expect(blindReads(new Map([['src/app/a.ts', `// "state" -> 'acts'\nconst x = state ? 'tests' : of(state, 'review')\n`]]))).toEqual([])
  })
})

describe('no circle of imports', () => {
  const file = (name: string, ...imports: readonly string[]) =>
    [`src/core/${name}.ts`, imports.map((i) => `import { x } from './${i}.ts'\n`).join('')] as const

  test('of two, of three, of one, and each told once', () => {
    const tree = new Map([file('a', 'b'), file('b', 'a', 'c'), file('c', 'd'), file('d', 'e'), file('e', 'c'), file('f', 'f', 'a')])
    expect(breaches(tree)).toEqual([
      'a circle: src/core/a.ts -> src/core/b.ts',
      'a circle: src/core/c.ts -> src/core/d.ts -> src/core/e.ts',
      'a circle: src/core/f.ts',
    ])
  })

  test('a type is gone when the file is loaded', () => {
    expect(
      breaches(new Map([file('a', 'b'), ['src/core/b.ts', "import type {\n  X,\n} from './a.ts'\nexport type { X } from './a.ts'\n"]])),
    ).toEqual([])
  })

  test('two ways to the same file are none', () => {
    expect(breaches(new Map([file('a', 'b', 'c'), file('b', 'd'), file('c', 'd'), file('d')]))).toEqual([])
  })
})
