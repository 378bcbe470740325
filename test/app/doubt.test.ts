import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { renderPost } from '../../src/app/chat/render.ts'
import { answerDoubt } from '../../src/app/doors/doubt.ts'
import { handleIntent } from '../../src/app/doors/intents.ts'
import { reveal } from '../../src/app/doubt/bogus-drill.ts'
import { transact } from '../../src/app/house.ts'
import type { Card } from '../../src/cards/card.ts'
import type { Doubt, Outcome } from '../../src/ports.ts'
import { aBulletin } from '../support/bulletin.ts'
import { type Intake, intake } from '../support/intake.ts'

const URL_OF = 'https://access.redhat.com/errata/RHSA-2026:1111'
const FOLDER = { kind: 'csaf-folder', keyFingerprint: 'a'.repeat(40), keyOwner: 'test key', namespaces: ['www.redhat.com'] }

let it: Intake
beforeAll(async () => {
  it = await intake({ rh: [FOLDER, 'signed'] })
  const { sources, poll } = it
  const source = sources.rh
  if (!source) throw new Error('no source')
  source.next = { bulletins: [aBulletin({ source: 'rh', vendorId: 'RHSA-2026:1111', url: URL_OF })] }
  await poll('rh')
})
afterAll(() => it.end())

const ask = (actor: string, asked: Partial<Doubt>): Promise<Outcome> =>
  answerDoubt(it.house, { actor, place: null, words: '', links: [], files: [], ...asked })
const press = (actor: string, verb: string, subject: string): Promise<Outcome> =>
  handleIntent(it.house, { actor, place: 'security', verb, subject, inputs: {} })

const cardOf = (outcome: Outcome): Card => {
  const card = outcome.ok ? outcome.cards[0] : undefined
  if (!card) throw new Error(`expected a card, got ${JSON.stringify(outcome)}`)
  return card
}
const words = (card: Card): string => JSON.stringify(card)
const badge = (card: Card): string | undefined => card.badges[0]?.text
const posts = (subject: string) => it.house.db.post.findMany({ where: { subject }, orderBy: { id: 'asc' } })

const roleOf = (role: string): string => {
  const person = it.house.inForce.policy.people.find(({ roles }) => roles.some((one) => one === role))
  if (!person) throw new Error(`nobody is ${role}`)
  return person.id
}
/** Somebody who has no say in anything. */
const plainUser = (): string => {
  const person = it.house.inForce.policy.people.find(({ roles }) => roles.every((one) => one === 'end-user'))
  if (!person) throw new Error('the sample has no end user')
  return person.id
}

const mail = (head: readonly string[], body: string): Doubt['files'][number] => ({
  name: 'forwarded.eml',
  bytes: Buffer.from([...head, 'Date: Wed, 25 Nov 2026 10:00:00 +0000', 'To: you@example.org', '', body, ''].join('\r\n')),
})

