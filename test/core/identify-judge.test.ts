import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Bulletin } from '../../src/core/identify/bulletin.ts'
import type { KnownRevision } from '../../src/core/identify/history.ts'
import { type Checked, isSurelySeen, judge } from '../../src/core/identify/judge.ts'
import type { Check, Verdict } from '../../src/core/identify/verification.ts'
import { aBulletin } from '../support/bulletin.ts'

const NOW = '2026-11-23T12:00:00.000Z'
const own: readonly Check[] = (['hash', 'signature', 'schema', 'file-name', 'namespace'] as const).map((name) => ({
  name,
  outcome: 'pass',
  evidence: '',
}))
const unsigned = own.map((one): Check => (one.name === 'signature' ? { ...one, outcome: 'unavailable' } : one))

const came = (bulletin: Bulletin | null, digest: string, checks = own): Checked => ({ bulletin, digest, checks, signedBy: 'the vendor' })
const stored = (bulletin: Bulletin, digest: string, verdict: Verdict): KnownRevision => ({
  vendorId: bulletin.vendorId,
  revision: bulletin.revision,
  updatedAt: bulletin.updatedAt,
  digest,
  verdict,
  bulletin,
})

const first = aBulletin({ revision: '1', updatedAt: '2026-01-01T00:00:00.000Z' })
const second = aBulletin({ revision: '2', updatedAt: '2026-02-01T00:00:00.000Z', severity: 'critical' })
const regenerated = aBulletin({ revision: '1', updatedAt: '2026-03-01T00:00:00.000Z' })

describe('given nothing known', () => {
  test('a good document is new and AUTHENTIC', () => {
    const { verification, kind, previous, differences } = judge({ checked: came(first, 'a'), known: [], now: NOW })
    expect({ verdict: verification.verdict, kind, previous, differences }).toEqual({
      verdict: 'AUTHENTIC',
      kind: 'new',
      previous: null,
      differences: [],
    })
    expect(verification).toMatchObject({ signedBy: 'the vendor', checkedAt: NOW })
    expect(verification.checks.map((check) => check.name)).toEqual([...own.map((check) => check.name), 'rollback', 'contradiction'])
  })
  test('other ids do not matter', () => {
    const other = stored(aBulletin({ vendorId: 'RHSA-2', revision: '9' }), 'z', 'AUTHENTIC')
    expect(judge({ checked: came(first, 'a'), known: [other], now: NOW })).toMatchObject({
      kind: 'new',
      verification: { verdict: 'AUTHENTIC' },
    })
  })
})

describe('given an AUTHENTIC first version', () => {
  const known = [stored(first, 'a', 'AUTHENTIC')]

  test.each([
    { what: 'the same bytes', bulletin: first, digest: 'a', checks: own, kind: 'seen', verdict: 'AUTHENTIC' },
    { what: 'the same bytes without the signature', bulletin: first, digest: 'a', checks: unsigned, kind: 'seen', verdict: 'UNCONFIRMED' },
    { what: 'a later version', bulletin: second, digest: 'b', checks: own, kind: 'revised', verdict: 'AUTHENTIC' },
    { what: 'a later version, unsigned', bulletin: second, digest: 'b', checks: unsigned, kind: 'revised', verdict: 'UNCONFIRMED' },
    { what: 'the same version, later, signed', bulletin: regenerated, digest: 'c', checks: own, kind: 'regenerated', verdict: 'AUTHENTIC' },
    {
      what: 'the same version, later, unsigned',
      bulletin: regenerated,
      digest: 'c',
      checks: unsigned,
      kind: 'regenerated',
      verdict: 'QUARANTINED',
    },
    { what: 'the same version and date, other bytes', bulletin: first, digest: 'd', checks: own, kind: 'revised', verdict: 'QUARANTINED' },
    {
      what: 'an earlier version',
      bulletin: { ...first, revision: '0' },
      digest: 'e',
      checks: own,
      kind: 'revised',
      verdict: 'QUARANTINED',
    },
  ] as const)('$what: $kind, $verdict', ({ bulletin, digest, checks, kind, verdict }) => {
    const judged = judge({ checked: came(bulletin, digest, checks), known, now: NOW })
    expect({ kind: judged.kind, verdict: judged.verification.verdict }).toEqual({ kind, verdict })
  })

  test('a revision says which facts changed', () => {
    expect(judge({ checked: came(second, 'b'), known, now: NOW }).differences).toEqual(['severity Important -> Critical'])
  })
  test('a regeneration of equal facts changes nothing', () => {
    expect(judge({ checked: came(regenerated, 'c'), known, now: NOW }).differences).toEqual([])
  })
  test('a regeneration with other facts says so', () => {
    const worse = { ...regenerated, severity: 'critical' as const }
    expect(judge({ checked: came(worse, 'c'), known, now: NOW })).toMatchObject({
      kind: 'regenerated',
      differences: ['severity Important -> Critical'],
    })
  })
})

