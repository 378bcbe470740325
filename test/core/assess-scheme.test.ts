import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { compareToBound, compareVersions, formatVersion, parseBound, parseVersion } from '../../src/core/assess/scheme.ts'
import { type Evr, SCHEMES, type Scheme } from '../../src/core/identify/bulletin.ts'

const fixture = (name: string): unknown => JSON.parse(readFileSync(new URL(`../fixtures/versions/${name}.json`, import.meta.url), 'utf8'))
const triples = (name: string) =>
  z.object({ cases: z.array(z.tuple([z.string(), z.string(), z.number()])).min(40) }).parse(fixture(name)).cases

function read(scheme: Scheme, text: string): Evr {
  const version = parseVersion(scheme, text)
  if (version === null) throw new Error(`not a version of ${scheme}: ${text}`)
  return version
}

const compare = (scheme: Scheme, a: string, b: string): number => compareVersions(scheme, read(scheme, a), read(scheme, b))

/** Every case both ways round. */
function holds(scheme: Scheme, a: string, b: string, expected: number): void {
  expect(compare(scheme, a, b), `${a} against ${b}`).toBe(expected)
  expect(compare(scheme, b, a), `${b} against ${a}`).toBe(expected === 0 ? 0 : -expected)
}

describe('the tables of those who define the schemes', () => {
  test.each(triples('dpkg'))('dpkg: %s against %s is %i', (a, b, expected) => holds('dpkg', a, b, expected))

  test('apk', () => {
    const readable = triples('apk').filter(([a, b]) => parseVersion('apk', a) && parseVersion('apk', b))
    expect(readable.length).toBeGreaterThan(500)
    for (const [a, b, expected] of readable) holds('apk', a, b, expected)
  })

  test('semver', () => {
    const { cases } = z.object({ cases: z.array(z.tuple([z.string(), z.string()])).min(30) }).parse(fixture('semver'))
    for (const [higher, lower] of cases) holds('semver', higher, lower, 1)
  })

  test('PEP 440: every version of the list is lower than all behind it', () => {
    const { ordered } = z.object({ ordered: z.array(z.string()).min(90) }).parse(fixture('pep440'))
    for (const [i, a] of ordered.entries()) for (const [j, b] of ordered.entries()) if (i < j) holds('pep440', a, b, -1)
  })
})

describe('what the tables leave out', () => {
  test.each<[Scheme, string, string, number, string]>([
    ['dpkg', '1.0', '1.0-0', 0, 'no revision is revision 0'],
    ['dpkg', '1.0~', '1.0', -1, 'a tilde is before the end'],
    ['dpkg', '1:0', '99999', 1, 'the epoch decides'],
    ['dpkg', '3.0.11-1~deb12u2', '3.0.11-1', -1, 'a backport is before its original'],
    ['dpkg', '3.0.11-1~deb12u2', '3.0.11-1~deb12u10', -1, '10 is after 2'],
    ['dpkg', '1.0+b1', '1.0', 1, 'a rebuild is after it'],
    ['apk', '3.1.4-r5', '3.1.4-r10', -1, 'revisions are numbers'],
    ['apk', '1.2.3_rc1', '1.2.3', -1, 'a pre-release'],
    ['apk', '1.2.3_p1', '1.2.3', 1, 'a patch'],
    ['apk', '1.1.1w', '1.1.1v', 1, 'a letter'],
    ['semver', 'v1.2.3', '1.2.3', 0, "Go's v says nothing"],
    ['semver', '1.2', '1.2.0', 0, 'a short version is completed'],
    ['semver', 'v0.0.0-20191109021931-daa7c04131f5', 'v0.0.0-20200101000000-000000000000', -1, 'pseudo-versions go by their time'],
    ['semver', 'v1.2.4-0.20191109021931-daa7c04131f5', 'v1.2.3', 1, 'a pseudo-version behind a tag is after it'],
    ['semver', 'v1.2.4-0.20191109021931-daa7c04131f5', 'v1.2.4', -1, 'and before the next one'],
    ['semver', 'v2.0.0+incompatible', '2.0.0', 0, 'build metadata do not count'],
    ['pep440', '1!0.1', '9.9', 1, 'the epoch decides'],
    ['pep440', '1.0', '1.0.0', 0, 'zeros at the end say nothing'],
    ['pep440', '1.0-1', '1.0.post1', 0, 'two ways to write one version'],
    ['pep440', 'V1.0-RC.1', '1.0rc1', 0, 'capitals and separators'],
    ['pep440', '1.0+ubuntu.10', '1.0+ubuntu.9', 1, 'numbers of a local version'],
    ['generic', '10.0', '9.9', 1, 'numbers are numbers'],
    ['generic', '1.0', '1.0.0', 0, 'what is missing is zero'],
    ['generic', '1.0.2', '1.0.2k', -1, 'a letter behind a number is a later build'],
    ['generic', '2.0-rc1', '2.0', -1, 'a release candidate is an earlier one'],
    ['generic', '2.0-RC1', '2.0-beta3', 1, 'words go by the alphabet, whatever their case'],
    ['generic', '10.0.19045.3570', '10.0.19045.3448', 1, 'a build of Windows'],
    ['generic', '120.0.6099.130', '120.0.6099.13', 1, 'a build of a browser'],
  ])('%s: %s against %s is %i: %s', (scheme, a, b, expected) => holds(scheme, a, b, expected))

  test.each<[Scheme, string]>([
    ['rpm', '1.0'],
    ['dpkg', ''],
    ['dpkg', 'a1'],
    ['dpkg', '1.0-'],
    ['dpkg', '1.0_1'],
    ['dpkg', '1.0:1'],
    ['apk', '1.0-5'],
    ['apk', '1.0_foo'],
    ['semver', '1.2.3.4'],
    ['semver', 'latest'],
    ['pep440', '1.0-foo'],
    ['pep440', '1.0+'],
    ['generic', 'latest'],
    ['generic', '1.0\n2.0'],
  ])('%s: %j is no version', (scheme, text) => {
    expect(parseVersion(scheme, text)).toBeNull()
  })

  test.each<[Scheme, string, string]>([
    ['rpm', '1.0-1', '0:1.0-1'],
    ['dpkg', '0:1.0-1', '1.0-1'],
    ['dpkg', '2:1.0', '2:1.0'],
    ['apk', '1.0-r0', '1.0-r0'],
    ['semver', 'v1.2.3', '1.2.3'],
    ['pep440', '1!2.0RC1', '1!2.0rc1'],
    ['generic', ' 22H2 ', '22H2'],
  ])('%s: %j is written %s', (scheme, text, written) => {
    expect(formatVersion(scheme, read(scheme, text))).toBe(written)
  })
})

