import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createMailReader, storedResolver } from '../../adapters/mail/index.ts'
import type { MailFacts } from '../../src/core/identify/mail.ts'
import { mailChecks } from '../../src/core/identify/mail-checks.ts'
import { type CheckName, verdictOf } from '../../src/core/identify/verification.ts'
import { dataFolder } from '../conformance/suite.ts'
import { dkimSuite, hasDkimSuite } from '../redteam/dkim.ts'

const NOW = new Date('2026-11-25T12:00:00Z')
const FIXTURES = new URL('../fixtures/mail/', import.meta.url)

const records = (text: string) =>
  Object.entries(JSON.parse(text) as Record<string, string>).map(([name, record]) => ({ name, type: 'TXT', answer: [[record]] }))
const readerFor = (dns: string) => createMailReader({ resolver: storedResolver(records(dns)) })

const reader = readerFor(readFileSync(new URL('dns.json', FIXTURES), 'utf8'))
const fixture = (name: string): Buffer => readFileSync(new URL(name, FIXTURES))

async function read(bytes: Uint8Array | string): Promise<MailFacts> {
  const reading = await reader.read(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes, NOW)
  if (!reading.ok) throw new Error(reading.problem)
  return reading.mail
}
const outcome = (mail: MailFacts, name: CheckName, owned: Parameters<typeof mailChecks>[1] = []) =>
  mailChecks(mail, owned).find((one) => one.name === name)?.outcome

const crlf = (...rows: readonly string[]): string => rows.join('\r\n')
const letter = (head: readonly string[], ...body: readonly string[]): string =>
  crlf(...head, 'To: you@example.org', 'Date: Wed, 25 Nov 2026 10:00:00 +0000', '', ...body)
const ANA = 'From: Ana Ruiz <ana@example.org>'

describe('signatures, with stored answers of the DNS', () => {
  const owned = [{ name: 'The vendor', domains: ['example.com'] }]
  test.each([
    ['rfc6376-A.2.eml', ['example.com: pass'], 'pass'],
    ['rfc6376-A.2-body_modified.eml', ['example.com: neutral'], 'fail'],
    ['rfc8463-A.3.eml', ['football.example.com: pass', 'football.example.com: pass'], 'pass'],
  ] as const)('%s', async (name, signatures, dkim) => {
    const mail = await read(fixture(name))
    expect(mail.dkim.map(({ domain, result }) => `${domain}: ${result}`)).toEqual(signatures)
    expect(outcome(mail, 'dkim', owned)).toBe(dkim)
    // Nobody knows the domain: a good signature of a stranger proves a stranger.
    expect(outcome(mail, 'dkim')).toBe(dkim === 'pass' ? 'unavailable' : dkim)
  })

  test('what was asked is written down, and the mail can be checked again from it', async () => {
    const first = await reader.read(fixture('rfc6376-A.2.eml'), NOW)
    if (!first.ok) throw new Error(first.problem)
    expect(first.dns.map(({ name }) => name)).toContain('brisbane._domainkey.example.com')
    const again = await createMailReader({ resolver: storedResolver(first.dns) }).read(fixture('rfc6376-A.2.eml'), NOW)
    expect(again).toEqual(first)
  })

  test('a DNS that does not answer makes nothing good and nothing bad', async () => {
    const broken = createMailReader({
      resolver: async () => {
        throw Object.assign(new Error('no answer'), { code: 'ETIMEOUT' })
      },
    })
    const reading = await broken.read(fixture('rfc6376-A.2.eml'), NOW)
    expect(reading.ok && outcome(reading.mail, 'dkim', owned)).toBe('unavailable')
  })

  test('a DNS that never answers holds no mail up: it is as one that says nothing', async () => {
    const dead = createMailReader({ resolver: () => new Promise(() => undefined), dnsTime: { own: 20, others: 20 } })
    const reading = await dead.read(fixture('rfc6376-A.2.eml'), NOW)
    expect(reading.ok && outcome(reading.mail, 'dkim', owned)).toBe('unavailable')
    expect(reading.ok && reading.dns.map(({ answer }) => answer)).toEqual(expect.arrayContaining([{ error: 'ETIMEOUT' }]))
  })

  test('however many names a mail has the DNS asked for, they share one time', async () => {
    const asked: string[] = []
    const slow = createMailReader({
      resolver: (name) => {
        asked.push(name)
        return new Promise(() => undefined)
      },
      dnsTime: { own: 20, others: 20 },
    })
    const mail = fixture('rfc6376-A.2.eml').toString('latin1')
    const signature = /^DKIM-Signature:[\s\S]*?\r?\n(?=\S)/m.exec(mail)?.[0] ?? ''
    const many = Array.from({ length: 30 }, (_, i) => signature.replace('s=brisbane', `s=brisbane${i}`)).join('')
    const reading = await slow.read(Buffer.from(many + mail, 'latin1'), NOW)
    expect(reading.ok && outcome(reading.mail, 'dkim', owned)).toBe('unavailable')
    expect(reading.ok && reading.dns.length).toBeGreaterThan(asked.length)
  })
})

