import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { type Embedded, openEmbedded } from '../../src/db/embedded.ts'
import { isServerOf, processesIn } from '../../src/db/server/postmaster.ts'

const asRoot = process.getuid?.() === 0
const onLinux = process.platform === 'linux'

let base: string
let folder: string
const log: string[] = []

beforeEach(async () => {
  log.length = 0
  base = await mkdtemp(join(tmpdir(), 'embedded-'))
  // So that root's server account can enter, as it can an ordinary project folder.
  await chmod(base, 0o755)
  folder = join(base, 'postgres')
})
afterEach(async () => {
  const pid = pidInFile()
  if (pid && isServerOf(pid, cluster())) process.kill(pid, 'SIGQUIT')
  if (pid) await ended(pid)
  await rm(base, { recursive: true, force: true, maxRetries: 5 })
})

const cluster = () => join(folder, 'cluster')
const open = (): Promise<Embedded> => openEmbedded({ folder, elsewhere: join(base, 'elsewhere'), log: (line) => log.push(line) })
const ended = (pid: number) => vi.waitFor(() => expect(isServerOf(pid, cluster())).toBe(false), { timeout: 20_000 })

function pidInFile(): number | null {
  const file = join(cluster(), 'postmaster.pid')
  return existsSync(file) ? Number.parseInt(readFileSync(file, 'utf8'), 10) : null
}

async function ask<T extends pg.QueryResultRow>(server: Embedded, sql: string, database = 'postgres'): Promise<T[]> {
  const client = new pg.Client({ connectionString: server.url(database) })
  await client.connect()
  try {
    return (await client.query<T>(sql)).rows
  } finally {
    await client.end()
  }
}

/** Another process that has the same folder open. */
async function otherProcess(): Promise<{ process: ChildProcess; pid: number; adopted: boolean }> {
  const child = startOther()
  const [line] = await once(createInterface({ input: child.stdout }), 'line')
  return { process: child, ...JSON.parse(String(line)) }
}

