import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { SAMPLE_DATABASE } from '../../src/app/sample.ts'
import { readTokens } from '../../src/app/tokens.ts'
import { COMMANDS } from '../../src/cli/table.ts'
import { readConfig, secretName, secretsOf } from '../../src/config.ts'
import { type AuditHead, appendAudit } from '../../src/db/audit.ts'
import { type Database, openDatabase } from '../../src/db/database.ts'
import { type Embedded, openEmbedded } from '../../src/db/embedded.ts'
import { migrate } from '../../src/db/migrate.ts'
import { isServerOf, readPidFile } from '../../src/db/server/postmaster.ts'

const program = (name: string): string => fileURLToPath(new URL(`../../src/${name}.ts`, import.meta.url))

interface Ended {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Nothing of this machine's own settings reaches the program. */
function launch(file: string, args: readonly string[], folder: string, env: Readonly<Record<string, string>> = {}) {
  const own = { PATH: process.env.PATH ?? '', PATCHCRIER_DATA: folder, PATCHCRIER_LOG: 'silent', PORT: '0', ...env }
  return spawn(process.execPath, [program(file), ...args], { env: own, stdio: ['ignore', 'pipe', 'pipe'] })
}

async function run(file: string, args: readonly string[], folder: string, env?: Readonly<Record<string, string>>): Promise<Ended> {
  const child = launch(file, args, folder, env)
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  return { code: child.exitCode ?? -1, out, err }
}

const patchcrier = (args: string, folder: string, env?: Readonly<Record<string, string>>): Promise<Ended> =>
  run('cli', args === '' ? [] : args.split(' '), folder, env)

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'patchcrier-cli-'))
  // So that root's server account can enter, as it can an ordinary project folder.
  await chmod(folder, 0o755)
  return folder
}

async function removeFolder(folder: string): Promise<void> {
  const cluster = join(folder, 'postgres', 'cluster')
  const left = readPidFile(cluster)
  if (left && isServerOf(left.pid, cluster)) process.kill(left.pid, 'SIGQUIT')
  await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
}

async function folderOfTest(): Promise<string> {
  const folder = await newFolder()
  onTestFinished(() => removeFolder(folder))
  return folder
}

/** Waits for the address that a bot says; the lines behind it are read away. */
async function address(out: Readable): Promise<string> {
  const lines = createInterface({ input: out })
  return new Promise((resolve, reject) => {
    lines.on('close', () => reject(new Error('the bot ended before it said its address')))
    lines.on('line', (line) => {
      const url = /^Open (http:\S+?)\/?$/.exec(line)?.[1]
      if (url) resolve(url)
    })
  })
}

/** A bot that has said its address; ended with the test at the latest. */
async function bot(
  file: 'main' | 'cli',
  folder: string,
): Promise<{ pid: number | undefined; url: string; stop(): Promise<number | null> }> {
  const child = launch(file, file === 'cli' ? ['start'] : [], folder)
  const ended = once(child, 'exit')
  child.stderr.pipe(process.stderr)
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
  })
  const url = await address(child.stdout)
  return {
    pid: child.pid,
    url,
    stop: async () => {
      child.kill('SIGINT')
      await ended
      return child.exitCode
    },
  }
}

/** What a test that failed left of a shell and its bot. */
function endGroup({ pid }: ChildProcess): void {
  try {
    process.kill(-(pid ?? Number.NaN), 'SIGKILL')
  } catch {
    // Gone already.
  }
}

describe.concurrent('words', () => {
  test.each(['help', '--help'])('%s tells every command and exits 0', async (args) => {
    const { code, out, err } = await patchcrier(args, '/nowhere')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    for (const command of Object.keys(COMMANDS)) expect(out).toMatch(new RegExp(`^ {2}${command}\\b`, 'm'))
  })

  test('a command tells what may stand behind it', async () => {
    const { code, out, err } = await patchcrier('audit verify --head 12 --help', '/nowhere')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toContain('audit verify [--head SEQ:HASH] [--json]')
    expect(out).not.toContain('token')
  })

  test.each<[string, RegExp]>([
    ['', /expected a command/],
    ['tokens', /"tokens" is not a command\. Did you mean `token`\?/],
    ['audit verfy', /"audit verfy" is not a command\. Did you mean `audit verify`\?/],
    ['audit', /Did you mean `audit verify`\?/],
    ['token --json', /Unknown option '--json'/],
    ['token ana', /expected nothing more; got "ana"/],
    ['audit verify --head 12', /--head: expected the number of a record, a colon and its 64 hex digits; got "12"/],
    [`audit verify --head 12:${'g'.repeat(64)}`, /--head: expected the number of a record/],
  ])('"%s" is wrong use: it says why, tells the commands and exits 2', async (args, why) => {
    const { code, out, err } = await patchcrier(args, '/nowhere')
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toMatch(why)
    expect(err).toContain('usage: ')
  })
})

