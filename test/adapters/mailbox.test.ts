import { type AddressInfo, connect as connectTo, createServer, type Server } from 'node:net'
import fc from 'fast-check'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createMailReader, storedResolver } from '../../adapters/mail/index.ts'
import { idOf } from '../../adapters/sources/mailbox/ids.ts'
import { createMailboxSource, type MailboxDeps } from '../../adapters/sources/mailbox/index.ts'
import { ownedBy } from '../../src/core/identify/address.ts'
import { storyOf } from '../../src/core/identify/story.ts'
import { verdictOf } from '../../src/core/identify/verification.ts'
import { type SourceRuleOf, source as sourceSchema } from '../../src/core/policy/sources.ts'
import type { Batch, BulletinSource } from '../../src/ports.ts'
import { LOOPBACK, TEST_AUTHORITY } from '../support/https-server.ts'
import { type ImapServer, imapServer } from '../support/imap-server.ts'
import { clearsigned, mailOf, NOTICE, newWriter, type Writer } from '../support/pgp-mail.ts'
import { type Letter, VENDOR_DNS, vendorMail } from '../support/vendor-mail.ts'

const NOW = new Date('2026-11-25T12:00:00Z')

const ruleFor = (port: number, more: object = {}): SourceRuleOf<'mailbox'> => {
  const rule = sourceSchema.parse({
    id: 'notices',
    name: 'Notices',
    kind: 'mailbox',
    host: 'vendor.example',
    port,
    tls: 'from the beginning',
    user: 'notices',
    allowNetworks: LOOPBACK,
    senders: [
      { from: 'vendor.example', publisher: 'Vendor', idPrefixes: ['VEND-'] },
      { from: 'debian.org', publisher: 'Debian', idPrefixes: ['DSA-'] },
    ],
    ...more,
  })
  if (rule.kind !== 'mailbox') throw new Error('another kind')
  return rule
}

let server: ImapServer
beforeEach(async () => {
  server = await imapServer()
})
afterEach(() => server.close())

const mails = createMailReader({ resolver: storedResolver(VENDOR_DNS) })

function box(port: number, more: object = {}, way: Partial<MailboxDeps['way']> = {}, limits: MailboxDeps['limits'] = {}): BulletinSource {
  const rule = ruleFor(port, more)
  return createMailboxSource(rule, {
    mails,
    clock: { now: () => NOW },
    owned: ownedBy([rule]),
    way: { password: 'correct horse', ca: TEST_AUTHORITY, resolve: async () => ['127.0.0.1'], ...way },
    limits,
  })
}
const look = (cursor: string | null = null, source = box(server.port)): Promise<Batch> => source.fetch(cursor, new AbortController().signal)

describe('a mail that its sender signed', () => {
  test('is a bulletin, UNCONFIRMED until somebody independent confirms it', async () => {
    server.mails.set(7, await vendorMail())
    const { documents, doubted } = await look()
    expect(doubted).toEqual([])
    expect(documents).toHaveLength(1)
    const [raw] = documents
    if (!raw) throw new Error('no document')
    const { bulletin, checks, sent } = await box(server.port).check(raw, NOW)
    expect(bulletin).toMatchObject({
      source: 'notices',
      vendorId: 'VEND-2026-001',
      revision: '20261125.100000.0',
      publisher: { name: 'Vendor', namespace: 'https://vendor.example' },
      severity: 'important',
      names: ['widget'],
      vulnerabilities: [{ cve: 'CVE-2026-4711' }],
    })
    expect(checks.find(({ name }) => name === 'dkim')?.outcome).toBe('pass')
    expect(verdictOf(checks)).toBe('UNCONFIRMED')
    expect(verdictOf([...checks, { name: 'corroboration', outcome: 'pass', evidence: '' }])).toBe('CORROBORATED')
    expect(sent?.dns).toEqual(expect.arrayContaining([expect.objectContaining({ name: 'good._domainkey.vendor.example' })]))
  })

  test('is checked again by the answers of its time, and is held without them', async () => {
    server.mails.set(1, await vendorMail())
    const [raw] = (await look()).documents
    if (!raw) throw new Error('no document')
    const rule = ruleFor(server.port)
    const deaf = createMailboxSource(rule, {
      mails: createMailReader({ resolver: storedResolver([]) }),
      clock: { now: () => NOW },
      owned: ownedBy([rule]),
      way: { password: null },
    })
    expect((await deaf.check(raw, NOW)).bulletin?.vendorId).toBe('VEND-2026-001')
    const { dns: _, ...bare } = raw
    const held = await deaf.check(bare, NOW)
    expect(held.bulletin).toBeNull()
    expect(verdictOf(held.checks)).toBe('QUARANTINED')
  })

  test('is the same whatever the stations on its way wrote on top', async () => {
    server.mails.set(1, await vendorMail())
    server.mails.set(2, await vendorMail({ onTop: 'Received: from a by b; Wed, 25 Nov 2026 10:00:01 +0000\r\nX-Spam: no\r\n' }))
    const { documents } = await look()
    const digests = await Promise.all(documents.map(async (raw) => (await box(server.port).check(raw, NOW)).digest))
    expect(digests).toHaveLength(2)
    expect(new Set(digests).size).toBe(1)
  })
})

