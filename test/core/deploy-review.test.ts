import { describe, expect, test } from 'vitest'
import type { HostProgress } from '../../src/core/deploy/progress.ts'
import { type ReviewInput, reviewFigures } from '../../src/core/deploy/review.ts'
import { at, fresh } from './deploy-support.ts'

const done = (host: string, verified: number, more: Partial<HostProgress> = {}): HostProgress => ({
  ...fresh(host),
  tries: 1,
  status: 'verified',
  facts: { orderedAt: at(0), arrivedAt: at(0.05), installedAt: at(verified - 1), verifiedAt: at(verified) },
  ...more,
})
const INPUT: ReviewInput = {
  hosts: [
    done('a', 2),
    done('b', 4),
    done('c', 30, { late: true, tries: 2 }),
    done('d', 10),
    { ...fresh('e'), status: 'excluded', tries: 1, facts: { orderedAt: at(0) } },
  ],
  clocks: { startBy: at(60), completeBy: at(20) },
  startedAt: at(0),
  finishedAt: at(31),
  acts: [
    { what: 'approved', who: 'Dana', at: at(-10) },
    { what: 'classified', who: 'Ana', at: at(-300) },
    { what: 'started', who: 'patchcrier', at: at(0) },
  ],
  now: at(100),
}

describe('figures of a review', () => {
  const figures = reviewFigures(INPUT)

  test('counts per status, only those that occur', () => {
    expect(figures).toMatchObject({ total: 5, retried: 1, late: 1 })
    expect(figures.counts).toEqual([
      { status: 'verified', hosts: 4 },
      { status: 'excluded', hosts: 1 },
    ])
  })

  test('time to each step, over the hosts that reported it; steps nobody reported are absent', () => {
    expect(figures.steps).toEqual([
      { step: 'arrived', hosts: 4, medianSeconds: 3, longestSeconds: 3 },
      { step: 'installed', hosts: 4, medianSeconds: 360, longestSeconds: 1740 },
      { step: 'verified', hosts: 4, medianSeconds: 420, longestSeconds: 1800 },
    ])
    expect(reviewFigures({ ...INPUT, hosts: INPUT.hosts.slice(0, 3) }).steps.at(-1)?.medianSeconds).toBe(240)
  })

  test('hosts that were verified, one after another from the start on; several at one moment are one step', () => {
    expect(figures.verified).toEqual([
      { at: at(0), count: 0 },
      { at: at(2), count: 1 },
      { at: at(4), count: 2 },
      { at: at(10), count: 3 },
      { at: at(30), count: 4 },
    ])
    const together = reviewFigures({ ...INPUT, hosts: [done('a', 2), done('b', 2), done('c', 3, { status: 'rolled back' })] }).verified
    expect(together).toEqual([
      { at: at(0), count: 0 },
      { at: at(2), count: 2 },
    ])
    expect(reviewFigures({ ...INPUT, startedAt: null }).verified).toEqual([])
    expect(reviewFigures({ ...INPUT, hosts: [fresh('a')] }).verified).toEqual([])
  })

  test('a large rollout keeps its shape in forty points, the last of them whole', () => {
    const hosts = Array.from({ length: 1_000 }, (_, i) => done(`h${i}`, i + 1))
    const { verified } = reviewFigures({ ...INPUT, hosts })
    expect(verified.length).toBeLessThanOrEqual(41)
    expect(verified.at(-1)).toEqual({ at: at(1_000), count: 1_000 })
    expect(verified.map(({ count }) => count)).toEqual(verified.map(({ count }) => count).toSorted((a, b) => a - b))
  })

  test('who did what, by time, and what took longest', () => {
    expect(figures.acts.map(({ what }) => what)).toEqual(['classified', 'approved', 'started'])
    expect(figures.slowest).toMatchObject({ act: { what: 'approved' }, after: { what: 'classified' }, seconds: 290 * 60 })
    expect(reviewFigures({ ...INPUT, acts: INPUT.acts.slice(0, 1) }).slowest).toBeNull()
  })

  const clocks: [what: string, more: Partial<ReviewInput>, met: boolean | null, margin: number | null][] = [
    ['completed 11 minutes late', {}, false, -11],
    ['completed at the very instant', { finishedAt: at(20) }, true, 0],
    ['completed a second late', { finishedAt: at(20 + 1 / 60) }, false, -1],
    ['not completed, and overdue', { finishedAt: null }, false, -80],
    ['not completed, and not due yet', { finishedAt: null, now: at(5) }, null, 15],
    ['no deadline', { clocks: { startBy: null, completeBy: null } }, null, null],
  ]
  test.each(clocks)('%s', (_what, more, met, marginMinutes) => {
    expect(reviewFigures({ ...INPUT, ...more }).completed).toMatchObject({ met, marginMinutes })
  })

  test('the two clocks are told apart', () => {
    expect(figures.started).toEqual({ by: at(60), at: at(0), met: true, marginMinutes: 60 })
  })

  test('nothing at all', () => {
    const empty = reviewFigures({
      hosts: [],
      clocks: { startBy: null, completeBy: null },
      startedAt: null,
      finishedAt: null,
      acts: [],
      now: at(0),
    })
    expect(empty).toMatchObject({ total: 0, counts: [], steps: [], acts: [], slowest: null })
  })
})
