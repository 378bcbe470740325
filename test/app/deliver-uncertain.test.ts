import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { webPlatform } from '../../adapters/web/index.ts'
import type { Deliverer } from '../../src/app/chat/deliver.ts'
import { wantPost } from '../../src/app/chat/posts.ts'
import { handleIntent } from '../../src/app/doors/intents.ts'
import { delivererOf } from '../../src/boot/furnish.ts'
import type { Policy } from '../../src/core/policy.ts'
import { ChatError, type ChatPlatform, type Outcome } from '../../src/ports.ts'
import { type BareHouse, bareHouse } from '../support/bare-house.ts'
import { card } from '../support/cards.ts'
import { NOW, policy as sample } from '../support/change.ts'
import { type Loopback, type LoopbackFault, startLoopback } from '../support/loopback-platform.ts'

// Teams cannot be searched for a message of ours. The patch team reads there, the admins on the page.
const TEAM = 'patch-team'
const ADMIN = sample.people.find((one) => one.roles.includes('admin'))?.id ?? ''
const policy: Policy = {
  ...sample,
  places: sample.places.map((place) => (place.audience === 'patch team' ? { ...place, id: TEAM, platform: 'teams', ref: TEAM } : place)),
}
const adminPlace = policy.places.find((place) => place.audience === 'admin')?.id ?? ''

let bare: BareHouse
let loopback: Loopback
beforeAll(async () => {
  ;[bare, loopback] = await Promise.all([bareHouse(policy), startLoopback()])
  loopback.searchable = false
})
afterAll(async () => {
  await loopback.close()
  await bare.end()
})
afterEach(async () => {
  await bare.house.db.$executeRaw`TRUNCATE "Post" RESTART IDENTITY`
  loopback.clear()
  loopback.searchable = false
})

const teams = (): ChatPlatform => ({ ...loopback.platform, name: 'teams' })
const deliverer = (platform = teams(), web: ChatPlatform = webPlatform()): Deliverer =>
  delivererOf(
    bare.house,
    bare.url,
    { platforms: new Map([platform, web].map((one) => [one.name, one])), homes: new Map() },
    () => undefined,
    {
      pace: { budgets: {}, backoffMs: () => 0, callLimitMs: 200 },
    },
  )

/** An alert in the team's place, and a note in its thread. */
async function say(what: 'post' | 'reply'): Promise<void> {
  await bare.house.db.$transaction((tx) =>
    wantPost(tx, {
      subject: 'change:1',
      purpose: what,
      placeId: TEAM,
      ...(what === 'reply' ? { parent: { subject: 'change:1', purpose: 'post' } } : {}),
      payload: { frozen: card({ title: what }) as never },
      now: new Date(NOW),
    }),
  )
}

async function settle(one: Deliverer): Promise<void> {
  for (let round = 0; round < 6; round++) {
    await one.drain()
    await bare.house.db.post.updateMany({ data: { notBefore: null, leaseUntil: null } })
  }
}

const seen = (title: string): number => loopback.messages.filter((one) => one.card.title === title).length
const questions = () => bare.house.db.post.findMany({ where: { purpose: 'uncertain' }, orderBy: { id: 'asc' } })
const pressAgain = async (by = ADMIN): Promise<Outcome> => {
  const [question] = await questions()
  return handleIntent(bare.house, { actor: by, place: adminPlace, verb: 'post-again', subject: question?.subject ?? '', inputs: {} })
}

describe('a platform that cannot be searched: what is in doubt is asked, never repeated', () => {
  const doubt: readonly [LoopbackFault, arrived: number][] = [
    ['done, answer lost', 1],
    ['done, no answer', 1],
    ['connection lost', 0],
    ['server error', 0],
  ]
  const table = (['post', 'reply'] as const).flatMap((kind) => doubt.map(([fault, arrived]) => ({ kind, fault, arrived })))

  test.each(table)('$kind: $fault', async ({ kind, fault, arrived }) => {
    const one = deliverer()
    await say('post')
    if (kind === 'reply') {
      await settle(one)
      await say('reply')
    }
    loopback.fail(fault, 1, { kind })
    const called = loopback.calls.length
    await settle(one)
    expect(seen(kind)).toBe(arrived)
    expect(loopback.calls.slice(called).map((call) => call.kind)).toEqual([kind, 'find'])
    expect((await questions()).map(({ placeId, shown }) => [placeId, shown])).toEqual([[adminPlace, 1]])

    // Where it did arrive, the admin who presses without looking says it twice: the card asks to look first.
    expect(await pressAgain()).toMatchObject({ ok: true })
    expect(await pressAgain()).toMatchObject({ ok: false, refusal: { code: 'ALREADY_DONE' } })
    await settle(one)
    expect(seen(kind)).toBe(arrived + 1)
    expect(await pressAgain()).toMatchObject({ ok: false, refusal: { code: 'ALREADY_DONE' } })
    expect(await questions()).toHaveLength(1)
  })

  test.each<LoopbackFault>([
    'rate limited',
    'forbidden',
    'rejected',
  ])('%s is a clear no: it goes out by itself, and nobody is asked', async (fault) => {
    loopback.fail(fault, 1, { kind: 'post' })
    await say('post')
    await settle(deliverer())
    expect([seen('post'), await questions()]).toEqual([1, []])
  })

  test('there was no way to the platform: nothing can have arrived, so it goes out when there is one', async () => {
    let outage = 3
    const one = deliverer({
      ...teams(),
      post: async (...said) => {
        if (outage-- > 0) throw new ChatError('UNREACHED', 'connect ECONNREFUSED')
        return loopback.platform.post(...said)
      },
    })
    await say('post')
    await settle(one)
    expect([seen('post'), await questions()]).toEqual([1, []])
  })

  test.each<LoopbackFault>([...doubt.map(([fault]) => fault), 'rate limited'])('an edit may be repeated: %s', async (fault) => {
    const one = deliverer()
    await say('post')
    await settle(one)
    await bare.house.db.post.updateMany({ data: { payload: { frozen: card({ title: 'edited' }) as never }, wanted: 2 } })
    loopback.fail(fault, 2, { kind: 'edit' })
    await settle(one)
    expect([seen('edited'), loopback.messages.length, await questions()]).toEqual([1, 1, []])
  })

  test('only an admin sends it again', async () => {
    loopback.fail('connection lost', 1)
    await say('post')
    await settle(deliverer())
    expect(await pressAgain(sample.people.find((one) => !one.roles.includes('admin'))?.id)).toMatchObject({
      refusal: { code: 'ROLE_MISSING' },
    })
    expect(seen('post')).toBe(0)
  })

  test('the question is in doubt itself: it is asked again, and no question is asked about it', async () => {
    const web = webPlatform()
    let lost = 2
    const unsure: ChatPlatform = {
      ...web,
      post: async (...said) => {
        if (lost-- > 0) throw new ChatError('UNAVAILABLE', 'connection reset')
        return web.post(...said)
      },
      find: async () => 'unsearchable',
    }
    loopback.fail('connection lost', 1)
    await say('post')
    await settle(deliverer(teams(), unsure))
    expect(await questions()).toMatchObject([{ placeId: adminPlace, status: 'open', shown: 1 }])
  })
})
