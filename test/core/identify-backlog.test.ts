import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { advanced, dueOf, type Listed, type Progress } from '../../src/core/identify/backlog.ts'
import { compareRevisions } from '../../src/core/identify/history.ts'
import { revisionOf } from '../../src/core/identify/revision.ts'

const NOW = '2026-11-25T12:00:00.000Z'
const day = (n: number): string => new Date(Date.UTC(2026, 0, n)).toISOString()
const entry = (key: string, at = ''): Listed => ({ key, at })
const keys = (entries: readonly Listed[]): string => entries.map((one) => one.key).join(' ')

/** One look: what was asked for, and where one stands. */
const look = (entries: readonly Listed[], progress: Progress | null, most: number, fails: readonly string[] = []) => {
  const { fresh, again, left } = dueOf(entries, progress, most)
  const tried = [...fresh, ...again]
  const failed = tried.filter((one) => fails.includes(one.key))
  return { asked: keys(tried), left, progress: advanced(entries, progress, tried, failed, NOW) }
}

const four = [entry('d', day(4)), entry('c', day(3)), entry('b', day(2)), entry('a', day(1))]

describe('working through a list', () => {
  test('the first look takes the newest, oldest first; older ones are never asked for', () => {
    const first = look(four, null, 2)
    expect(first.asked).toBe('c d')
    expect(look(four, first.progress, 2)).toMatchObject({ asked: '', left: false })
  })

  test('later only what is new or changed, oldest first, the rest at the next look', () => {
    const first = look(four, null, 10)
    const more = [entry('f', day(9)), entry('b', day(8)), entry('e', day(7)), ...four.filter((one) => one.key !== 'b')]
    const second = look(more, first.progress, 2)
    expect(second).toMatchObject({ asked: 'e b', left: true })
    const third = look(more, second.progress, 2)
    expect(third).toMatchObject({ asked: 'f', left: false })
    expect(look(more, third.progress, 2).asked).toBe('')
  })

  test('what cannot be fetched is asked for again until it can, even weeks later, and holds up nothing', () => {
    const first = look(four, null, 10, ['b'])
    expect(first.asked).toBe('a b c d')
    const later = [...four, entry('z', day(60))]
    const second = look(later, first.progress, 10, ['b'])
    expect(second).toMatchObject({ asked: 'z b', left: true })
    const third = look(later, second.progress, 10)
    expect(third.asked).toBe('b')
    expect(look(later, third.progress, 10)).toMatchObject({ asked: '', left: false })
  })

  test('one that failed and is no longer listed is forgotten', () => {
    const first = look(four, null, 10, ['b'])
    const second = look([entry('a', day(1))], first.progress, 10)
    expect(second).toMatchObject({ asked: '', progress: { failed: [] } })
  })

  test('one that is added with a date of some days ago is found', () => {
    const first = look(four, null, 10)
    expect(look([...four, entry('late', day(-6))], first.progress, 10).asked).toBe('late')
    expect(look([...four, entry('old', day(-30))], first.progress, 10).asked).toBe('')
  })

  test('a date in the future does not hide what comes after it', () => {
    const odd = [...four, entry('odd', '2099-01-01T00:00:00.000Z')]
    const first = look(odd, null, 10)
    expect(look([...odd, entry('next', '2026-11-24T00:00:00.000Z')], first.progress, 10).asked).toBe('next')
  })

  test('a list without dates: the last ones at first, then each new name', () => {
    const names = ['a', 'b', 'c'].map((key) => entry(key))
    const first = look(names, null, 2)
    expect(first.asked).toBe('b c')
    expect(look([...names, entry('d')], first.progress, 2).asked).toBe('d')
  })

  test('whatever fails and however few are taken: each is taken once, and nothing is lost', () => {
    const listOf = fc.uniqueArray(
      fc.record({ key: fc.string({ minLength: 1, maxLength: 3 }), at: fc.integer({ min: 1, max: 300 }).map(day) }),
      {
        selector: (one) => one.key,
        minLength: 1,
        maxLength: 30,
      },
    )
    fc.assert(
      fc.property(listOf, fc.integer({ min: 1, max: 5 }), fc.integer({ min: 0, max: 3 }), (entries, most, failing) => {
        const taken: string[] = []
        // Given a first look at an empty past, so that all of it is new
        let progress: Progress = { from: '', upTo: '', seen: [], failed: [] }
        for (let i = 0; i < 100; i += 1) {
          const { fresh, again } = dueOf(entries, progress, most)
          const tried = [...fresh, ...again]
          const failed = i < 20 ? tried.slice(0, failing) : []
          taken.push(...tried.filter((one) => !failed.includes(one)).map((one) => one.key))
          progress = advanced(entries, progress, tried, failed, NOW)
        }
        expect([...taken].sort()).toEqual(entries.map((one) => one.key).sort())
      }),
    )
  })
})

test('a revision by date is in order where dates are, and changes without a date count', () => {
  expect(revisionOf('2026-11-23T14:05:00.000Z')).toBe('20261123.140500.0')
  expect(revisionOf('2026-01-02T00:00:07.000Z', 3)).toBe('20260102.7.3')
  fc.assert(
    fc.property(
      fc.date({ min: new Date('1980'), max: new Date('2100'), noInvalidDate: true }),
      fc.integer({ min: 1, max: 1e9 }),
      (date, s) => {
        const later = new Date(date.getTime() + s * 1000)
        expect(compareRevisions(revisionOf(later.toISOString()), revisionOf(date.toISOString(), 5))).toBeGreaterThan(0)
      },
    ),
  )
})