describe('a notice that a pinned key signed', () => {
  let team: Writer
  beforeAll(async () => {
    team = await newWriter()
  })
  const keyed = (port: number): BulletinSource => {
    const rule = ruleFor(port)
    const way = { password: 'correct horse', ca: TEST_AUTHORITY, resolve: async () => ['127.0.0.1'] }
    return createMailboxSource(rule, { mails, clock: { now: () => NOW }, owned: ownedBy([rule]), signers: [team.pin], way })
  }
  const taken = async (...letters: readonly Uint8Array[]) => {
    for (const [i, one] of letters.entries()) server.mails.set(i + 1, one)
    const source = keyed(server.port)
    const { documents, doubted } = await look(null, source)
    return { doubted, checked: await Promise.all(documents.map((raw) => source.check(raw, NOW))) }
  }

  test('is a bulletin of what is signed: its id, its date and its words, whatever its head says', async () => {
    const armoured = await clearsigned(NOTICE, team)
    const { checked, doubted } = await taken(
      mailOf(`Do something else now.\n${armoured}\n____\nlist footer`, { subject: 'DSA-6666-1: other words' }),
    )
    expect(doubted).toEqual([])
    expect(checked).toHaveLength(1)
    expect(checked[0]?.bulletin).toMatchObject({
      vendorId: 'DSA-6001-1',
      title: 'DSA-6001-1 widget',
      names: ['widget'],
      publishedAt: '2026-11-25T10:00:00.000Z',
      publisher: { name: 'Debian', namespace: 'https://debian.org' },
      vulnerabilities: [{ cve: 'CVE-2026-4711' }],
    })
    expect(JSON.stringify(checked[0]?.bulletin)).not.toMatch(/something else|other words|footer/)
    expect(verdictOf(checked[0]?.checks ?? [])).toBe('UNCONFIRMED')
    expect(verdictOf([...(checked[0]?.checks ?? []), { name: 'corroboration', outcome: 'pass', evidence: '' }])).toBe('CORROBORATED')
  })

  test('is the same by whatever way, head and footer it comes', async () => {
    const armoured = await clearsigned(NOTICE, team)
    const { checked } = await taken(
      mailOf(armoured),
      mailOf(`${armoured}\nlist footer`, { from: 'Another <another@debian.org>', subject: 'DSA-1-1', head: 'X-List: yes\n' }),
    )
    expect(checked).toHaveLength(2)
    expect(new Set(checked.map(({ digest }) => digest)).size).toBe(1)
  })

  test('speaks for the sender that it is pinned for, and for no other one', async () => {
    server.mails.set(1, mailOf(await clearsigned(NOTICE.replace('DSA-6001-1', 'VEND-1'), team)))
    server.mails.set(
      2,
      mailOf(await clearsigned(NOTICE.replace('DSA-6001-1', 'VEND-2'), team), { from: 'Vendor <security@vendor.example>' }),
    )
    const { documents, doubted } = await look(null, keyed(server.port))
    expect(documents).toEqual([])
    expect(doubted).toHaveLength(2)
  })

  test.each<[string, () => Promise<Uint8Array>, RegExp]>([
    ['without a signature', async () => mailOf(NOTICE), /carries no OpenPGP signature/],
    ['signed by its domain alone', () => vendorMail({ from: 'x@debian.org', subject: 'DSA-6001-1' }), /carries no OpenPGP signature/],
    [
      'with a letter changed',
      async () => mailOf((await clearsigned(NOTICE, team)).replace('widget', 'wodget')),
      /pinned key .* is not what it says/,
    ],
    ['by the key of a stranger', async () => mailOf(await clearsigned(NOTICE, await newWriter())), /none that the policy pins/],
    ['that names no advisory at its head', async () => mailOf(await clearsigned('Dear all, hello.', team)), /names no advisory/],
    [
      'that only mentions one',
      async () => mailOf(await clearsigned(`Dear all,\n${'bla\n'.repeat(20)}see DSA-6001-1.`, team)),
      /names no advisory/,
    ],
    ['that quotes what others wrote', async () => mailOf(await clearsigned(`> ${NOTICE}\nYes, DSA-6001-1.`, team)), /is an answer/],
    [
      'from a sender who is none of the policy',
      async () => mailOf(await clearsigned(NOTICE, team), { from: 'x@evil.example' }),
      /not among the senders/,
    ],
  ])('is none %s', async (_, make, reason) => {
    const { checked, doubted } = await taken(await make())
    expect(checked).toEqual([])
    expect(doubted).toEqual([expect.objectContaining({ reason: expect.stringMatching(reason) })])
  })
})