describe('is this real? Everybody may ask', () => {
  test('the number or the address of a known bulletin alone is that bulletin', async () => {
    for (const asked of [{ words: 'RHSA-2026:1111' }, { links: [URL_OF] }]) {
      const card = cardOf(await ask(plainUser(), asked))
      expect(badge(card)).toBe('AUTHENTIC')
      expect(card.title).toContain('RHSA-2026:1111')
    }
  })

  test('words that name a real bulletin are not real for that: the number can be copied', async () => {
    const card = cardOf(await ask(plainUser(), { words: 'Urgent, RHSA-2026:1111, see https://redhat-updates.example/fix' }))
    expect(badge(card)).toBe('BOGUS')
    expect(words(card)).toContain('RHSA-2026:1111 (known here: AUTHENTIC)')
    expect(words(card)).toContain('says nothing about who sent this')
  })

  test.each([
    ['a link that imitates', { links: ['https://update.microsoft.com.example.net/kb'] }, 'BOGUS'],
    ['words that ask to switch protection off', { words: 'Please disable your antivirus before you install it.' }, 'BOGUS'],
    ['a program that is called a patch', { words: 'the patch', files: [{ name: 'KB5099999.exe', bytes: Buffer.from('MZ') }] }, 'BOGUS'],
    [
      'a mail from a vendor by name',
      { files: [mail(['From: Microsoft Security <x@mail.example>', 'Subject: Update'], 'https://kb.example/x')] },
      'BOGUS',
    ],
    ['a link nobody knows', { links: ['https://somewhere.example/x'] }, 'UNCONFIRMED'],
    ['a shortened link', { links: ['https://bit.ly/xyz'] }, 'QUARANTINED'],
    ['an honest mail', { files: [mail(['From: Ana <ana@example.org>', 'Subject: Lunch'], 'At noon?')] }, 'UNCONFIRMED'],
    ['a bulletin file that no source signed', { files: [{ name: 'rhsa-2026_1.json', bytes: Buffer.from('{}') }] }, 'UNCONFIRMED'],
  ] as const)('%s is %s', async (_, asked, verdict) => {
    const card = cardOf(await ask(plainUser(), asked))
    expect(badge(card)).toBe(verdict)
    expect(words(card)).toContain('What to do: ')
  })

  test('a real bulletin hides no forgery beside it: the worst counts', async () => {
    const card = cardOf(await ask(plainUser(), { words: 'both', links: [URL_OF, 'https://micros0ft.com/x'] }))
    expect(badge(card)).toBe('BOGUS')
  })

  test('the very bytes of a known bulletin are that bulletin, whatever the file is called', async () => {
    const row = await it.house.db.bulletin.findFirstOrThrow({ where: { vendorId: 'RHSA-2026:1111' } })
    const card = cardOf(await ask(plainUser(), { files: [{ name: 'attachment.json', bytes: row.raw }] }))
    expect(badge(card)).toBe('AUTHENTIC')
  })

  test('a mail as Outlook keeps it is not called forged, and how to send it is said', async () => {
    const bytes = Buffer.from('d0cf11e0a1b11ae1', 'hex')
    const card = cardOf(await ask(plainUser(), { words: 'the security update', files: [{ name: 'Update.msg', bytes }] }))
    expect(badge(card)).toBe('UNCONFIRMED')
    expect(words(card)).toContain('save or download it as .eml')
  })

  test('an address that nobody should go to cannot be clicked in the answer', async () => {
    const card = cardOf(await ask(plainUser(), { links: ['https://micros0ft.com/fix'] }))
    expect(words(card)).toContain('hxxps://micros0ft[.]com/fix')
    expect(words(card)).not.toContain('https://micros0ft.com')
  })

  test('more than is looked at is never called real, and it is said', async () => {
    const links = [URL_OF, ...Array.from({ length: 30 }, (_, i) => `https://www.redhat.com/${i}`)]
    const card = cardOf(await ask(plainUser(), { links }))
    expect(badge(card)).toBe('UNCONFIRMED')
    expect(words(card)).toContain('more were not looked at')
  })

  test('nothing in it: that is said', async () => {
    expect(cardOf(await ask(plainUser(), {})).title).toBe('Nothing to check')
  })

  test('who is not in the policy is told so', async () => {
    expect(await ask('stranger', { words: 'x' })).toMatchObject({ ok: false, refusal: { code: 'PERSON_UNKNOWN' } })
  })

  test('hostile words come out as text, and do not fail', async () => {
    const card = cardOf(await ask(plainUser(), { words: `\0 <!channel> ‮ ${'x'.repeat(100_000)} https://a.example/\ud800` }))
    expect(words(card)).not.toContain('\u202e')
  })
})

describe('a forgery', () => {
  const links = ['https://microsoft-patches.example/now']

  test('is told to security once, however many people were sent it, and counted by person', async () => {
    const people = [plainUser(), roleOf('representative'), plainUser()]
    for (const person of people) await ask(person, { words: 'see this', links })
    const row = await it.house.db.doubt.findFirstOrThrow({ where: { title: links[0] ?? '' }, include: { reports: true } })
    expect(row.reports.map(({ person }) => person).sort()).toEqual([...new Set(people)].sort())
    const told = await posts(`doubt:${row.id}`)
    expect(told.map(({ purpose, placeId }) => [purpose, placeId])).toEqual([['bogus', 'security']])
    const card = await renderPost(it.house, told[0] ?? { subject: '', purpose: '', payload: null })
    expect(JSON.stringify(card)).toContain('2 people asked about it')
  })

  test('a mail or a link that differs only in who was sent it is one forgery', async () => {
    const copy = (to: string): Doubt['files'][number] =>
      mail(
        [`Message-ID: <${to}@x>`, 'From: Adobe Support <x@mail.example>', 'Subject: Patch your reader'],
        `Dear ${to}, https://reader.example/?u=${to}`,
      )
    await ask(plainUser(), { files: [copy('ana')] })
    await ask(roleOf('representative'), { files: [copy('ben')] })
    const mails = await it.house.db.doubt.findMany({ where: { title: 'Patch your reader' }, include: { reports: true } })
    expect(mails.map(({ reports }) => reports.length)).toEqual([2])
    await ask(plainUser(), { links: ['https://debain.org/security?u=1'] })
    await ask(roleOf('representative'), { words: 'Look at https://debain.org/security?u=2' })
    expect(await it.house.db.doubt.count({ where: { title: { contains: 'debain.org' } } })).toBe(1)
  })

  test('everybody learns from it, and only those who may are offered to warn', async () => {
    const user = cardOf(await ask(plainUser(), { words: 'see this', links }))
    expect(user.actions).toEqual([])
    expect(words(user)).toContain('Good to know: ')
    const team = cardOf(await ask(roleOf('patch-team'), { words: 'see this', links }))
    expect(team.actions.map(({ verb }) => verb)).toEqual(['warn-everybody'])
  })

  test('given two who warn at the same moment, then one announcement, one record, and the other is told', async () => {
    const { id } = await it.house.db.doubt.findFirstOrThrow({ where: { title: links[0] ?? '' } })
    const subject = `doubt:${id}`
    expect(await press(plainUser(), 'warn-everybody', subject)).toMatchObject({ ok: false, refusal: { code: 'ROLE_MISSING' } })
    const both = await Promise.all([
      press(roleOf('security'), 'warn-everybody', subject),
      press(roleOf('patch-team'), 'warn-everybody', subject),
    ])
    expect(both.map(({ ok }) => ok).sort()).toEqual([false, true])
    expect(await press(roleOf('security'), 'warn-everybody', subject)).toMatchObject({ refusal: { code: 'ALREADY_DONE' } })
    const warnings = (await posts(subject)).filter(({ purpose }) => purpose === 'warning')
    expect(warnings.map(({ placeId }) => placeId)).toEqual(['end-users'])
    // The warning itself must not carry the address to more people.
    expect(JSON.stringify(warnings[0]?.payload)).not.toContain('microsoft-patches')
    const records = await it.house.db.auditRecord.findMany({ where: { body: { contains: 'warn-everybody' } } })
    expect(records).toHaveLength(1)
    const again = cardOf(await ask(roleOf('security'), { words: 'see this', links }))
    expect(again.actions).toEqual([])
    expect(words(again)).toContain('Everybody has been warned.')
  })

  test('what is not proved to be forged cannot be warned of', async () => {
    await ask(plainUser(), { links: ['https://unclear.example/x'] })
    const { id } = await it.house.db.doubt.findFirstOrThrow({ where: { title: 'https://unclear.example/x' } })
    expect(await press(roleOf('security'), 'warn-everybody', `doubt:${id}`)).toMatchObject({ refusal: { code: 'NOT_BOGUS' } })
  })
})

