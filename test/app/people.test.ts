import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { json } from '../../src/app/change/rows.ts'
import { spreadRedraws } from '../../src/app/chat/redraws.ts'
import { renderPost } from '../../src/app/chat/render.ts'
import { planPurpose, show } from '../../src/app/chat/show.ts'
import { transact } from '../../src/app/house.ts'
import { takePolicyFile } from '../../src/app/policy/propose.ts'
import { directoryOf } from '../../src/boot/chat.ts'
import type { Card } from '../../src/cards/card.ts'
import type { ChangeState } from '../../src/core/change/state.ts'
import { planDigest } from '../../src/core/evaluate/plan.ts'
import { memberId } from '../../src/core/policy/groups.ts'
import { verifyAudit } from '../../src/db/audit.ts'
import { type Running, start } from '../../src/main.ts'
import type { Account } from '../../src/ports.ts'
import { aPlan, evolved, NOW, opened, submitted, UNTIL } from '../support/change.ts'
import { wordsOf } from '../support/change-cards.ts'
import { freshUrl } from '../support/database.ts'

const SAMPLE = new URL('../../manifests/sample/', import.meta.url)
const DAY = 86_400_000
const GUARD = { platform: 'slack', ref: 'SGUARD', name: 'Security on call', roles: ['security'] }
const OPS = { platform: 'teams', ref: '19:ops@thread.tacv2', name: 'Ops', roles: ['operations'] }
const STAFF = { platform: 'teams', ref: 'everyone', name: 'All staff', roles: ['end-user'] }

type Raw = Record<string, unknown>
let folder: string
let database: Awaited<ReturnType<typeof freshUrl>>
let bot: Running
let policy: Raw
let clock = Date.parse(NOW)

const open = (): Promise<Running> =>
  start(
    { port: 0, dataFolder: join(folder, 'data'), logLevel: 'silent', policyFile: join(folder, 'policy.yaml'), databaseUrl: null },
    { databaseUrl: database.url, log: pino({ level: 'silent' }), clock: { now: () => new Date(clock) } },
  )

/** The file is changed; nobody has approved any version yet, so that the change is in force at once. */
async function edit(change: Raw): Promise<void> {
  policy = { ...policy, ...change }
  // The clock stands still from here on, so that nobody else looks at the file meanwhile.
  await bot?.settle()
  await writeFile(join(folder, 'policy.yaml'), JSON.stringify(policy, null, 2))
  if (bot) await takePolicyFile(bot.house)
}

beforeAll(async () => {
  database = await freshUrl({ empty: true })
  folder = await mkdtemp(join(tmpdir(), 'patchcrier-people-'))
  await mkdir(join(folder, 'csaf'))
  await writeFile(join(folder, 'key.asc'), await readFile(new URL('csaf/sample-key.asc', SAMPLE)))
  const sample = JSON.parse(await readFile(new URL('policy.json', SAMPLE), 'utf8')) as { sources: Raw[] }
  policy = { ...sample, sources: sample.sources.map((s) => ({ ...s, folder: 'csaf', keyFile: 'key.asc' })) }
  await edit({ groups: [GUARD, OPS] })
  bot = await open()
  await bot.settle()
})
afterAll(async () => {
  await bot?.stop()
  await database?.drop()
  await rm(folder, { recursive: true, force: true })
})

const account = (email: string, more: Partial<Account> = {}): Account => ({
  platform: 'slack',
  id: `U-${email}`,
  name: email.split('@')[0] ?? '',
  email,
  groups: [],
  ...more,
})
const who = async (given: Account): Promise<string> => {
  const ruled = await bot.doors.recognise(given)
  return ruled.ok ? ruled.value : ruled.refusal.code
}
const rolesOf = (id: string): readonly string[] => bot.house.inForce.policy.people.find((p) => p.id === id)?.roles ?? []
const rows = (email: string) => bot.house.db.member.findMany({ where: { email } })
interface Record_ {
  readonly action: string
  readonly subject: string
  readonly detail: {
    readonly from?: readonly string[]
    readonly to?: readonly string[]
    readonly changes?: readonly object[]
    readonly why?: string
  }
}
const audited = async (action: string): Promise<readonly Record_[]> =>
  (await bot.house.db.auditRecord.findMany({ orderBy: { seq: 'asc' } }))
    .map(({ body }) => JSON.parse(body) as Record_)
    .filter((record) => record.action === action)
