import { rpmvercmp } from '../../src/core/assess/rpm.ts'
import { compareVersions, parseVersion } from '../../src/core/assess/scheme.ts'
import type { Scheme } from '../../src/core/identify/bulletin.ts'
import { type Case, counted, jsonOf, type Result, wordsOf } from './suite.ts'

interface Pair {
  readonly a: string
  readonly b: string
  readonly expect: number
}

const FOLDER = '06-versions'
const pairs = (file: string): readonly Pair[] => (jsonOf(FOLDER, file) as { readonly cases: readonly Pair[] }).cases

const ordered = (scheme: Scheme, a: string, b: string): number | string => {
  try {
    const [one, two] = [parseVersion(scheme, a), parseVersion(scheme, b)]
    return one === null || two === null ? `it cannot read ${one === null ? a : b}` : compareVersions(scheme, one, two)
  } catch (error) {
    return wordsOf(error)
  }
}

const compared = (name: string, found: number | string, expected: number): Case => [
  name,
  found === expected || `expected ${expected}, got ${found}`,
]

const dpkg = (): readonly Case[] =>
  pairs('dpkg-version-compare.json').map(({ a, b, expect }) => compared(`dpkg ${a} ${b}`, ordered('dpkg', a, b), expect))
const rpm = (): readonly Case[] => pairs('rpm-rpmvercmp.json').map(({ a, b, expect }) => compared(`rpm ${a} ${b}`, rpmvercmp(a, b), expect))

/** Each is lower than the next. */
const pep440 = (): readonly Case[] => {
  const list = jsonOf(FOLDER, 'pep440-ordered.json') as readonly string[]
  return list.slice(1).map((b, i) => compared(`pep440 ${list[i]} ${b}`, ordered('pep440', list[i] ?? '', b), -1))
}

/** The first of each pair is the higher one. */
const semver = (): readonly Case[] =>
  (jsonOf(FOLDER, 'semver-node', 'comparisons.json') as readonly (readonly [string, string, unknown])[])
    .filter(([, , loose]) => loose !== true && (loose as { readonly loose?: boolean } | undefined)?.loose !== true)
    .map(([a, b]) => compared(`semver ${a} ${b}`, ordered('semver', a, b), 1))

interface VersTest {
  readonly test_type: string
  readonly input: { readonly versions?: readonly string[] }
  readonly expected_output: readonly string[]
}

/** The official suite: two versions, and their order. Equal ones may come in either order. */
const vers = (file: string, scheme: Scheme): readonly Case[] =>
  (jsonOf(FOLDER, 'vers-spec', file) as { readonly tests: readonly VersTest[] }).tests
    .filter(({ test_type, input }) => test_type === 'comparison' && input.versions?.length === 2)
    .map(({ expected_output: [low = '', high = ''] }): Case => {
      const found = ordered(scheme, low, high)
      return [`vers ${scheme} ${low} ${high}`, found === -1 || found === 0 || `expected not higher, got ${found}`]
    })

export async function versions(): Promise<Result> {
  return counted([...rpm(), ...dpkg(), ...pep440(), ...semver(), ...vers('alpine_version_cmp_test.json', 'apk')])
}
