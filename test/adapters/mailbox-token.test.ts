import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Http } from '../../adapters/http.ts'
import { createMailReader, storedResolver } from '../../adapters/mail/index.ts'
import { createMailboxSource, createTokens } from '../../adapters/sources/mailbox/index.ts'
import { ownedBy } from '../../src/core/identify/address.ts'
import { type SourceRuleOf, source as sourceSchema } from '../../src/core/policy/sources.ts'
import type { Batch } from '../../src/ports.ts'
import { type Handler, httpsServer, LOOPBACK, TEST_AUTHORITY, type TestServer, testHttp } from '../support/https-server.ts'
import { type ImapServer, imapServer } from '../support/imap-server.ts'
import { VENDOR_DNS, vendorMail } from '../support/vendor-mail.ts'

let web: TestServer
let server: ImapServer
let http: Http
let now: Date
/** Forms that the token server was sent. */
let sent: URLSearchParams[]

beforeEach(async () => {
  web = await httpsServer()
  server = await imapServer('tls', 'XOAUTH2')
  server.mails.set(1, await vendorMail())
  http = testHttp()
  now = new Date('2026-11-25T12:00:00Z')
  sent = []
})
afterEach(async () => {
  await http.close()
  await server.close()
  await web.close()
})

const giving =
  (status: number, body: string, head: Record<string, string> = {}): Handler =>
  (request, response) => {
    let text = ''
    request.on('data', (piece) => {
      text += String(piece)
    })
    request.on('end', () => {
      sent.push(new URLSearchParams(text))
      response.writeHead(status, { 'content-type': 'application/json', ...head }).end(body)
    })
  }
const token = (text = 'correct-horse', more: object = {}): string =>
  JSON.stringify({ access_token: text, token_type: 'Bearer', expires_in: 3600, ...more })

function ruleFor(oauth: object = {}): SourceRuleOf<'mailbox'> {
  const rule = sourceSchema.parse({
    id: 'notices',
    name: 'Notices',
    kind: 'mailbox',
    host: 'vendor.example',
    port: server.port,
    tls: 'from the beginning',
    user: 'notices@house.example',
    allowNetworks: LOOPBACK,
    oauth: { tokenUrl: web.at('/token'), clientId: 'app', scope: 'mail/.default', ...oauth },
    senders: [{ from: 'vendor.example', publisher: 'Vendor', idPrefixes: ['VEND-'] }],
  })
  if (rule.kind !== 'mailbox') throw new Error('another kind')
  return rule
}

function looker(
  oauth: object = {},
  secrets: { clientSecret: string | null; refreshToken: string | null } = { clientSecret: 's3cret', refreshToken: null },
) {
  const rule = ruleFor(oauth)
  const clock = { now: () => now }
  if (!rule.oauth) throw new Error('no oauth')
  const source = createMailboxSource(rule, {
    mails: createMailReader({ resolver: storedResolver(VENDOR_DNS) }),
    clock,
    owned: ownedBy([rule]),
    way: {
      password: null,
      tokens: createTokens(rule, rule.oauth, { http, clock, ...secrets }),
      ca: TEST_AUTHORITY,
      resolve: async () => ['127.0.0.1'],
    },
  })
  return (): Promise<Batch> => source.fetch(null, new AbortController().signal)
}

describe('a mailbox that takes no passwords', () => {
  test('is opened with a token that is asked for by the app’s own secret, and is used as long as it is good', async () => {
    web.pages.set('/token', giving(200, token()))
    const look = looker()
    expect((await look()).documents).toHaveLength(1)
    expect(Object.fromEntries(sent[0] ?? [])).toEqual({
      grant_type: 'client_credentials',
      client_id: 'app',
      client_secret: 's3cret',
      scope: 'mail/.default',
    })
    await look()
    expect(sent).toHaveLength(1)
    now = new Date(now.getTime() + 3_500_000)
    await look()
    expect(sent).toHaveLength(2)
    expect(server.said).not.toContain('LOGIN')
  })

  test('may be opened by a token that somebody gave the app', async () => {
    web.pages.set('/token', giving(200, token()))
    await looker({ grant: 'refresh token' }, { clientSecret: 's3cret', refreshToken: 'r3fresh' })()
    expect(Object.fromEntries(sent[0] ?? [])).toMatchObject({ grant_type: 'refresh_token', refresh_token: 'r3fresh' })
  })

  test('is asked with a new token after its server refused one', async () => {
    web.pages.set('/token', giving(200, token('an-old-one')))
    const look = looker()
    await expect(look()).rejects.toThrow(/refuses the user or the token/)
    web.pages.set('/token', giving(200, token()))
    expect((await look()).documents).toHaveLength(1)
  })

  test.each<[string, object, { clientSecret: string | null; refreshToken: string | null }, RegExp]>([
    ['no client secret', {}, { clientSecret: null, refreshToken: 'r' }, /no client secret for .* in the environment/],
    [
      'no refresh token',
      { grant: 'refresh token' },
      { clientSecret: 's', refreshToken: null },
      /no refresh token for .* in the environment/,
    ],
  ])('is not opened with %s', async (_, oauth, secrets, words) => {
    await expect(looker(oauth, secrets)()).rejects.toThrow(words)
    expect(web.asked).toEqual([])
  })
})

describe('a token server that gives none', () => {
  test.each<[string, Handler, RegExp]>([
    [
      'refuses',
      giving(401, '{"error":"invalid_client","error_description":"s3cret is wrong"}'),
      /gives no token \(401\)\. Is the client secret right/,
    ],
    ['answers with a page', giving(200, '<html>sign in</html>'), /something that is no token/],
    ['gives another kind of token', giving(200, token('correct-horse', { token_type: 'mac' })), /something that is no token/],
    ['gives one that would break out of its line', giving(200, token('correct-horse\u0001auth=x')), /something that is no token/],
    ['sends on', giving(307, '', { location: 'https://vendor.example/other' }), /sends on what was sent to it/],
  ])('%s: said without what was sent or answered', async (_, page, words) => {
    web.pages.set('/token', page)
    const said = await looker()().then(
      () => 'nothing',
      (error: unknown) => String(error),
    )
    expect(said).toMatch(words)
    expect(said).not.toMatch(/s3cret|correct-horse/)
    expect(web.asked).toEqual(['/token'])
    expect(server.said).toEqual([])
  })
})
