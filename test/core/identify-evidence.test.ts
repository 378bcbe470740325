import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Evidence, evidenceSchema, recheck, sealed } from '../../src/core/identify/evidence.ts'
import { type Check, verdictOf } from '../../src/core/identify/verification.ts'

const made: readonly Check[] = (['hash', 'signature', 'schema', 'file-name', 'namespace'] as const).map((name) => ({
  name,
  outcome: 'pass',
  evidence: name,
}))
const remembered: readonly Check[] = (['rollback', 'contradiction'] as const).map((name) => ({ name, outcome: 'pass', evidence: name }))
const checks = [...made, ...remembered]

const evidence: Evidence = sealed({
  kind: 'document',
  name: 'a.json',
  url: null,
  redirectedFrom: null,
  bytes: Buffer.from('hello').toString('base64'),
  sidecars: { signature: 'x' },
  pinned: { keyFingerprint: 'a'.repeat(40), keyOwner: 'x', namespaces: ['a.example'], key: 'k' },
  owned: [],
  dns: [],
  patch: null,
  checkedAt: '2026-11-25T12:00:00.000Z',
  checks,
  verdict: verdictOf(checks),
})

describe('an evidence that is checked again', () => {
  test('agrees when its checks come out as they were; what cannot be made again is taken from it', () => {
    expect(recheck(evidence, made)).toMatchObject({ agrees: true, verdict: 'AUTHENTIC', flaws: [] })
    expect(evidenceSchema.parse(JSON.parse(JSON.stringify(evidence)))).toEqual(evidence)
  })

  test.each([
    ['a check that fails now', made.map((one) => (one.name === 'hash' ? { ...one, outcome: 'fail' as const } : one)), 'QUARANTINED'],
    [
      'a check that cannot be made now',
      made.map((one) => (one.name === 'signature' ? { ...one, outcome: 'unavailable' as const } : one)),
      'UNCONFIRMED',
    ],
    ['a check that is missing', made.slice(1), 'UNCONFIRMED'],
  ])('%s: it does not agree', (_, again, verdict) => {
    const found = recheck(evidence, again)
    expect(found).toMatchObject({ agrees: false, verdict })
    expect(found.flaws.length).toBeGreaterThan(0)
  })

  test('a remembered failure is not forgotten', () => {
    const held = sealed({
      ...evidence,
      checks: [...made, { name: 'rollback', outcome: 'fail', evidence: '' }],
      verdict: 'QUARANTINED',
    } as never)
    expect(recheck(held, made)).toMatchObject({ verdict: 'QUARANTINED' })
  })

  test('a verdict that was written in does not agree, even under a seal of its own', () => {
    const { format: _f, v: _v, rules: _r, seal: _s, ...rest } = evidence
    expect(recheck(sealed({ ...rest, verdict: 'CORROBORATED' }), made)).toMatchObject({ agrees: false, verdict: 'AUTHENTIC' })
  })

  test('any changed letter in it shows', () => {
    const text = JSON.stringify(evidence)
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.constantFrom('0', 'f', 'x', 'Z'), (at, letter) => {
        fc.pre(text[at] !== letter)
        const changed = `${text.slice(0, at)}${letter}${text.slice(at + 1)}`
        let parsed: Evidence
        try {
          parsed = evidenceSchema.parse(JSON.parse(changed))
        } catch {
          return true
        }
        return !recheck(parsed, made).agrees
      }),
      { numRuns: 500 },
    )
  })
})
