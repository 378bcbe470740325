import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { delay, exclude, orderInstall, retry, skip } from '../../src/core/deploy/acts.ts'
import { type HostProgress, inFlight } from '../../src/core/deploy/progress.ts'
import type { Report } from '../../src/core/deploy/report.ts'
import { foldReport, silence } from '../../src/core/deploy/report.ts'
import { acceptAsItIs, lowerAccepted, nextStep, type RingView, type RolloutView, verifiedShare } from '../../src/core/deploy/rollout.ts'
import { at, changed, drive, FROM, fresh, must, type Night, reported, resumed, TO, take } from './deploy-support.ts'

const OPEN = { open: true, start: at(0), end: at(90) } as const
const CLOSED = { open: false, why: 'Outside the window "Night".' } as const

const ring = (number: number, hosts: string[], more: Partial<RingView> = {}): RingView => ({
  id: `ring-${number}`,
  name: `ring ${number}`,
  number,
  hosts,
  soakMinutes: number === 1 ? 0 : 15,
  maxFailures: 1,
  minVerified: 0.6,
  state: 'waiting',
  failuresAccepted: 0,
  ...more,
})

/** Three rings: p1 p2, then e1 to e4, then r1 and r2. */
const PLAN: RolloutView = {
  status: 'waiting',
  rings: [ring(1, ['p1', 'p2']), ring(2, ['e1', 'e2', 'e3', 'e4']), ring(3, ['r1', 'r2'])],
  hosts: [fresh('p1', 1), fresh('p2', 1), fresh('e1', 2), fresh('e2', 2), fresh('e3', 2), fresh('e4', 2), fresh('r1', 3), fresh('r2', 3)],
  window: OPEN,
}
const night = (rollout: RolloutView = PLAN): Night => ({ rollout, given: [] })
const reports = (minutes: number, step: Report['step'], ...hosts: string[]): Report[] =>
  hosts.map((host) => ({ host, step, at: at(minutes), ...(step === 'verified' ? { version: TO } : {}) }))
const tell = (one: Night, ...said: Report[]): Night => ({ ...one, rollout: reported(one.rollout, said) })
const starts = (one: Night) =>
  one.given.filter(({ kind }) => kind === 'start').map(({ ring: number, hosts }) => `${number}: ${hosts.join(' ')}`)
const window = (one: Night, open: typeof OPEN | typeof CLOSED): Night => ({ ...one, rollout: { ...one.rollout, window: open } })
const passed = (one: Night): Night => ({ ...one, rollout: { ...one.rollout, pilotOutcome: 'passed' } })
const act = (one: Night, host: string, does: Parameters<typeof changed>[2]): Night => ({
  ...one,
  rollout: changed(one.rollout, host, does),
})

const started = drive(night(), at(0))
const pilotDone = drive(tell(started, ...reports(2, 'verified', 'p1', 'p2')), at(3))
const early = drive(passed(pilotDone), at(18))

