import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Form } from '../../src/cards/card.ts'
import { refuse } from '../../src/core/result.ts'
import { ChatError, type Outcome } from '../../src/ports.ts'
import { textOf } from '../support/block-kit.ts'
import { card } from '../support/cards.ts'
import { APP_TOKEN, BOT_TOKEN, type SlackPeer, startSlackPeer } from '../support/slack.ts'
import { DANA, PEOPLE, type SlackBot, startBot } from '../support/slack-bot.ts'

let peer: SlackPeer
let bot: SlackBot | undefined
const start = async (): Promise<SlackBot> => {
  bot = await startBot(peer, 'socket')
  return bot
}
beforeEach(async () => {
  peer = await startSlackPeer({ people: PEOPLE, channels: ['patch-team'] })
})
afterEach(async () => {
  await bot?.slack.close()
  bot = undefined
  await peer.close()
})

const works = async (running: SlackBot): Promise<void> => {
  expect(await peer.command(DANA, peer.channel('patch-team'), 'status')).toMatchObject({ status: 200 })
  expect(running.intents.at(-1)).toMatchObject({ verb: 'command', inputs: { text: 'status' } })
}
const opens = () => peer.proxy.requests.filter(({ method }) => method === 'apps.connections.open')

test('it connects with the app token, and listens on no port', async () => {
  const running = await start()
  await works(running)
  expect(running.slack.url).toBeNull()
  expect(opens().map(({ token }) => token)).toEqual([APP_TOKEN])
})

describe('at the start', () => {
  test.each([
    [
      'does not know the app token',
      () => peer.proxy.serve('apps.connections.open', () => ({ ok: false, error: 'invalid_auth' })),
      'FORBIDDEN',
    ],
    ['asks to wait', () => peer.proxy.fail('rate limited', 1, 'apps.connections.open'), 'RATE_LIMITED'],
    ['has trouble', () => peer.proxy.fail('server error', 1, 'apps.connections.open'), 'UNAVAILABLE'],
    ['is not reached', () => peer.proxy.fail('reset before', 1, 'apps.connections.open'), 'UNAVAILABLE'],
    ['answers with a web page', () => peer.proxy.fail('garbage', 1, 'apps.connections.open'), 'UNAVAILABLE'],
    [
      'names an address where nobody is',
      () => peer.proxy.serve('apps.connections.open', () => ({ ok: true, url: 'ws://127.0.0.1:1/' })),
      'UNAVAILABLE',
    ],
    ['names none', () => peer.proxy.serve('apps.connections.open', () => ({ ok: true })), 'UNAVAILABLE'],
  ] as const)('Slack %s: that is a clear error, at once', async (_, trouble, code) => {
    trouble()
    const error = await start().then(
      () => null,
      (thrown: unknown) => thrown,
    )
    expect(error).toBeInstanceOf(ChatError)
    expect(error).toMatchObject({ code, message: expect.stringMatching(/^apps.connections.open: /) })
    expect(opens()).toHaveLength(1)
  })
})

const refusedOnce = () => {
  const answers: object[] = [{ ok: false, error: 'invalid_auth' }]
  return () => answers.shift() ?? { ok: true, url: peer.socket.url }
}

describe('later', () => {
  test.each(['refresh', 'break'] as const)('a connection that ends (%s) is opened anew', async (how) => {
    const running = await start()
    const again = peer.socket.nextConnection()
    peer.socket.drop(how)
    await again
    await works(running)
  })

  test.each([
    ['a server error', () => peer.proxy.fail('server error', 1, 'apps.connections.open')],
    ['no answer', () => peer.proxy.fail('reset before', 1, 'apps.connections.open')],
    ['a limit', () => peer.proxy.fail('rate limited', 1, 'apps.connections.open')],
    ['a web page', () => peer.proxy.fail('garbage', 1, 'apps.connections.open')],
    ['a refused token', () => peer.proxy.serve('apps.connections.open', refusedOnce())],
  ])('an outage with %s is survived, and said once', async (_, trouble) => {
    const running = await start()
    trouble()
    const again = peer.socket.nextConnection()
    peer.socket.drop('break')
    await again
    await works(running)
    expect(running.logged.filter((line) => line.includes('the connection is lost'))).toHaveLength(1)
    expect(running.logged.join('\n')).not.toMatch(new RegExp(`${APP_TOKEN}|${BOT_TOKEN}|/link`))
  })

  test.each([
    'null',
    '[]',
    '7',
    '{',
    '',
    '{"type":"events_api"}',
    '{"type":"events_api","payload":{}}',
    '{"type":"interactive","payload":null}',
  ])('a message that is none (%s) does no harm', async (raw) => {
    const running = await start()
    peer.socket.push(raw)
    await works(running)
  })
})