function startOther() {
  const script = fileURLToPath(new URL('../support/embedded-process.ts', import.meta.url))
  const child = spawn(process.execPath, [script, folder, join(base, 'elsewhere')], { stdio: ['pipe', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

async function killed(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL')
  if (child.signalCode === null) await once(child, 'exit')
}

describe('an ordinary life', () => {
  test('made, stopped, started again with its data; the secret is for nobody else', async () => {
    const first = await open()
    expect(first.adopted).toBe(false)
    await first.ensureDatabase('ops "1"')
    await first.ensureDatabase('ops "1"')
    await ask(first, 'CREATE TABLE kept AS SELECT 42 AS answer', 'ops "1"')
    await first.stop()
    await first.stop()
    expect(isServerOf(first.pid, cluster())).toBe(false)
    expect((await stat(join(folder, 'server.json'))).mode & 0o777).toBe(0o600)
    expect((await stat(folder)).mode & 0o777).toBe(0o700)

    const second = await open()
    expect(second.adopted).toBe(false)
    expect(await ask(second, 'SELECT answer FROM kept', 'ops "1"')).toEqual([{ answer: 42 }])
    await second.stop()
  })

  test('it listens on the loopback address alone, wants the password, writes through to the disk, and orders text by code point', async () => {
    const server = await open()
    const settings = ['listen_addresses', 'unix_socket_directories', 'fsync', 'synchronous_commit', 'TimeZone']
    const rows = await ask<{ name: string; setting: string }>(
      server,
      `SELECT name, setting FROM pg_settings WHERE name IN ('${settings.join("','")}')`,
    )
    expect(Object.fromEntries(rows.map(({ name, setting }) => [name, setting]))).toEqual({
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      fsync: 'on',
      synchronous_commit: 'on',
      TimeZone: 'UTC',
    })
    const wrong = new URL(server.url('postgres'))
    wrong.password = 'wrong'
    await expect(new pg.Client({ connectionString: wrong.href }).connect()).rejects.toThrow('password authentication failed')
    expect(await ask(server, `SELECT 'Z' < 'a' AS "byCodePoint"`)).toEqual([{ byCodePoint: true }])
    await server.stop()
  })

  test('files of its log are made in no time, and all else is as usual', async () => {
    const server = await open()
    const names = ['wal_segment_size', 'min_wal_size', 'max_wal_size', 'wal_buffers']
    const rows = await ask<{ shown: string }>(server, names.map((name) => `SELECT current_setting('${name}') AS shown`).join(' UNION ALL '))
    expect(rows.map(({ shown }) => shown)).toEqual(['1MB', '80MB', '1GB', '4MB'])
    await server.stop()
  })

  test('another port when the old one is taken', async () => {
    const first = await open()
    const port = Number(new URL(first.url('x')).port)
    await first.stop()
    const squatter = createServer().listen(port, '127.0.0.1')
    await once(squatter, 'listening')
    const second = await open()
    expect(new URL(second.url('x')).port).not.toBe(String(port))
    await second.stop()
    squatter.close()
  })

  test.runIf(onLinux)('a session of its own (Ctrl-C does not reach it), and nothing of our environment', async () => {
    vi.stubEnv('SLACK_TOKEN', 'xoxb-secret')
    const server = await open()
    vi.unstubAllEnvs()
    expect(statField(server.pid, 'session')).toBe(server.pid)
    expect(readFileSync(`/proc/${server.pid}/environ`, 'utf8')).not.toContain('xoxb-secret')
    await server.stop()
  })
})

const statField = (pid: number, field: 'session'): number => {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[{ session: 3 }[field]])
}

describe('several processes', () => {
  test('three that open a new folder at once: one starts the server, two join it, the last to stop takes it down', async () => {
    const [a, b, here] = await Promise.all([otherProcess(), otherProcess(), open()])
    expect(new Set([a.pid, b.pid, here.pid]).size).toBe(1)
    expect([a.adopted, b.adopted, here.adopted].filter((adopted) => !adopted)).toHaveLength(1)
    await here.stop()
    expect(log.join()).toContain('keeps running')
    await killed(a.process)
    expect(isServerOf(here.pid, cluster())).toBe(true)
    b.process.stdin?.write('stop\n')
    await once(b.process, 'exit')
    expect(isServerOf(here.pid, cluster())).toBe(false)
  })
})

describe('kill -9', () => {
  test('of the bot alone: the server lives on and is adopted', async () => {
    const bot = await otherProcess()
    await killed(bot.process)
    const server = await open()
    expect(server).toMatchObject({ adopted: true, pid: bot.pid })
    await server.stop()
    expect(isServerOf(bot.pid, cluster())).toBe(false)
  })

  test('of bot and server: what was committed is there', async () => {
    const bot = await otherProcess()
    const joined = await open()
    await ask(joined, 'CREATE TABLE kept AS SELECT 42 AS answer')
    await killed(bot.process)
    process.kill(bot.pid, 'SIGKILL')
    const server = await open()
    expect(server.adopted).toBe(false)
    expect(server.pid).not.toBe(bot.pid)
    expect(await ask(server, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }])
    await server.stop()
  })

  test.runIf(onLinux)(
    'of the server in the middle of a query: its orphan is waited for, because two servers on one folder destroy it',
    async () => {
      const first = await open()
      const client = new pg.Client({ connectionString: first.url('postgres') })
      client.on('error', () => undefined)
      await client.connect()
      const busy = client.query('SELECT count(*) FROM generate_series(1, 20000000)').catch(() => undefined)
      const backend = (client as unknown as { processID: number }).processID
      await vi.waitFor(async () =>
        expect(await ask(first, `SELECT state FROM pg_stat_activity WHERE pid = ${backend}`)).toEqual([{ state: 'active' }]),
      )
      process.kill(first.pid, 'SIGKILL')
      await vi.waitFor(() => expect(isServerOf(first.pid, cluster())).toBe(false))
      expect(processesIn(cluster())).toContain(backend)
      const server = await open()
      expect(processesIn(cluster())).not.toContain(backend)
      await busy
      await server.stop()
    },
  )

  test('of the bot while it makes the data folder: the next start makes it anew', async () => {
    const bot = startOther()
    await vi.waitFor(
      () => {
        const half = existsSync(folder) && readdirSync(folder).find((name) => /^cluster\.half-[^.]+$/.test(name))
        expect(half && existsSync(join(folder, half, 'PG_VERSION'))).toBe(true)
      },
      { timeout: 20_000, interval: 2 },
    )
    await killed(bot)
    expect(existsSync(cluster())).toBe(false)
    const server = await open()
    expect(await ask(server, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    await server.stop()
  })
})

describe('a lock file that names', () => {
  async function givenStopped(): Promise<void> {
    await (await open()).stop()
  }
  const leaveLockFile = (pid: number) => writeFile(join(cluster(), 'postmaster.pid'), `${pid}\n${cluster()}\n1\n5432\n\n127.0.0.1\n`)

  test('another living process does not keep the server from starting', async () => {
    await givenStopped()
    await leaveLockFile(process.pid)
    const server = await open()
    expect(server.adopted).toBe(false)
    expect(log.join()).toContain('removed the lock file')
    await server.stop()
  })

  test.runIf(onLinux)('a zombie does not, either', async () => {
    await givenStopped()
    const zombie = await makeZombie()
    await leaveLockFile(zombie)
    const server = await open()
    expect(server.adopted).toBe(false)
    await server.stop()
  })

  test('nobody at all does not, either', async () => {
    await givenStopped()
    const gone = spawnSync('/bin/sh', ['-c', 'echo $$'], { encoding: 'utf8' }).stdout
    await leaveLockFile(Number(gone))
    const server = await open()
    expect(server.adopted).toBe(false)
    await server.stop()
  })
})

/** A process that has ended, with a parent that never asks how. */
async function makeZombie(): Promise<number> {
  // The shell turns into `sleep`, which does not wait for the shell's child.
  const parent = spawn('/bin/sh', ['-c', 'cat <&3 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore', 'pipe'] })
  onTestFinished(() => void parent.kill('SIGKILL'))
  if (!parent.stdout) throw new TypeError('expected a pipe from the shell')
  const [line] = await once(createInterface({ input: parent.stdout }), 'line')
  await vi.waitFor(() => expect(readFileSync(`/proc/${parent.pid}/comm`, 'utf8')).toBe('sleep\n'))
  parent.stdio[3]?.destroy()
  await vi.waitFor(() => expect(readFileSync(`/proc/${line}/stat`, 'utf8')).toMatch(/\) Z /))
  return Number(line)
}

describe('faults that say what to do', () => {
  test('the secret is gone', async () => {
    await (await open()).stop()
    await rm(join(folder, 'server.json'))
    await expect(open()).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE', message: expect.stringContaining('put it back') })
  })

  test('the secret is damaged', async () => {
    await mkdir(folder)
    await writeFile(join(folder, 'server.json'), '{"password": 1')
    await expect(open()).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE', message: expect.stringContaining('damaged') })
  })

  test('the folder is a file', async () => {
    await writeFile(folder, '')
    await expect(open()).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' })
  })

  test('the data are damaged: the end of the log is shown', async () => {
    await (await open()).stop()
    await rm(join(cluster(), 'global', 'pg_control'))
    await expect(open()).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE', message: expect.stringContaining('pg_control') })
  })
})

describe.runIf(asRoot)('as root, whose server runs as another account', () => {
  test('data in a folder that this account cannot enter are made elsewhere, and found again', async () => {
    const closed = join(base, 'closed')
    await mkdir(closed, { mode: 0o700 })
    const there = () =>
      openEmbedded({ folder: join(closed, 'postgres'), elsewhere: join(base, 'elsewhere'), log: (line) => log.push(line) })
    const first = await there()
    expect(log.join()).toContain(join(base, 'elsewhere'))
    await ask(first, 'CREATE TABLE kept AS SELECT 42 AS answer')
    await first.stop()
    await chmod(closed, 0o755)
    const second = await there()
    expect(await ask(second, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }])
    await second.stop()
  })

  test('data that were made and cannot be entered any more are not silently begun anew', async () => {
    await (await open()).stop()
    await chmod(base, 0o700)
    await expect(open()).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE', message: expect.stringContaining(`chmod o+x ${base}`) })
  })
})