describe('the way of a rollout', () => {
  test('the pilot starts in the open window, and nothing else does', () => {
    expect(starts(started)).toEqual(['1: p1 p2'])
    expect(started.step).toMatchObject({ kind: 'wait', reason: 'reports', text: 'Waiting for the reports of 2 hosts.' })
  })

  test('given installed hosts, when asked, then they are checked, once', () => {
    const installed = drive(tell(started, ...reports(2, 'installed', 'p1')), at(3))
    expect(installed.given.at(-1)).toEqual({ kind: 'verify', ring: 1, hosts: ['p1'], at: at(3) })
    expect(drive(installed, at(4)).given).toEqual(installed.given)
  })

  test('a host whose clock runs ahead is checked once, too', () => {
    const ahead = drive(tell(started, ...reports(30, 'installed', 'p1')), at(3))
    expect(ahead.given.filter(({ kind }) => kind === 'verify')).toHaveLength(1)
    expect(drive(ahead, at(4)).given).toEqual(ahead.given)
  })

  test('the second ring waits for the recorded outcome of the pilot, then for the soak, then starts', () => {
    expect(pilotDone.rollout.rings[0]).toMatchObject({ state: 'settled', settledAt: at(3) })
    expect(pilotDone.step).toMatchObject({ reason: 'pilot outcome' })
    expect(drive(passed(pilotDone), at(17)).step).toMatchObject({ reason: 'soak', until: at(18) })
    expect(starts(early)).toEqual(['1: p1 p2', '2: e1 e2 e3 e4'])
  })

  test('a pilot recorded as failed halts', () => {
    const failed = { ...pilotDone, rollout: { ...pilotDone.rollout, pilotOutcome: 'failed' as const } }
    expect(drive(failed, at(18)).step).toEqual({ kind: 'halt', ring: 1, reason: 'The pilot was recorded as failed.' })
  })

  test('when all are verified, then it is finished', () => {
    const last = drive(tell(early, ...reports(20, 'verified', 'e1', 'e2', 'e3', 'e4')), at(21))
    const all = drive(tell(drive(last, at(36)), ...reports(38, 'verified', 'r1', 'r2')), at(39))
    expect(starts(all)).toEqual(['1: p1 p2', '2: e1 e2 e3 e4', '3: r1 r2'])
    expect(all.step).toEqual({ kind: 'finish' })
  })

  test('failed and unknown hosts at the end need people; excluding them finishes', () => {
    const last = drive(tell(early, ...reports(20, 'verified', 'e1', 'e2', 'e3', 'e4')), at(21))
    const half = drive(tell(drive(last, at(36)), ...reports(38, 'verified', 'r1'), ...reports(38, 'failed', 'r2')), at(39))
    expect(half.step).toMatchObject({ kind: 'halt', ring: 3, reason: '50 % verified in ring 3, expected at least 60 %.' })
    const accepted = drive({ ...half, rollout: resumed(half.rollout) }, at(40))
    expect(accepted.step).toMatchObject({ kind: 'needs-people', hosts: ['r2'] })
    const out = act(accepted, 'r2', (host) => exclude(host, { by: 'ana', reason: 'broken disk', at: at(41) }))
    expect(drive(out, at(42)).step).toEqual({ kind: 'finish' })
  })
})

describe('windows', () => {
  test('outside the window nothing starts; the next opening is told', () => {
    expect(nextStep({ ...PLAN, window: CLOSED, nextOpening: at(1440) }, at(-5))).toEqual({
      kind: 'wait',
      reason: 'window closed',
      until: at(1440),
      text: 'Outside the window "Night".',
    })
  })

  test('a closing window lets running hosts finish and be checked, and starts no ring', () => {
    const closed = drive(window(tell(early, ...reports(20, 'installed', 'e1', 'e2', 'e3', 'e4')), CLOSED), at(91))
    expect(closed.given.at(-1)).toMatchObject({ kind: 'verify', hosts: ['e1', 'e2', 'e3', 'e4'] })
    const settled = drive(tell(closed, ...reports(92, 'verified', 'e1', 'e2', 'e3', 'e4')), at(93))
    expect(drive(settled, at(120)).step).toMatchObject({ reason: 'window closed' })
    expect(starts(drive(window(settled, OPEN), at(1440)))).toContain('3: r1 r2')
  })
})

