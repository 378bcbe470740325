import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { claim, delay, exclude, orderInstall, orderUninstall, orderVerify, retry, skip } from '../../src/core/deploy/acts.ts'
import { failuresByCause, normaliseCause, ringCounters } from '../../src/core/deploy/counters.ts'
import { HOST_STATUSES, type HostProgress, sameVersion, statusOf, versionAfter } from '../../src/core/deploy/progress.ts'
import { foldReport, type Report, silence } from '../../src/core/deploy/report.ts'
import { at, FROM, fresh, must, PACKAGES, say, TO } from './deploy-support.ts'

const ordered = must(orderInstall(fresh(), at(0)))
const fold = (host: HostProgress, ...reports: Report[]) => reports.reduce((one, report) => foldReport(one, report).progress, host)
const DEAF: HostProgress = { ...ordered, status: 'unknown' }

describe('given a host that was ordered at 22:00', () => {
  const table: [when: string, reports: Report[], status: string, cause?: string][] = [
    ['nothing comes', [], 'ordered'],
    ['it arrived', [say('arrived', 1)], 'arrived'],
    ['it attempted', [say('arrived', 1), say('attempted', 2)], 'attempted'],
    ['it says installed', [say('arrived', 1), say('attempted', 2), say('installed', 3, { version: TO })], 'installed'],
    ['it says installed and no version', [say('installed', 3)], 'installed'],
    ['the check finds the planned version', [say('installed', 3), say('verified', 5, { version: TO })], 'verified'],
    ['the check comes before the installed report', [say('verified', 5, { version: TO }), say('installed', 3)], 'verified'],
    ['the check is older than the installation', [say('verified', 2, { version: TO }), say('installed', 3)], 'installed'],
    [
      'it says installed with another version',
      [say('installed', 3, { version: FROM })],
      'failed',
      `wrong version: found ${FROM}, expected ${TO}`,
    ],
    [
      'the check finds another version',
      [say('installed', 3), say('verified', 5, { version: FROM })],
      'failed',
      `wrong version: found ${FROM}, expected ${TO}`,
    ],
    ['it failed', [say('attempted', 2), say('failed', 3, { cause: 'disk full' })], 'failed', 'disk full'],
    ['it failed and says nothing more', [say('failed', 3)], 'failed', 'no cause given'],
    ['an older arrival comes after the failure', [say('failed', 3, { cause: 'disk full' }), say('arrived', 1)], 'failed', 'disk full'],
    [
      'an old failure comes after the check',
      [say('verified', 5, { version: TO }), say('failed', 3, { cause: 'disk full' })],
      'verified',
      'disk full',
    ],
    [
      'it breaks after the check',
      [say('verified', 5, { version: TO }), say('failed', 9, { cause: 'service down' })],
      'failed',
      'service down',
    ],
    ['it claims success after a failure: still to be checked', [say('failed', 3), say('installed', 4)], 'installed', 'no cause given'],
    [
      'failure and check at the same instant: the worse counts',
      [say('verified', 5, { version: TO }), say('failed', 5)],
      'failed',
      'no cause given',
    ],
    ['somebody rolled it back by hand', [say('installed', 3), say('rolled back', 9, { version: FROM })], 'rolled back'],
  ]
  test.each(table)('when %s, then it is as told', (_when, reports, status, cause) => {
    const host = fold(ordered, ...reports)
    expect(host.status).toBe(status)
    expect(host.cause).toBe(cause)
  })

  test('a check that answers our order counts, though the host dates its installation later: its clock runs ahead', () => {
    const ahead = must(orderVerify(fold(ordered, say('installed', 30)), at(4)))
    expect(fold(ahead, say('verified', 5, { version: TO })).status).toBe('verified')
    expect(fold(ahead, say('verified', 3, { version: TO })).status).toBe('installed')
  })

  const ignored: [what: string, host: HostProgress, report: Report, note: RegExp][] = [
    ['dated before the order', ordered, say('installed', -1), /before the order of this try/],
    ['of another host', ordered, say('installed', 1, { host: 'web-2' }), /of web-2/],
    ['with a time that is none', ordered, { ...say('installed', 1), at: 'yesterday' }, /not a time/],
    ['verified without a version', ordered, say('verified', 1), /without the version/],
    ['before anything was ordered', fresh(), say('installed', 1), /nothing was ordered/],
    [
      'installed, while it is being rolled back',
      must(orderUninstall(fold(ordered, say('failed', 1)), at(5))),
      say('installed', 6),
      /rolled back/,
    ],
  ]
  test.each(ignored)('a report %s does not count, and a note says why', (_what, host, report, note) => {
    expect(foldReport(host, report)).toEqual({ progress: host, changed: false, note: expect.stringMatching(note) })
  })

  test('times of another shape are kept as ours', () => {
    expect(foldReport(ordered, { ...say('arrived', 0), at: '2026-11-23T23:01:00+01:00' }).progress.facts.arrivedAt).toBe(at(1))
  })
})