describe('the ends of ranges', () => {
  test.each<[Scheme, string, string, number | null, string]>([
    ['dpkg', '1.0-1', '0', null, 'the very beginning'],
    ['rpm', '1:1.1.1k-7.el8_6', '1:1.1.1k', 0, 'a bound without a release is about all of them'],
    ['rpm', '1:1.1.1k-7.el8_6', '1:1.1.1k-8.el8_6', -1, 'with one it counts'],
    ['semver', '1.5.0', '1.5', 0, 'short'],
    ['pep440', '1.0', 'whatever', null, 'unreadable'],
  ])('%s %s against %s: %s', (scheme, installed, text, expected) => {
    const bound = parseBound(scheme, text)
    expect(bound && compareToBound(scheme, read(scheme, installed), bound)).toBe(expected)
  })
})

const ALPHABET: Readonly<Record<Scheme, readonly string[]>> = {
  rpm: ['0', '1', '10', 'a', '~', '^', '.', '-', ':'],
  dpkg: ['0', '1', '10', 'a', 'Z', '~', '+', '.', '-', ':'],
  apk: ['0', '1', '10', '01', 'a', '.', '_rc', '_p', '_alpha2', '-r1', '~ab'],
  semver: ['0', '1', '10', '.', '-', 'a', '+', 'rc'],
  pep440: ['0', '1', '10', '.', 'a1', 'rc', '.dev', '.post', '-1', '+', 'ab', '1!'],
  generic: ['0', '1', '10', 'a', 'rc', '.', '-', 'B'],
}

/** Versions of a scheme that can be read, as people and machines might write them. */
const versions = (scheme: Scheme) =>
  fc
    .array(fc.constantFrom(...ALPHABET[scheme]), { minLength: 1, maxLength: 8 })
    .map((parts) => (scheme === 'semver' ? `1.0.${parts.join('')}` : scheme === 'rpm' ? `${parts.join('')}-1` : parts.join('')))
    .map((text) => parseVersion(scheme, text))
    .filter((version) => version !== null)

describe.each(SCHEMES)('%s is a total order', (scheme) => {
  const cmp = (a: Evr, b: Evr): number => compareVersions(scheme, a, b)

  test('antisymmetric, and equal to itself', () => {
    fc.assert(fc.property(versions(scheme), versions(scheme), (a, b) => cmp(a, b) + cmp(b, a) === 0 && cmp(a, { ...a }) === 0))
  })

  test('transitive', () => {
    fc.assert(
      fc.property(versions(scheme), versions(scheme), versions(scheme), (a, b, c) => {
        const [low, middle, high] = [a, b, c].sort(cmp)
        if (low && middle && high) expect(cmp(low, high)).toBe(Math.min(cmp(low, middle), cmp(middle, high)))
      }),
      { numRuns: 500 },
    )
  })

  test('what is written is read again as the same', () => {
    fc.assert(
      fc.property(versions(scheme), (version) => {
        expect(parseVersion(scheme, formatVersion(scheme, version))).toEqual({ ...version })
      }),
    )
  })
})

const DPKG = ['/usr/bin/dpkg', '/bin/dpkg'].find((path) => existsSync(path))

describe('against the dpkg of this machine', () => {
  test.runIf(DPKG)('random pairs are in the same order', () => {
    fc.assert(
      fc.property(versions('dpkg'), versions('dpkg'), (a, b) => {
        const [one, two] = [formatVersion('dpkg', a), formatVersion('dpkg', b)]
        const expected = compareVersions('dpkg', a, b)
        const relation = expected === 0 ? 'eq' : expected < 0 ? 'lt' : 'gt'
        expect(() => execFileSync(DPKG ?? '', ['--compare-versions', one, relation, two]), `${one} ${relation} ${two}`).not.toThrow()
      }),
      { numRuns: 200 },
    )
  })
})