describe('halting', () => {
  const broken = tell(early, ...reports(20, 'failed', 'e1', 'e2'))

  test('one failure is tolerated, two are not, though the other hosts still run', () => {
    expect(drive(tell(early, ...reports(20, 'failed', 'e1')), at(21)).step).toMatchObject({ reason: 'reports' })
    expect(nextStep(broken.rollout, at(21))).toEqual({ kind: 'halt', ring: 2, reason: '2 failed in ring 2, at most 1 tolerated.' })
  })

  test.each(['halted', 'stopped', 'finished'] as const)('a rollout that is %s starts nothing, checks included', (status) => {
    const still = tell(broken, ...reports(20, 'installed', 'e3'))
    expect(nextStep({ ...still.rollout, status }, at(21))).toMatchObject({ kind: 'wait', reason: 'not running' })
  })

  test('after the resume the failures so far are accepted, two more halt again', () => {
    const rollout = resumed(broken.rollout)
    expect(nextStep(rollout, at(22))).toMatchObject({ reason: 'reports' })
    expect(nextStep(reported(rollout, reports(23, 'failed', 'e3')), at(24))).toMatchObject({ reason: 'reports' })
    expect(nextStep(reported(rollout, reports(23, 'failed', 'e3', 'e4')), at(24))).toMatchObject({
      kind: 'halt',
      reason: '4 failed in ring 2, at most 1 tolerated beside 2 accepted.',
    })
  })

  test('an accepted failure that is retried makes no room for another one', () => {
    const retried = changed(changed(resumed(broken.rollout), 'e1', retry), 'e2', retry)
    const lowered = { ...retried, rings: retried.rings.map((one) => lowerAccepted(one, retried.hosts)) }
    expect(lowered.rings[1]?.failuresAccepted).toBe(0)
    const again = take(night(lowered), nextStep(lowered, at(25)), at(25))
    expect(starts(again)).toEqual(['2: e1 e2'])
    expect(nextStep(reported(again.rollout, reports(26, 'failed', 'e1', 'e2')), at(27))).toMatchObject({ kind: 'halt' })
  })

  test('a ring that settles with too few verified halts; unknown ones count against it', () => {
    const deaf = tell(early, ...reports(20, 'verified', 'e1', 'e2'))
    const rollout = { ...deaf.rollout, hosts: deaf.rollout.hosts.map((host) => silence(host, at(40), 10, false)) }
    expect(drive(night(rollout), at(40)).step).toEqual({
      kind: 'halt',
      ring: 2,
      reason: '50 % verified in ring 2, expected at least 60 %.',
    })
    const accepted = drive(night(resumed(drive(night(rollout), at(40)).rollout)), at(56))
    expect(starts(accepted)).toEqual(['3: r1 r2'])
  })

  test('a share just below the demanded one is not shown as if it were met', () => {
    const hosts = Array.from({ length: 1000 }, (_, i): HostProgress => ({ ...fresh(`h${i}`), status: i < 949 ? 'verified' : 'unknown' }))
    const rollout: RolloutView = {
      ...PLAN,
      status: 'running',
      hosts,
      rings: [ring(1, [], { state: 'settled', settledAt: at(1), minVerified: 0.95 })],
    }
    expect(nextStep(rollout, at(2))).toMatchObject({ kind: 'halt', reason: '94 % verified in ring 1, expected at least 95 %.' })
  })

  test('a host that breaks after its ring has settled counts still', () => {
    const settled = drive(tell(early, ...reports(20, 'verified', 'e1', 'e2', 'e3', 'e4')), at(21))
    expect(drive(tell(settled, ...reports(25, 'failed', 'e1', 'e2')), at(26)).step).toMatchObject({ kind: 'halt', ring: 2 })
  })

  test('excluded and skipped hosts are neither failed nor missing', () => {
    const out = act(
      act(broken, 'e1', (host) => exclude(host, { by: 'ana', reason: 'old', at: at(21) })),
      'e2',
      (host) => skip(host, 'gone'),
    )
    const done = tell(out, ...reports(22, 'verified', 'e3', 'e4'))
    expect(done.rollout.rings.map((one) => verifiedShare(one, done.rollout.hosts))).toEqual([1, 1, 1])
    expect(drive(done, at(23)).step).toMatchObject({ reason: 'soak' })
  })
})