describe('the rule of the domain that a mail claims to be of', () => {
  const RULE = [['v=DMARC1; p=reject']]
  const never = (): Promise<string[][]> => new Promise(() => undefined)
  /** Forged: it carries signatures of whom its writer chose, as many as he likes. */
  const forged = (domain: string): string =>
    letter(
      [
        ...Array.from(
          { length: 4 },
          (_, i) => `DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=${domain}; s=s${i}; h=from:subject; bh=AAAA; b=AAAA`,
        ),
        'From: The vendor <security@example.com>',
        'Subject: a patch',
      ],
      'Install this.',
    )
  const dmarcOf = async (mail: string, resolver: (name: string) => Promise<string[][]>) => {
    const reading = await createMailReader({ resolver, dnsTime: { own: 200, others: 20 } }).read(Buffer.from(mail), NOW)
    return reading.ok ? mailChecks(reading.mail, []).find(({ name }) => name === 'dmarc') : null
  }

  test('is asked for in a time of its own, which nobody else can use up', async () => {
    const resolver = (name: string) => (name === '_dmarc.example.com' ? Promise.resolve(RULE) : never())
    expect(await dmarcOf(forged('evil.example'), resolver)).toMatchObject({ outcome: 'fail' })
  })
  test('is asked for before names below it that do not answer', async () => {
    const asked: string[] = []
    await dmarcOf(forged('dead.example.com'), (name) => {
      asked.push(name)
      return name.startsWith('_dmarc') ? Promise.resolve(RULE) : never()
    })
    expect(asked[0]).toBe('_dmarc.example.com')
  })
  test.each([
    ['ETIMEOUT', 'unavailable', 'did not answer'],
    ['ESERVFAIL', 'unavailable', 'did not answer'],
    ['ENOTFOUND', 'not applicable', 'publishes no rule'],
    ['ENODATA', 'not applicable', 'publishes no rule'],
  ])('%s: %s', async (code, outcome, words) => {
    const resolver = () => Promise.reject(Object.assign(new Error(code), { code }))
    expect(await dmarcOf(forged('evil.example'), resolver)).toMatchObject({ outcome, evidence: expect.stringContaining(words) })
  })
})

