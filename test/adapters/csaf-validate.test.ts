import { describe, expect, test } from 'vitest'
import { validateCsaf } from '../../adapters/sources/csaf/validate.ts'
import { sampleFile } from '../support/csaf.ts'

const genuine = sampleFile('history/rhsa-2023_7207.json').toString('utf8')

interface Shape {
  document: { category: string; tracking: { version: string; revision_history: { date: string; number: string; summary: string }[] } }
}
const changed = (change: (document: Shape['document']) => void): unknown => {
  const value = JSON.parse(genuine) as Shape
  change(value.document)
  return value
}
const DAY = '2024-11-23T01:01:10+00:00'
const withHistory = (...numbers: readonly string[]): unknown =>
  changed(({ tracking }) => {
    tracking.version = numbers.toSorted((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10)).at(-1) ?? ''
    tracking.revision_history = numbers.map((number) => ({ date: DAY, number, summary: number }))
  })

test('a genuine document is valid', async () => {
  expect(await validateCsaf(JSON.parse(genuine))).toEqual({ valid: true, evidence: 'The CSAF 2.0 schema and its mandatory tests are met.' })
})

describe('revision history with equal dates (6.1.21)', () => {
  test.each([
    { numbers: ['1', '2', '3'], valid: true },
    { numbers: ['3', '1', '2'], valid: true },
    { numbers: ['2.0.0', '1.0.0'], valid: true },
    { numbers: ['1', '3'], valid: false },
    { numbers: ['2', '3'], valid: false },
  ])('$numbers: $valid', async ({ numbers, valid }) => {
    const { evidence, ...answer } = await validateCsaf(withHistory(...numbers))
    expect(answer).toEqual({ valid })
    expect(evidence.includes('mandatoryTest_6_1_21')).toBe(!valid)
  })
})

describe('document category like a profile (6.1.26)', () => {
  test.each([
    ['csaf_security_advisory', true],
    ['Example notice', true],
    ['csafsecurityadvisory', false],
    ['CSAF-VEX', false],
    ['Security_Advisory', false],
    ['csaf_BASE', false],
  ])('%s: %s', async (category, valid) => {
    const value = changed((document) => {
      document.category = category
    })
    expect((await validateCsaf(value)).valid).toBe(valid)
  })
})

test('what the optional and informative tests find is told, and refuses nothing', async () => {
  const value = JSON.parse(genuine)
  value.product_tree.full_product_names = [{ name: 'Named and never used', product_id: 'unused' }]
  const { valid, evidence } = await validateCsaf(value, true)
  expect(valid).toBe(true)
  expect(evidence).toMatch(/^The CSAF 2\.0 schema and its mandatory tests are met\. Warnings: .*6\.2\.1 /)
})