describe('versions', () => {
  const table: [a: string, b: string, same: boolean][] = [
    ['0:3.0.1-47.el9_1', '3.0.1-47.el9_1', true],
    ['1:3.0.1-47.el9_1', '3.0.1-47.el9_1', false],
    [' 3.0.1-47 ', '3.0.1-47', true],
    ['2-1, 1-1', '1-1,2-1', true],
    ['1-1', '1-1, 2-1', false],
    ['10:1-1', '1-1', false],
  ]
  test.each(table)('%s and %s: %s', (a, b, same) => expect(sameVersion(a, b)).toBe(same))

  test('with several target versions all of them have to be found', () => {
    const packages = [...PACKAGES, { name: 'nss', from: '3.1-1', to: '3.2-1' }]
    expect(versionAfter(packages)).toBe(`${TO}, 3.2-1`)
    const host = { ...ordered, packages }
    expect(fold(host, say('verified', 5, { version: TO })).status).toBe('failed')
    expect(fold(host, say('verified', 5, { version: `3.2-1, ${TO}` })).status).toBe('verified')
  })
})

describe('silence', () => {
  const table: [what: string, host: HostProgress, minutes: number, stopped: boolean, status: string][] = [
    ['ordered, not long ago', ordered, 9, false, 'ordered'],
    ['ordered, and nothing since', ordered, 10, false, 'unknown'],
    ['arrived, and nothing since', fold(ordered, say('arrived', 5)), 15, false, 'unknown'],
    ['attempted long ago, and it still says so', fold(ordered, say('attempted', 2), say('attempted', 14)), 15, false, 'attempted'],
    ['attempted a moment ago', fold(ordered, say('attempted', 6)), 15, false, 'attempted'],
    ['a fact from the future hides nothing', fold(ordered, say('arrived', 9999)), 10, false, 'unknown'],
    ['installed, and no check ordered yet', fold(ordered, say('installed', 3)), 99, false, 'installed'],
    ['installed, and the check does not answer', must(orderVerify(fold(ordered, say('installed', 3)), at(4))), 14, false, 'unknown'],
    ['failed stays', fold(ordered, say('failed', 3)), 99, false, 'failed'],
    ['verified stays', fold(ordered, say('verified', 3, { version: TO })), 99, true, 'verified'],
    ['never ordered, running', fresh(), 99, false, 'waiting'],
    ['never ordered, stopped', fresh(), 0, true, 'not attempted'],
    ['never ordered, resumed', { ...fresh(), status: 'not attempted' }, 0, false, 'waiting'],
    ['ordered in a stopped rollout', ordered, 10, true, 'unknown'],
  ]
  test.each(table)('%s', (_what, host, minutes, stopped, status) => {
    expect(silence(host, at(minutes), 10, stopped).status).toBe(status)
  })

  test('an unknown host that is heard of again moves on and is marked late', () => {
    expect(fold(DEAF, say('installed', 3))).toMatchObject({ status: 'installed', late: true })
  })

  test('what was known already does not wake it', () => {
    const lost: HostProgress = { ...fold(ordered, say('arrived', 1)), status: 'unknown' }
    expect(foldReport(lost, say('arrived', 1))).toEqual({ progress: lost, changed: false })
  })
})