describe('a mail that proves nothing is no bulletin', () => {
  let longBody: string
  beforeAll(() => {
    longBody = 'x'.repeat(60_000)
  })
  const cases: readonly (readonly [string, Letter, RegExp])[] = [
    ['nobody signed it', { signedBy: null }, /disowns mail like this/],
    ['somebody else signed it', { signedBy: 'other.example' }, /disowns mail like this/],
    ['the sender only looks like one', { from: 'Vendor <security@vendor-example.example>' }, /not among the senders|look/],
    ['the sender is a stranger', { from: 'Vendor <security@other.example>' }, /security@other\.example is not among the senders/],
    ['the sender is below the domain', { from: 'x@mail.vendor.example', signedBy: 'vendor.example' }, /is not among the senders/],
    ['members of the domain are many', { from: 'me@debian.org', subject: 'DSA-1-1 x' }, /many people have an address there/],
    ['it is another publisher’s advisory', { subject: 'USN-1-1: widget' }, /may speak for \(VEND-\)/],
    ['it tells of several in its text', { subject: 'Weekly news', body: 'VEND-1, VEND-2' }, /names no advisory, or more than one/],
    ['it is an answer', { subject: 'Re: VEND-2026-666: critical: widget' }, /answer to a mail/],
    ['it is an automatic answer', { subject: 'Automatic reply: VEND-2026-666' }, /answer to a mail/],
    [
      'it says that it answers a mail',
      { head: 'In-Reply-To: <1@evil.example>\r\nContent-Type: text/plain; charset=utf-8' },
      /answer to a mail/,
    ],
    ['its date is not signed', { covers: ['From', 'To', 'Subject', 'Content-Type'] }, /date is not under its signature/],
    ['its subject is not signed', { covers: ['From', 'To', 'Date', 'Content-Type'] }, /does not cover subject/],
    ['it is of next year', { date: 'Thu, 25 Nov 2027 10:00:00 +0000' }, /in the future/],
    ['it has no date', { date: 'some day' }, /date is not under/],
    ['it asks to switch protection off', { body: 'Please disable your antivirus before you install VEND-1.' }, /No vendor asks for that/],
    [
      'a program is attached',
      {
        head: 'Content-Type: multipart/mixed; boundary=b',
        body: '--b\r\n\r\nInstall the patch.\r\n--b\r\nContent-Disposition: attachment; filename=patch.exe\r\n\r\nMZ\r\n--b--',
      },
      /never send patches/,
    ],
  ]
  test.each(cases)('%s', async (_, letter, reason) => {
    server.mails.set(1, await vendorMail(letter))
    const { documents, doubted = [] } = await look()
    expect(documents).toEqual([])
    expect(doubted).toHaveLength(1)
    expect(doubted[0]?.reason).toMatch(reason)
    expect(doubted[0]?.bytes.length).toBeGreaterThan(0)
  })

  test('a byte of it was changed', async () => {
    const text = Buffer.from(await vendorMail()).toString('latin1')
    server.mails.set(1, Buffer.from(text.replace('widget to 2.0', 'widget to 1.0'), 'latin1'))
    const { documents, doubted = [] } = await look()
    expect(documents).toEqual([])
    expect(doubted[0]?.reason).toMatch(/does not hold/)
  })

  test.each([
    ['nothing at all', ''],
    ['no mail', '\0\u0001\u0002 garbage'],
    [
      'parts without an end',
      `From: x@vendor.example\r\nSubject: VEND-1\r\n${'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n'.repeat(40)}`,
    ],
  ])('it is broken: %s', async (_, text) => {
    server.mails.set(1, Buffer.from(text, 'latin1'))
    server.mails.set(2, await vendorMail())
    const { documents, doubted } = await look()
    expect(documents.map(({ fileName }) => fileName)).toEqual(['vend-2026-001.eml'])
    expect(doubted).toHaveLength(1)
  })

  test('it is too large: it is not even fetched', async () => {
    server.mails.set(1, await vendorMail({ body: longBody }))
    server.mails.set(2, await vendorMail())
    const { documents, doubted = [] } = await look(null, box(server.port, { maxMegabytes: 0.05 }))
    expect(documents).toHaveLength(1)
    expect(doubted).toEqual([expect.objectContaining({ name: 'mail 1/1', reason: expect.stringMatching(/more than the 0\.05 MB/) })])
    expect(server.said.filter((command) => command === 'UID FETCH')).toHaveLength(3)
  })
})

