import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { CLASSES, type Policy, policySchema } from '../../src/core/policy.ts'

const text = readFileSync(new URL('../../manifests/sample/policy.json', import.meta.url), 'utf8')
const sample = (): Policy => policySchema.parse(JSON.parse(text))

describe('the sample policy', () => {
  test('is valid', () => {
    expect(policySchema.safeParse(JSON.parse(text)).error?.issues ?? []).toEqual([])
  })

  test('has the clocks of the chapter, Table 2.3', () => {
    const { critical, high, medium, low } = sample().classes
    expect([critical.startHours, high.startHours, medium.startMonths, low.startHours]).toEqual([24, 7 * 24, 1, null])
    expect([critical.completeHours, high.completeHours, medium.completeHours, low.completeHours]).toEqual([72, 14 * 24, 45 * 24, null])
  })

  test('tests longer the less urgent a class is, and every class uninstalls again', () => {
    const tests = CLASSES.map((name) => sample().classes[name].tests.map(({ id }) => id))
    expect(tests.map((ids) => ids.length)).toEqual([...tests.map((ids) => ids.length)].sort((a, b) => a - b))
    for (const ids of tests) expect(ids).toEqual(expect.arrayContaining(['files-verified', 'installs-on-vm', 'uninstalls-on-vm']))
  })

  // A delegate and who delegated are one person, and nobody approves their own request.
  test.each(sample().people.map(({ id }) => id))('every quorum can be reached without %s and whom they stand for', (requester) => {
    const { people, classes } = sample()
    const human = (id: string) => people.find((person) => person.id === id)?.delegateOf ?? id
    const others = people.filter(({ id }) => human(id) !== human(requester))
    for (const { role, count } of CLASSES.flatMap((name) => classes[name].quorum)) {
      expect(new Set(others.filter(({ roles }) => roles.includes(role)).map(({ id }) => human(id))).size).toBeGreaterThanOrEqual(count)
    }
  })

  test('has a place for every audience and at least two managers to sign it', () => {
    const { places, people } = sample()
    expect(places.map(({ audience }) => audience).sort()).toEqual(
      ['admin', 'end users', 'management', 'patch team', 'representatives', 'security'].sort(),
    )
    expect(people.filter(({ roles }) => roles.includes('manager'))).toHaveLength(2)
  })
})

const reminded = (p: Policy, cron: string) => ({ ...p, reminders: { ...p.reminders, auditHead: { cron } } })
const judged = (p: Policy, quorum: object[]) => ({ ...p, classes: { ...p.classes, high: { ...p.classes.high, quorum } } })
const sourced = (p: Policy, source: object) => ({ ...p, sources: [{ id: 'one', name: 'One', ...source }] })
const mailbox = (own: object): object => ({
  kind: 'mailbox',
  host: 'imap.house.example',
  user: 'x',
  senders: [{ from: 'vendor.example', publisher: 'x', idPrefixes: ['V-'] }],
  ...own,
})
/** Nobody else plans, and nobody else operates. */
const alone = (roles: readonly string[], less: readonly string[] = ['operations', 'patch-team']): readonly string[] => [
  'end-user',
  ...roles.filter((role) => !less.includes(role)),
]