describe('token', () => {
  test('prints the same tokens again, a name and a token a line; the file is for nobody else', async () => {
    const folder = await folderOfTest()
    const first = await patchcrier('token', folder)
    const second = await patchcrier('token', folder)
    expect(first).toMatchObject({ code: 0, err: '' })
    expect(second).toEqual(first)
    const lines = first.out.trimEnd().split('\n')
    expect(lines[0]).toMatch(/^reports [\w-]{43}$/)
    expect(lines.length).toBeGreaterThan(5)
    for (const line of lines) expect(line).toMatch(/^[\w-]+ [\w-]{43}$/)
    expect(new Set(lines.map((line) => line.split(' ')[1])).size).toBe(lines.length)
    const { mode } = await stat(join(folder, 'tokens.json'))
    expect(mode & 0o777).toBe(0o600)
  })

  test('needs no more than the data folder: what would stop the bot does not stop it', async () => {
    const folder = await folderOfTest()
    const { code } = await patchcrier('token', folder, { SLACK_BOT_TOKEN: 'xoxb-1', PORT: 'none' })
    expect(code).toBe(0)
  })

  test('who came into the policy later gets a token, who left it has none; the others keep theirs', async () => {
    const folder = await folderOfTest()
    const before = await readTokens(folder, ['ana', 'ben'])
    const after = await readTokens(folder, ['ben', 'chiara'])
    expect(after.reports).toBe(before.reports)
    expect(after.people.map(({ person }) => person)).toEqual(['ben', 'chiara'])
    expect(after.people[0]).toEqual(before.people[1])
    expect(await readTokens(folder, ['ana', 'ben', 'chiara'])).toEqual({
      reports: before.reports,
      people: [...before.people, after.people[1]],
    })
    const { mode } = await stat(join(folder, 'tokens.json'))
    expect(mode & 0o777).toBe(0o600)
  })

  test('a damaged file is said, not replaced', async () => {
    const folder = await folderOfTest()
    await writeFile(join(folder, 'tokens.json'), '{"reports": ')
    const { code, out, err } = await patchcrier('token', folder)
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toMatch(/^CONFIG_INVALID: .*tokens\.json.*damaged/)
  })

  test('an empty name of the folder is refused', async () => {
    expect(await patchcrier('token', '')).toMatchObject({ code: 1, err: expect.stringMatching(/^CONFIG_INVALID: PATCHCRIER_DATA/) })
  })
})

