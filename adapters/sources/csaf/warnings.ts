import * as informative from '@secvisogram/csaf-validator-lib/informativeTests.js'
import * as optional from '@secvisogram/csaf-validator-lib/optionalTests.js'
import validate, { type DocumentTest } from '@secvisogram/csaf-validator-lib/validate.js'
import { line } from '../../../src/core/identify/text.ts'

/** 6.3.6 and 6.3.7 ask the network, 6.3.8 needs a spelling dictionary: not applicable here. */
const ELSEWHERE = /^informativeTest_6_3_[678]$/

const TESTS: readonly (readonly [string, DocumentTest])[] = [...Object.entries(optional), ...Object.entries(informative)].filter(
  ([name]) => !ELSEWHERE.test(name),
)

interface Found {
  readonly warnings?: readonly unknown[]
  readonly infos?: readonly unknown[]
  readonly errors?: readonly unknown[]
}

const wordsOf = (finding: unknown): string => {
  const { message = '', instancePath = '' } = (finding ?? {}) as { readonly message?: unknown; readonly instancePath?: unknown }
  return line(`${instancePath} ${message}`, 160)
}

/**
 * What the optional and informative tests of CSAF 2.0 find in a valid document, one sentence per test that finds something. Never a reason
 * to refuse it. Heavy (the import takes seconds): for a process of its own.
 */
export const warningsOf = async (value: unknown): Promise<readonly string[]> => {
  const found: string[] = []
  for (const [name, test] of TESTS) {
    try {
      const { tests } = await validate([test], value)
      const findings = (tests as readonly Found[]).flatMap(({ warnings = [], infos = [], errors = [] }) => [
        ...warnings,
        ...infos,
        ...errors,
      ])
      if (findings.length > 0) {
        const number = name.replace(/^\D+/, '').replaceAll('_', '.')
        found.push(`${number} ${wordsOf(findings[0])}${findings.length > 1 ? ` and ${findings.length - 1} more` : ''}`)
      }
    } catch {
      // The library stumbles over a document that is valid: then this test says nothing.
    }
  }
  return found
}
