import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { indexesFor, indexReader, readRelease } from '../../src/core/identify/archive.ts'

const SUM = 'a'.repeat(64)
const release = (paths: readonly string[]) =>
  readRelease(
    `Suite: stable\nMD5Sum:\n ${'b'.repeat(32)} 1 main/binary-amd64/Packages\nSHA256:\n${paths.map((path) => ` ${SUM} 12 ${path}\n`).join('')}`,
  )

describe('a release', () => {
  test('is read as far as it is one', () => {
    const read = readRelease(
      `Codename: x\nValid-Until: Wed, 02 Dec 2026 02:22:30 UTC\nAcquire-By-Hash: yes\nSHA256:\n ${SUM} 1 a/b\nno field`,
    )
    expect(read).toMatchObject({ name: 'x', date: '', byHash: true, validUntil: new Date('2026-12-02T02:22:30Z') })
    expect([...read.sums]).toEqual([['a/b', SUM]])
  })

  test.each([
    '../x',
    '/etc/passwd',
    'a/../../b',
    'a b',
    'https://evil.example/x',
    'a?b',
    '',
  ])('takes no path that leads elsewhere: "%s"', (path) => expect([...release([path]).sums]).toEqual([]))

  test('never fails, whatever it is', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(readRelease(text).sums.size).toBe(0)
      }),
    )
  })
})

describe('the indexes that could list a package', () => {
  const all = ['main/binary-amd64/Packages', 'main/binary-amd64/Packages.gz', 'main/binary-amd64/Packages.xz', 'main/source/Sources.gz']
  test.each([
    ['of its architecture, packed by what is cheaper to unpack', all, 'a_1_amd64.deb', '', ['main/binary-amd64/Packages.gz']],
    [
      'packed, where the unpacked one is only named',
      ['m/binary-amd64/Packages', 'm/binary-amd64/Packages.xz'],
      'a_1_amd64.deb',
      '',
      ['m/binary-amd64/Packages.xz'],
    ],
    ['unpacked where that is all there is', ['m/binary-amd64/Packages'], 'a_1_amd64.deb', '', ['m/binary-amd64/Packages']],
    ['not of another architecture', all, 'a_1_arm64.deb', '', []],
    ['of any architecture, for a package that fits all', all, 'a_1_all.deb', '', ['main/binary-amd64/Packages.gz']],
    [
      'the component of its address first',
      ['universe/binary-amd64/Packages.gz', 'main/binary-amd64/Packages.gz'],
      'a_1_amd64.deb',
      'https://v.example/pool/main/a/a_1_amd64.deb',
      ['main/binary-amd64/Packages.gz', 'universe/binary-amd64/Packages.gz'],
    ],
  ])('%s', (_, paths, name, url, expected) => expect(indexesFor(release(paths), name, url)).toEqual(expected))

  test('are a few at most', () => {
    const many = Array.from({ length: 50 }, (_, i) => `c${i}/binary-amd64/Packages.gz`)
    expect(indexesFor(release(many), 'a_1_amd64.deb', '')).toHaveLength(8)
  })
})

test('an index says the same however it is cut into pieces', () => {
  const text = `Package: a\nVersion: 1\nFilename: p/a_1_amd64.deb\nSHA256: ${SUM}\n\nPackage: b\nFilename: p/b.deb\nSHA256: ${'c'.repeat(64)}`
  fc.assert(
    fc.property(fc.array(fc.nat(text.length)), fc.constantFrom('a_1_amd64.deb', 'b.deb', 'none.deb'), (cuts, name) => {
      const reader = indexReader({ name, sha256: SUM })
      const places = [0, ...cuts.toSorted((a, b) => a - b), text.length]
      for (const [i, at] of places.slice(0, -1).entries()) reader.take(text.slice(at, places[i + 1]))
      // The hash counts before the name.
      expect(reader.end()).toEqual({ name: 'a', version: '1', fileName: 'a_1_amd64.deb', sha256: SUM })
    }),
  )
  const other = indexReader({ name: 'b.deb', sha256: 'd'.repeat(64) })
  other.take(text)
  expect(other.end()?.sha256).toBe('c'.repeat(64))
})
