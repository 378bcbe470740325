import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Evidence, evidenceSchema, recheck, sealed } from '../../src/core/identify/evidence.ts'
import { type Check, rungOf, verdictOf } from '../../src/core/identify/verification.ts'

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

  const written = (change: Partial<Evidence>): Evidence => {
    const { format: _f, v: _v, rules: _r, seal: _s, ...rest } = { ...evidence, ...change }
    return sealed({ ...rest, verdict: verdictOf(rest.checks) })
  }

  test('a forger may seal what he likes: without a signature in it nothing is called AUTHENTIC', () => {
    const forged = written({ kind: 'stored', sidecars: {}, pinned: null })
    expect(recheck(forged, [])).toMatchObject({
      agrees: false,
      proved: 'UNCONFIRMED',
      flaws: [expect.stringMatching(/no signature in it/)],
    })
  })

  test('who confirmed it is only claimed: it agrees, and proves no more than it has in it', () => {
    const confirmed: Check = { name: 'corroboration', outcome: 'pass', evidence: 'Everybody confirms it.' }
    const unsigned = made.map((one) => (one.name === 'signature' ? { ...one, outcome: 'unavailable' as const } : one))
    const claimed = written({ checks: [...unsigned, ...remembered, confirmed] })
    expect(recheck(claimed, unsigned)).toMatchObject({ agrees: true, verdict: 'CORROBORATED', proved: 'UNCONFIRMED' })
    expect(recheck(written({ checks: [...checks, confirmed] }), made)).toMatchObject({ agrees: true, proved: 'AUTHENTIC' })
  })

  test('property: nothing is proved higher than it is said, whatever is claimed', () => {
    const outcome = fc.constantFrom('pass', 'fail', 'unavailable', 'stale', 'not applicable')
    const claims = fc.array(
      fc.record({ name: fc.constantFrom('rollback', 'contradiction', 'corroboration'), outcome, evidence: fc.constant('x') }),
    )
    fc.assert(
      fc.property(claims, fc.subarray([...made]), (claimed, again) => {
        const found = recheck(written({ checks: [...again, ...(claimed as Check[]), ...remembered] }), again)
        expect(rungOf(found.proved)).toBeLessThanOrEqual(rungOf(found.verdict))
        if (!again.some(({ name }) => name === 'signature')) expect(rungOf(found.proved)).toBeLessThanOrEqual(rungOf('UNCONFIRMED'))
      }),
    )
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
