import { afterEach, expect, test } from 'vitest'
import { renderCard } from '../../adapters/teams/render.ts'
import { samplePolicy } from '../../src/app/sample.ts'
import type { Audience } from '../../src/cards/adaptive/teams/audience.ts'
import type { Card } from '../../src/cards/card.ts'
import { verifyAudit } from '../../src/db/audit.ts'
import { startTestHouse, type TestHouse } from '../support/house.ts'
import { mainJob, timeOf } from './main-job.ts'
import { type TeamsSide, teamsHands, teamsSide, wordsOf } from './teams-hands.ts'

const { policy: sample } = await samplePolicy(new URL('../../manifests/sample', import.meta.url).pathname)

let side: TeamsSide
let house: TestHouse
afterEach(async () => {
  await house?.end()
  await side?.peer.close()
})

test('the whole main job by clicks and forms in Teams', async () => {
  side = await teamsSide({ ...sample, places: sample.places.map((place) => ({ ...place, platform: 'teams' })) })
  house = await startTestHouse(side.parts)
  await mainJob(teamsHands(house, side), timeOf(house))
  expect(await verifyAudit(house.house.db)).toMatchObject({ ok: true })
  for (const place of side.policy.places) await expectFaithful(place)
})

test('a post whose answer is lost is not repeated by itself: an admin looks, and posts it again from Teams', async () => {
  const there = ['patch-team', 'admin']
  side = await teamsSide({
    ...sample,
    places: sample.places.map((place) => (there.includes(place.id) ? { ...place, platform: 'teams' } : place)),
  })
  house = await startTestHouse({ ...side.parts, pace: { budgets: {}, backoffMs: () => 0 } })
  const hands = teamsHands(house, side)
  const posts = () =>
    side.peer.requests.filter(
      ({ method, path, body }) => method === 'POST' && path === 'v3/conversations' && /openssl security/.test(JSON.stringify(body)),
    )
  side.peer.fail({ on: /POST v3\/conversations$/, body: /openssl security update/, cut: 'after' })
  while (posts().length === 0) {
    await timeOf(house).next()
    await house.settle()
  }
  await hands.see('admin', /^Did this message arrive in patch-team/)
  expect(posts()).toHaveLength(1)
  expect(await hands.press('ana', 'admin', /^Did this message arrive/, 'Post again')).toMatchObject({ refused: true })
  expect(await hands.press('nora', 'admin', /^Did this message arrive/, 'Post again')).toMatchObject({ refused: false })
  expect(posts()).toHaveLength(2)
  expect(await house.house.db.post.count({ where: { placeId: 'patch-team', status: 'uncertain' } })).toBe(0)
})

/** Everything that is to be said in the place is shown there once, as it was last drawn; in a chat a reply says before it what it is about. */
async function expectFaithful({ id, ref }: { readonly id: string; readonly ref: string }): Promise<void> {
  const rows = await house.house.db.post.findMany({ where: { placeId: id } })
  const seen = new Map(side.peer.messages(ref).map((message) => [message.id, wordsOf(message.card)]))
  expect(seen.size).toBe(rows.length)
  for (const { card, ref: message } of rows) {
    expect(seen.get((message as { message: string }).message)).toContain(wordsOf(renderCard(card as unknown as Card, everybody())))
  }
}

/** A role is called by the few who hold it; everybody of the policy is in every place. */
function everybody(): Audience {
  const called = side.policy.people.map(({ id, name, roles }) => ({ id, name, roles: roles as readonly string[] }))
  const holding = (role: string) => called.filter(({ roles }) => roles.includes(role))
  return {
    viewers: [],
    mentions: {
      person: (id) => called.find((one) => one.id === id) ?? null,
      role: (id) => (holding(id).length > 5 ? [] : holding(id)),
    },
  }
}
