import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Undo, unwind } from '../../src/boot/setup.ts'
import { sourceMaker } from '../../src/boot/sources.ts'
import { secretName } from '../../src/config.ts'
import { policySchema } from '../../src/core/policy.ts'
import { LOOPBACK } from '../support/https-server.ts'
import { type ImapServer, imapServer } from '../support/imap-server.ts'

let server: ImapServer
beforeAll(async () => {
  server = await imapServer()
})
afterAll(() => server.close())

const sample: object = JSON.parse(readFileSync(new URL('../../manifests/sample/policy.json', import.meta.url), 'utf8'))

// The product trusts public authorities only, so it comes as far as the test authority's certificate.
test.each<[string, Record<string, string>, RegExp]>([
  ['its own password', { [secretName('MAILBOX_PASSWORD', 'vendor-mail')]: 'correct horse' }, /certificate/],
  ['no password of another', { [secretName('MAILBOX_PASSWORD', 'other-mail')]: 'correct horse' }, /There is no password for 127\.0\.0\.1/],
])('a mailbox of the policy gets %s', async (_, mailboxes, words) => {
  const undo: Undo = []
  const own = { id: 'vendor-mail', name: 'x', kind: 'mailbox', host: '127.0.0.1', port: server.port, allowNetworks: LOOPBACK, user: 'x' }
  const senders = [{ from: 'vendor.example', publisher: 'Vendor', idPrefixes: ['VEND-'] }]
  const policy = policySchema.parse({ ...sample, sources: [{ ...own, senders }] })
  const [source] = sourceMaker({ folder: '.', clock: { now: () => new Date('2026-11-25T12:00:00Z') }, mailboxes }, undo)(policy)
  await expect(source?.fetch(null, new AbortController().signal)).rejects.toThrow(words)
  expect(server.said).not.toContain('LOGIN')
  await unwind(undo)
})