describe('what a mail shows', () => {
  test('senders, text, links and attachments', async () => {
    const mail = await read(
      letter(
        [ANA, 'Reply-To: x@reply.example', 'Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=', 'Content-Type: multipart/mixed; boundary=b'],
        '--b',
        'Content-Type: text/html',
        '',
        '<p>See <a href="https://a.example/x">https://b.example</a> or www.c.example</p><img src="https://pixel.example/1">',
        '--b',
        'Content-Type: application/pdf; name="a.pdf"',
        'Content-Disposition: attachment; filename="a.pdf"',
        '',
        'MZ',
        '--b--',
      ),
    )
    expect(mail).toMatchObject({
      from: [{ name: 'Ana Ruiz', address: 'ana@example.org' }],
      replyTo: [{ address: 'x@reply.example' }],
      subject: 'Grüße',
      attachments: [{ name: 'a.pdf', kind: 'program' }],
      forwarded: false,
      leftOut: [],
    })
    expect(mail.links).toEqual(
      expect.arrayContaining([
        { text: 'https://b.example', url: 'https://a.example/x' },
        { text: 'www.c.example', url: 'www.c.example' },
      ]),
    )
    expect(mail.links.some(({ url }) => url.includes('pixel'))).toBe(false)
  })

  test('of a forwarded mail the inner one counts, and what was attached around it', async () => {
    const inner = letter(['From: "Microsoft Security" <x@evil.example>', 'Subject: Update'], 'See https://kb.example/x')
    const mail = await read(
      letter(
        [ANA, 'Subject: Fwd: Update', 'Content-Type: multipart/mixed; boundary=b'],
        '--b',
        'Content-Type: text/plain',
        '',
        'Is this real? My page: https://ana.example/',
        '--b',
        'Content-Type: message/rfc822',
        '',
        inner,
        '--b',
        'Content-Type: application/octet-stream; name="x.exe"',
        'Content-Disposition: attachment; filename="x.exe"',
        '',
        'MZ',
        '--b--',
      ),
    )
    expect(mail.forwarded).toBe(true)
    expect(mail.from).toEqual([{ name: 'Microsoft Security', address: 'x@evil.example' }])
    expect(mail.attachments.map(({ name }) => name)).toEqual(['x.exe'])
    expect(mail.leftOut).toEqual(['links that were written around the forwarded mail'])
    expect(verdictOf(mailChecks(mail, []))).toBe('BOGUS')
  })

  test('what is only called a mail is a file like others', async () => {
    const mail = await read(
      letter(
        [ANA, 'Subject: security update', 'Content-Type: multipart/mixed; boundary=b'],
        '--b',
        'Content-Type: message/rfc822; name="update.eml"',
        'Content-Disposition: attachment; filename="update.eml"',
        '',
        'MZ this is a program',
        '--b--',
      ),
    )
    expect(mail.attachments.map(({ kind }) => kind)).toEqual(['program'])
    expect(verdictOf(mailChecks(mail, []))).toBe('BOGUS')
  })

  test('headers that stand twice are said', async () => {
    const mail = await read(letter([ANA, 'From: Evil <x@evil.example>', 'Subject: a', 'Subject: b'], 'x'))
    expect(mail.doubled).toEqual(['from', 'subject'])
    expect(mail.from).toHaveLength(2)
  })
})

describe('the hard rules', () => {
  test.each([
    [
      'a vendor by name, with a link elsewhere',
      ['From: Red Hat <x@mail.example>', 'Subject: Update'],
      'https://kb.example',
      'impersonation',
      'fail',
    ],
    ['a vendor by name, without any link', ['From: Red Hat <x@mail.example>', 'Subject: Update'], 'Hello', 'impersonation', 'unavailable'],
    [
      'a vendor’s own address and links',
      ['From: Red Hat <x@redhat.com>', 'Subject: u'],
      'https://access.redhat.com/x',
      'impersonation',
      'pass',
    ],
    [
      'registers and standards are no lure',
      ['From: Red Hat <x@redhat.com>', 'Subject: u'],
      'https://www.cve.org/x',
      'impersonation',
      'pass',
    ],
    [
      'a coordinator leads to vendors by nature',
      ['From: CISA <x@cisa.gov>', 'Subject: u'],
      'https://www.php.net/a.php',
      'impersonation',
      'pass',
    ],
    ['but to no file', ['From: CISA <x@cisa.gov>', 'Subject: u'], 'https://files.example/fix.zip', 'impersonation', 'fail'],
    ['nobody in particular', [ANA, 'Subject: u'], 'https://kb.example', 'impersonation', 'not applicable'],
    ['an honest link', [ANA, 'Subject: u'], 'https://www.redhat.com/', 'lookalike', 'pass'],
    ['an imitation', [ANA, 'Subject: u'], 'https://www.redhat.com.kb.example/', 'lookalike', 'fail'],
    ['a sender’s domain that imitates', ['From: A <a@micros0ft.com>', 'Subject: u'], 'x', 'lookalike', 'fail'],
    ['protection', [ANA, 'Subject: u'], 'Disable your antivirus.', 'protection', 'fail'],
  ] as const)('%s', async (_, head, body, name, expected) => expect(outcome(await read(letter(head, body)), name)).toBe(expected))
})

