import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type BaselineEntry, baselineStatus, moveBaseline } from '../../src/core/assess/baseline.ts'
import { compareEvr, parseEvr } from '../../src/core/assess/rpm.ts'
import { asset, build, STREAM } from './assess-support.ts'

const entry = (version: string, more: Partial<BaselineEntry> = {}): BaselineEntry => ({
  assetClass: 'web servers',
  product: 'openssl',
  scheme: 'rpm',
  arch: 'x86_64',
  stream: STREAM,
  version,
  ...more,
})

const web = (host: string, version: string) => asset(host, [`openssl-${version}.x86_64`])

describe('where a host stands', () => {
  test.each([
    ['1:1.1.1k-9.el8_6', 'at'],
    ['1:1.1.1k-7.el8_6', 'below'],
    ['1:1.1.1k-10.el8_6', 'above'],
    ['3.0.7-1.el8', 'below'],
  ])('openssl %s against the baseline 1:1.1.1k-9.el8_6 is %s', (version, status) => {
    expect(baselineStatus(web('web-01', version), [entry('1:1.1.1k-9.el8_6')]).status).toBe(status)
  })

  test.each([
    [entry('1:1.1.1k-9.el8_6', { assetClass: 'database servers' }), 'another class'],
    [entry('1:1.1.1k-9.el8_6', { stream: 'BaseOS-8.9.0.Z.MAIN' }), 'another stream'],
    [entry('1:1.1.1k-9.el8_6', { product: 'bind' }), 'a product that the host does not have'],
    [entry('1:1.1.1k-9.el8_6', { arch: 'i686' }), 'another architecture'],
  ])('an entry for %j says nothing: %s', (other) => {
    expect(baselineStatus(web('web-01', '1:1.1.1k-7.el8_6'), [other])).toEqual({ status: 'none', products: [] })
  })

  test('below weighs more than above, and every product is told', () => {
    const host = asset('web-01', ['openssl-1:1.1.1k-10.el8_6.x86_64', 'c-ares-1.13.0-6.el8.x86_64'])
    const report = baselineStatus(host, [entry('1:1.1.1k-9.el8_6'), entry('0:1.13.0-9.el8', { product: 'c-ares' })])
    expect(report.status).toBe('below')
    expect(report.products.map(({ product, installed, status }) => [product, installed, status])).toEqual([
      ['openssl', '1:1.1.1k-10.el8_6', 'above'],
      ['c-ares', '0:1.13.0-6.el8', 'below'],
    ])
  })

  test('an entry that cannot be read is a fault, not a status', () => {
    expect(() => baselineStatus(web('web-01', '1:1.1.1k-9.el8_6'), [entry('newest')])).toThrow(
      'baseline of openssl: expected a version of rpm, received "newest"',
    )
  })
})

describe('closing a review moves the baseline', () => {
  const fixed = [build(STREAM, 'openssl-1:1.1.1k-9.el8_6.x86_64'), build(STREAM, 'openssl-perl-1:1.1.1k-9.el8_6.x86_64')]

  test('given verified web servers, their class is at the fixed build and a host left behind is below', () => {
    const moved = moveBaseline([], [web('web-01', '1:1.1.1k-9.el8_6'), web('web-02', '1:1.1.1k-9.el8_6')], fixed)
    expect(moved).toEqual([entry('1:1.1.1k-9.el8_6')])
    expect(baselineStatus(web('web-01', '1:1.1.1k-9.el8_6'), moved).status).toBe('at')
    expect(baselineStatus(web('web-03', '1:1.1.1k-7.el8_6'), moved).status).toBe('below')
  })

  test('each class of the verified hosts moves, others stay', () => {
    const before = [entry('1:1.1.1k-6.el8_5'), entry('1:1.1.1k-6.el8_5', { assetClass: 'database servers' })]
    const moved = moveBaseline(before, [web('web-01', '1:1.1.1k-9.el8_6')], fixed)
    expect(moved).toHaveLength(2)
    expect(moved).toContainEqual(entry('1:1.1.1k-9.el8_6'))
    expect(moved).toContainEqual(before[1])
  })

  test('a later baseline stays: an older bulletin reviewed afterwards moves nothing back', () => {
    const later = [entry('1:1.1.1k-10.el8_6')]
    expect(moveBaseline(later, [web('web-01', '1:1.1.1k-10.el8_6')], fixed)).toEqual(later)
  })

  test('nobody verified, nothing moved', () => {
    expect(moveBaseline([entry('1:1.1.1k-6.el8_5')], [], fixed)).toEqual([entry('1:1.1.1k-6.el8_5')])
  })

  test('a verified host of another stream moves nothing', () => {
    expect(moveBaseline([], [{ ...web('app-01', '1:1.1.1k-9.el8_6'), streams: ['BaseOS-8.9.0.Z.MAIN'] }], fixed)).toEqual([])
  })

  test('for any sequence of reviews no entry ever moves backwards, and none appears twice', () => {
    const release = fc.integer({ min: 1, max: 20 })
    fc.assert(
      fc.property(fc.array(release, { maxLength: 10 }), (releases) => {
        let entries: readonly BaselineEntry[] = []
        for (const n of releases) {
          const before = entries[0]
          entries = moveBaseline(entries, [web('web-01', `1:1.1.1k-${n}.el8_6`)], [build(STREAM, `openssl-1:1.1.1k-${n}.el8_6.x86_64`)])
          expect(entries).toHaveLength(1)
          if (before) expect(compareEvr(evrOf(entries[0]), evrOf(before))).toBeGreaterThanOrEqual(0)
        }
        if (releases.length > 0) expect(entries).toEqual([entry(`1:1.1.1k-${Math.max(...releases)}.el8_6`)])
      }),
    )
  })
})

function evrOf(entry: BaselineEntry | undefined) {
  const evr = parseEvr(entry?.version ?? '')
  if (evr === null) throw new Error('no version')
  return evr
}