describe('weaker proof never outweighs stronger', () => {
  const huge = stored(aBulletin({ revision: '999' }), 'x', 'UNCONFIRMED')

  test('an unsigned huge version does not lock out the genuine bulletin', () => {
    expect(judge({ checked: came(first, 'a'), known: [huge], now: NOW }).verification.verdict).toBe('AUTHENTIC')
  })
  test('but holds against another unsigned one', () => {
    expect(judge({ checked: came(first, 'a', unsigned), known: [huge], now: NOW }).verification.verdict).toBe('QUARANTINED')
  })
  test('a quarantined one counts for nothing', () => {
    const held = stored(aBulletin({ revision: '999' }), 'x', 'QUARANTINED')
    expect(judge({ checked: came(first, 'a', unsigned), known: [held], now: NOW })).toMatchObject({
      kind: 'new',
      verification: { verdict: 'UNCONFIRMED' },
    })
  })
  test.each([
    ['the same again is known', unsigned, 'seen'],
    ['with the signature that was missing it is better proved than what was contradicted', own, 'new'],
  ] as const)('contradicted by an independent origin: %s', (_, checks, kind) => {
    const known = [{ ...stored(first, 'a', 'QUARANTINED'), alone: 'UNCONFIRMED' } as const]
    expect(judge({ checked: came(first, 'a', checks), known, now: NOW }).kind).toBe(kind)
  })
  test('the signature that was missing arrives: the same bytes, revised, without a difference', () => {
    const known = [stored(first, 'a', 'UNCONFIRMED')]
    expect(judge({ checked: came(first, 'a'), known, now: NOW })).toMatchObject({
      kind: 'revised',
      differences: [],
      verification: { verdict: 'AUTHENTIC' },
    })
  })
  test('the wrong hash sidecar is put right: new, as if the held one had not been', () => {
    const known = [stored(first, 'a', 'QUARANTINED')]
    expect(judge({ checked: came(first, 'a'), known, now: NOW })).toMatchObject({ kind: 'new', verification: { verdict: 'AUTHENTIC' } })
  })
})

describe('a document that was not read', () => {
  const forged = own.map((one): Check => (one.name === 'hash' ? { ...one, outcome: 'fail' } : { ...one, outcome: 'unavailable' }))

  test('is held, its history checks are unavailable', () => {
    const { verification, kind } = judge({ checked: came(null, 'f', forged), known: [stored(first, 'a', 'AUTHENTIC')], now: NOW })
    expect({ verdict: verification.verdict, kind }).toEqual({ verdict: 'QUARANTINED', kind: 'new' })
    expect(verification.checks.filter((check) => check.outcome === 'unavailable').map((check) => check.name)).toContain('rollback')
  })
  test('is seen when the same bytes are held already', () => {
    const held: KnownRevision = { vendorId: '', revision: '', updatedAt: NOW, digest: 'f', verdict: 'QUARANTINED', bulletin: null }
    expect(judge({ checked: came(null, 'f', forged), known: [held], now: NOW }).kind).toBe('seen')
  })
})

describe('what is surely seen without a look at its history', () => {
  const sees = (bulletin: Bulletin | null, digest: string, checks: readonly Check[], old: KnownRevision): boolean =>
    isSurelySeen(came(bulletin, digest, checks), [old])

  test.each([
    { what: 'the same bytes with the same proof', is: sees(first, 'a', own, stored(first, 'a', 'AUTHENTIC')), seen: true },
    { what: 'the same bytes with less proof', is: sees(first, 'a', unsigned, stored(first, 'a', 'AUTHENTIC')), seen: true },
    { what: 'the same bytes with more proof', is: sees(first, 'a', own, stored(first, 'a', 'UNCONFIRMED')), seen: false },
    { what: 'other bytes', is: sees(first, 'b', own, stored(first, 'a', 'AUTHENTIC')), seen: false },
    {
      what: 'the same bytes read as another id',
      is: sees(first, 'a', own, stored({ ...first, vendorId: 'x' }, 'a', 'AUTHENTIC')),
      seen: false,
    },
    { what: 'what was held', is: sees(first, 'a', own, stored(first, 'a', 'QUARANTINED')), seen: false },
    {
      what: 'what an independent origin contradicts, with the same proof',
      is: sees(first, 'a', unsigned, { ...stored(first, 'a', 'QUARANTINED'), alone: 'UNCONFIRMED' }),
      seen: true,
    },
    {
      what: 'what an independent origin contradicts, with more proof',
      is: sees(first, 'a', own, { ...stored(first, 'a', 'QUARANTINED'), alone: 'UNCONFIRMED' }),
      seen: false,
    },
    { what: 'what could not be read, as before', is: sees(null, 'a', [], stored(first, 'a', 'UNCONFIRMED')), seen: true },
  ])('$what: $seen', ({ is, seen }) => expect(is).toBe(seen))

  test('property: what is surely seen is `seen` to the judge, whatever else is known', () => {
    const verdicts = fc.constantFrom<Verdict>('BOGUS', 'QUARANTINED', 'UNCONFIRMED', 'CORROBORATED', 'AUTHENTIC')
    const bulletins = fc.constantFrom(first, second, regenerated, { ...first, vendorId: 'RHSA-2' })
    const known = fc.array(fc.tuple(bulletins, fc.constantFrom('a', 'b'), verdicts), { maxLength: 4 })
    const outcomes = fc.constantFrom<Check['outcome']>('pass', 'fail', 'unavailable', 'not applicable', 'stale')
    const checks = fc
      .tuple(outcomes, outcomes)
      .map(([signature, schema]) =>
        own.map((one): Check => ({ ...one, outcome: one.name === 'signature' ? signature : one.name === 'schema' ? schema : one.outcome })),
      )
    fc.assert(
      fc.property(fc.option(bulletins), known, checks, (bulletin, rows, proof) => {
        const revisions = rows.map(([one, digest, verdict]) => stored(one, digest, verdict))
        const checked = came(bulletin, 'a', proof)
        const surely = isSurelySeen(checked, revisions)
        expect(surely && judge({ checked, known: revisions, now: NOW }).kind !== 'seen').toBe(false)
      }),
    )
  })
})
