import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Mentions, toAdaptiveCard } from '../../src/cards/adaptive.ts'
import { announcementCard, delayCard, representativesCard } from '../../src/cards/announcement.ts'
import type { Card, Span, Text } from '../../src/cards/card.ts'
import { decisionCard } from '../../src/cards/decision.ts'
import { failureCard } from '../../src/cards/failure.ts'
import { threadNote } from '../../src/cards/notes.ts'
import { reminderCard } from '../../src/cards/reminder.ts'
import type { Policy } from '../../src/core/policy.ts'
import { complaints, objects, shown } from '../support/adaptive.ts'
import { anyCard, card, HOSTILE } from '../support/cards.ts'
import { approvedBy, NOW, policy, T0 } from '../support/change.ts'
import { CHOICES, stateAt, wordsOf } from '../support/change-cards.ts'

const call = (id: string, name: string, mention: 'person' | 'role' = 'person'): Span => ({ mention, id, name })
const saying = (...text: Text): Card => card({ blocks: [{ kind: 'text', text }] })
/** Everybody has an account, and every role a tag, by this name. */
const named = (name: string): Mentions => ({ person: (id) => ({ id: `29:${id}`, name }), role: (id) => [{ id: `tag-${id}`, name }] })
const byId: Mentions = {
  person: (id) => ({ id: `29:${id}`, name: `Account ${id}` }),
  role: (id) => [{ id: `tag-${id}`, name: `Team ${id}` }],
}
const NONE: Mentions = { person: () => null, role: () => [] }

