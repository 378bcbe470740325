import * as mandatory from '@secvisogram/csaf-validator-lib/mandatoryTests.js'
import { csaf_2_0 } from '@secvisogram/csaf-validator-lib/schemaTests.js'
import validate, { type DocumentTest, type TestResult } from '@secvisogram/csaf-validator-lib/validate.js'
import { line } from '../../../src/core/identify/text.ts'
import { mandatoryTest_6_1_21, mandatoryTest_6_1_26_prefix } from './own-tests.ts'

const MOST_TOLD = 5

const OWN: Readonly<Record<string, DocumentTest>> = { mandatoryTest_6_1_21 }

const MANDATORY: readonly DocumentTest[] = [
  ...Object.entries(mandatory).map(([name, test]) => OWN[name] ?? test),
  mandatoryTest_6_1_26_prefix,
]

const told = (results: readonly TestResult[]): string => {
  const errors = results
    .filter((one) => !one.isValid)
    .flatMap((one) => one.errors.map((error) => `${one.name} ${error.instancePath ?? ''} ${error.message ?? ''}`))
  const more = errors.length > MOST_TOLD ? `; and ${errors.length - MOST_TOLD} more` : ''
  return `${errors
    .slice(0, MOST_TOLD)
    .map((error) => line(error, 200))
    .join('; ')}${more}`
}

/**
 * The official CSAF 2.0 schema, and only if it passed the mandatory tests (they throw on what the schema refuses).
 * The evidence says what failed and where. Never throws: a document can be so deep that the library runs out of stack.
 * Heavy (the import takes more than a second): for a process of its own.
 */
export const validateCsaf = async (value: unknown): Promise<{ readonly valid: boolean; readonly evidence: string }> => {
  try {
    const schema = await validate([csaf_2_0], value)
    if (!schema.isValid) return { valid: false, evidence: `Against the CSAF 2.0 schema: ${told(schema.tests)}.` }
    const rules = await validate(MANDATORY, value)
    if (!rules.isValid) return { valid: false, evidence: `Against the mandatory tests of CSAF 2.0: ${told(rules.tests)}.` }
    return { valid: true, evidence: `The CSAF 2.0 schema and its mandatory tests are met.` }
  } catch (error) {
    const why = error instanceof RangeError ? 'it is nested too deep' : line(error instanceof Error ? error.message : String(error), 200)
    return { valid: false, evidence: `The document cannot be validated: ${why}.` }
  }
}
