import type { OpenChange, Overview } from '../../src/core/overview/view.ts'

const TEAM = { place: 'team', post: '1' }

/** A change that is being tested: a day to start, three to complete, a quarter of the first one gone. */
export const aChange = (own: Partial<OpenChange> = {}): OpenChange => ({
  id: 12,
  name: 'openssl',
  title: 'openssl security update',
  vendorId: 'RHSA-2023:1441',
  verdict: 'AUTHENTIC',
  phase: 'testing',
  phaseWords: 'is being tested',
  class: 'critical',
  proposed: 'high',
  emergency: false,
  drill: false,
  knownExploited: false,
  rehearsal: false,
  standsStill: null,
  clocks: {
    zero: '2023-03-29T14:10:00.000Z',
    start: { by: '2023-03-30T14:10:00.000Z', doneAt: null, state: 'running', used: 0.25 },
    complete: { by: '2023-04-01T14:10:00.000Z', doneAt: null, state: 'running', used: 0.0833 },
  },
  clockWords: 'start within 24 hours, complete within 72 hours',
  wait: { text: 'Record 3 of 3 tests', roles: ['patch-team', 'operations'], people: ['ana'], names: ['Ana Duarte'], until: null },
  hosts: { total: 14, done: 0, failed: 0, unknown: 0 },
  card: TEAM,
  ...own,
})

/** Something of everything, on the day of `test/support/doors.ts`. */
export const anOverview = (own: Partial<Overview> = {}): Overview => ({
  now: '2023-03-29T20:10:00.000Z',
  waitsForYou: [
    { text: 'Record 3 of 3 tests', about: 'openssl, change 12', due: '2023-03-30T14:10:00.000Z', card: TEAM },
    { text: 'Classify it', about: 'bind, change 13', due: null, card: { place: 'team', post: '2' } },
  ],
  changes: [
    aChange({ id: 13, name: 'bind', class: null, clocks: null, verdict: 'UNCONFIRMED', knownExploited: true, phase: 'alerted' }),
    aChange(),
    aChange({
      id: 9,
      name: 'a-package-with-a-very-long-name-that-has-no-gap-anywhere-libs-devel',
      class: 'high',
      phase: 'rolling out',
      standsStill: 'halted',
      rehearsal: true,
      clocks: {
        zero: '2023-03-20T14:10:00.000Z',
        start: { by: '2023-03-27T14:10:00.000Z', doneAt: '2023-03-26T20:00:00.000Z', state: 'met', used: 0.9 },
        complete: { by: '2023-03-28T14:10:00.000Z', doneAt: null, state: 'overdue', used: 1.15 },
      },
      hosts: { total: 14, done: 9, failed: 2, unknown: 1 },
    }),
    aChange({
      id: 8,
      name: 'c-ares',
      class: 'low',
      verdict: 'CORROBORATED',
      clocks: {
        zero: '2023-03-20T14:10:00.000Z',
        start: { by: null, doneAt: null, state: 'idle', used: 0 },
        complete: { by: '2023-03-30T14:10:00.000Z', doneAt: null, state: 'near', used: 0.93 },
      },
      wait: { text: 'The end users are told', roles: [], people: [], names: [], until: '2023-03-30T08:00:00.000Z' },
    }),
  ],
  calendar: {
    from: '2023-03-29T20:10:00.000Z',
    to: '2023-04-26T20:10:00.000Z',
    openings: [
      anOpening('2023-03-29T20:00:00.000Z', 90, [{ id: 9, name: 'bash', approved: true, card: TEAM }]),
      anOpening('2023-03-30T20:00:00.000Z', 90, [{ id: 12, name: 'openssl', approved: false, card: TEAM }]),
      { ...anOpening('2023-04-10T20:00:00.000Z', 90, [{ id: 8, name: 'c-ares', approved: true, card: null }]), opens: false },
      ...[1, 4, 5, 6, 8, 11, 12, 13, 15].map((day) => anOpening(`2023-04-${String(day).padStart(2, '0')}T20:00:00.000Z`, 240, [])),
    ],
    blackouts: [{ name: 'Easter freeze', reason: 'Nobody is there', from: '2023-04-06T22:00:00.000Z', to: '2023-04-10T22:00:00.000Z' }],
  },
  compliance: {
    hosts: 61,
    stale: 2,
    staleAfterDays: 7,
    unmanaged: 1,
    lastSeen: '2023-03-29T20:05:00.000Z',
    patches: ['web', 'database', 'application', 'name', 'file', 'mail', 'build', 'print', 'time'].map((name, i) => ({
      assetClass: `${name} servers`,
      hosts: 10 + i,
      clear: 10,
      open: Math.max(0, i - 1),
      overdue: Math.min(1, i),
    })),
    baselines: [
      {
        assetClass: 'web servers',
        product: 'openssl',
        versions: ['1:1.1.1k-9.el8_6'],
        at: 5,
        below: 2,
        above: 1,
        exempt: 1,
        named: { below: ['web-01', 'web-02'], above: ['web-04'] },
      },
    ],
  },
  sources: [
    { id: 'rh', name: 'Red Hat CSAF', state: 'good', lastGoodAt: '2023-03-29T20:00:00.000Z', since: null, dropped: 1 },
    {
      id: 'un',
      name: 'Ubuntu notices',
      state: 'failing',
      lastGoodAt: '2023-03-29T07:00:00.000Z',
      since: '2023-03-29T09:10:00.000Z',
      dropped: 0,
    },
    { id: 'kev', name: 'CISA KEV', state: 'not asked', lastGoodAt: null, since: null, dropped: 0 },
    { id: 'osv', name: 'OSV', state: 'silent', lastGoodAt: '2023-03-29T20:00:00.000Z', since: '2023-03-01T09:10:00.000Z', dropped: 0 },
  ],
  ...own,
})

function anOpening(start: string, minutes: number, changes: Overview['calendar']['openings'][number]['changes']) {
  const end = new Date(Date.parse(start) + minutes * 60_000).toISOString()
  return { window: `night-${minutes}`, name: 'Weekday night', start, end, hosts: minutes > 90 ? 'web servers' : '', opens: true, changes }
}
