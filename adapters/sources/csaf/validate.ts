import * as mandatory from '@secvisogram/csaf-validator-lib/mandatoryTests.js'
import { csaf_2_0 } from '@secvisogram/csaf-validator-lib/schemaTests.js'
import validate, { type DocumentTest, type TestResult } from '@secvisogram/csaf-validator-lib/validate.js'
import { z } from 'zod'
import { line } from '../../../src/core/identify/text.ts'
import { own } from '../../../src/core/own.ts'
import { mandatoryTest_6_1_21, mandatoryTest_6_1_26_prefix } from './own-tests.ts'

const MOST_TOLD = 5

const OWN: Readonly<Record<string, DocumentTest>> = { mandatoryTest_6_1_21 }

const MANDATORY: readonly DocumentTest[] = [
  ...Object.entries(mandatory).map(([name, test]) => own(OWN, name) ?? test),
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

interface Edition {
  readonly name: string
  readonly schema: DocumentTest
  readonly mandatory: readonly DocumentTest[]
}

const CSAF_2_0: Edition = { name: 'CSAF 2.0', schema: csaf_2_0, mandatory: MANDATORY }

/** Loaded when the first document of it comes: its tests take as long to load as all of 2.0. */
const csaf21 = async (): Promise<Edition> => {
  const [{ csaf_2_1 }, tests] = await Promise.all([
    import('@secvisogram/csaf-validator-lib/csaf_2_1/schemaTests.js'),
    import('@secvisogram/csaf-validator-lib/csaf_2_1/mandatoryTests.js'),
  ])
  const mandatory21 = Object.entries(tests as unknown as Readonly<Record<string, DocumentTest>>).filter(([name]) =>
    name.startsWith('mandatory'),
  )
  return { name: 'CSAF 2.1', schema: csaf_2_1, mandatory: mandatory21.map(([, test]) => test) }
}

const editionSchema = z.object({ document: z.object({ csaf_version: z.literal('2.1') }) })

/**
 * The official schema of CSAF 2.0 (or of 2.1 for a document that says so), and only if it passed the mandatory tests (they throw on what the
 * schema refuses). The evidence says what failed and where. Never throws: a document can be so deep that the library runs out of stack.
 * `warnings`: what the optional and informative tests of 2.0 find is in the evidence, too; it never refuses a document.
 * Heavy (the import takes more than a second, with warnings several): for a process of its own.
 */
export const validateCsaf = async (value: unknown, warnings = false): Promise<{ readonly valid: boolean; readonly evidence: string }> => {
  try {
    const { name, schema: shape, mandatory: rules } = editionSchema.safeParse(value).success ? await csaf21() : CSAF_2_0
    const schema = await validate([shape], value)
    if (!schema.isValid) return { valid: false, evidence: `Against the ${name} schema: ${told(schema.tests)}.` }
    const tested = await validate(rules, value)
    if (!tested.isValid) return { valid: false, evidence: `Against the mandatory tests of ${name}: ${told(tested.tests)}.` }
    const met = `The ${name} schema and its mandatory tests are met.`
    return { valid: true, evidence: warnings && name === CSAF_2_0.name ? `${met}${await warned(value)}` : met }
  } catch (error) {
    const why = error instanceof RangeError ? 'it is nested too deep' : line(error instanceof Error ? error.message : String(error), 200)
    return { valid: false, evidence: `The document cannot be validated: ${why}.` }
  }
}

const warned = async (value: unknown): Promise<string> => {
  const { warningsOf } = await import('./warnings.ts')
  const found = await warningsOf(value)
  const more = found.length > MOST_TOLD ? `; and ${found.length - MOST_TOLD} more` : ''
  return found.length === 0 ? '' : ` Warnings: ${found.slice(0, MOST_TOLD).join('; ')}${more}.`
}