describe('what people do', () => {
  const failed = fold(ordered, say('attempted', 2), say('failed', 3, { cause: 'disk full' }))

  test('an excluded host keeps its facts and stays excluded', () => {
    const out = must(exclude(failed, { by: 'ana', reason: 'to be replaced', at: at(5) }))
    const folded = foldReport(out, say('verified', 6, { version: TO }))
    expect(folded.progress).toMatchObject({ status: 'excluded', facts: { verifiedAt: at(6) } })
    expect(folded.changed).toBe(true)
  })

  test('a retry forgets the try, the next order counts a new one, and the old reports stay out', () => {
    const again = must(orderInstall(must(retry(must(claim(failed, 'ben')))), at(20)))
    expect(again).toEqual({ ...ordered, tries: 2, facts: { orderedAt: at(20) } })
    expect(foldReport(again, say('failed', 3, { cause: 'disk full' })).changed).toBe(false)
  })

  test('rolling back: its end has to have the version of before', () => {
    const undoing = must(orderUninstall(failed, at(20)))
    expect(fold(undoing, say('rolled back', 22, { version: FROM })).status).toBe('rolled back')
    expect(fold(undoing, say('rolled back', 22, { version: TO }))).toMatchObject({
      status: 'failed',
      cause: `wrong version: found ${TO}, expected ${FROM}`,
    })
    expect(must(retry(fold(undoing, say('rolled back', 22))))).toMatchObject({ status: 'waiting', action: 'install', tries: 2 })
  })

  test('a delayed host is not ordered before', () => {
    const later = must(delay(fresh(), at(60)))
    expect(orderInstall(later, at(59))).toMatchObject({ ok: false, refusal: { code: 'HOST_DELAYED' } })
    expect(must(orderInstall(later, at(60)))).toEqual({ ...ordered, facts: { orderedAt: at(60) } })
  })

  test('a delay whose time cannot be read holds the host back', () => {
    expect(orderInstall(must(delay(fresh(), 'after Easter')), at(9999)).ok).toBe(false)
  })

  const done = fold(ordered, say('verified', 3, { version: TO }))
  const out = must(exclude(fresh(), { by: 'ana', reason: 'r', at: at(0) }))
  const refused: [what: string, act: () => { ok: boolean }, code: string][] = [
    ['order a host that runs', () => orderInstall(ordered, at(5)), 'HOST_RUNNING'],
    ['order a failed host without a retry', () => orderInstall(failed, at(5)), 'HOST_IDLE'],
    ['order a verified host', () => orderInstall(done, at(5)), 'HOST_DONE'],
    ['order an excluded host', () => orderInstall(out, at(5)), 'HOST_OUT'],
    ['check a host that is not installed', () => orderVerify(ordered, at(5)), 'HOST_IDLE'],
    ['roll back a host that runs', () => orderUninstall(ordered, at(5)), 'HOST_RUNNING'],
    ['roll back a host that was never ordered', () => orderUninstall(fresh(), at(5)), 'HOST_IDLE'],
    ['retry a host that runs', () => retry(ordered), 'HOST_RUNNING'],
    ['retry a verified host', () => retry(done), 'HOST_DONE'],
    ['exclude a verified host', () => exclude(done, { by: 'ana', reason: 'r', at: at(5) }), 'HOST_DONE'],
    ['exclude a host twice', () => exclude(out, { by: 'ben', reason: 'r', at: at(5) }), 'HOST_OUT'],
    ['delay a host that runs', () => delay(ordered, at(60)), 'HOST_RUNNING'],
    ['skip a host that runs', () => skip(ordered, 'gone'), 'HOST_RUNNING'],
    ['claim a host that has not failed', () => claim(ordered, 'ben'), 'HOST_IDLE'],
    ['claim what another looks after', () => claim(must(claim(failed, 'ben')), 'ana'), 'HOST_CLAIMED'],
  ]
  test.each(refused)('refused: %s', (_what, act, code) => {
    expect(act()).toMatchObject({ ok: false, refusal: { code } })
  })
})