describe('stopped half way, delayed, retried', () => {
  test('what a stop left over starts after the resume, in the same ring', () => {
    const hosts = PLAN.hosts.map((host) => (host.host === 'p2' ? { ...host, status: 'not attempted' as const } : host))
    const rollout = {
      ...PLAN,
      status: 'running' as const,
      hosts,
      rings: [ring(1, ['p1', 'p2'], { state: 'running' }), ...PLAN.rings.slice(1)],
    }
    expect(nextStep(rollout, at(5))).toMatchObject({ kind: 'start-ring', ring: 1, hosts: ['p1', 'p2'] })
  })

  test('a delayed host does not start with its ring; the ring settles without it; it starts in a window after its time', () => {
    const delayed = act(pilotDone, 'e4', (host) => delay(host, at(100)))
    const second = drive(passed(delayed), at(18))
    expect(starts(second)).toEqual(['1: p1 p2', '2: e1 e2 e3'])
    const third = drive(tell(second, ...reports(20, 'verified', 'e1', 'e2', 'e3')), at(21))
    expect(third.rollout.rings[1]?.state).toBe('settled')
    const all = drive(tell(drive(third, at(36)), ...reports(38, 'verified', 'r1', 'r2')), at(39))
    expect(all.step).toMatchObject({ kind: 'wait', reason: 'delay', until: at(100) })
    expect(drive(window(all, CLOSED), at(100)).step).toMatchObject({ reason: 'window closed' })
    expect(starts(drive(all, at(100))).at(-1)).toBe('2: e4')
  })

  test('a ring in which all are delayed settles without an order', () => {
    const rollout = changed(
      changed(PLAN, 'p1', (host) => delay(host, at(60))),
      'p2',
      (host) => delay(host, at(60)),
    )
    expect(nextStep(rollout, at(0))).toEqual({ kind: 'settle-ring', ring: 1 })
  })

  test('a retried host of a settled ring starts again, in a window only', () => {
    const one = drive(tell(early, ...reports(20, 'verified', 'e1', 'e2', 'e3'), ...reports(20, 'failed', 'e4')), at(21))
    const again = act(one, 'e4', retry)
    expect(drive(window(again, CLOSED), at(22)).given).toEqual(one.given)
    expect(starts(drive(again, at(22))).at(-1)).toBe('2: e4')
  })

  test('a settled ring without the time of it is a fault', () => {
    const rollout: RolloutView = {
      ...pilotDone.rollout,
      pilotOutcome: 'passed',
      rings: [ring(1, [], { state: 'settled' }), ...PLAN.rings.slice(1)],
    }
    expect(() => nextStep(rollout, at(20))).toThrow(expect.objectContaining({ code: 'STATE_CORRUPT' }))
  })

  test('accepting what is there keeps no older acceptance', () => {
    const kept = acceptAsItIs({ ...ring(1, []), shareAccepted: 0.1, failuresAccepted: 7 }, [])
    expect(kept).toEqual(ring(1, []))
  })
})

type Event =
  | { readonly kind: 'tick'; readonly minutes: number }
  | { readonly kind: 'report'; readonly host: number; readonly step: Report['step']; readonly ago: number; readonly right: boolean }
  | { readonly kind: 'window'; readonly open: boolean }
  | { readonly kind: 'stop' | 'resume' | 'passed' }
  | { readonly kind: 'retry' | 'exclude' | 'delay'; readonly host: number }

const host = fc.integer({ min: 0, max: 7 })
const tick = fc.record({ kind: fc.constant('tick' as const), minutes: fc.integer({ min: 0, max: 40 }) })
const report = fc.record({
  kind: fc.constant('report' as const),
  host,
  step: fc.constantFrom<Report['step'][]>('arrived', 'attempted', 'installed', 'installed', 'failed', 'verified', 'verified'),
  ago: fc.integer({ min: -1, max: 20 }),
  right: fc.boolean(),
})
/** Most hosts do well, or no night would get beyond the pilot. */
const success = fc.record({
  kind: fc.constant('report' as const),
  host,
  step: fc.constantFrom<Report['step'][]>('installed', 'verified'),
  ago: fc.constant(0),
  right: fc.constant(true),
})
const events: fc.Arbitrary<Event[]> = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: tick },
    { weight: 4, arbitrary: report },
    { weight: 10, arbitrary: success },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('window' as const), open: fc.boolean() }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('stop' as const, 'resume' as const, 'passed' as const) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('retry' as const, 'exclude' as const, 'delay' as const), host }) },
  ),
  { minLength: 10, maxLength: 80, size: 'max' },
)
const RIGHT: readonly Report['step'][] = ['installed', 'verified']

