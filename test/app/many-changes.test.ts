import { afterAll, beforeAll, expect, test } from 'vitest'
import { json } from '../../src/app/change/rows.ts'
import { handleIntent } from '../../src/app/doors/intents.ts'
import { overviewFor } from '../../src/app/doors/overview.ts'
import { readHosts } from '../../src/app/inventory/summary.ts'
import { CHANGES_A_PAGE } from '../../src/cards/lists.ts'
import { OVER } from '../../src/core/change/guard.ts'
import { anAsset } from '../support/asset.ts'
import { type BareHouse, bareHouse } from '../support/bare-house.ts'
import { NOW, opened, policy } from '../support/change.ts'

/** A row that nobody may read here: whoever does finds no state in it. */
const UNREAD = {}
const OPEN = 3

let bare: BareHouse
beforeAll(async () => {
  bare = await bareHouse(policy)
  const over = Array.from({ length: 3 * CHANGES_A_PAGE }, (_, i) => ({ phase: OVER[i % OVER.length] ?? '', state: UNREAD }))
  const open = Array.from({ length: OPEN }, () => ({ phase: 'alerted', state: json(opened()) }))
  // The newest page: open ones and closed ones.
  const last = Array.from({ length: CHANGES_A_PAGE - OPEN }, () => ({ phase: 'closed', state: json({ ...opened(), phase: 'closed' }) }))
  await bare.house.db.change.createMany({ data: [...over, ...open, ...last].map((row) => ({ ...row, createdAt: new Date(NOW) })) })
})
afterAll(() => bare?.end())

const say = (text: string) =>
  handleIntent(bare.house, { actor: 'ana', verb: 'command', subject: '', inputs: { text }, place: 'patch-team' } as never)

test('the overview, and every page of a person, reads only what is open', async () => {
  const overview = await overviewFor(bare.house, 'ana', 'what is open')
  expect(overview.ok && overview.value.changes).toHaveLength(OPEN)
})

test('`status` reads only what is open', async () => {
  expect(JSON.stringify(await say('status'))).toContain(`${OPEN} open, `)
})

test('`changes` reads those of its page alone, the newest first', async () => {
  const answer = JSON.stringify(await say('changes'))
  expect(answer).toContain('Changes, newest first')
  expect(answer).toContain(`1-${CHANGES_A_PAGE} of ${4 * CHANGES_A_PAGE}`)
})

test('a host is unpatched by what is open: not by a change that went on in another one, and not by a drill', async () => {
  const { db } = bare.house
  const hosts = ['merged', 'superseded', 'drill', 'open']
  await db.asset.createMany({ data: hosts.map((host) => ({ host, lastSeen: new Date(NOW), data: json(anAsset({ host })) })) })
  const state = (host: string) => ({ ...opened(), hosts: [{ ...opened().hosts[0], host }] })
  await db.change.createMany({
    data: [
      { phase: 'merged', state: json({ ...state('merged'), phase: 'merged' }), createdAt: new Date(NOW) },
      { phase: 'superseded', state: json({ ...state('superseded'), phase: 'superseded' }), createdAt: new Date(NOW) },
      { phase: 'testing', state: json({ ...state('drill'), drill: { by: 'ana', at: NOW } }), createdAt: new Date(NOW) },
      { phase: 'testing', state: json(state('open')), createdAt: new Date(NOW) },
    ],
  })
  expect((await readHosts(bare.house)).unpatched.intersection(new Set(hosts))).toEqual(new Set(['open']))
  expect(JSON.stringify(await say('inventory unpatched'))).toMatch(/"1 host is unpatched".*"open"/)
  expect(JSON.stringify(await say('inventory without a stream page 9'))).toContain('PAGE_BEYOND')
  const more = { actor: 'ana', verb: 'more', subject: 'inventory unpatched page 1', inputs: {}, place: 'patch-team' }
  expect(JSON.stringify(await handleIntent(bare.house, more as never))).toContain('1 host is unpatched')
})
