import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { compareEvr, formatEvr, parseEvr, parseNevra, rpmvercmp } from '../../src/core/assess/rpm.ts'
import type { Evr } from '../../src/core/identify/bulletin.ts'

const table = z
  .object({ cases: z.array(z.tuple([z.string(), z.string(), z.number()])).min(90) })
  .parse(JSON.parse(readFileSync(new URL('../fixtures/rpmvercmp.json', import.meta.url), 'utf8')))

describe("rpm's own table", () => {
  test.each(table.cases)('%s against %s is %i', (a, b, expected) => {
    expect(rpmvercmp(a, b)).toBe(expected)
  })
})

describe('what the table leaves out', () => {
  test.each([
    ['1.0.', '1.0', 0, 'a trailing separator says nothing'],
    ['', '', 0, 'nothing equals nothing'],
    ['', '~', 1, 'a tilde is before even the end'],
    ['', '^', -1, 'a caret is after the end'],
    ['1.0^a', '1.0.a', -1, 'but before any further segment'],
    ['1', 'a', 1, 'digits are newer than letters'],
    ['99999999999999999999', '100000000000000000000', -1, 'numbers longer than a machine word'],
    ['9007199254740993', '9007199254740992', 1, 'numbers that a double cannot tell apart'],
    ['000', '0', 0, 'all zeros'],
    ['1.Z', '1.a', -1, 'letters go by ASCII, capitals first'],
    ['1.0é', '1.0ü', 0, 'anything but ASCII separates'],
  ])('%j against %j is %i: %s', (a, b, expected) => {
    expect(rpmvercmp(a, b)).toBe(expected)
  })
})

describe('epoch, version, release', () => {
  test.each([
    ['1:1.1.1k-7.el8_6', '1:1.1.1k-9.el8_6', -1, 'the release decides when the versions are equal'],
    ['1:1.1.1k-10.el8_6', '1:1.1.1k-9.el8_6', 1, 'a string compare puts 10 before 9'],
    ['9.11.4-1.el6', '32:9.8.2-0.68.rc1.el6_10.17', -1, 'no epoch is epoch 0, whatever the version'],
    ['0:0.5-1.el7_9', '0.5-1.el7_9', 0, 'no epoch equals epoch 0'],
    ['5.14.0-284.18.1.rt14.303.el9_2', '5.14.0-284.25.1.rt14.310.el9_2', -1, 'kernel-rt'],
    ['5.14.0-284.25.1.rt14.310.el9_2', '5.14.0-284.9.1.rt14.290.el9_2', 1, 'kernel-rt, 25 after 9'],
    ['1.13.0-9.el8_9', '1.13.0-9.el8_9.1', -1, 'a rebuild after its original'],
  ])('%s against %s is %i: %s', (a, b, expected) => {
    expect(compareEvr(read(a), read(b))).toBe(expected)
    expect(compareEvr(read(b), read(a))).toBe(expected === 0 ? 0 : -expected)
  })

  test.each([
    '',
    '1',
    '1.0',
    'a:1-2',
    '1-2-3',
    '1:1-2 ',
    '1:-2',
    '1:1:1-2',
    '1-2/3',
    '1234567890:1-2',
  ])('%j is no epoch:version-release', (text) => {
    expect(parseEvr(text)).toBeNull()
  })

  test('the epoch is always shown', () => {
    expect(formatEvr(read('0.5-1.el7_9'))).toBe('0:0.5-1.el7_9')
  })
})

describe('name-epoch:version-release.arch', () => {
  test.each([
    ['openssl-libs-1:1.1.1k-9.el8_6.x86_64', { name: 'openssl-libs', epoch: 1, version: '1.1.1k', release: '9.el8_6', arch: 'x86_64' }],
    ['rhc-worker-script-0.5-1.el7_9.src', { name: 'rhc-worker-script', epoch: 0, version: '0.5', release: '1.el7_9', arch: 'src' }],
    [
      'java-1.8.0-openjdk-1:1.8.0.372.b07-1.el8_6.i686',
      { name: 'java-1.8.0-openjdk', epoch: 1, version: '1.8.0.372.b07', release: '1.el8_6', arch: 'i686' },
    ],
    ['libstdc++-8.5.0-10.el8.x86_64', { name: 'libstdc++', epoch: 0, version: '8.5.0', release: '10.el8', arch: 'x86_64' }],
  ])('%s', (text, expected) => {
    expect(parseNevra(text)).toEqual({ scheme: 'rpm', ...expected })
  })

  test.each(['openssl', 'openssl-1.1.1k-9', '-1-2.x86_64', 'openssl-1:1.1.1k.x86_64', 'a b-1-2.x86_64', ''])('%j is none', (text) => {
    expect(parseNevra(text)).toBeNull()
  })
})

describe('a total order', () => {
  const part = fc
    .array(fc.constantFrom('0', '1', '9', '10', '01', 'a', 'B', 'rc', '~', '^', '.', '_', '+'), { minLength: 1, maxLength: 6 })
    .map((all) => all.join(''))
  const evr = fc.record({ epoch: fc.nat(2), version: part, release: part })

  test('reflexive', () => {
    fc.assert(fc.property(evr, (a) => compareEvr(a, { ...a }) === 0))
  })

  test('antisymmetric and total', () => {
    fc.assert(fc.property(evr, evr, (a, b) => compareEvr(a, b) + compareEvr(b, a) === 0))
  })

  test('transitive', () => {
    fc.assert(
      fc.property(evr, evr, evr, (a, b, c) => {
        if (compareEvr(a, b) <= 0 && compareEvr(b, c) <= 0) expect(compareEvr(a, c)).toBe(Math.min(compareEvr(a, b), compareEvr(b, c)))
      }),
      { numRuns: 3000 },
    )
  })

  test('what is written can be read back', () => {
    fc.assert(
      fc.property(evr, (a) => {
        expect(parseEvr(formatEvr(a))).toEqual({ ...a })
      }),
    )
  })
})

function read(text: string): Evr {
  const evr = parseEvr(text)
  if (evr === null) throw new Error(`not an epoch:version-release: ${text}`)
  return evr
}