const ofPerson = async (email: string) => (await audited('member-roles')).filter(({ subject }) => subject === `person:${memberId(email)}`)

describe('who somebody is', () => {
  test('whom the policy names is known by the address on every platform, and costs no row', async () => {
    expect(await who(account('Dana@norderhafen.example'))).toBe('dana')
    expect(await who(account('dana@norderhafen.example', { platform: 'teams' }))).toBe('dana')
    expect(await rows('dana@norderhafen.example')).toEqual([])
  })

  test('a stranger is refused politely, and told what to do', async () => {
    expect(await bot.doors.recognise(account('stranger@example.com', { groups: ['SOTHER'] }))).toMatchObject({
      ok: false,
      refusal: { code: 'PERSON_UNKNOWN', text: expect.stringContaining('Ask for a role') },
    })
    expect(await rows('stranger@example.com')).toEqual([])
  })

  test('who is in a group of the policy is a member, in the zone and by the name of the account', async () => {
    const given = account('mira@example.com', { name: 'Mira \u202ESato', zone: 'Asia/Tokyo', groups: ['SGUARD'] })
    expect(await who(given)).toBe(memberId('mira@example.com'))
    expect(bot.house.inForce.policy.people.at(-1)).toMatchObject({ name: 'Mira Sato', zone: 'Asia/Tokyo', roles: ['security'] })
    expect(await ofPerson('mira@example.com')).toMatchObject([
      { detail: { from: [], to: ['security'], groups: ['Security on call (slack)'] } },
    ])
  })

  test('a zone that is none is the organisation’s, a name that is none is the address', async () => {
    await who(account('odd@example.com', { name: ' \u200B ', zone: 'Mars/Olympus', groups: ['SGUARD'] }))
    expect(await rows('odd@example.com')).toMatchObject([{ name: 'odd@example.com', zone: 'Europe/Berlin' }])
  })

  test('roles of two platforms come together in one person', async () => {
    await who(account('mira@example.com', { platform: 'teams', groups: ['19:ops@thread.tacv2'] }))
    expect(rolesOf(memberId('mira@example.com'))).toEqual(['security', 'operations'])
  })

  test('a person of the policy keeps the id and gets the roles of the groups beside', async () => {
    expect(await who(account('lena@norderhafen.example', { groups: ['SGUARD'] }))).toBe('lena')
    expect(rolesOf('lena')).toEqual(expect.arrayContaining(['end-user', 'security']))
  })

  test('many first clicks of one account at once make one row and one record', async () => {
    const clicks = Array.from({ length: 12 }, (_, i) =>
      bot.doors.recognise(
        account('twice@example.com', i % 2 === 0 ? { groups: ['SGUARD'] } : { platform: 'teams', groups: ['19:ops@thread.tacv2'] }),
      ),
    )
    const answers = await Promise.all(clicks)
    expect(new Set(answers.map((a) => a.ok && a.value))).toEqual(new Set([memberId('twice@example.com')]))
    expect(await rows('twice@example.com')).toHaveLength(1)
    expect(rolesOf(memberId('twice@example.com'))).toEqual(['security', 'operations'])
    expect(await ofPerson('twice@example.com')).toHaveLength(2)
  })

  test('a click that proves nothing new writes nothing', async () => {
    const [before] = await rows('mira@example.com')
    await who(account('mira@example.com', { groups: ['SGUARD'] }))
    expect((await rows('mira@example.com'))[0]?.version).toBe(before?.version)
  })

  test('the directory knows a member’s address, the groups to ask for, and the group of a role', async () => {
    const directory = directoryOf(bot.house, 'slack')
    expect(directory.emailByPerson(memberId('mira@example.com'))).toBe('mira@example.com')
    expect(directory.groups()).toEqual(['SGUARD'])
    expect([directory.groupByRole('security'), directory.groupByRole('operations')]).toEqual(['SGUARD', null])
  })

  test('a restart knows them all', async () => {
    const before = bot.house.inForce.policy.people.map(({ id }) => id)
    await bot.stop()
    bot = await open()
    expect(bot.house.inForce.policy.people.map(({ id }) => id).sort()).toEqual([...before].sort())
    expect(Object.keys(bot.tokens.people)).not.toContain(memberId('mira@example.com'))
  })
})