describe('audit verify on a chain of 8', () => {
  let folder: string
  let server: Embedded
  let db: Database
  let heads: AuditHead[]

  beforeAll(async () => {
    folder = await newFolder()
    server = await openEmbedded({ folder: join(folder, 'postgres'), log: () => undefined })
    await server.ensureDatabase(SAMPLE_DATABASE)
    await migrate(server.url(SAMPLE_DATABASE))
    db = await openDatabase(server.url(SAMPLE_DATABASE), { poolSize: 2 })
    // The key would be in the way of swapping by one statement.
    await db.$executeRaw`ALTER TABLE "AuditRecord" DROP CONSTRAINT "AuditRecord_pkey"`
  })
  afterAll(async () => {
    await db.close()
    await server.stop()
    await removeFolder(folder)
  })
  beforeEach(async () => {
    await db.$executeRaw`TRUNCATE "AuditRecord"`
    heads = []
    for (let n = 1; n <= 8; n += 1) {
      const entry = { at: new Date('2026-11-23T14:05:00Z'), actor: 'dana', action: 'approve', subject: `change:${n}`, detail: { n } }
      heads.push(await db.$transaction((tx) => appendAudit(tx, entry)))
    }
  })
  const noted = (seq: number): string => `${seq}:${heads[seq - 1]?.hash}`

  test('whole: it says how many and the head, exits 0, and leaves the server to those who use it', async () => {
    expect(await patchcrier('audit verify', folder)).toEqual({ code: 0, out: `ok, 8 records, head ${noted(8)}\n`, err: '' })
    expect(await db.auditRecord.count()).toBe(8)
  })

  test('whole behind a head noted earlier, in JSON; the case of the digits does not matter', async () => {
    const { code, out } = await patchcrier(`audit verify --json --head ${noted(3).toUpperCase()}`, folder)
    expect(code).toBe(0)
    expect(JSON.parse(out)).toEqual({ ok: true, records: 8, head: noted(8) })
  })

  const fit = `hash = encode(sha256(convert_to(previous || '{}', 'UTF8')), 'hex')`
  test.each<[string, string, { record: number; flaw: string }]>([
    ['edited', `UPDATE "AuditRecord" SET body = replace(body, 'dana', 'eve') WHERE seq = 4`, { record: 4, flaw: 'edited' }],
    ['edited, its hash made to fit', `UPDATE "AuditRecord" SET body = '{}', ${fit} WHERE seq = 4`, { record: 5, flaw: 'swapped' }],
    ['middle deleted', `DELETE FROM "AuditRecord" WHERE seq = 4`, { record: 4, flaw: 'missing' }],
    ['two swapped', `UPDATE "AuditRecord" SET seq = 9 - seq WHERE seq IN (4, 5)`, { record: 4, flaw: 'swapped' }],
    ['last deleted', `DELETE FROM "AuditRecord" WHERE seq = 8`, { record: 8, flaw: 'head missing' }],
    ['last rewritten', `UPDATE "AuditRecord" SET body = '{}', ${fit} WHERE seq = 8`, { record: 8, flaw: 'rewritten' }],
  ])('%s: found behind a noted head, its record named, exit 1', async (_what, sql, { record, flaw }) => {
    await db.$executeRawUnsafe(sql)
    const { code, out } = await patchcrier(`audit verify --json --head=${noted(8)}`, folder)
    expect(code).toBe(1)
    expect(JSON.parse(out)).toEqual({ ok: false, record, flaw, text: expect.stringMatching(/record \d/) })
  })

  test('a flaw in words: the record and what is wrong with it', async () => {
    await db.$executeRaw`DELETE FROM "AuditRecord" WHERE seq = 4`
    const out = 'NOT ok at record 4, missing: record 4 is missing; the next one there is 5\n'
    expect(await patchcrier('audit verify', folder)).toEqual({ code: 1, out, err: '' })
  })

  test('without a noted head the last record can go unseen: that is why the head is posted', async () => {
    await db.$executeRaw`DELETE FROM "AuditRecord" WHERE seq = 8`
    expect(await patchcrier('audit verify', folder)).toMatchObject({ code: 0, out: expect.stringMatching(/^ok, 7 records/) })
  })
})

describe('audit verify and the bot', () => {
  test('where no bot ever ran nothing is made and nothing is called good', async () => {
    const folder = await folderOfTest()
    const { code, out, err } = await patchcrier('audit verify', folder)
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toMatch(/^DATABASE_UNAVAILABLE: .*expected the data of a bot that was started/)
    await expect(stat(join(folder, 'postgres'))).rejects.toThrow('ENOENT')
  })

  test('it joins the server of a bot that runs, and runs the server itself when none does', async () => {
    const folder = await folderOfTest()
    const running = await bot('cli', folder)
    const beside = await patchcrier('audit verify', folder)
    expect(beside).toMatchObject({ code: 0, out: expect.stringMatching(/^ok, [1-9]\d* records, head \d+:[0-9a-f]{64}\n$/) })
    expect((await fetch(`${running.url}/healthz`)).status).toBe(200)
    expect(await running.stop()).toBe(0)

    const head = /head (\S+)/.exec(beside.out)?.[1]
    expect(await patchcrier(`audit verify --head ${head}`, folder)).toMatchObject({ code: 0, err: '' })
    expect(readPidFile(join(folder, 'postgres', 'cluster'))).toBeNull()
  })
})

