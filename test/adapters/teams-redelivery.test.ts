import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Activity } from '../../adapters/teams/activity.ts'
import { receiver } from '../../adapters/teams/receive.ts'
import { TEAM } from '../support/teams-adapter.ts'
import { receivingTo } from '../support/teams-receiving.ts'

/** The adapter's handlers before a house that keeps what has had its effect, as the real one does. */
function tenant() {
  const effects = new Map<string, string>()
  const { on, failures } = receivingTo({
    handleIntent: async ({ delivery = '', actor, verb, subject, inputs }) => {
      if (!effects.has(delivery)) effects.set(delivery, [actor, verb, subject, JSON.stringify(inputs)].join(' '))
      return { ok: true, cards: [] }
    },
  })
  // Two processes, as before and after a restart: what is sent again reaches one that has not heard of it.
  return { effects, failures, deliver: [receiver(on), receiver(on)] as const }
}

const user = fc.constantFrom('29:one', '29:two')
const subject = fc.constantFrom('change:1', 'change:2')

/** A thing that somebody does once. Two clicks of one person on one button are two: the rules say what the second one does. */
const deed = fc.oneof(
  fc.record({ kind: fc.constant('click' as const), user, subject }),
  fc.record({ kind: fc.constant('submit' as const), user, subject }),
  fc.record({ kind: fc.constant('private' as const), user }),
  fc.record({ kind: fc.constant('mention' as const), user }),
)
type Deed = typeof deed extends fc.Arbitrary<infer T> ? T : never

const BOT = '28:bot'
const MENTION = '<at>Patchcrier</at>'
const CHANNEL = { id: TEAM, conversationType: 'channel' }

/** An id is of one conversation: another one may have the same. */
function activityOf(one: Deed, number: number): Activity {
  const about = { from: { id: one.user }, recipient: { id: BOT }, conversation: CHANNEL }
  switch (one.kind) {
    case 'click': {
      const value = { action: { data: { v: 1, verb: 'approve', id: one.subject } } }
      return { ...about, type: 'invoke', name: 'adaptiveCard/action', id: `f:${number}`, value }
    }
    case 'submit':
      return {
        ...about,
        type: 'invoke',
        name: 'task/submit',
        id: `f:${number}`,
        value: { data: { v: 1, verb: 'approve', id: one.subject } },
      }
    case 'private':
      return {
        ...about,
        type: 'message',
        id: `${number}`,
        conversation: { id: `a:${one.user}`, conversationType: 'personal' },
        text: 'stop 1',
      }
    case 'mention': {
      const entities = [{ type: 'mention', mentioned: { id: BOT }, text: MENTION }]
      return { ...about, type: 'message', id: `${number}`, text: `${MENTION} stop 1`, entities }
    }
    default:
      return one satisfies never
  }
}

/** The number of a deed in its conversation, which is its id there. */
const whereOf = ({ kind, user: who }: Deed): string => (kind === 'private' ? who : kind === 'mention' ? 'channel' : 'buttons')
const activitiesOf = (deeds: readonly Deed[]): readonly Activity[] =>
  deeds.map((one, index) => activityOf(one, deeds.slice(0, index).filter((before) => whereOf(before) === whereOf(one)).length))

/** Deeds, and the order in which they arrive: each once or more, in any order, each time at one of the two processes. */
const traffic = fc.array(deed, { minLength: 1, maxLength: 20 }).chain((deeds) => {
  const all = deeds.map((_, index) => index)
  const again = fc.array(fc.constantFrom(...all), { maxLength: 20 })
  return again
    .chain((more) => fc.shuffledSubarray([...all, ...more], { minLength: all.length + more.length }))
    .chain((order) => fc.tuple(...order.map((number) => fc.record({ number: fc.constant(number), process: fc.constantFrom(0, 1) }))))
    .map((arrivals) => ({ deeds, arrivals }))
})

test('whatever is sent again, replayed, doubled or out of order: each deed has one effect', async () => {
  let cases = 0
  await fc.assert(
    fc.asyncProperty(traffic, async ({ deeds, arrivals }) => {
      const { effects, failures, deliver } = tenant()
      const activities = activitiesOf(deeds)
      const answers = await Promise.all(
        arrivals.map(({ number, process }) => deliver[process as 0 | 1](structuredClone(activities[number] as Activity))),
      )
      expect(answers.map(({ status }) => status)).toEqual(arrivals.map(() => 200))
      cases += arrivals.length
      expect(failures).toEqual([])
      expect([...effects.values()].toSorted()).toEqual(deeds.map(effectOf).toSorted())
    }),
    { numRuns: 1_000 },
  )
  expect(cases).toBeGreaterThan(10_000)
})

const effectOf = (one: Deed): string =>
  'subject' in one ? `${one.user} approve ${one.subject} {}` : `${one.user} command  {"text":"stop 1"}`