describe('hostile mails are read in bounds or refused, never followed', () => {
  test.each([
    ['nothing', ''],
    ['no mail', 'just some words'],
    ['a page', '<!doctype html><html></html>'],
    ['a head too large', `${ANA}\r\n${'X-A: b\r\n'.repeat(60_000)}Subject: x\r\n\r\nx`],
    [
      'parts too deep',
      letter(
        [ANA, 'Subject: x', 'Content-Type: multipart/mixed; boundary=b0'],
        ...Array.from({ length: 40 }, (_, i) => [`--b${i}`, `Content-Type: multipart/mixed; boundary=b${i + 1}`, '']).flat(),
      ),
    ],
  ])('%s', async (_, text) => {
    expect(await reader.read(Buffer.from(text), NOW)).toMatchObject({ ok: false })
  })

  test('more than 10 MB', async () => {
    expect(await reader.read(Buffer.alloc(10_000_001, 'x'), NOW)).toMatchObject({
      ok: false,
      problem: expect.stringContaining('more than'),
    })
  })

  test.each([
    [
      'many attachments',
      letter(
        [ANA, 'Subject: x', 'Content-Type: multipart/mixed; boundary=b'],
        ...Array.from({ length: 60 }, () => ['--b', 'Content-Disposition: attachment; filename=a.txt', '', 'x']).flat(),
        '--b--',
      ),
    ],
    ['many links', letter([ANA, 'Subject: x'], Array.from({ length: 600 }, (_, i) => `https://h${i}.example/`).join(' '))],
    ['a very long page', letter([ANA, 'Subject: x', 'Content-Type: text/html'], '<a href="https://a.example">x</a>'.repeat(40_000))],
  ])('%s: what was left out is said', async (_, text) => {
    const mail = await read(text)
    expect(mail.leftOut).not.toEqual([])
    expect(outcome(mail, 'size')).toBe('unavailable')
  })

  test('random bytes never make it throw', async () => {
    for (let i = 0; i < 50; i += 1) {
      const bytes = Uint8Array.from({ length: 300 }, (_, j) => (i * 7919 + j * j * 31 + (j % 13) * i) % 256)
      await expect(reader.read(bytes, NOW)).resolves.toBeDefined()
    }
  })
})

const STORED = join(dataFolder() ?? '', '07-mail/')
describe.skipIf(!hasDkimSuite)('the stored mails give the expected verdicts with the stored DNS records', () => {
  test('all signatures of the suite', async () => {
    const { passed, failed } = await dkimSuite()
    expect(failed).toEqual([])
    expect(passed).toBeGreaterThan(40)
  })

  test('not one of them is believed, and no genuine notice of 2002 is called forged', async () => {
    const stored = readerFor(readFileSync(`${STORED}dkim/dkim_verifier/dns-txt.json`, 'utf8'))
    for (const folder of ['genuine-2002', 'ham-other', 'dkim/dkim_verifier'])
      for (const name of readdirSync(`${STORED}${folder}`, { recursive: true, encoding: 'utf8' }).filter((one) => one.endsWith('.eml'))) {
        const reading = await stored.read(readFileSync(`${STORED}${folder}/${name}`), NOW)
        const verdict = reading.ok ? verdictOf(mailChecks(reading.mail, [])) : 'UNCONFIRMED'
        expect(['UNCONFIRMED', 'QUARANTINED'], `${folder}/${name}`).toContain(verdict)
      }
  })
})
