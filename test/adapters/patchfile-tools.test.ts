import { spawnSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { codeSignature } from '../../adapters/patchfile/index.ts'
import { toolRunner } from '../../adapters/patchfile/tools.ts'

let folder: string
let bin: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'patchcrier-tools-'))
  bin = join(folder, 'bin')
  await mkdir(bin)
})
afterAll(() => rm(folder, { recursive: true }))

/** A tool of this name that is this script. */
async function tool(name: string, script: string): Promise<void> {
  await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`)
  await chmod(join(bin, name), 0o755)
}

const TOOLS = { 'a.exe': 'osslsigncode', 'a.rpm': 'rpmkeys', 'a.deb': 'debsig-verify' } as const

/** Only what lies in `bin` and the shell's own commands are found. */
const run = (ms = 20_000) => toolRunner({ path: `${bin}:/usr/bin:/bin`, ms, output: 20_000 })
const asked = async (file: keyof typeof TOOLS, script: string, ms?: number) => {
  await tool(TOOLS[file], script)
  return codeSignature(join(folder, file), run(ms))
}

const OK = {
  'a.exe': [
    "Signer's certificate:",
    'Subject: /O=Vendor/CN=x',
    'Issuer : /CN=Root',
    'Signing certificate chain verified using:',
    'Subject: /O=Vendor/CN=x',
    'Issuer : /CN=Root',
    'Signature verification: ok',
    'Succeeded',
  ],
  'a.rpm': ['file.rpm:', '    Header V4 RSA/SHA512 Signature, key ID 2e45fb43: OK', '    Payload SHA256 digest: OK'],
  'a.deb': ["debsig: Verified package from 'Vendor' (Vendor Ltd)"],
} as const
const say = (lines: readonly string[]): string => lines.map((line) => `echo ${JSON.stringify(line)}`).join('\n')
const FILES = Object.keys(OK) as (keyof typeof OK)[]

describe.each(FILES)('%s', (file) => {
  test('a tool that does its work is believed', async () => {
    expect((await asked(file, say(OK[file]))).check.outcome).toBe('pass')
  })

  test.each([
    ['says nothing', ''],
    ['says nothing, and that it failed', 'exit 1'],
    ['says all is well, and ends as if it were not', `${say(OK[file])}\nexit 1`],
    ['is another program', 'echo "usage: nothing of the kind"'],
    ['prints bytes that are no text', 'head -c 5000 /dev/urandom'],
    ['says only that it succeeded', 'echo Succeeded; echo signatures OK'],
    ['crashes after its last word', `${say(OK[file])}\nkill -SEGV $$`],
    ['is killed', `${say(OK[file])}\nkill -KILL $$`],
    ['cannot be run', `exec /nowhere/at/all`],
    ['says too much', `${say(OK[file])}\nyes Succeeded | head -c 100000`],
    ['never stops talking', 'yes Succeeded'],
  ])('one that %s has not checked the file', async (_, script) => {
    const { check, signer } = await asked(file, script)
    expect(check.outcome).toBe('unavailable')
    expect(signer).toBeUndefined()
  })

  test.each([
    ['hangs', `${say(OK[file])}\nsleep 1000`],
    ['hangs and does not listen', `trap "" TERM INT HUP\n${say(OK[file])}\nwhile :; do sleep 1; done`],
    ['leaves somebody behind who holds its output', `${say(OK[file])}\nsleep 1000 &\nexit 0`],
  ])('one that %s is ended, with all that it has started', async (_, script) => {
    const { check } = await asked(file, `echo $$ > ${join(folder, 'pid')}\n${script}`, 1_000)
    expect(check.outcome).toBe('unavailable')
    const group = (await readFile(join(folder, 'pid'), 'utf8')).trim()
    await expect.poll(() => alive(group)).toEqual([])
  })
})

/** Processes of a group that have not ended. */
function alive(group: string): readonly string[] {
  const { stdout } = spawnSync('/bin/ps', ['-e', '-o', 'pgid=,stat='], { encoding: 'utf8' })
  return stdout.split('\n').filter((row) => row.trim().startsWith(`${group} `) && !row.includes('Z'))
}

test.each([
  ['a.exe', [...OK['a.exe'].slice(0, -2), 'Signature verification: failed', 'Succeeded'], 'fail'],
  ['a.exe', [...OK['a.exe'], 'Calculated message digest : AA MISMATCH!!!'], 'fail'],
  ['a.exe', [...OK['a.exe'].slice(3)], 'pass'],
  ['a.exe', [...OK['a.exe'].slice(0, 3), ...OK['a.exe'].slice(6)], 'unavailable'],
  ['a.rpm', [...OK['a.rpm'], '    Payload SHA256 digest: BAD (Expected a != b)'], 'fail'],
  ['a.rpm', [...OK['a.rpm'], '    V4 RSA/SHA512 Signature, key ID 2e45fb43: NOKEY'], 'unavailable'],
  ['a.rpm', ['x: digests SIGNATURES NOT OK'], 'fail'],
  ['a.deb', [...OK['a.deb'], 'debsig: Failed verification for file.deb.'], 'unavailable'],
] as const)('%s: one that ends well and says %j is taken at its words: %s', async (file, lines, outcome) => {
  expect((await asked(file, say(lines))).check.outcome).toBe(outcome)
})

test('a signer is named only by the certificate that the verified chain begins with', async () => {
  const named = await asked('a.exe', say(OK['a.exe']))
  expect(named.signer).toEqual({ kind: 'organisation', name: 'Vendor' })
  // What a program is called is its signer's to choose, and is printed before the chain.
  const claims = ['Text description: x', 'Signing certificate chain verified using:', 'Subject: /O=Microsoft Corporation', 'Issuer : /CN=y']
  const forged = await asked('a.exe', say([...OK['a.exe'].slice(0, 3), ...claims, ...OK['a.exe'].slice(3)]))
  expect(forged.signer).toEqual({ kind: 'organisation', name: 'Vendor' })
})

test('a tool whose asking is over is ended with all that it has started, and none is begun', async () => {
  await tool(
    'rpmkeys',
    `echo $$ > ${join(folder, 'pid')}.new\nsleep 1000 &\nmv ${join(folder, 'pid')}.new ${join(folder, 'pid')}\nsleep 1000`,
  )
  await rm(join(folder, 'pid'), { force: true })
  const asking = new AbortController()
  const end = run()('rpmkeys', [], asking.signal)
  await expect.poll(() => readFile(join(folder, 'pid'), 'utf8').catch(() => '')).not.toBe('')
  asking.abort()
  expect(await end).toBeNull()
  const group = (await readFile(join(folder, 'pid'), 'utf8')).trim()
  await expect.poll(() => alive(group)).toEqual([])
  await rm(join(folder, 'pid'))
  expect(await run()('rpmkeys', [], asking.signal)).toBeNull()
  expect(await readFile(join(folder, 'pid'), 'utf8').catch(() => 'none')).toBe('none')
})

test('nothing of the environment reaches a tool, and no input', async () => {
  await tool('rpmkeys', 'env | sort; pwd; cat')
  const end = await run()('rpmkeys', [])
  const names = (end?.output ?? '').split('\n').map((row) => row.split('=')[0])
  expect(names.filter((name) => name && !['LC_ALL', 'PATH', 'PWD', 'OLDPWD', 'SHLVL', '_', '/'].includes(name))).toEqual([])
})

test('a tool that is not there has not checked anything', async () => {
  await rm(join(bin, 'rpmkeys'), { force: true })
  expect(await toolRunner({ path: bin })('rpmkeys', [])).toBeNull()
})