describe('a member votes', () => {
  const plan = aPlan()
  let changeId: number
  const digest = (): string => planDigest({ ...plan, policyHash: bot.house.inForce.hash })
  const state = async (): Promise<ChangeState> =>
    (await bot.house.db.change.findUniqueOrThrow({ where: { id: changeId } })).state as unknown as ChangeState
  const approve = (actor: string) =>
    bot.doors.handleIntent({ actor, place: 'team', verb: 'approve', subject: `change:${changeId}`, digest: digest(), inputs: {} })

  beforeAll(async () => {
    const here = { ...plan, policyHash: bot.house.inForce.hash }
    const { id } = await bot.house.db.change.create({ data: { phase: 'deciding', state: {}, createdAt: new Date(clock) } })
    changeId = id
    const deciding = evolved(
      opened(),
      UNTIL.deciding.map((e) => (e.kind === 'plan submitted' ? submitted(here) : e)),
    )
    await bot.house.db.change.update({ where: { id }, data: { state: json({ ...deciding, id }) } })
  })

  test('by the role of the group; once, whatever the platform', async () => {
    const id = await who(account('mira@example.com', { groups: ['SGUARD'] }))
    expect(await approve(id)).toEqual({ ok: true, cards: [] })
    expect((await state()).submission?.approvals).toMatchObject([{ person: id, as: ['security', 'operations'] }])
    const onTeams = await who(account('mira@example.com', { platform: 'teams', groups: ['19:ops@thread.tacv2'] }))
    expect(await approve(onTeams)).toMatchObject({ ok: false, refusal: { code: 'ALREADY_DONE' } })
  })

  test('who has left the group may not vote from the next click on, and the vote given stays', async () => {
    const id = memberId('twice@example.com')
    expect(await who(account('twice@example.com'))).toBe(id)
    expect(rolesOf(id)).toEqual(['operations'])
    expect(await who(account('twice@example.com', { platform: 'teams' }))).toBe('PERSON_UNKNOWN')
    expect(await approve(id)).toMatchObject({ ok: false, refusal: { code: 'ROLE_MISSING' } })
    expect((await ofPerson('twice@example.com')).at(-1)).toMatchObject({ detail: { from: ['operations'], to: [] } })
    await who(account('mira@example.com', { platform: 'teams' }))
    await who(account('mira@example.com'))
    expect((await state()).submission?.approvals).toHaveLength(1)
    expect(await approve('dana')).toEqual({ ok: true, cards: [] })
    expect((await state()).submission?.decided).toMatchObject({ verdict: 'approved' })
  })
})

describe('another version of the policy', () => {
  test('takes the roles of a group with the group, and says so to auditors', async () => {
    await who(account('nils@example.com', { groups: ['SGUARD'] }))
    await edit({ groups: [OPS] })
    expect(rolesOf(memberId('nils@example.com'))).toEqual([])
    expect(rolesOf('lena')).not.toContain('security')
    expect(await who(account('nils@example.com', { groups: ['SGUARD'] }))).toBe('PERSON_UNKNOWN')
    const { changes, why } = (await audited('member-roles')).find(({ subject }) => subject === 'people:groups')?.detail ?? {}
    expect(why).toBe('another version of the policy is in force')
    expect(changes).toEqual(
      expect.arrayContaining([{ person: memberId('nils@example.com'), email: 'nils@example.com', from: ['security'], to: [] }]),
    )
    await edit({ groups: [GUARD, OPS] })
  })

  test('that names a member by the same address makes both one', async () => {
    const people = [
      ...(policy.people as Raw[]),
      { id: 'mira', name: 'Mira Sato', email: 'Mira@example.com', zone: 'Asia/Tokyo', roles: ['security'] },
    ]
    await edit({ people })
    expect(await who(account('mira@example.com', { groups: ['SGUARD'] }))).toBe('mira')
    expect(bot.house.inForce.policy.people.filter(({ email }) => email.toLowerCase() === 'mira@example.com')).toHaveLength(1)
  })

  test('the hash is of what is written, whoever comes and goes', async () => {
    const { hash } = bot.house.inForce
    await who(account('late@example.com', { groups: ['SGUARD'] }))
    expect(bot.house.inForce.hash).toBe(hash)
  })
})