test('a DNS that never says where the mailbox is holds no look up', async () => {
  const lost = box(server.port, {}, { resolve: () => new Promise(() => undefined) }, { ms: 20 })
  await expect(look(null, lost)).rejects.toMatchObject({ code: 'HTTP_TOO_SLOW', message: expect.stringMatching(/does not answer/) })
})

describe('behind a proxy', () => {
  let asked: string[]
  let proxy: Server
  beforeEach(async () => {
    asked = []
    proxy = createServer((socket) => {
      socket
        .on('error', () => undefined)
        .once('data', (head) => {
          asked.push(head.toString())
          const through = connectTo(server.port, '127.0.0.1')
          through.on('error', () => undefined).on('close', () => socket.destroy())
          socket.write('HTTP/1.1 200 OK\r\n\r\n')
          socket.pipe(through).pipe(socket)
        })
    })
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  })
  afterEach(() => proxy.close())
  const at = (): string => `http://bot:s3cret@127.0.0.1:${(proxy.address() as AddressInfo).port}`

  test('a mailbox is reached through it, at the very address that was checked', async () => {
    server.mails.set(1, await vendorMail())
    const { documents } = await look(null, box(server.port, {}, { proxy: at() }))
    expect(documents).toHaveLength(1)
    expect(asked[0]).toContain(`CONNECT 127.0.0.1:${server.port}`)
    expect(asked[0]).toContain(`Basic ${Buffer.from('bot:s3cret').toString('base64')}`)
  })

  test('a name that only the proxy knows is left to it', async () => {
    server.mails.set(1, await vendorMail())
    const resolve = () => Promise.reject(Object.assign(new Error('unknown'), { code: 'ENOTFOUND' }))
    const { documents } = await look(null, box(server.port, {}, { proxy: at(), resolve }))
    expect(documents).toHaveLength(1)
    expect(asked[0]).toContain(`CONNECT vendor.example:${server.port}`)
  })

  test('what is private is not asked of it, and its password is in no message', async () => {
    const inside = box(server.port, {}, { proxy: at(), resolve: async () => ['10.0.0.1'] })
    await expect(look(null, inside)).rejects.toMatchObject({ code: 'HTTP_REFUSED' })
    expect(asked).toEqual([])
    const address = at()
    await new Promise((resolve) => proxy.close(resolve))
    const said = await look(null, box(server.port, {}, { proxy: address })).then(String, String)
    expect(said).toMatch(/^Fault/)
    expect(said).not.toContain('s3cret')
  })
})

describe('which advisory a mail is about', () => {
  test.each<[string, string, string, string | null]>([
    ['the first of the subject', 'VEND-1 supersedes VEND-2', '', 'VEND-1'],
    ['as the policy writes it', '[vend-2026-7.] x', '', 'VEND-2026-7'],
    ['the only one of the text', 'Notice', 'See VEND-3, and again VEND-3.', 'VEND-3'],
    ['none of several in the text', 'Notice', 'VEND-3 and VEND-4', null],
    ['not the end of a word', 'XVEND-1', '', null],
    ['not a word without a number', 'VEND-news', '', null],
  ])('%s', (_, subject, text, id) => expect(idOf({ subject, text }, ['VEND-'])).toBe(id))

  test('it is never one that another publisher gives out', () => {
    const words = fc.constantFrom('VEND-', 'USN-', 'RHSA-', '1', '2026', ':', ' ', '-', '.', '\n', 'x', '[', ']', '$&')
    const texts = fc.array(words, { maxLength: 12 }).map((all) => all.join(''))
    fc.assert(
      fc.property(texts, texts, (subject, text) => {
        const id = idOf({ subject, text }, ['VEND-'])
        expect(id === null || storyOf({ source: 's', vendorId: id }) === `s/${id}`).toBe(true)
        expect(id ?? 'VEND-1').toMatch(/^VEND-[A-Za-z0-9][A-Za-z0-9:._-]*$/)
      }),
      { numRuns: 500 },
    )
  })
})

