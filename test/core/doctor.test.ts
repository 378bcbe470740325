import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { diagnose } from '../../src/core/doctor/diagnose.ts'
import type { DataFacts, Facts, Finding } from '../../src/core/doctor/facts.ts'
import { type TeamsPlaceTrouble, teamsFindings } from '../../src/core/doctor/teams.ts'
import { type Policy, policySchema } from '../../src/core/policy.ts'

const sample = policySchema.parse(JSON.parse(readFileSync(new URL('../../manifests/sample/policy.json', import.meta.url), 'utf8')))
const source = sample.sources[0]?.id ?? ''

const NOW = '2026-11-25T12:00:00.000Z'
const ago = (minutes: number): string => new Date(Date.parse(NOW) - minutes * 60_000).toISOString()

const data: DataFacts = {
  inForce: { policy: sample, hash: 'aa', approved: true },
  proposed: null,
  sources: { [source]: { firstPollDone: true, lastGoodAt: ago(5), failingSince: null } },
  seenInGroups: [],
  late: null,
  pollsWaiting: null,
  posts: { uncertain: 0, stuck: [] },
  ordersFor: [],
  auditFlaw: null,
  lastBackupAt: ago(60),
  slackRefused: null,
}

const well: Facts = {
  now: NOW,
  organisation: true,
  machine: { node: 24, configuration: [], folder: { path: '/data', state: 'ok', freeBytes: 5e9, tokensOpen: false } },
  policyFile: { file: 'policy.yaml', problems: [], hash: 'aa' },
  database: { state: 'ok', hosted: true, holder: 'bot 4711', skewMs: 20 },
  data,
  platforms: ['web'],
  runners: ['manual', 'rehearsal'],
  asked: null,
}

const having = (change: Partial<DataFacts>): Facts => ({ ...well, data: { ...data, ...change } })
const ruled = (change: Partial<Policy>): Facts => having({ inForce: { policy: { ...sample, ...change }, hash: 'aa', approved: true } })
const machine = (change: Partial<Facts['machine']>): Facts => ({ ...well, machine: { ...well.machine, ...change } })
const folder = (change: object): Facts => machine({ folder: { path: '/data', state: 'ok', freeBytes: 5e9, tokensOpen: false, ...change } })
const idle: Facts['database'] = { state: 'ok', hosted: true, holder: null, skewMs: 0 }

const saidOf = (facts: Facts): readonly string[] => diagnose(facts).findings.map(({ area, what }) => `${area}: ${what}`)

describe('nothing to mend', () => {
  test.each<[string, Facts]>([
    ['an installation that fares well', well],
    ['the sample, without a backup and a buy-off', { ...having({ lastBackupAt: null }), organisation: false, policyFile: null }],
    ['before the first start', { ...well, database: { state: 'new' }, data: null }],
    ['a folder that the first start makes', folder({ state: 'missing', freeBytes: null })],
    ['what became due just now', having({ late: { count: 3, since: ago(0.5) } })],
    ['late rows while no bot is active', { ...having({ late: { count: 3, since: ago(600) } }), database: idle }],
    [
      'messages and polls that wait while no bot is active',
      {
        ...having({
          posts: { uncertain: 0, stuck: [{ place: 'admin', count: 1, since: ago(600), reason: null }] },
          pollsWaiting: { count: 1, since: ago(600) },
        }),
        database: idle,
      },
    ],
    ['a source that is not read yet while no bot is active', { ...having({ sources: {} }), database: idle }],
    ['sources that answered', { ...well, asked: { [source]: null } }],
    ['Teams, where everything answered', { ...well, chat: teamsFindings({ signIn: null, places: { team: null } }) }],
    ['requests that were refused more than a day ago', having({ slackRefused: { count: 9, since: ago(9000), lastAt: ago(1441) } })],
    ['clocks that differ a little', { ...well, database: { ...idle, holder: 'x', skewMs: -4_000 } }],
  ])('%s', (_what, facts) => {
    expect(saidOf(facts)).toEqual([])
  })
})