describe('a role that nobody proves any more', () => {
  test('lapses by itself after its days, and auditors read of it', async () => {
    const id = await who(account('quiet@example.com', { groups: ['SGUARD'] }))
    clock += 6.9 * DAY
    expect(rolesOf(id)).toEqual(['security'])
    clock += 0.2 * DAY
    expect(rolesOf(id)).toEqual([])
    await bot.settle()
    const lapses = (await audited('member-roles')).filter(({ detail }) => detail.why === 'the membership was not proved again')
    expect(lapses.flatMap(({ detail }) => detail.changes ?? [])).toContainEqual({
      person: id,
      email: 'quiet@example.com',
      from: ['security'],
      to: [],
    })
    expect(await who(account('quiet@example.com', { groups: ['SGUARD'] }))).toBe(id)
    expect(rolesOf(id)).toEqual(['security'])
  })

  test('and a click in time renews it', async () => {
    const id = await who(account('busy@example.com', { groups: ['SGUARD'] }))
    for (let day = 0; day < 20; day++) {
      clock += DAY
      await who(account('busy@example.com', { groups: ['SGUARD'] }))
      expect(rolesOf(id)).toEqual(['security'])
    }
    expect(await ofPerson('busy@example.com')).toHaveLength(1)
  })

  test('everyone of a platform may be told, and decides nothing', async () => {
    await edit({ groups: [GUARD, OPS, STAFF] })
    const id = await who(account('sam@example.com', { platform: 'teams' }))
    expect(rolesOf(id)).toEqual(['end-user'])
    expect(await who(account('sam@example.com'))).toBe(id)
    expect(await bot.doors.overview(id)).toMatchObject({ ok: false })
  })
})

describe('asking for a role', () => {
  const ask = async (given: Account): Promise<string> => {
    const outcome = await bot.doors.askForRole(given)
    return outcome.ok ? outcome.cards.map(wordsOf).join() : outcome.refusal.code
  }
  const posts = () => bot.house.db.post.findMany({ where: { subject: { startsWith: 'role-request:' } }, orderBy: { id: 'asc' } })
  const drawn = async (): Promise<readonly Card[]> =>
    (await Promise.all((await posts()).map((post) => renderPost(bot.house, post)))).flatMap((card) => card ?? [])

  test('tells the admins once who it is and what to write; the answer says that they were told', async () => {
    expect(await ask(account('yuki@example.com', { name: 'Yuki "x" }\n- Tan' }))).toContain('The admins have been told who you are')
    expect(await ask(account('yuki@example.com'))).toContain('have been told already')
    const [card, ...more] = await drawn()
    expect(more).toEqual([])
    expect(wordsOf(card as Card)).toContain('yuki@example.com, confirmed by Slack')
    expect(wordsOf(card as Card)).toContain(
      '- { id: ..., name: "Yuki \\"x\\" } - Tan", email: "yuki@example.com", zone: ..., roles: [...] }',
    )
    expect(await audited('role-asked-for')).toMatchObject([{ detail: { email: 'yuki@example.com', platform: 'slack' } }])
  })

  test('at once by many still is one note', async () => {
    await Promise.all(Array.from({ length: 8 }, () => ask(account('burst@example.com'))))
    expect(await posts()).toHaveLength(2)
  })

  test('again after thirty days', async () => {
    clock += 31 * DAY
    expect(await ask(account('yuki@example.com'))).toContain('The admins have been told who you are')
    expect((await posts()).map(({ purpose }) => purpose)).toEqual(['asked:1', 'asked:1', 'asked:2'])
  })

  test('an admin dismisses it, nobody else, and once; it may then be asked again', async () => {
    const [{ subject } = { subject: '' }] = await posts()
    const dismiss = (actor: string) => bot.doors.handleIntent({ actor, place: 'admin', verb: 'dismiss-request', subject, inputs: {} })
    expect(await dismiss('ana')).toMatchObject({ ok: false, refusal: { code: 'ROLE_MISSING' } })
    expect(await dismiss('nora')).toEqual({ ok: true, cards: [] })
    expect(await dismiss('nora')).toMatchObject({ ok: false, refusal: { code: 'ALREADY_DONE' } })
    const card = (await drawn())[0] as Card
    expect(wordsOf(card)).toContain('was dismissed by Nora')
    expect(card.actions).toEqual([])
    expect(await ask(account('yuki@example.com'))).toContain('The admins have been told who you are')
  })

  test('is settled when the policy names the person, or a group brings them', async () => {
    await ask(account('newcomer@example.com'))
    await edit({
      people: [
        ...(policy.people as Raw[]),
        { id: 'yuki', name: 'Yuki Tan', email: 'yuki@example.com', zone: 'Asia/Tokyo', roles: ['security'] },
      ],
    })
    await who(account('newcomer@example.com', { groups: ['SGUARD'] }))
    const words = (await drawn()).map(wordsOf).join('\n')
    expect(words).toContain('is in the policy now: security')
    expect(words).toContain('has a role now, by the group Security on call')
    expect(await ask(account('yuki@example.com'))).toContain('I know you: security')
  })

  test('strangers cannot flood the admins: twenty a day are told, the twentieth says so, and the next are told that they were not passed on', async () => {
    clock += 2 * DAY
    const answers: string[] = []
    for (let i = 0; i < 22; i++) answers.push(await ask(account(`flood-${i}@example.com`)))
    expect(answers.filter((words) => words.includes('The admins have been told who you are'))).toHaveLength(20)
    expect(answers.slice(20).every((words) => words.includes('was not passed on'))).toBe(true)
    const told = (await drawn()).map(wordsOf).filter((words) => words.includes('flood-'))
    expect(told).toHaveLength(20)
    expect(told.map((words) => words.includes('the last request that is told today'))).toEqual([...Array(19).fill(false), true])
    clock += DAY
    expect(await ask(account('flood-21@example.com'))).toContain('The admins have been told who you are')
  })
})

