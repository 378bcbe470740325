import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { handleIntent } from '../../src/app/doors/intents.ts'
import type { Action, Card } from '../../src/cards/card.ts'
import { type BareHouse, bareHouse } from '../support/bare-house.ts'
import { NOW, policy } from '../support/change.ts'
import { wordsOf } from '../support/change-cards.ts'

let bare: BareHouse
beforeAll(async () => {
  bare = await bareHouse(policy)
  for (let number = 1; number <= 45; number += 1) await bulletin(`RHSA-2026:${1000 + number}`, number % 9 === 0 ? 'held' : 'new')
})
afterAll(() => bare?.end())

const bulletin = (vendorId: string, origin: string) =>
  bare.house.db.bulletin.create({
    data: {
      source: 'csaf',
      story: vendorId,
      vendorId,
      revision: '1',
      updatedAt: new Date(NOW),
      digest: vendorId,
      fileName: `${vendorId}.json`,
      raw: new Uint8Array(),
      document: {},
      verdict: origin === 'held' ? 'QUARANTINED' : 'AUTHENTIC',
      verification: {},
      current: true,
      origin,
      seenAt: new Date(NOW),
    },
  })

const ask = (actor: string, verb: string, subject: string, text?: string) =>
  handleIntent(bare.house, { actor, place: 'patch-team', verb, subject, inputs: text === undefined ? {} : { text } })
async function shown(actor: string, verb: string, subject: string, text?: string): Promise<Card> {
  const outcome = await ask(actor, verb, subject, text)
  const card = outcome.ok ? outcome.cards[0] : undefined
  if (!card) throw new Error(outcome.ok ? 'no card' : outcome.refusal.text)
  return card
}
const idsOn = (card: Card): readonly string[] => wordsOf(card).match(/^RHSA-2026:\d+/gm) ?? []
const showMore = (card: Card): Action | undefined => card.actions.find(({ label }) => label === 'Show more')

/** All that somebody reads who goes on until the end. */
async function walked(actor: string): Promise<readonly string[]> {
  let card = await shown(actor, 'command', '', 'bulletins')
  const ids = [...idsOn(card)]
  for (let next = showMore(card); next; next = showMore(card)) {
    card = await shown(actor, next.verb, next.id)
    ids.push(...idsOn(card))
  }
  return ids
}

describe('`bulletins`, of which there are more than a page takes', () => {
  test('given somebody of the patch team, then all but the held ones are read once, newest first', async () => {
    const ids = await walked('ana')
    expect(ids).toHaveLength(40)
    expect(ids).toEqual([...new Set(ids)].toSorted().toReversed())
  })

  test('given security, then the held ones, too', async () => {
    expect(await walked('dana')).toHaveLength(45)
  })

  test('the second page can be typed, and says where it stands', async () => {
    const card = await shown('ana', 'command', '', 'bulletins page 2')
    expect(wordsOf(card)).toContain('21–40 of 40')
    expect(card.actions.map(({ label }) => label)).toEqual(['Back'])
  })

  test('a page behind the end says so, and leads back', async () => {
    const card = await shown('ana', 'command', '', 'bulletins page 9')
    expect(wordsOf(card)).toContain('There is no page 9.')
    expect(card.actions.map(({ label, id }) => [label, id])).toEqual([['Back', 'page:2/bulletins']])
  })

  test('somebody who may not type it cannot press it either', async () => {
    expect(await ask('kofi', 'more', 'page:2/bulletins')).toMatchObject({ ok: false, refusal: { code: 'ROLE_MISSING' } })
  })
})

describe('a button value that was made up', () => {
  test.each([
    ['page:2/stop', 'LIST_UNKNOWN'],
    ['page:2/__proto__', 'SUBJECT_UNKNOWN'],
    ['page:2/constructor', 'LIST_UNKNOWN'],
    ['page:2', 'LIST_UNKNOWN'],
    ['page:0/bulletins', 'PAGE_UNKNOWN'],
    ['page:1234567890/bulletins', 'SUBJECT_UNKNOWN'],
    ['change:2/bulletins', 'SUBJECT_UNKNOWN'],
    ['page:2/bulletins page 1', 'SUBJECT_UNKNOWN'],
  ])('%s is refused', async (subject, code) => {
    expect(await ask('ana', 'more', subject)).toMatchObject({ ok: false, refusal: { code } })
  })
})