const teamsPlace = (why: TeamsPlaceTrouble['why']): Facts => ({
  ...well,
  chat: teamsFindings({ signIn: null, places: { team: { why, said: 'HTTP n' }, other: null } }),
})

describe('what is to be mended, and only that', () => {
  test.each<[Facts, RegExp]>([
    [machine({ configuration: ['PORT: expected a port number; got "x"'] }), /^configuration: PORT: expected/],
    [machine({ node: 20 }), /^machine: Node 20 /],
    [folder({ state: 'not writable' }), /^machine: The data folder \/data cannot be written/],
    [folder({ freeBytes: 9e8 }), /^machine: The disk of \/data has 900 MB left/],
    [folder({ tokensOpen: true }), /^machine: Others can read \/data\/tokens\.json/],
    [{ ...well, database: { state: 'broken', reason: 'it does not answer' }, data: null }, /^database: it does not answer/],
    [{ ...well, database: { state: 'behind', missing: ['0009_x'] }, data: null }, /^database: The database lacks 0009_x/],
    [{ ...well, database: { ...idle, holder: 'x', skewMs: -61_000 } }, /^database: The clocks .* differ by 61 s/],
    [{ ...well, policyFile: { file: 'p', problems: ['p:3: zone: expected'], hash: null } }, /^policy: p:3: zone: expected/],
    [having({ inForce: { policy: sample, hash: 'aa', approved: false } }), /^policy: The policy in force is not approved/],
    [{ ...well, policyFile: { file: 'p', problems: [], hash: 'bb' } }, /^policy: The policy in force is not the one in p/],
    [
      { ...having({ proposed: 'bb' }), policyFile: { file: 'p', problems: [], hash: 'bb' } },
      /^policy: The version in p waits for its approval/,
    ],
    [
      ruled({ people: sample.people.map((p) => ({ ...p, roles: p.roles.filter((r) => r !== 'security') })) }),
      /^roles: Nobody has the role security/,
    ],
    [
      ruled({ places: sample.places.map((p, i) => (i === 0 ? { ...p, platform: 'slack' as const } : p)) }),
      /^places: The place ".*" is on slack, which is not connected/,
    ],
    [having({ sources: {} }), /^sources: ".*" has not been read yet/],
    [
      having({ sources: { [source]: { firstPollDone: true, lastGoodAt: ago(9), failingSince: ago(3) } } }),
      /^sources: ".*" has been failing since/,
    ],
    [
      having({ sources: { [source]: { firstPollDone: true, lastGoodAt: ago(60 * 24), failingSince: null } } }),
      /^sources: ".*" was last read at/,
    ],
    [
      { ...well, chat: teamsFindings({ signIn: 'refused (AADSTS7000215)', places: {} }) },
      /^configuration: Teams: refused \(AADSTS7000215\)\./,
    ],
    [teamsPlace('not in it'), /^places: Teams: the bot is not in the team or chat of the place team \(HTTP n\)\./],
    [teamsPlace('gone'), /^places: Teams: there is no such channel or chat as the one of the place team \(HTTP n\)\./],
    [teamsPlace('other'), /^places: Teams: the bot does not get into the place team \(HTTP n\)\./],
    [{ ...well, asked: { [source]: 'no route' } }, /^sources: ".*" was asked now and failed: no route/],
    [having({ late: { count: 1, since: ago(2) } }), /^work: 1 thing should have happened since/],
    [having({ pollsWaiting: { count: 2, since: ago(6) } }), /^work: 2 polls of sources wait since .*, and nobody takes them/],
    [having({ posts: { uncertain: 2, stuck: [] } }), /^places: 2 messages may or may not have arrived/],
    [
      having({ posts: { uncertain: 0, stuck: [{ place: 'admin', count: 1, since: ago(5), reason: 'FORBIDDEN' }] } }),
      /^places: 1 message for the place admin waits since .*: FORBIDDEN/,
    ],
    [having({ ordersFor: ['manual', 'ansible'] }), /^runners: Orders wait for the runner "ansible"/],
    [having({ auditFlaw: 'record 7, edited' }), /^audit: The audit chain is not whole: record 7, edited/],
    [
      having({ slackRefused: { count: 1, since: ago(5), lastAt: ago(5) } }),
      /^configuration: Slack: 1 request in its name .*, at 2026-11-25T11:55:00.000Z, and none since was right. The signing secret is probably wrong/,
    ],
    [
      having({ slackRefused: { count: 12, since: ago(60), lastAt: ago(5) } }),
      /^configuration: Slack: 12 requests .*, from 2026-11-25T11:00:00.000Z to 2026-11-25T11:55:00.000Z, and none/,
    ],
    [having({ lastBackupAt: null }), /^backups: No backup was ever made/],
    [having({ lastBackupAt: ago(60 * 24 * 9) }), /^backups: The last backup is 9 days old/],
  ])('%#: %s', (facts, what) => {
    const said = saidOf(facts)
    expect(said).toHaveLength(1)
    expect(said[0]).toMatch(what)
  })

  test('every finding says why it matters and what to do, in sentences', () => {
    const all: readonly Finding[] = diagnose({
      ...having({
        inForce: { policy: { ...sample, people: [] }, hash: 'aa', approved: false },
        sources: {},
        auditFlaw: 'x',
        lastBackupAt: null,
      }),
      machine: { node: 20, configuration: ['PORT: x.'], folder: { path: '/d', state: 'not writable', freeBytes: 1, tokensOpen: true } },
    }).findings
    expect(all.length).toBeGreaterThan(12)
    for (const { what, why, mend } of all) for (const words of [what, why]) expect(words, mend).toMatch(/^\S.*\.$/)
  })

  test.each([
    [['web'], undefined, null],
    [['web', 'teams'], undefined, /^Teams was not asked: a wrong or expired secret.*--online/],
    [['web', 'slack', 'teams'], undefined, /^Slack and Teams were not asked/],
    [['web', 'slack', 'teams'], [], null],
  ])('what only --online tells of %j is said (asked: %j)', (platforms, chat, words) => {
    const notes = diagnose({ ...well, platforms, ...(chat ? { chat } : {}) }).notes.filter((note) => note.includes('secret'))
    expect(notes).toEqual(words === null ? [] : [expect.stringMatching(words)])
  })

  test('who is active, that nobody is, and what was not asked, is said without being wrong', () => {
    expect(diagnose(well).notes.join(' ')).toMatch(/Active: bot 4711.*Chat: web.*--online/)
    expect(diagnose({ ...well, database: idle }).notes.join(' ')).toMatch(/No bot is active/)
    expect(diagnose({ ...well, database: { state: 'new' }, data: null }).notes.join(' ')).toMatch(/first start makes them/)
  })
})

describe('roles by groups', () => {
  const group = { platform: 'slack', ref: 'SADMIN', name: 'Helpers', roles: ['admin'] } as const
  const people = sample.people.map((one) => ({ ...one, roles: one.roles.filter((role) => role !== 'admin').concat('end-user') }))
  const policy: Policy = { ...sample, people, groups: [{ ...group, roles: [...group.roles] }] }
  const with_ = (seen: number): Facts => having({ inForce: { policy, hash: 'aa', approved: true }, seenInGroups: [seen] })

  test('fill a role once somebody was seen in the group', () => {
    expect(saidOf(with_(0))).toEqual(['roles: Nobody has the role admin.'])
    expect(saidOf(with_(1))).toEqual([])
  })

  test('are noted: who can give them, and that nobody was seen', () => {
    expect(diagnose(with_(0)).notes.filter((note) => note.includes('"Helpers"'))).toEqual([
      'Whoever may edit the group "Helpers" on slack can give themselves admin; keep that to few people.',
      expect.stringContaining('Nobody was seen in the group "Helpers" on slack'),
    ])
    expect(diagnose(with_(2)).notes.filter((note) => note.includes('Nobody was seen'))).toEqual([])
  })
})
