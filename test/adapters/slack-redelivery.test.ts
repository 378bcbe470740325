import { App, type Receiver, type ReceiverEvent } from '@slack/bolt'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { boltLogger, slackClient } from '../../adapters/slack/client.ts'
import { watchEnvelopes } from '../../adapters/slack/connect/envelopes.ts'

import { receive } from '../../adapters/slack/receive/index.ts'
import { allow } from '../../src/core/result.ts'
import { testHouse } from '../support/doors.ts'

const LOG = { info: () => {}, warn: () => {}, error: () => {} }

/** Bolt itself, handed its requests without a network, before a house that keeps what has had its effect, as the real one does. */
async function workspace() {
  const effects = new Map<string, string>()
  const failures: unknown[] = []
  const log = { ...LOG, error: (fields: object) => void failures.push(fields) }
  let deliver: (event: ReceiverEvent) => Promise<void> = async () => undefined
  const receiver: Receiver = {
    init: (app) => {
      deliver = (event) => app.processEvent(event)
    },
    start: async () => undefined,
    stop: async () => undefined,
  }
  const authorize = async () => ({ botToken: 'xoxb-1', botUserId: 'UBOT' })
  const app = new App({ receiver, authorize, logger: boltLogger(LOG), deferInitialization: true, convoStore: false })
  await app.init()
  receive(app, {
    doors: {
      ...testHouse().doors,
      recognise: async ({ id }) => allow(id),
      handleIntent: async ({ delivery = '', actor, verb, subject, inputs }) => {
        if (!effects.has(delivery)) effects.set(delivery, [actor, verb, subject, JSON.stringify(inputs)].join(' '))
        return { ok: true, cards: [] }
      },
    },
    client: slackClient('xoxb-1', 'http://127.0.0.1:1/', boltLogger(LOG)),
    installation: { botUser: 'UBOT', team: 'T1', enterprise: undefined, url: 'https://t.slack.com/' },
    accountOf: async (id) => allow({ platform: 'slack', id, name: id, email: `${id}@example.org`, groups: [] }),
    directory: { emailByPerson: () => null, placeByRef: () => 'team', groups: () => [], groupByRole: () => null },
    mentionsOf: async () => () => null,
    fetchFiles: async () => ({ ok: false, refusal: { code: 'NO', text: 'no' } }),
    log,
  })
  watchEnvelopes(receiver, app)
  return { effects, failures, deliver: (event: ReceiverEvent) => deliver(event) }
}

const user = fc.constantFrom('U1', 'U2')
const subject = fc.constantFrom('change:1', 'change:2')
const button = (id: string) => ({ v: 1, verb: 'approve', id })

/** A thing that somebody does once: Slack gives it an id of its own. */
const deed = fc.oneof(
  fc.record({ kind: fc.constant('click' as const), user, subject }),
  fc.record({ kind: fc.constant('submit' as const), user, subject }),
  fc.record({ kind: fc.constant('command' as const), user }),
  fc.record({ kind: fc.constant('mention' as const), user }),
)
type Deed = typeof deed extends fc.Arbitrary<infer T> ? T : never

function bodyOf(one: Deed, number: number): object {
  const [trigger_id, who] = [`trigger-${number}`, { id: one.user }]
  switch (one.kind) {
    case 'click': {
      const action = { action_id: 'act:0:approve', action_ts: `${number}`, value: JSON.stringify(button(one.subject)) }
      return { type: 'block_actions', user: who, trigger_id, channel: { id: 'C1' }, container: {}, actions: [action] }
    }
    case 'submit': {
      const memory = JSON.stringify({ button: button(one.subject), channel: 'C1' })
      // The same modal may be sent several times, corrected.
      const view = { id: 'V1', callback_id: 'patchcrier_form', private_metadata: memory, blocks: [], state: { values: {} } }
      return { type: 'view_submission', user: who, trigger_id, view }
    }
    case 'command':
      return { command: '/patch', user_id: one.user, channel_id: 'C1', trigger_id, text: 'stop 1' }
    case 'mention': {
      const event = { type: 'app_mention', user: one.user, text: '<@UBOT> stop 1', channel: 'C1' }
      return { type: 'event_callback', event_id: `Ev${number}`, event }
    }
    default:
      return one satisfies never
  }
}

/** Deeds, and the order in which they arrive: each once or more, in any order, some marked as sent again. */
const traffic = fc.array(deed, { minLength: 1, maxLength: 20 }).chain((deeds) => {
  const all = deeds.map((_, index) => index)
  const again = fc.array(fc.constantFrom(...all), { maxLength: 20 })
  return again
    .chain((more) => fc.shuffledSubarray([...all, ...more], { minLength: all.length + more.length }))
    .map((order) => ({ deeds, order }))
})

test('whatever is sent again, replayed, doubled or out of order: each deed has one effect', async () => {
  let cases = 0
  await fc.assert(
    fc.asyncProperty(traffic, async ({ deeds, order }) => {
      const slack = await workspace()
      const seen = new Set<number>()
      await Promise.all(
        order.map(async (number) => {
          const answers: unknown[] = []
          const ack = async (answer: unknown) => void answers.push(answer)
          const again = seen.has(number) ? { retryNum: 1, retryReason: 'timeout' } : {}
          seen.add(number)
          await slack.deliver({ body: bodyOf(deeds[number] as Deed, number), ack, ...again })
          expect(answers).toHaveLength(1)
          cases += 1
        }),
      )
      expect(slack.failures).toEqual([])
      expect([...slack.effects.values()].toSorted()).toEqual(deeds.map(effectOf).toSorted())
    }),
    { numRuns: 1_000 },
  )
  expect(cases).toBeGreaterThan(10_000)
})

const effectOf = (one: Deed): string =>
  'subject' in one ? `${one.user} approve ${one.subject} {}` : `${one.user} command  {"text":"stop 1"}`