test('`roles` says where a role comes from', async () => {
  const outcome = await bot.doors.handleIntent({ actor: 'nora', place: 'admin', verb: 'command', subject: '', inputs: { text: 'roles' } })
  const words = outcome.ok ? outcome.cards.map(wordsOf).join() : ''
  expect(words).toMatch(/security \|.*newcomer \(by Security on call\)/)
  expect(words).toMatch(/security \|.*Dana [A-Z][a-z]+,/)
})

describe('given an open decision, its card is drawn anew', () => {
  let post: { readonly id: number }
  const wanted = async () => {
    await spreadRedraws(bot.house.db)
    return (await bot.house.db.post.findUniqueOrThrow({ where: { id: post.id } })).wanted
  }
  const drawn = async () => {
    const card = await renderPost(bot.house, await bot.house.db.post.findUniqueOrThrow({ where: { id: post.id } }))
    return card ? wordsOf(card) : ''
  }

  beforeAll(async () => {
    await edit({ groups: [GUARD, OPS, STAFF] })
    const { db } = bot.house
    const { id } = await db.change.create({ data: { phase: 'deciding', state: {}, createdAt: new Date(clock) } })
    await db.change.update({ where: { id }, data: { state: json({ ...evolved(opened(), UNTIL.deciding), id }) } })
    const digest = planDigest(aPlan())
    await transact(bot.house, (unit) => show(unit, 'patch team', `change:${id}`, planPurpose('decision', digest), { digest }))
    post = await db.post.findFirstOrThrow({ where: { subject: `change:${id}` } })
  })

  test('when somebody joins a group that may decide, and again when they leave it', async () => {
    const [first, without] = [await wanted(), await drawn()]
    await who(account('joins@example.com', { name: 'Aa Joins', groups: ['SGUARD'] }))
    const [second, with_] = [await wanted(), await drawn()]
    expect([second > first, with_ === without]).toEqual([true, false])
    await who(account('joins@example.com', { name: 'Aa Joins' }))
    expect([(await wanted()) > second, await drawn()]).toEqual([true, without])
  })

  test('when a role lapses without a click', async () => {
    await who(account('lapses@example.com', { groups: ['SGUARD'] }))
    await bot.settle()
    const before = await wanted()
    clock += 7.2 * DAY
    await bot.settle()
    expect(await wanted()).toBeGreaterThan(before)
  })

  test('not when it is the same person with the same roles, nor for end users', async () => {
    await who(account('stays@example.com', { groups: ['SGUARD'] }))
    await bot.settle()
    const before = await wanted()
    await who(account('stays@example.com', { groups: ['SGUARD'] }))
    await who(account('staff@example.com', { platform: 'teams' }))
    expect(await wanted()).toBe(before)
  })
})

test('the audit chain is whole', async () => {
  expect(await verifyAudit(bot.house.db)).toMatchObject({ ok: true })
})