describe('counters and causes', () => {
  const is = (status: HostProgress['status'], more: Partial<HostProgress> = {}): HostProgress => ({ ...fresh(), status, ...more })

  test('arrived, attempted and installed are facts; the rest are states that add up', () => {
    const hosts = [
      fold(ordered, say('arrived', 1)),
      fold(ordered, say('installed', 3)),
      fold(ordered, say('verified', 3, { version: TO })),
      fold(ordered, say('installed', 3), say('verified', 4, { version: FROM })),
      fold(DEAF, say('arrived', 3)),
      ...HOST_STATUSES.filter((status) => !['ordered', 'arrived', 'attempted', 'installed', 'verified', 'failed'].includes(status)).map(
        (status) => is(status),
      ),
    ]
    const figures = ringCounters(hosts)
    expect(figures).toEqual({
      total: 12, arrived: 5, attempted: 3, installed: 2, waiting: 1, running: 3, verified: 1, failed: 1,
      notAttempted: 1, unknown: 1, excluded: 1, delayed: 1, skipped: 1, rolledBack: 1, late: 1,
    }) // biome-ignore format: a table
    const { waiting, running, verified, failed, notAttempted, unknown, excluded, delayed, skipped, rolledBack } = figures
    expect(waiting + running + verified + failed + notAttempted + unknown + excluded + delayed + skipped + rolledBack).toBe(figures.total)
  })

  test('causes are grouped without what differs by host, the largest group first', () => {
    const hosts = [
      is('failed', { host: 'web-3', cause: 'disk full' }),
      is('failed', { host: 'web-2', cause: 'Lock held by process 4711 on web-2.' }),
      is('failed', { host: 'web-1', cause: 'lock held by\n process 99 on web-1' }),
      is('failed', { host: 'web-4' }),
      is('verified', { host: 'web-5', cause: 'disk full' }),
    ]
    expect(failuresByCause(hosts)).toEqual([
      { cause: 'lock held by process N on this host', hosts: ['web-1', 'web-2'] },
      { cause: 'disk full', hosts: ['web-3'] },
      { cause: 'no cause given', hosts: ['web-4'] },
    ])
  })

  const causes: [raw: string, host: string, clean: string][] = [
    ['  a \u202e b\u0000 ', 'web-1', 'a b'],
    ['db is locked', 'db', 'this host is locked'],
    ['dbus is locked on mydb', 'db', 'dbus is locked on mydb'],
    ['', 'db', 'no cause given'],
    ['x'.repeat(500), 'db', 'x'.repeat(200)],
  ]
  test.each(causes)('cause %j of %s', (raw, host, clean) => expect(normaliseCause(raw, host)).toBe(clean))
})

describe('properties of folding', () => {
  const reports = fc.array(
    fc.record(
      {
        host: fc.constant('web-1'),
        step: fc.constantFrom<Report['step'][]>('arrived', 'attempted', 'installed', 'failed', 'rolled back', 'verified'),
        at: fc.integer({ min: -3, max: 12 }).map(at),
        version: fc.constantFrom(FROM, TO),
        cause: fc.constantFrom('disk full', 'locked'),
      },
      { requiredKeys: ['host', 'step', 'at'] },
    ),
    { maxLength: 8 },
  )

  test('the same report again changes nothing', () => {
    fc.assert(
      fc.property(reports, (all) => {
        const host = fold(ordered, ...all)
        for (const report of all) expect(foldReport(host, report)).toMatchObject({ progress: host, changed: false })
      }),
      { numRuns: 500 },
    )
  })

  test('any order of arrival, repeats included, ends the same', () => {
    const shuffled = reports.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2 })),
    )
    fc.assert(
      fc.property(shuffled, ([all, mixed]) => {
        expect(fold(ordered, ...mixed)).toEqual(fold(ordered, ...all))
      }),
      { numRuns: 500 },
    )
  })

  test('no success without a report of this try that says so, and none with another version', () => {
    fc.assert(
      fc.property(reports, fc.boolean(), (all, deaf) => {
        const { status } = fold(deaf ? DEAF : ordered, ...all)
        const told = (step: Report['step']) => all.some((one) => one.step === step && one.at >= at(0) && (one.version ?? TO) === TO)
        if (status === 'installed') expect(told('installed')).toBe(true)
        if (status === 'verified') expect(all.some((one) => one.step === 'verified' && one.version === TO && one.at >= at(0))).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  test('silence makes neither success nor failure', () => {
    fc.assert(
      fc.property(reports, fc.integer({ min: 0, max: 60 }), fc.boolean(), (all, minutes, stopped) => {
        const host = fold(ordered, ...all)
        expect([host.status, 'unknown']).toContain(silence(host, at(minutes), 10, stopped).status)
      }),
    )
  })

  test('the status is one of the facts, whatever they are', () => {
    const instant = fc.option(fc.integer({ min: 0, max: 3 }).map(at), { nil: undefined })
    fc.assert(
      fc.property(
        fc.record({ orderedAt: instant, installedAt: instant, verifiedAt: instant, failedAt: instant, rolledBackAt: instant }),
        (raw) => {
          const facts = Object.fromEntries(Object.entries(raw).filter(([, value]) => value !== undefined))
          const status = statusOf(facts)
          if (status === 'verified') expect(raw.verifiedAt).toBeDefined()
          if (status === 'installed') expect(raw.installedAt).toBeDefined()
          if (status === 'failed') expect(raw.failedAt).toBeDefined()
        },
      ),
    )
  })
})
