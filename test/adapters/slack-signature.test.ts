import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { signedWith } from '../../adapters/slack/connect/signature.ts'

/** The example of docs.slack.dev, "Verifying requests from Slack". */
const SLACKS = {
  secret: '8f742231b10e8888abcd99yyyzzz85a5',
  at: '1531420618',
  body:
    'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA' +
    '&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554' +
    '%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
  signature: 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
}
const NOW_S = Number(SLACKS.at)
const { secret: SECRET, body: BODY } = SLACKS

const sign = (at: string, body = BODY, secret = SECRET): string =>
  `v0=${createHmac('sha256', secret).update(`v0:${at}:${body}`).digest('hex')}`

interface Came {
  readonly at?: string | string[] | undefined
  readonly signature?: string | string[] | undefined
  readonly body?: string | Buffer
}

const check = ({ at = SLACKS.at, signature = SLACKS.signature, body = BODY }: Came): boolean =>
  signedWith(SECRET)(
    { 'x-slack-request-timestamp': at, 'x-slack-signature': signature } as never,
    Buffer.from(body as string),
    new Date(NOW_S * 1000),
  )

const later = (seconds: number): Came => {
  const at = String(NOW_S + seconds)
  return { at, signature: sign(at) }
}

describe('signed by Slack', () => {
  const cases: readonly (readonly [string, Came])[] = [
    ['the example of its documentation', {}],
    ['five minutes ago', later(-300)],
    ['by a clock that is five minutes fast', later(300)],
    ['an empty body', { body: '', signature: sign(SLACKS.at, '') }],
    [
      'bytes that are no text',
      {
        body: Buffer.from([0xff, 0x00, 0xfe]),
        signature: `v0=${createHmac('sha256', SECRET)
          .update(`v0:${SLACKS.at}:`)
          .update(Buffer.from([0xff, 0x00, 0xfe]))
          .digest('hex')}`,
      },
    ],
  ]
  test.each(cases)('%s', (_, came) => expect(check(came)).toBe(true))
})

describe('not signed by Slack, or not now', () => {
  const cases: readonly (readonly [string, Came])[] = [
    ['more than five minutes ago', later(-301)],
    ['more than five minutes ahead: it would stay good as long', later(301)],
    ['in the year 5138', later(100_000_000_000)],
    ['with another secret', { signature: sign(SLACKS.at, BODY, 'another') }],
    ['with no secret', { signature: sign(SLACKS.at, BODY, '') }],
    ['another body', { body: `${BODY}&` }],
    ['one letter of the body in another case', { body: BODY.replace('token', 'Token') }],
    ['the time of another request', { at: String(NOW_S + 1) }],
    ['the signature in capitals', { signature: SLACKS.signature.toUpperCase() }],
    ['another version', { signature: SLACKS.signature.replace('v0', 'v1') }],
    ['without a version', { signature: SLACKS.signature.slice(3) }],
    ['the beginning of the signature', { signature: SLACKS.signature.slice(0, -1) }],
    ['more than the signature', { signature: `${SLACKS.signature}0` }],
    ['as many characters, not as many bytes', { signature: `${SLACKS.signature.slice(0, -1)}é` }],
    ['an empty signature', { signature: '' }],
    ['two signatures', { signature: [SLACKS.signature, SLACKS.signature] }],
    ['two signatures as Node joins them', { signature: `${SLACKS.signature}, ${SLACKS.signature}` }],
    ['two times', { at: [SLACKS.at, SLACKS.at] }],
    ...['', ' ', 'now', 'NaN', 'Infinity', '1e9', '0x5b478b8a', `${SLACKS.at}.5`, ` ${SLACKS.at}`, `-${SLACKS.at}`, `+${SLACKS.at}`].map(
      (at) => [`"${at}" as its time, however signed`, { at, signature: sign(at) }] as const,
    ),
  ]
  test.each(cases)('%s', (_, came) => expect(check(came)).toBe(false))

  test.each(['x-slack-request-timestamp', 'x-slack-signature'])('without %s', (header) => {
    const headers = { 'x-slack-request-timestamp': SLACKS.at, 'x-slack-signature': SLACKS.signature }
    const some = Object.fromEntries(Object.entries(headers).filter(([name]) => name !== header))
    expect(signedWith(SECRET)(some, Buffer.from(BODY), new Date(NOW_S * 1000))).toBe(false)
  })
})
