import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { examinePolicyFile, policyFileDoor, readPolicyFile } from '../../src/boot/policy-file.ts'
import { problemLine, readPolicyText } from '../../src/boot/policy-text.ts'
import { PRESETS } from '../../src/core/evaluate/presets.ts'
import { CLASSES, policySchema } from '../../src/core/policy.ts'

const manifest = (name: string): Promise<string> => readFile(new URL(`../../manifests/policy/${name}.yaml`, import.meta.url), 'utf8')
const problemsOf = (text: string): readonly string[] => {
  const read = readPolicyText(text)
  return read.ok ? [] : read.problems.map((problem) => problemLine('policy.yaml', problem))
}

let good: string
let folder: string
beforeAll(async () => {
  good = await manifest('chapter')
  folder = await mkdtemp(join(tmpdir(), 'patchcrier-file-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** The line of the good file that has this text, from 1. */
const lineOf = (text: string): number => good.slice(0, good.indexOf(text)).split('\n').length
/** The good file with one text in place of another. */
function mistaken(...changes: readonly (readonly [string, string])[]): string {
  return changes.reduce((text, [from, to]) => {
    expect(text, from).toContain(from)
    return text.replace(from, to)
  }, good)
}

describe('the policies that ship', () => {
  test.each(PRESETS)('%s has nothing wrong', async (preset) => {
    const read = readPolicyText(await manifest(preset))
    expect(read.ok ? [] : read.problems).toEqual([])
    expect(read.ok && read.policy.preset).toBe(preset)
  })

  test('chapter fills in the hours that the file leaves out, so that the hash covers them', async () => {
    const { policy, hash } = await readPolicyFile(new URL('../../manifests/policy/chapter.yaml', import.meta.url).pathname)
    expect(CLASSES.map((name) => policy.classes[name].completeHours)).toEqual([72, 336, 1080, null])
    expect([policy.classes.high.startHours, policy.classes.medium.startMonths]).toEqual([168, 1])
    // Read again from what was written down, it is the same.
    expect(policySchema.parse(JSON.parse(JSON.stringify(policy)))).toEqual(policy)
    expect(hash).toMatch(/^[0-9a-f]{64}$/)
  })
})

test('ten mistakes all come back, each with its line', () => {
  const text = mistaken(
    ['zone: Europe/Berlin\n', 'zone: Europe/Norderhafen\n'],
    ['email: ben@example.com, zone: Europe/Berlin', 'email: ben, zone: CEST'],
    ['roles: [security], delegateOf: dana', 'roles: [security], delegateOf: danna'],
    ['id: emil,', 'id: ana,'],
    ['roles: [manager]', 'roles: [boss]'],
    ['audience: management', 'audience: managers'],
    ['start: "22:00"', 'start: 25:00'],
    ['to: 2027-01-02T23:00:00Z', 'to: 2026-12-02T23:00:00Z'],
    ['kind: kev', 'kind: rss'],
    ['cron: "0 9 * * 1-5"', 'cron: "0 99 * * 1-5"'],
    ['helpPlace: the IT', 'helpplace: the IT'],
  )
  const at = (where: string, what: RegExp) => expect.stringMatching(new RegExp(`^policy\\.yaml:${lineOf(where)}: ${what.source}`))
  expect(problemsOf(text)).toEqual(
    expect.arrayContaining([
      at('zone: Europe/Berlin\n', /zone: expected an IANA zone such as Europe\/Berlin, got "Europe\/Norderhafen"/),
      at('id: ben', /people\[1\]\.zone: expected an IANA zone such as Europe\/Berlin, got "CEST"/),
      at('id: ben', /people\[1\]\.email: expected an e-mail address, got "ben"/),
      at('id: oskar', /people\[3\]\.delegateOf: expected the id of a person, got "danna"/),
      at('id: emil', /people\[4\]\.id: expected another one: "ana" is there twice/),
      at('id: greta', /people\[5\]\.roles\[0\]: expected one of .*"manager".*, got "boss"/),
      at('people:', /people: expected at least one manager/),
      at('id: management', /places\[4\]\.audience: expected one of .*, got "managers"/),
      at('places:', /places: expected at least one place for the audience "management", got none/),
      at('id: weeknights', /windows\[0\]\.start: expected a time of day such as 22:00, got "25:00"/),
      at('to: 2027', /blackouts\[0\]\.to: expected an instant after 2026-12-23T23:00:00Z, got 2026-12-02T23:00:00Z/),
      at('kind: kev', /sources\[1\]\.kind: expected one of the kinds that there are: csaf, .*, got "rss"/),
      at('cron: "0 9', /reminders\.decisionPending\.cron: expected a cron expression .*, got "0 99 \* \* 1-5"/),
      at('helpPlace: the IT', /helpplace: expected a key that the policy knows/),
      expect.stringMatching(/helpPlace: expected string, got nothing/),
    ]),
  )
})

describe('what YAML makes of things', () => {
  test.each([
    [
      'a minute too long for a clock',
      [['start: "22:00"', 'start: 022:00']],
      'windows[0].start: expected a time of day such as 22:00, got "022:00"',
    ],
    ['a number for a text', [['id: ana,', 'id: 007,']], 'people[0].id: expected string, got 7; put it in quotes'],
    ['a truth for a text', [['name: Ana Ferreira', 'name: true']], 'people[0].name: expected string, got true; put it in quotes'],
    ['a text for a number', [['buyOffManagers: 1', 'buyOffManagers: "1"']], 'buyOffManagers: expected number, got "1"'],
    ['a tab', [['  - { id: ana', '\t- { id: ana']], 'a tab'],
    ['a key twice', [['buyOffManagers: 1', 'buyOffManagers: 1\nbuyOffManagers: 2']], 'expected each key once, got one twice'],
    ['an older YAML', [['# Policy of', '%YAML 1.1\n---\n# Policy of']], 'expected YAML 1.2, got a file that says YAML 1.1'],
    ['two documents', [['# Who does what', '---\n# Who does what']], 'expected YAML, got something else'],
    ['brackets that do not end', [['zone: Europe/Berlin\n', 'zone: [[[[\n']], 'expected YAML, got something else'],
    ['nothing', [['organisation: Example Ltd', 'organisation:']], 'organisation: expected string, got nothing'],
    ['an empty list', [['roles: [patch-team] }', 'roles: [] }']], 'people[0].roles: expected at least 1 entries, got an empty list'],
    ['a window of no day', [['weekdays: [6]', 'weekdays: [8]']], 'windows[1].weekdays[0]: expected a number of at most 7, got 8'],
    ['the sixth Saturday', [['nth: [-1]', 'nth: [6]']], 'windows[1].nth[0]: expected 1 to 5, or -1 for the last, got 6'],
    [
      'a source that is not encrypted',
      [['url: https://www.cisa', 'url: http://www.cisa']],
      'sources[1].url: expected an https address, got "http://www.cisa',
    ],
    [
      'a network that is none',
      [['everyMinutes: 240', 'allowNetworks: [10.0.0.0]']],
      'sources[1].allowNetworks[0]: expected a network such as 10.1.0.0/16, got "10.0.0.0"',
    ],
  ] as const)('%s', (_, changes, said) => {
    expect(problemsOf(mistaken(...changes)).join('\n')).toContain(said)
  })

  test.each([
    ['no', 'a country is no truth'],
    ['0o14', 'a text'],
  ])('%s stays a text where one is expected', (word) => {
    expect(problemsOf(mistaken(['helpPlace: the IT help desk, extension 4000', `helpPlace: "${word}"`]))).toEqual([])
  })

  test('anchors that multiply are stopped', () => {
    const bomb = Array.from(
      { length: 12 },
      (_, i) =>
        `a${i}: &a${i} [${
          i === 0
            ? 'x'
            : Array(9)
                .fill(`*a${i - 1}`)
                .join(', ')
        }]`,
    ).join('\n')
    expect(problemsOf(bomb)).toEqual([expect.stringMatching(/^policy\.yaml: expected a plain YAML file, got one that cannot be read/)])
  })

  test('what nests without end, goes in a circle or is huge gets an answer', () => {
    expect(problemsOf('['.repeat(200_000)).length).toBeGreaterThan(0)
    expect(problemsOf('people: &p [*p]\n').length).toBeGreaterThan(0)
    expect(problemsOf(`x: ${'y'.repeat(1_000_001)}`)).toEqual([expect.stringMatching(/expected at most 1000000 bytes, got 1000004/)])
    for (const text of ['', '42', '[]', '"text"', '{}', 'null']) expect(problemsOf(text).length, text).toBeGreaterThan(0)
  })

  test('a JSON file is as good', async () => {
    const sample = JSON.parse(await readFile(new URL('../../manifests/sample/policy.json', import.meta.url), 'utf8')) as object
    expect(problemsOf(JSON.stringify(sample))).toEqual([
      'policy.yaml:1: sources[0].folder: expected the folder with the documents, got nothing',
      'policy.yaml:1: sources[0].keyFile: expected the file with the public key, got nothing',
    ])
  })
})

describe('what a source names for its patch files', () => {
  const rule = (more: string): string =>
    mistaken(['sources:\n', `sources:\n  - id: debian-archive\n    kind: advisory\n    name: Debian\n    format: debian\n${more}`])
  const KEYS = `    packageKeys: [${'a'.repeat(40)}]\n    packageKeyFile: keys.asc\n`
  const RELEASE = 'https://deb.debian.org/debian-security/dists/bookworm-security/InRelease'
  test.each([
    ['keys, their file and an archive', `${KEYS}    archives: [${RELEASE}]\n`, []],
    [
      'an archive without keys',
      `    archives: [${RELEASE}]\n`,
      ['packageKeys: expected the fingerprints', 'packageKeyFile: expected the file with the keys'],
    ],
    ['a key file without fingerprints', '    packageKeyFile: keys.asc\n', ['packageKeys: expected the fingerprints']],
    [
      'an archive that is no release',
      `${KEYS}    archives: [https://deb.debian.org/debian]\n`,
      ['archives[0]: expected the address of an InRelease'],
    ],
    ['the last digits of a key', KEYS.replace('a'.repeat(40), 'a'.repeat(16)), ['packageKeys[0]: expected 40']],
  ])('%s', (_, more, expected) => {
    const found = problemsOf(rule(more))
    expect(found.map((one) => one.replace(/^.*sources\[\d+\]\./, ''))).toEqual(expected.map((one) => expect.stringContaining(one)))
  })

  test('files that are not there are said, each with its field', async () => {
    await writeFile(join(folder, 'policy.yaml'), rule(`${KEYS}    codeRootsFile: roots.pem\n`))
    const read = await examinePolicyFile(join(folder, 'policy.yaml'))
    const fields = read.ok ? [] : read.problems.map(({ path }) => path.replace(/^sources\[\d+\]\./, ''))
    expect(fields).toEqual(['packageKeyFile', 'codeRootsFile'])
  })
})

describe('the file', () => {
  const csaf = `  - id: mirror
    kind: csaf-folder
    name: Mirror
    folder: csaf
    keyFile: keys/mirror.asc
    keyFingerprint: ${'a'.repeat(40)}
    keyOwner: Red Hat
    namespaces: [www.redhat.com]
`
  test('a key file that is not there', async () => {
    const file = join(folder, 'policy.yaml')
    await writeFile(file, mistaken(['sources:\n', `sources:\n${csaf}`]))
    const examined = await examinePolicyFile(file)
    expect(examined).toMatchObject({
      ok: false,
      problems: [{ line: lineOf('sources:') + 5, message: 'expected a readable file, got ENOENT for "keys/mirror.asc"' }],
    })
  })

  test('a file that is not there, or a folder', async () => {
    await expect(readPolicyFile(join(folder, 'nowhere.yaml'))).rejects.toMatchObject({
      code: 'POLICY_INVALID',
      message: expect.stringMatching(/ENOENT/),
    })
    await expect(readPolicyFile(folder)).rejects.toMatchObject({ code: 'POLICY_INVALID', message: expect.stringMatching(/EISDIR/) })
  })

  test('while the bot runs: what was seen tells good and bad states apart', async () => {
    const file = join(folder, 'watched.yaml')
    const door = policyFileDoor(file)
    expect(await door.read()).toMatchObject({
      ruled: { ok: false, refusal: { text: expect.stringMatching(/watched\.yaml: expected a readable policy file/) } },
    })
    await writeFile(file, good)
    const first = await door.read()
    expect(first.ruled.ok).toBe(true)
    expect(await door.read()).toEqual(first)
    await writeFile(file, `${good}\nnews: 1\n`)
    const bad = await door.read()
    expect(bad.ruled).toMatchObject({ ok: false })
    expect(bad.seen).not.toBe(first.seen)
    await writeFile(file, good)
    expect((await door.read()).seen).toBe(first.seen)
  })
})
