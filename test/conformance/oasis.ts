import { validateCsaf } from '../../adapters/sources/csaf/validate.ts'
import { warningsOf } from '../../adapters/sources/csaf/warnings.ts'
import { type Case, counted, jsonOf, type Result, tried } from './suite.ts'

const FOLDER = ['02-csaf', 'conformance', 'oasis-csaf-2.0', 'validator', 'data'] as const

interface Listed {
  readonly id: string
  readonly group: 'mandatory' | 'optional' | 'informative'
  readonly failures?: readonly { readonly name: string; readonly valid: boolean }[]
  readonly valid?: readonly { readonly name: string; readonly valid: boolean }[]
}

const casesOf = (group: Listed['group']): readonly Listed[] =>
  (jsonOf(...FOLDER, 'testcases.json') as { readonly tests: readonly Listed[] }).tests.filter((one) => one.group === group)

const document = (name: string): unknown => jsonOf(...FOLDER, ...name.split('/'))

/** Failing documents are refused, valid ones accepted. */
export async function mandatory(): Promise<Result> {
  const cases: Case[] = []
  for (const { failures = [], valid = [] } of casesOf('mandatory')) {
    for (const { name } of failures)
      cases.push(await tried(name, async () => !(await validateCsaf(document(name))).valid || 'it is accepted'))
    for (const { name } of valid)
      cases.push(
        await tried(name, async () => {
          const { valid: taken, evidence } = await validateCsaf(document(name))
          return taken || `it is refused: ${evidence}`
        }),
      )
  }
  return counted(cases)
}

/** The network, or a dictionary that is not there. */
const NOT_APPLICABLE = ['6.3.6', '6.3.7', '6.3.8']

/** They use one hash algorithm twice for one file, which mandatory test 6.1.25 forbids: the suite contradicts itself, the mandatory rule counts. */
const AGAINST_A_MANDATORY_TEST = /6-2-0[89]-02\.json$/

/** Is the document accepted, and the finding told exactly if it is expected? Of a test that cannot run here only the first. */
async function warning(id: string, name: string, expected: boolean): Promise<true | string> {
  const value = document(name)
  const { valid, evidence } = await validateCsaf(value)
  if (!valid) return `it is refused: ${evidence}`
  const found = (await warningsOf(value)).some((one) => one.startsWith(`${id} `))
  if (NOT_APPLICABLE.includes(id) || found === expected) return true
  return expected ? `no warning of ${id}` : `a warning of ${id} that is wrong`
}

/** All are accepted; the finding is told for those that fail the test, and not for those that do not. */
export async function warned(group: 'optional' | 'informative'): Promise<Result> {
  const cases: Case[] = []
  const left: string[] = []
  const against: string[] = []
  for (const { id, failures = [], valid = [] } of casesOf(group)) {
    for (const { name, expected } of [
      ...failures.map((f) => ({ ...f, expected: true })),
      ...valid.map((v) => ({ ...v, expected: false })),
    ]) {
      const [, outcome] = await tried(name, () => warning(id, name, expected))
      if (typeof outcome === 'string' && AGAINST_A_MANDATORY_TEST.test(name) && outcome.includes('6_1_25')) against.push(name)
      else if (outcome === true && NOT_APPLICABLE.includes(id)) left.push(name)
      else cases.push([name, outcome])
    }
  }
  const notes = [
    ...(left.length > 0
      ? [
          `${left.length} documents of ${NOT_APPLICABLE.join(', ')} are accepted; their tests ask the network or a dictionary and are not applicable`,
        ]
      : []),
    ...against.map((name) => `left out: ${name} is refused by mandatory test 6.1.25`),
  ]
  return { ...counted(cases), notes }
}