describe('an answer that Slack cannot hear, because its connection is lost meanwhile', () => {
  const form: Form = {
    title: 'Reject the plan',
    submit: 'Reject',
    fields: [{ kind: 'text', id: 'reason', label: 'Why?', multiline: true, required: true, maxLength: 300 }],
  }
  const decision = card({
    actions: [
      { label: 'Approve', verb: 'approve', id: 'change:12', style: 'primary' },
      { label: 'Reject…', verb: 'reject', id: 'change:12', style: 'danger', form },
    ],
  })
  const posted = async (running: SlackBot): Promise<string> => {
    running.form = form
    return (await running.slack.platform.post({ id: 'patch-team', platform: 'slack', ref: peer.channel('patch-team') }, decision, 'key'))
      .message
  }
  /** Answers so, once the connection is gone and cannot be opened; gives what is told alone after that. */
  const toldAfter = async (running: SlackBot, outcome: Outcome, act: () => Promise<unknown>): Promise<string> => {
    const [begun, done] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    running.answer = async () => {
      begun.resolve()
      await done.promise
      return outcome
    }
    void act()
    await begun.promise
    peer.proxy.fail('server error', 99, 'apps.connections.open')
    const lost = peer.proxy.next(({ method }) => method === 'apps.connections.open')
    peer.socket.drop('break')
    await lost
    done.resolve()
    await running.slack.idle()
    return peer
      .whispers(DANA)
      .map(({ blocks }) => textOf(blocks))
      .join(' ')
  }

  test('is told alone', async () => {
    const running = await start()
    const ref = await posted(running)
    const outcome: Outcome = { ok: true, cards: [card({ look: 'whisper', title: 'It is done' })] }
    expect(await toldAfter(running, outcome, () => peer.click(DANA, peer.channel('patch-team'), ref, 'Approve'))).toContain('It is done')
    expect(running.logged.join(' ')).toContain('an answer did not reach the platform')
  })

  test('a no to a form brings what was typed', async () => {
    const running = await start()
    const opened = await peer.openForm(DANA, peer.channel('patch-team'), await posted(running), 'Reject…')
    const told = await toldAfter(running, refuse('STALE', 'This plan changed.'), () =>
      peer.submit(DANA, opened, { reason: 'Not on a Friday' }),
    )
    expect(told).toMatch(/This plan changed.*Why\?:? Not on a Friday/s)
  })
})

describe('the end', () => {
  test('waits for what is under way, answers it, and takes nothing new', async () => {
    const running = await start()
    const { promise, resolve } = Promise.withResolvers<void>()
    const begun = Promise.withResolvers<void>()
    running.answer = async () => {
      begun.resolve()
      await promise
      return { ok: true, cards: [] }
    }
    const answered = peer.command(DANA, peer.channel('patch-team'), 'status')
    await begun.promise
    const closed = running.slack.close()
    void peer.command(DANA, peer.channel('patch-team'), 'too late')
    resolve()
    expect(await answered).toMatchObject({ status: 200 })
    await closed
    expect(running.intents.map(({ inputs }) => inputs.text)).toEqual(['status'])
    expect(peer.socket.connections()).toBe(0)
    bot = undefined
  })

  test('comes also while the connection is being opened anew', async () => {
    const running = await start()
    peer.proxy.fail('server error', 99, 'apps.connections.open')
    const asked = peer.proxy.next(({ method }) => method === 'apps.connections.open')
    peer.socket.drop('break')
    await asked
    await running.slack.close()
    bot = undefined
  })
})
