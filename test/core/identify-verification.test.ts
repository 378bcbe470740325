import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Check, type CheckName, type CheckOutcome, LADDER, reasonOf, rungOf, verdictOf } from '../../src/core/identify/verification.ts'

const check = (name: CheckName, outcome: CheckOutcome): Check => ({ name, outcome, evidence: '' })

const authentic: readonly Check[] = [
  check('hash', 'pass'),
  check('signature', 'pass'),
  check('schema', 'pass'),
  check('file-name', 'pass'),
  check('namespace', 'pass'),
  check('rollback', 'not applicable'),
  check('contradiction', 'pass'),
]

const changed = (name: CheckName, outcome: CheckOutcome | 'missing'): readonly Check[] =>
  authentic.flatMap((one) => (one.name !== name ? [one] : outcome === 'missing' ? [] : [check(name, outcome)]))

describe('verdict table', () => {
  test('all checks stand: AUTHENTIC', () => {
    expect(verdictOf(authentic)).toBe('AUTHENTIC')
    expect(reasonOf(authentic)).toBe('Signed by the pinned key; hash, schema, file name and publisher agree')
  })

  const names = authentic.map((one) => one.name)
  const outcomes = ['fail', 'unavailable', 'stale', 'missing'] as const
  test.each(names.flatMap((name) => outcomes.map((outcome) => ({ name, outcome }))))('$name $outcome: a lower rung', ({
    name,
    outcome,
  }) => {
    const verdict = verdictOf(changed(name, outcome))
    expect(verdict).toBe(outcome === 'fail' ? 'QUARANTINED' : 'UNCONFIRMED')
  })

  test.each(['hash', 'signature', 'schema', 'file-name', 'namespace'] as const)('%s not applicable does not count as pass', (name) => {
    expect(verdictOf(changed(name, 'not applicable'))).toBe('UNCONFIRMED')
  })

  test('nothing checked: UNCONFIRMED, never more', () => {
    expect(verdictOf([])).toBe('UNCONFIRMED')
  })

  test('one of two answers to a check is not enough', () => {
    expect(verdictOf([...authentic, check('signature', 'stale')])).toBe('UNCONFIRMED')
  })
})

describe('corroboration', () => {
  const confirmed = check('corroboration', 'pass')

  test.each(['signature', 'hash'] as const)('makes up for a missing %s', (name) => {
    expect(verdictOf([...changed(name, 'unavailable'), confirmed])).toBe('CORROBORATED')
  })
  test.each(['schema', 'file-name', 'namespace', 'rollback', 'contradiction'] as const)('does not make up for %s', (name) => {
    expect(verdictOf([...changed(name, 'unavailable'), confirmed])).toBe('UNCONFIRMED')
  })
  test.each(['unavailable', 'stale', 'not applicable'] as const)('%s does not count', (outcome) => {
    expect(verdictOf([...changed('signature', 'unavailable'), check('corroboration', outcome)])).toBe('UNCONFIRMED')
  })
  test('does not outweigh a failure', () => {
    expect(verdictOf([...changed('signature', 'fail'), confirmed])).toBe('QUARANTINED')
  })
  test('says what was missing', () => {
    expect(reasonOf([...changed('signature', 'unavailable'), confirmed])).toBe('Confirmed by an independent origin (signature missing)')
  })
})

describe('reasons', () => {
  test.each([
    { name: 'hash', outcome: 'fail', reason: 'HELD: the file does not match its published hash' },
    { name: 'signature', outcome: 'fail', reason: 'HELD: the signature is not a good one by the pinned key' },
    { name: 'schema', outcome: 'fail', reason: 'HELD: genuine, but malformed' },
    { name: 'rollback', outcome: 'fail', reason: 'HELD: the document goes back behind a revision that is already known' },
    { name: 'contradiction', outcome: 'fail', reason: 'HELD: the same id and version came with other content' },
    { name: 'namespace', outcome: 'fail', reason: 'HELD: the publisher is not one that may speak here' },
    { name: 'file-name', outcome: 'fail', reason: 'HELD: the file name is not the one that its id demands' },
    { name: 'signature', outcome: 'unavailable', reason: 'Looks official, nothing more (signature missing)' },
    { name: 'signature', outcome: 'stale', reason: 'Looks official, nothing more (signature stale)' },
    { name: 'rollback', outcome: 'unavailable', reason: 'Looks official, nothing more (rollback check not possible)' },
  ] as const)('$name $outcome: $reason', ({ name, outcome, reason }) => {
    expect(reasonOf(changed(name, outcome))).toBe(reason)
  })

  test('malformed without a signature is not called genuine', () => {
    const checks = changed('schema', 'fail').map((one) => (one.name === 'signature' ? check('signature', 'unavailable') : one))
    expect(reasonOf(checks)).toBe('HELD: the document is malformed')
  })
  test('a forged document is told as forged, whatever else failed', () => {
    expect(reasonOf([check('schema', 'fail'), check('signature', 'fail'), check('hash', 'fail')])).toBe(
      'HELD: the file does not match its published hash',
    )
  })
})

describe('properties', () => {
  const names = ['hash', 'signature', 'schema', 'file-name', 'namespace', 'rollback', 'contradiction', 'corroboration'] as const
  const outcome = fc.constantFrom<CheckOutcome>('pass', 'fail', 'not applicable', 'unavailable', 'stale')
  const checks = fc.array(fc.record({ name: fc.constantFrom(...names), outcome, evidence: fc.string() }))

  test('a worse answer to a check never raises the verdict', () => {
    fc.assert(
      fc.property(checks, fc.nat(), fc.constantFrom<CheckOutcome>('fail', 'unavailable', 'stale'), (all, at, worse) => {
        const worsened = all.map((one, index) => (index === at % all.length && one.outcome !== 'fail' ? { ...one, outcome: worse } : one))
        return rungOf(verdictOf(worsened)) <= rungOf(verdictOf(all))
      }),
    )
  })
  test('the order of checks and their evidence do not matter', () => {
    fc.assert(fc.property(checks, (all) => verdictOf([...all].reverse().map((one) => ({ ...one, evidence: 'other' }))) === verdictOf(all)))
  })
  test('every verdict has its sentence', () => {
    fc.assert(fc.property(checks, (all) => LADDER.includes(verdictOf(all)) && reasonOf(all).length > 0))
  })
})