/** A whole night of anything, checked after every event. */
function live(all: readonly Event[]): { starts: readonly string[]; statuses: Set<string> } {
  let world = night()
  let minutes = 0
  const heard: Report[] = []
  const statuses = new Set<string>()
  for (const event of all) {
    const before = world
    switch (event.kind) {
      case 'tick': {
        minutes += event.minutes
        const stopped = world.rollout.status === 'stopped' || world.rollout.status === 'halted'
        world = { ...world, rollout: { ...world.rollout, hosts: world.rollout.hosts.map((one) => silence(one, at(minutes), 15, stopped)) } }
        world = drive(world, at(minutes))
        break
      }
      case 'report': {
        const name = world.rollout.hosts[event.host]?.host ?? ''
        const said: Report = {
          host: name,
          step: event.step,
          at: at(minutes - event.ago),
          ...(event.right ? { version: TO } : { version: FROM }),
        }
        heard.push(said)
        world = tell(world, said)
        break
      }
      case 'window':
        world = window(world, event.open ? OPEN : CLOSED)
        break
      case 'stop':
        if (world.rollout.status === 'running') world = { ...world, rollout: { ...world.rollout, status: 'stopped' } }
        break
      case 'resume':
        if (world.rollout.status === 'halted' || world.rollout.status === 'stopped') world = { ...world, rollout: resumed(world.rollout) }
        break
      case 'passed':
        world = passed(world)
        break
      default: {
        const name = PLAN.hosts[event.host]?.host ?? ''
        const reason = { by: 'ana', reason: 'r', at: at(minutes) }
        const does = {
          retry,
          exclude: (one: HostProgress) => exclude(one, reason),
          delay: (one: HostProgress) => delay(one, at(minutes + 30)),
        }
        world = act(world, name, does[event.kind])
      }
    }
    check(before, world, heard, at(minutes))
    for (const one of world.rollout.hosts) statuses.add(one.status)
  }
  return { starts: starts(world), statuses }
}

function check(before: Night, after: Night, heard: readonly Report[], now: string): void {
  const fresh = after.given.slice(before.given.length)
  const begun = fresh.filter(({ kind }) => kind === 'start').flatMap(({ hosts }) => hosts)
  if (before.rollout.status === 'halted' || before.rollout.status === 'stopped' || before.rollout.status === 'finished')
    expect(fresh).toEqual([])
  if (!before.rollout.window.open) expect(begun).toEqual([])
  expect(new Set(begun).size).toBe(begun.length)
  for (const name of begun) {
    const was = before.rollout.hosts.find((one) => one.host === name)
    expect(was !== undefined && !inFlight(was) && !['verified', 'failed', 'unknown', 'excluded', 'skipped'].includes(was.status)).toBe(true)
    expect(was?.delayedUntil === undefined || was.delayedUntil <= now).toBe(true)
  }
  if (begun.some((name) => !name.startsWith('p'))) expect(after.rollout.pilotOutcome).toBe('passed')
  for (const one of after.rollout.hosts) {
    const orders = after.given.filter(({ kind, hosts }) => kind === 'start' && hosts.includes(one.host)).length
    expect(one.tries).toBe(orders)
    if (!RIGHT.some((status) => status === one.status)) continue
    const ordered = one.facts.orderedAt ?? ''
    expect(heard.some((said) => said.host === one.host && said.step === one.status && said.version === TO && said.at >= ordered)).toBe(true)
  }
}

describe('properties of a rollout', () => {
  test('whatever happens: no host twice in one try, nothing outside a window, nothing while halted, no success without a report', () => {
    const seen = new Set<string>()
    const begun = new Set<string>()
    fc.assert(
      fc.property(events, (all) => {
        const lived = live(all)
        for (const one of lived.starts) begun.add(one)
        for (const status of lived.statuses) seen.add(status)
      }),
      { numRuns: 400 },
    )
    // The property says something only if the nights went far enough.
    expect([...begun].filter((one) => one.startsWith('3:'))).not.toEqual([])
    for (const status of ['verified', 'failed', 'unknown', 'not attempted', 'excluded', 'delayed']) expect(seen).toContain(status)
  })

  test('an order given twice is refused the second time', () => {
    const once = must(orderInstall(fresh(), at(0)))
    expect(orderInstall(once, at(0)).ok).toBe(false)
    expect(foldReport(once, { host: 'web-1', step: 'arrived', at: at(1) }).progress.tries).toBe(1)
  })
})