describe('a bogus drill', () => {
  let drill = 0
  test('is started by security only, one at a time', async () => {
    expect(await press(roleOf('manager'), 'start-bogus-drill', '')).toMatchObject({ ok: false, refusal: { code: 'ROLE_MISSING' } })
    expect((await press(roleOf('security'), 'start-bogus-drill', '')).ok).toBe(true)
    expect(await press(roleOf('security'), 'start-bogus-drill', '')).toMatchObject({ ok: false, refusal: { code: 'ALREADY_DONE' } })
    drill = (await it.house.db.bogusDrill.findFirstOrThrow({ where: { revealedAt: null } })).id
    expect((await posts(`bogus-drill:${drill}`)).map(({ purpose, placeId }) => `${purpose} ${placeId}`).sort()).toEqual([
      'drill security',
      'notice end-users',
    ])
  })

  const shownAs = async (purpose: string): Promise<Card> => {
    const card = await renderPost(it.house, { subject: `bogus-drill:${drill}`, purpose, payload: null })
    if (!card) throw new Error('no card')
    return card
  }

  test('its notice looks like no announcement of ours, leads nowhere, and can be doubted', async () => {
    const card = await shownAs('notice')
    expect(card.look).toBe('standard')
    expect(card.actions.map(({ verb }) => verb)).toEqual(['doubt-notice'])
    const hosts = words(card).match(/[a-z0-9-]+(?:\.[a-z0-9-]+)+/g) ?? []
    expect(hosts.filter((host) => !host.endsWith('.example'))).toEqual([])
  })

  test('who asks by its button or by forwarding its words is counted once, with the time', async () => {
    it.moveTo(new Date('2026-11-25T12:10:00Z'))
    const button = cardOf(await press(plainUser(), 'doubt-notice', `bogus-drill:${drill}`))
    expect(button.title).toBe('Well spotted: this is a drill')
    const notice = await shownAs('notice')
    const copied = JSON.stringify(notice.blocks)
    await ask(plainUser(), { words: copied })
    it.moveTo(new Date('2026-11-25T12:30:00Z'))
    await ask(roleOf('representative'), { words: copied })
    // Those who know of it are not counted.
    await press(roleOf('security'), 'doubt-notice', `bogus-drill:${drill}`)
    const card = words(await shownAs('drill'))
    expect(card).toMatch(/"2 of \d+ people/)
    expect(card).toContain('"10 min"')
  })

  test('is revealed once, in place and by a message of its own; later reports do not count', async () => {
    expect(await press(plainUser(), 'reveal-bogus-drill', `bogus-drill:${drill}`)).toMatchObject({ ok: false })
    expect((await press(roleOf('security'), 'reveal-bogus-drill', `bogus-drill:${drill}`)).ok).toBe(true)
    expect(await transact(it.house, (unit) => reveal(unit, drill, 'patchcrier'))).toBe(false)
    const notice = await shownAs('notice')
    expect(notice.title).toContain('That was a drill')
    expect(notice.look).toBe('announcement')
    expect((await posts(`bogus-drill:${drill}`)).filter(({ purpose }) => purpose === 'revealed')).toHaveLength(1)
    const late = cardOf(await press(roleOf('manager'), 'doubt-notice', `bogus-drill:${drill}`))
    expect(late.title).toBe('That was a drill')
    expect(await it.house.db.bogusDrillReport.count({ where: { drillId: drill } })).toBe(2)
  })

  test('one that nobody reveals is due to reveal itself', async () => {
    const row = await it.house.db.due.findFirst({ where: { kind: 'reveal-bogus-drill' } })
    expect(row?.dueAt.toISOString()).toBe('2026-11-25T16:00:00.000Z')
  })
})
