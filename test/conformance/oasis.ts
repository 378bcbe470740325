import { validateCsaf } from '../../adapters/sources/csaf/validate.ts'
import { warningsOf } from '../../adapters/sources/csaf/warnings.ts'
import { counted, jsonOf, type Result } from './suite.ts'

const FOLDER = ['02-csaf', 'conformance', 'oasis-csaf-2.0', 'validator', 'data'] as const

interface Case {
  readonly id: string
  readonly group: 'mandatory' | 'optional' | 'informative'
  readonly failures?: readonly { readonly name: string; readonly valid: boolean }[]
  readonly valid?: readonly { readonly name: string; readonly valid: boolean }[]
}

const casesOf = (group: Case['group']): readonly Case[] =>
  (jsonOf(...FOLDER, 'testcases.json') as { readonly tests: readonly Case[] }).tests.filter((one) => one.group === group)

const document = (name: string): unknown => jsonOf(...FOLDER, ...name.split('/'))

/** Failing documents are refused, valid ones accepted. */
export async function mandatory(): Promise<Result> {
  const cases: [string, true | string][] = []
  for (const { failures = [], valid = [] } of casesOf('mandatory')) {
    for (const { name } of failures) {
      const { valid: taken } = await validateCsaf(document(name))
      cases.push([name, !taken || 'it is accepted'])
    }
    for (const { name } of valid) {
      const { valid: taken, evidence } = await validateCsaf(document(name))
      cases.push([name, taken || `it is refused: ${evidence}`])
    }
  }
  return counted(cases)
}

/** The network, or a dictionary that is not there. */
const NOT_APPLICABLE = ['6.3.6', '6.3.7', '6.3.8']

/** They use one hash algorithm twice for one file, which mandatory test 6.1.25 forbids: the suite contradicts itself, the mandatory rule counts. */
const AGAINST_A_MANDATORY_TEST = /6-2-0[89]-02\.json$/

/** All are accepted; the finding is told for those that fail the test, and not for those that do not. */
export async function warned(group: 'optional' | 'informative'): Promise<Result> {
  const cases: [string, true | string][] = []
  const left: string[] = []
  const against: string[] = []
  for (const { id, failures = [], valid = [] } of casesOf(group)) {
    for (const { name, expected } of [
      ...failures.map((f) => ({ ...f, expected: true })),
      ...valid.map((v) => ({ ...v, expected: false })),
    ]) {
      const value = document(name)
      const { valid: taken, evidence } = await validateCsaf(value)
      const found = (await warningsOf(value)).some((warning) => warning.startsWith(`${id} `))
      if (!taken && AGAINST_A_MANDATORY_TEST.test(name) && evidence.includes('6_1_25')) against.push(name)
      else if (!taken) cases.push([name, `it is refused: ${evidence}`])
      else if (NOT_APPLICABLE.includes(id)) left.push(name)
      else cases.push([name, found === expected || (expected ? `no warning of ${id}` : `a warning of ${id} that is wrong`)])
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