describe('start', () => {
  test.skipIf(process.platform === 'win32')('a signal to npm ends its shell; the bot stops, too, and its database', async () => {
    const folder = await folderOfTest()
    const env = { PATH: process.env.PATH ?? '', PATCHCRIER_DATA: folder, PATCHCRIER_LOG: 'silent', PORT: '0', npm_lifecycle_event: 'start' }
    // With a command behind it, so that no shell replaces itself by the bot.
    const line = ['-c', '"$0" "$1"; exit $?', process.execPath, program('main')]
    const shell = spawn('sh', line, { env, stdio: ['ignore', 'pipe', 'inherit'], detached: true })
    onTestFinished(() => endGroup(shell))
    await address(shell.stdout)
    shell.kill('SIGTERM')
    // The bot has this pipe open as long as it lives.
    await once(shell, 'close')
    expect(readPidFile(join(folder, 'postgres', 'cluster'))).toBeNull()
  })

  test('a second bot on the same data says who holds it and exits 1; the first does not mind', async () => {
    const folder = await folderOfTest()
    const first = await bot('main', folder)
    const second = await run('main', [], folder)
    expect(second).toEqual({
      code: 1,
      out: '',
      err: expect.stringMatching(new RegExp(`^DATABASE_HELD: Another bot holds this data: patchcrier pid ${first.pid} on `)),
    })
    expect((await fetch(`${first.url}/healthz`)).status).toBe(200)
    expect(await first.stop()).toBe(0)
  })

  test.each([
    'main',
    'cli',
  ] as const)('with chat credentials %s stops and says all that is missing or wrong, without the secret', async (file) => {
    const folder = await folderOfTest()
    const { code, out, err } = await run(file, file === 'cli' ? ['start'] : [], folder, { SLACK_BOT_TOKEN: 'xoxb-secret', PORT: '-1' })
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toMatch(
      /^CONFIG_INVALID: PORT: expected 0 to 65535; got "-1"\nSlack: SLACK_BOT_TOKEN is set.*\n.*missing: SLACK_APP_TOKEN \(Socket Mode\) or SLACK_SIGNING_SECRET/,
    )
    expect(err).not.toContain('xoxb-secret')
    await expect(stat(join(folder, 'postgres'))).rejects.toThrow('ENOENT')
  })

  test.each<[string, Record<string, string>, RegExp]>([
    ['all of Slack', { SLACK_BOT_TOKEN: 's3cret', SLACK_SIGNING_SECRET: 's3cret' }, /SLACK_SIGNING_SECRET are set.*Missing: the policy of/],
    ['half of Teams', { MICROSOFT_APP_ID: 's3cret' }, /Teams: .*missing: MICROSOFT_APP_PASSWORD\..*missing: MICROSOFT_APP_TENANT_ID\./s],
    [
      'some of both',
      { SLACK_SIGNING_SECRET: 's3cret', MICROSOFT_APP_ID: 's3cret' },
      /missing: SLACK_BOT_TOKEN\..*missing: MICROSOFT_APP_PASSWORD/s,
    ],
  ])('what else of the credentials is given: %s', (_what, env, missing) => {
    expect(() => readConfig(env)).toThrow(missing)
    expect(() => readConfig(env)).not.toThrow(/s3cret/)
  })

  test('a proxy is taken by its address, whose password is a secret', () => {
    const proxy = 'http://bot:s3cret%21@proxy.example:3128'
    const config = readConfig({ PATCHCRIER_PROXY: proxy })
    expect(config.proxy).toBe(proxy)
    expect(secretsOf(config)).toEqual(['s3cret%21', 's3cret!'])
    expect(readConfig({}).proxy).toBeNull()
    expect(() => readConfig({ PATCHCRIER_PROXY: 'socks5://bot:s3cret@proxy.example' })).toThrow(/PATCHCRIER_PROXY: expected http/)
    expect(() => readConfig({ PATCHCRIER_PROXY: 'socks5://bot:s3cret@proxy.example' })).not.toThrow(/s3cret/)
  })

  test('secrets of mailboxes are taken by the name of their source, and are secrets', () => {
    const config = readConfig({
      MAILBOX_PASSWORD_VENDOR_MAIL: 's3cret',
      MAILBOX_CLIENT_SECRET_M365: 'cl1ent',
      MAILBOX_REFRESH_TOKEN_GOOGLE: 'r3fresh',
      MAILBOX_PASSWORD_EMPTY: '',
    })
    expect(config.mailboxes).toEqual({
      [secretName('MAILBOX_PASSWORD', 'vendor-mail')]: 's3cret',
      [secretName('MAILBOX_CLIENT_SECRET', 'm365')]: 'cl1ent',
      [secretName('MAILBOX_REFRESH_TOKEN', 'google')]: 'r3fresh',
    })
    expect(secretsOf(config)).toEqual(['s3cret', 'cl1ent', 'r3fresh'])
  })
})