describe('what was looked at', () => {
  test('is not looked at again, and nothing in the mailbox is touched', async () => {
    server.mails.set(3, await vendorMail())
    server.mails.set(5, await vendorMail({ signedBy: null }))
    const first = await look()
    server.said.length = 0
    const second = await look(first.cursor)
    expect(second).toEqual({ documents: [], doubted: [], dropped: [], cursor: first.cursor, listed: 2 })
    expect(server.said).not.toContain('UID FETCH')
    expect(server.said.filter((one) => ['SELECT', 'UID STORE', 'STORE', 'EXPUNGE', 'UID MOVE'].includes(one))).toEqual([])
    server.mails.set(9, await vendorMail({ subject: 'VEND-2026-002: widget' }))
    expect((await look(second.cursor)).documents.map(({ fileName }) => fileName)).toEqual(['vend-2026-002.eml'])
  })

  test('is looked at anew when the numbers of the folder begin anew', async () => {
    server.mails.set(300, await vendorMail())
    const { cursor } = await look()
    server.validity = 2
    server.mails.clear()
    server.mails.set(1, await vendorMail())
    const again = await look(cursor)
    expect(again.documents).toHaveLength(1)
    expect(again.cursor).not.toBe(cursor)
  })

  test('waits for the next look where it is too much for one', async () => {
    for (const uid of [1, 2, 3]) server.mails.set(uid, await vendorMail({ subject: `VEND-${uid}0: widget` }))
    const few = box(server.port, {}, {}, { mails: 2 })
    const first = await look(null, few)
    const second = await look(first.cursor, few)
    expect([first, second].map(({ documents }) => documents.length)).toEqual([2, 1])
  })

  test('goes on behind what came, when the connection is lost in the middle of a mail', async () => {
    for (const uid of [1, 2, 3]) server.mails.set(uid, await vendorMail({ subject: `VEND-${uid}0: widget` }))
    server.cutAt = 2
    const first = await look()
    expect(first.documents.map(({ fileName }) => fileName)).toEqual(['vend-10.eml'])
    expect(first.concern).toMatch(/What had come before counts/)
    const second = await look(first.cursor)
    expect(second.documents.map(({ fileName }) => fileName)).toEqual(['vend-20.eml', 'vend-30.eml'])
    expect(second.concern).toBeUndefined()
  })
})

describe('while the DNS is silent', () => {
  const silent = (name: string, code = 'ETIMEOUT') =>
    createMailReader({
      resolver: storedResolver([...VENDOR_DNS.filter((one) => one.name !== name), { name, type: 'TXT', answer: { error: code } }]),
    })
  const KEY = 'good._domainkey.vendor.example'
  const asked = (reader: MailboxDeps['mails'], cursor: string | null = null): Promise<Batch> => {
    const rule = ruleFor(server.port)
    const way = { password: 'correct horse', ca: TEST_AUTHORITY, resolve: async () => ['127.0.0.1'] }
    return look(cursor, createMailboxSource(rule, { mails: reader, clock: { now: () => NOW }, owned: ownedBy([rule]), way }))
  }

  test('a real notice waits, others do not wait for it, and it counts when the DNS is back', async () => {
    server.mails.set(1, await vendorMail())
    server.mails.set(2, await vendorMail({ from: 'x@other.example' }))
    const first = await asked(silent(KEY))
    expect([first.documents.length, first.doubted?.length, first.dropped.length]).toEqual([0, 1, 1])
    const still = await asked(silent(KEY), first.cursor)
    expect([still.documents.length, still.doubted?.length, still.dropped.length]).toEqual([0, 0, 1])
    const back = await asked(mails, still.cursor)
    expect(back.documents.map(({ fileName }) => fileName)).toEqual(['vend-2026-001.eml'])
    expect((await asked(mails, back.cursor)).documents).toEqual([])
  })

  test.each<[string, Letter, string, string]>([
    ['the name is none', {}, KEY, 'ENOTFOUND'],
    ['the name cannot be one', {}, KEY, 'EBADNAME'],
    ['it is silent about a stranger', { from: 'x@other.example' }, 'good._domainkey.other.example', 'ETIMEOUT'],
    ['it is silent about whom the writer chose', { signedBy: 'other.example' }, 'good._domainkey.other.example', 'ETIMEOUT'],
  ])('nothing waits where %s', async (_, letter, name, code) => {
    server.mails.set(1, await vendorMail(letter))
    const { documents, doubted, dropped } = await asked(silent(name, code))
    expect([documents.length, doubted?.length, dropped.length]).toEqual([0, 1, 0])
  })

  test('after a day it is put aside, where people see it', async () => {
    server.mails.set(1, await vendorMail())
    const late = await asked(silent(KEY), JSON.stringify({ v: 1, validity: '1', last: 1, waiting: [[1, 144]] }))
    expect([late.doubted?.length, late.dropped.length]).toEqual([1, 0])
    expect(JSON.parse(late.cursor)).toMatchObject({ last: 1, waiting: [] })
  })

  test('one that is gone waits no longer', async () => {
    server.mails.set(9, await vendorMail())
    const { cursor } = await asked(mails, JSON.stringify({ v: 1, validity: '1', last: 8, waiting: [[1, 3]] }))
    expect(JSON.parse(cursor)).toMatchObject({ last: 9, waiting: [] })
  })
})