describe('a policy that is wrong says where', () => {
  const broken: [string, (policy: Policy) => unknown, string][] = [
    ['a zone that does not exist', (p) => ({ ...p, zone: 'Europe/Norderhafen' }), 'zone'],
    ['a person’s zone', (p) => ({ ...p, people: p.people.map((one, i) => (i === 2 ? { ...one, zone: 'CEST' } : one)) }), 'people.2.zone'],
    ['a person twice', (p) => ({ ...p, people: [...p.people, { ...p.people[0], email: 'x@example.com' }] }), 'people.15.id'],
    ['two people with one mailbox', (p) => ({ ...p, people: [...p.people, { ...p.people[0], id: 'x' }] }), 'people.15.email'],
    [
      'a delegate of nobody',
      (p) => ({ ...p, people: p.people.map((one, i) => (i === 0 ? { ...one, delegateOf: 'zoe' } : one)) }),
      'people.0.delegateOf',
    ],
    [
      'a delegate of oneself',
      (p) => ({ ...p, people: p.people.map((one, i) => (i === 0 ? { ...one, delegateOf: 'ana' } : one)) }),
      'people.0.delegateOf',
    ],
    [
      'a delegate of a delegate',
      (p) => ({ ...p, people: p.people.map((one, i) => (i === 0 ? { ...one, delegateOf: 'oskar' } : one)) }),
      'people.0.delegateOf',
    ],
    ['a place twice', (p) => ({ ...p, places: [...p.places, p.places[0]] }), 'places.6.id'],
    ['a window’s zone', (p) => ({ ...p, windows: p.windows.map((w) => ({ ...w, zone: 'nowhere' })) }), 'windows.0.zone'],
    [
      'a blackout that ends before it starts',
      (p) => ({ ...p, blackouts: p.blackouts.map((b) => ({ ...b, to: b.from })) }),
      'blackouts.0.to',
    ],
    ['two starts', (p) => ({ ...p, classes: { ...p.classes, high: { ...p.classes.high, startMonths: 1 } } }), 'classes.high.startMonths'],
    ['a place that is told everything twice', (p) => ({ ...p, places: [...p.places, { ...p.places[0], id: 'x' }] }), 'places.6.ref'],
    ['an audience without a place', (p) => ({ ...p, places: p.places.filter(({ audience }) => audience !== 'admin') }), 'places'],
    ['no manager', (p) => ({ ...p, people: p.people.filter(({ roles }) => !roles.includes('manager')) }), 'people'],
    ['more managers needed than there are', (p) => ({ ...p, buyOffManagers: 3 }), 'buyOffManagers'],
    ['a cron expression that nobody can read', (p) => reminded(p, '61 9 * * *'), 'reminders.auditHead.cron'],
    ['a cron expression that never comes', (p) => reminded(p, '0 9 30 2 *'), 'reminders.auditHead.cron'],
    [
      'a reminder’s zone',
      (p) => ({ ...p, reminders: { ...p.reminders, auditHead: { cron: '0 9 * * *', zone: 'MEZ' } } }),
      'reminders.auditHead.zone',
    ],
    ['a share twice', (p) => ({ ...p, reminders: { ...p.reminders, clocks: { shares: [0.5, 0.5] } } }), 'reminders.clocks.shares.1'],
    ['a ring that takes all', (p) => ({ ...p, rings: p.rings.map((r) => ({ ...r, share: 1 })) }), 'rings.0.share'],
    ['a quorum that few could fill', (p) => judged(p, [{ role: 'manager', count: 3 }]), 'classes.high.quorum'],
    // Dana and Oskar are one person; Farah is the second.
    ['a quorum that counts a delegate', (p) => judged(p, [{ role: 'security', count: 3 }]), 'classes.high.quorum'],
    [
      'a quorum of the only planner',
      (p) => ({
        ...judged(p, [{ role: 'operations', count: 1 }]),
        people: p.people.map((one) => (one.id === 'emil' ? one : { ...one, roles: alone(one.roles) })),
      }),
      'classes.high.quorum',
    ],
    [
      'one person on two seats',
      (p) => ({
        ...judged(p, [
          { role: 'operations', count: 1 },
          { role: 'security', count: 1 },
        ]),
        people: p.people
          .filter(({ roles }) => !roles.includes('security'))
          .map((one) =>
            one.id === 'emil' ? { ...one, roles: ['operations', 'security'] } : { ...one, roles: alone(one.roles, ['operations']) },
          ),
      }),
      'classes.high.quorum',
    ],
    [
      'an emergency quorum that nobody fills',
      (p) => ({
        ...p,
        classes: { ...p.classes, critical: { ...p.classes.critical, emergencyQuorum: [{ role: 'admin', count: 2 }] } },
      }),
      'classes.critical.emergencyQuorum',
    ],
    [
      'a role for delays that nobody holds',
      (p) => ({ ...p, people: p.people.filter(({ roles }) => !roles.includes('security')) }),
      'classes.critical.delayRole',
    ],
    [
      'a key without its owner',
      (p) => sourced(p, { kind: 'csaf', provider: 'www.redhat.com', keyFingerprint: 'a'.repeat(40), namespaces: ['www.redhat.com'] }),
      'sources.0.keyOwner',
    ],
    ...(
      [
        ['a sender that is no address', { from: 'Vendor <x@vendor.example>' }, 'from'],
        ['a sender that is everybody', { from: 'example' }, 'from'],
        ['a sender that may speak of every vulnerability', { idPrefixes: ['CVE-'] }, 'idPrefixes.0'],
        ['a sender that may speak of nothing', { idPrefixes: [] }, 'idPrefixes'],
      ] as const
    ).map(([what, own, field]): (typeof broken)[number] => [
      what,
      (p) => sourced(p, mailbox({ senders: [{ from: 'vendor.example', publisher: 'x', idPrefixes: ['V-'], ...own }] })),
      `sources.0.senders.0.${field}`,
    ]),
    ['a mailbox without TLS', (p) => sourced(p, mailbox({ tls: 'none' })), 'sources.0.tls'],
    ['a password in the policy', (p) => sourced(p, mailbox({ password: 'x' })), 'sources.0'],
    ['OSV from nowhere', (p) => sourced(p, { kind: 'osv', ecosystems: ['npm'] }), 'sources.0.folder'],
    [
      'OSV from two',
      (p) => sourced(p, { kind: 'osv', ecosystems: ['npm'], folder: 'x', url: 'https://osv.example.com/' }),
      'sources.0.url',
    ],
    [
      'a blackout without an end in sight',
      (p) => ({ ...p, blackouts: [{ name: 'for ever', from: '2026-12-23T23:00:00.000Z', to: '2031-01-02T23:00:00.000Z', reason: 'x' }] }),
      'windows.1',
    ],
    [
      'a test twice',
      (p) => ({ ...p, classes: { ...p.classes, low: { ...p.classes.low, tests: [...p.classes.low.tests, p.classes.low.tests[0]] } } }),
      'classes.low.tests.9.id',
    ],
  ]
  test.each(broken)('%s', (_, breaking, path) => {
    const result = policySchema.safeParse(breaking(sample()))
    expect(result.error?.issues.map((issue) => issue.path.join('.'))).toContain(path)
  })

  test('all problems at once', () => {
    const result = policySchema.safeParse({
      ...sample(),
      zone: 'nowhere',
      windows: sample().windows.map((w) => ({ ...w, zone: 'nowhere' })),
    })
    expect(result.error?.issues).toHaveLength(3)
  })
})