describe('a mention in Teams', () => {
  test('stands in the text as in its entity, beside text that is only text and a time that stays one', () => {
    const json = toAdaptiveCard(saying('For ', call('dana', 'Dana'), ' *now* by ', { time: '2026-11-25T10:00:00Z', style: 'time' }), byId)
    expect(json.body.at(-1)).toEqual({
      type: 'TextBlock',
      wrap: true,
      text: 'For <at>Account dana</at> \\*now\\* by {{TIME(2026-11-25T10:00:00Z)}}',
    })
    expect(json.msteams).toEqual({
      entities: [{ type: 'mention', text: '<at>Account dana</at>', mentioned: { id: '29:dana', name: 'Account dana' } }],
    })
    expect(complaints(json)).toEqual([])
  })

  test('one account twice is one entity; two accounts of one name are told apart', () => {
    const json = toAdaptiveCard(saying(call('ana', 'x'), ', ', call('ana', 'x'), ', ', call('other', 'x')), named('Ana Silva'))
    expect(json.msteams?.entities).toEqual([
      { type: 'mention', text: '<at>Ana Silva</at>', mentioned: { id: '29:ana', name: 'Ana Silva' } },
      { type: 'mention', text: '<at>Ana Silva 2</at>', mentioned: { id: '29:other', name: 'Ana Silva' } },
    ])
    expect(json.body.at(-1)).toMatchObject({ text: '<at>Ana Silva</at>, <at>Ana Silva</at>, <at>Ana Silva 2</at>' })
  })

  test('whom the platform does not know is named in bold, and so is everybody on the web page', () => {
    for (const json of [toAdaptiveCard(saying('For ', call('dana', 'Dana')), NONE), toAdaptiveCard(saying('For ', call('dana', 'Dana')))]) {
      expect(json.msteams).toBeUndefined()
      expect(json.body.at(-1)).toEqual({
        type: 'RichTextBlock',
        inlines: [
          { type: 'TextRun', text: 'For ' },
          { type: 'TextRun', text: 'Dana', weight: 'bolder' },
        ],
      })
    }
  })

  test('a role is called by those who hold it, beside its name', () => {
    const holders = ['Ana Duarte', 'Emil Berg'].map((name, n) => ({ id: `29:${n}`, name }))
    const json = toAdaptiveCard(saying('For ', call('security', 'se*cu*rity', 'role')), { person: () => null, role: () => holders })
    expect(json.body.at(-1)).toMatchObject({ text: 'For **se\\*cu\\*rity** (<at>Ana Duarte</at>, <at>Emil Berg</at>\\)' })
    expect(json.msteams?.entities.map(({ mentioned }) => mentioned)).toEqual(holders)
    expect(complaints(json)).toEqual([])
  })

  test.each([...HOSTILE, ''])('no name of two who hold a role breaks out of its mention: %j', (name) => {
    const holders = [1, 2].map((n) => ({ id: `29:${n}`, name }))
    const json = toAdaptiveCard(saying(call('security', name, 'role'), ' y'), { person: () => null, role: () => holders })
    expect(json.msteams?.entities).toHaveLength(2)
    for (const { text } of json.msteams?.entities ?? []) expect(text).toMatch(/^<at>[\p{L}\p{M}\p{N} .,'’()-]+<\/at>$/u)
    expect(shown(without(json)).join(' ')).toMatch(/\(CALLED, CALLED\) y$/)
  })

  test.each([...HOSTILE, '</at><at>Everyone</at>', 'a"b', '<<>>', '\u202E', ''])('no name breaks out of its mention: %j', (name) => {
    const json = toAdaptiveCard(saying('x ', call('dana', 'Dana'), ' y'), named(name))
    const [entity, ...more] = json.msteams?.entities ?? []
    expect(more).toEqual([])
    expect(entity?.text).toMatch(/^<at>[\p{L}\p{M}\p{N} .,'’()-]+<\/at>$/u)
    expect(json.body.at(-1)).toMatchObject({ text: `x ${entity?.text} y` })
    expect(shown(without(json))).toEqual(['Title', 'x CALLED y'])
  })

  test('foreign words that look like a mention call nobody, also beside a real one of that name', () => {
    const json = toAdaptiveCard(
      card({
        title: '<at>Dana</at>',
        blocks: [
          { kind: 'text', text: [call('dana', 'Dana'), ' <at>Dana</at>'] },
          { kind: 'list', items: [['<at>Dana</at>'], [{ strong: '<AT>Dana</AT>' }]] },
          { kind: 'table', columns: ['<at>Dana</at>'], rows: [['<at>Dana</at>']] },
        ],
      }),
      named('Dana'),
    )
    const strings = objects(json).flatMap((one) => ('text' in one && one.type !== 'mention' ? [String(one.text)] : []))
    expect(strings.join('\n').match(/<at>/gi)).toHaveLength(1)
    expect(shown(without(json))).toEqual([
      '<at>Dana</at>',
      'CALLED <at>Dana</at>',
      '• <at>Dana</at>',
      '• <AT>Dana</AT>',
      '<at>Dana</at>',
      '<at>Dana</at>',
    ])
  })

  test('in any card: as many entities as different texts, each in the card, and nothing else is live', () => {
    fc.assert(
      fc.property(anyCard, fc.constantFrom(...HOSTILE, 'Dana Kowalska'), (any, name) => {
        const json = toAdaptiveCard(any, named(name))
        expect(complaints(json)).toEqual([])
        const entities = json.msteams?.entities ?? []
        expect(new Set(entities.map(({ text }) => text)).size).toBe(entities.length)
        const body = JSON.stringify(json.body)
        for (const { text } of entities) expect(body).toContain(text)
        // Throws where something is live that is no mention.
        shown(without(json))
      }),
      { numRuns: 150 },
    )
  })
})

/** The card with each mention as a plain word. */
function without(json: ReturnType<typeof toAdaptiveCard>): unknown {
  const texts = (json.msteams?.entities ?? []).map(({ text }) => text).sort((a, b) => b.length - a.length)
  const plain = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(plain)
    if (typeof value !== 'object' || value === null) return value
    const all = Object.entries(value).map(
      ([key, member]) => [key, key === 'text' && typeof member === 'string' ? words(member) : plain(member)] as const,
    )
    return Object.fromEntries(all)
  }
  const words = (text: string): string => texts.reduce((left, one) => left.replaceAll(one, 'CALLED'), text)
  return plain(json.body)
}

describe('who is called', () => {
  /** Ids of the persons and roles that a card calls. */
  const called = (one: Card): readonly string[] => (toAdaptiveCard(one, byId).msteams?.entities ?? []).map(({ mentioned }) => mentioned.id)
  const deciding = stateAt('deciding')
  const decision = (state = deciding, rules: Policy = policy): Card => decisionCard(state, state.submission as never, rules)

  test('on a decision: the few who can still fill a seat, by name, and not who asked or has voted', () => {
    const can = policy.people.filter(({ roles }) => roles.includes('security') || roles.includes('operations')).map(({ id }) => `29:${id}`)
    const asker = deciding.submission?.submitted.by ?? ''
    expect(called(decision()).length).toBeGreaterThan(1)
    expect(can).toEqual(expect.arrayContaining([...called(decision())]))
    expect(called(decision())).not.toContain(`29:${asker}`)
    const voted = stateAt('deciding', approvedBy('dana'))
    expect(called(decision())).toContain('29:dana')
    expect(called(decision(voted))).not.toContain('29:dana')
  })

  test('on a decision of many: the role', () => {
    const more = Array.from({ length: 9 }, (_, i) => ({
      id: `s${i}`,
      name: `S ${i}`,
      email: `s${i}@example.com`,
      zone: 'Europe/Berlin',
      roles: ['security' as const],
    }))
    expect(called(decision(deciding, { ...policy, people: [...policy.people, ...more] }))).toContain('tag-security')
  })

  test('on a decision that a group may take: the role, and whom the policy names', () => {
    const groups = [{ platform: 'slack' as const, ref: 'SGUARD', name: 'Security on call', roles: ['security' as const] }]
    const alone = policy.people.map((p) => ({
      ...p,
      roles: p.roles.map((role) => (role === 'security' && p.id !== 'dana' ? ('end-user' as const) : role)),
    }))
    expect(called(decision(deciding, { ...policy, groups, people: alone }))).toEqual(expect.arrayContaining(['tag-security', '29:dana']))
    expect(wordsOf(decision(deciding, { ...policy, groups, people: alone }))).toMatch(/security: Dana \S+, or anybody of Security on call/)
    const nobody = alone.map((p) => ({ ...p, roles: p.roles.map((role) => (role === 'security' ? ('end-user' as const) : role)) }))
    expect(wordsOf(decision(deciding, { ...policy, groups, people: nobody }))).toContain('security: anybody of Security on call')
  })

  test('on a decided one nobody', () => {
    expect(called(decision(stateAt('approved')))).toEqual([])
  })

  test('on a reminder whom it is for, until it is done or put off', () => {
    const said = {
      line: 'x waits',
      since: null,
      until: null,
      audience: 'patch team',
      roles: ['security', 'operations'],
      at: T0,
      missed: 0,
      final: false,
      sentAt: T0,
    } as never
    expect(called(reminderCard(7, [{ said }]))).toEqual(['tag-security', 'tag-operations'])
    expect(called(reminderCard(7, [{ said, snoozed: { by: 'Ana', until: NOW } }]))).toEqual([])
    expect(called(reminderCard(7, [{ said, ended: { what: 'Done', at: NOW } }]))).toEqual([])
  })

  test('on a request for a delay who decides, until it is decided', () => {
    const delay = {
      id: 3,
      changeId: 12,
      person: 'lena',
      hosts: ['ws-07'],
      reason: 'r',
      until: NOW,
      missesDeadline: false,
      decides: 'operations',
    } as const
    expect(called(delayCard(delay, policy))).toEqual(['tag-operations'])
    expect(called(delayCard({ ...delay, decided: { granted: true, by: 'emil', at: NOW, note: '' } }, policy))).toEqual([])
  })

  test('on a failure operations, until somebody takes it or it is settled', () => {
    const state = stateAt('pilotRuns')
    const group = {
      key: 'ring-1-a',
      cause: 'dpkg lock',
      ring: 1,
      status: 'failed',
      hosts: ['web-01'],
      open: ['web-01'],
      again: [],
    } as never
    expect(called(failureCard(state, group, policy))).toEqual(['tag-operations'])
    expect(called(failureCard({ ...state, claims: { 'ring-1-a': { by: 'emil', at: NOW } } }, group, policy))).toEqual([])
  })

  test('on a halt operations', () => {
    const state = stateAt('pilotRuns')
    const note = threadNote(state, state, { kind: 'halted', by: null, ring: 1, reason: '2 of 4 failed' })
    expect(called(note?.card as Card)).toEqual(['tag-operations'])
  })

  test('on an announcement nobody', () => {
    const state = stateAt('announced')
    const told = {
      policy,
      plan: state.submission?.plan,
      announcement: state.announcement,
      acknowledged: 0,
      openings: CHOICES.openings,
    } as never
    expect(called(announcementCard(state, told))).toEqual([])
    expect(called(representativesCard(state, told))).toEqual([])
  })
})
