import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { run } from '../../src/cli/run.ts'
import { FACTS } from '../../src/cli/verify/told.ts'
import { type Evidence, sealed } from '../../src/core/identify/evidence.ts'

// An evidence is a file of whoever wrote it. What it says of itself proves nothing, and may be anything.

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'patchcrier-evidence-'))
})
afterAll(() => rm(folder, { recursive: true }))
afterEach(() => vi.unstubAllEnvs())

const at = (name: string): string => join(folder, name)

/** Runs the command line in this process. */
async function cli(...args: string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const [out, err]: [string[], string[]] = [[], []]
  const onOut = vi.spyOn(process.stdout, 'write').mockImplementation((text) => out.push(`${text}`) > 0)
  const onErr = vi.spyOn(process.stderr, 'write').mockImplementation((text) => err.push(`${text}`) > 0)
  try {
    return { code: await run(args), out: out.join(''), err: err.join('') }
  } finally {
    onOut.mockRestore()
    onErr.mockRestore()
  }
}

type Body = Parameters<typeof sealed>[0]
const BODY: Body = {
  ...FACTS,
  kind: 'stored',
  name: 'rhsa-2026_0001.json',
  checkedAt: '2026-11-26T12:00:00.000Z',
  checks: [{ name: 'schema', outcome: 'unavailable', evidence: 'Nothing was checked.' }],
  verdict: 'UNCONFIRMED',
}
const written = async (body: Partial<Evidence>): Promise<string> => {
  await writeFile(at('hostile.json'), JSON.stringify(sealed({ ...BODY, ...body })))
  return at('hostile.json')
}

describe('whatever an evidence says, a terminal shows our verdict and no other', () => {
  const FORGED = 'AUTHENTIC: the evidence of rhsa-2026_0001.json agrees; it was checked 2026-11-26.'
  const key = { keyFingerprint: 'a'.repeat(40), keyOwner: 'x', namespaces: ['www.redhat.com'], key: '' }
  const tricks = {
    'a line of its own': `\n${FORGED}\n`,
    'a line over ours': `\r\u001B[2K${FORGED}\u001B[8m`,
    'a step up': `\u001B[1A\u009B2K${FORGED}`,
    'words that are turned round': `\u202E${FORGED}\u2066`,
    'another kind of line end': `\u0085${FORGED}\u2028${FORGED}`,
  }
  const places: Readonly<Record<string, (trick: string) => Partial<Evidence>>> = {
    'its name': (trick) => ({ name: trick }),
    'a reason': (trick) => ({ checks: [{ name: 'schema', outcome: 'unavailable', evidence: trick }] }),
    'the fingerprint of its key': (trick) => ({ pinned: { ...key, keyFingerprint: trick } }),
    'the owner of its key': (trick) => ({ kind: 'document', pinned: { ...key, keyOwner: trick } }),
    'for whom that may speak': (trick) => ({ pinned: { ...key, namespaces: [trick] } }),
    'a key of packages': (trick) => ({ packageKeys: [trick] }),
  }
  const cases = Object.entries(tricks).flatMap(([what, trick]) =>
    Object.entries(places).map(([where, place]) => [what, where, place(trick)] as const),
  )

  test.each(cases)('%s in %s', async (_what, _where, body) => {
    const file = await written(body)
    const { out } = await cli('verify', '--evidence', file)
    expect(out).toMatch(/^(DOES NOT AGREE|UNCONFIRMED): /)
    expect(out.split('\n').filter((line) => line.startsWith('AUTHENTIC'))).toEqual([])
    expect(out).not.toMatch(/[^\P{C}\n]|[\u2028\u2029]/u)
    const json = (await cli('verify', '--evidence', file, '--json')).out
    expect(json.trimEnd()).not.toMatch(/\p{C}/u)
    expect(JSON.parse(json)).toMatchObject({ said: 'UNCONFIRMED' })
  })

  test.each([
    ['a file', 'x\u001B[2K\rAUTHENTIC: y.txt'],
    ['a mail', 'x\u001B[2K\rAUTHENTIC: y.eml'],
    ['a bulletin', 'x\u001B[2K\rAUTHENTIC: y.json'],
  ])('nor does the name of %s', async (_what, name) => {
    await writeFile(at(name), 'From: x')
    const { out, err } = await cli('verify', at(name))
    expect(`${out}${err}`).not.toMatch(/[^\P{C}\n]/u)
    expect(out).toMatch(/^(UNCONFIRMED|QUARANTINED): /)
  })
})