describe('a mailbox that fails says why, and no secret', () => {
  test.each<[string, () => Promise<Batch>, string, RegExp]>([
    [
      'the password is wrong',
      () => look(null, box(server.port, {}, { password: 'wrong password' })),
      'SOURCE_FAILED',
      /refuses the user or the password/,
    ],
    ['there is no password', () => look(null, box(server.port, {}, { password: null })), 'SOURCE_FAILED', /no password/],
    ['there is no such folder', () => look(null, box(server.port, { folder: 'Elsewhere' })), 'SOURCE_FAILED', /Is there such a folder/],
    ['nobody trusts its certificate', () => look(null, box(server.port, {}, { ca: 'none' })), 'HTTP_FAILED', /certificate|secure/],
    [
      'its certificate is for another name',
      () => look(null, box(server.port, { host: 'mail.elsewhere.example' })),
      'HTTP_FAILED',
      /for another name/,
    ],
    ['its address is private', () => look(null, box(server.port, { allowNetworks: [] })), 'HTTP_REFUSED', /Only public addresses/],
    [
      'its address is a metadata service',
      () => look(null, box(server.port, {}, { resolve: async () => ['169.254.169.254'] })),
      'HTTP_REFUSED',
      /metadata/,
    ],
    ['its port is none of mail', () => look(null, box(25, {}, { resolve: async () => ['9.9.9.9'] })), 'HTTP_REFUSED', /not the usual port/],
    ['nobody listens', () => look(null, box(1)), 'HTTP_FAILED', /refuses connections/],
  ])('%s', async (_, ask, code, words) => {
    const error = await ask().then(
      () => null,
      (e: unknown) => e,
    )
    expect(error).toMatchObject({ code })
    expect((error as Error).message).toMatch(words)
    expect(JSON.stringify([(error as Error).message, (error as Error).stack])).not.toMatch(/wrong password|correct horse/)
  })

  test('a search that is refused is not "nothing new"', async () => {
    server.mails.set(1, await vendorMail())
    server.refusesSearch = true
    await expect(look()).rejects.toMatchObject({ code: 'SOURCE_FAILED' })
  })

  test('the first mail breaks off: nothing came, so the look fails', async () => {
    server.mails.set(1, await vendorMail())
    server.cutAt = 1
    await expect(look()).rejects.toThrow()
    expect((await look()).documents).toHaveLength(1)
  })
})

describe('STARTTLS', () => {
  test('is used where the policy says so', async () => {
    const plain = await imapServer('starttls')
    plain.mails.set(1, await vendorMail())
    expect((await look(null, box(plain.port, { tls: 'starttls' }))).documents).toHaveLength(1)
    expect(plain.said.indexOf('STARTTLS')).toBeLessThan(plain.said.indexOf('LOGIN'))
    await plain.close()
  })

  test('where it is not offered no password is sent', async () => {
    const plain = await imapServer('cleartext')
    await expect(look(null, box(plain.port, { tls: 'starttls' }))).rejects.toThrow(/secure connection/)
    expect(plain.said).not.toContain('LOGIN')
    await plain.close()
  })
})
