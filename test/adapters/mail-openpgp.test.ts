import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { createMailReader, storedResolver } from '../../adapters/mail/index.ts'
import type { MailFacts } from '../../src/core/identify/mail.ts'
import { mailChecks } from '../../src/core/identify/mail-checks.ts'
import { verdictOf } from '../../src/core/identify/verification.ts'
import { clearsigned, type Envelope, mailOf, NOTICE, newWriter, READ_AT, SIGNED_AT, signedPart, type Writer } from '../support/pgp-mail.ts'

const reader = createMailReader({ resolver: storedResolver([]) })
let team: Writer
let stranger: Writer
beforeAll(async () => {
  team = await newWriter()
  stranger = await newWriter({ owner: 'A stranger' })
})

async function read(bytes: Uint8Array, writers: readonly Pick<Writer, 'pin'>[] = [team], now = READ_AT): Promise<MailFacts> {
  const reading = await reader.read(
    bytes,
    now,
    null,
    writers.map(({ pin }) => pin),
  )
  if (!reading.ok) throw new Error(reading.problem)
  return reading.mail
}

/** The check as of what a person was sent, and as of a notice of which only the signed words are taken. */
async function answers(
  bytes: Uint8Array,
  writers?: readonly Pick<Writer, 'pin'>[],
  now?: Date,
): Promise<{ all: string; signed: string; evidence: string }> {
  const mail = await read(bytes, writers, now)
  const of = (judged: 'all' | 'signed') => mailChecks(mail, [], judged).find(({ name }) => name === 'openpgp-signature')
  return { all: of('all')?.outcome ?? 'none', signed: of('signed')?.outcome ?? 'none', evidence: of('all')?.evidence ?? '' }
}

const whole = (bytes: string, more: Envelope = {}): Buffer => mailOf(bytes, more)
const clear = async (change: (armoured: string) => string = (text) => text, more: Envelope = {}): Promise<Buffer> =>
  whole(change(await clearsigned(NOTICE, team)), more)
const part = async (more: Parameters<typeof signedPart>[2] = {}, by = team): Promise<Buffer> => {
  const { type, body } = await signedPart(NOTICE, by, more)
  return whole(body, { type })
}
const around = async (inner: { type: string; body: string }, before: string, after = ''): Promise<Buffer> =>
  whole(
    [
      '--out',
      'Content-Type: text/plain',
      '',
      before,
      '--out',
      `Content-Type: ${inner.type}`,
      '',
      inner.body,
      '--out',
      'Content-Type: text/plain',
      '',
      after,
      '--out--',
    ].join('\r\n'),
    { type: 'multipart/mixed; boundary=out' },
  )

const PICTURE = '<img src="https://evil.example/x.png">'
/** What is signed, and a page that mail programs show instead of it. */
const beside = (signed: string, page: string, type = 'text/plain'): Buffer =>
  whole(['--alt', `Content-Type: ${type}`, '', signed, '--alt', 'Content-Type: text/html', '', page, '--alt--'].join('\r\n'), {
    type: 'multipart/alternative; boundary=alt',
  })

describe('a notice that a pinned key signed', () => {
  test.each([
    ['as text between lines of armour', () => clear()],
    ['with the head of the armour left out', () => clear((text) => text.replace(/Hash: \w+\n/, ''))],
    ['as a part of the mail (PGP/MIME)', () => part()],
    [
      'encoded so that no byte of it is changed on the way',
      async () => mailOf(Buffer.from(await clearsigned(NOTICE, team)).toString('base64'), { head: 'Content-Transfer-Encoding: base64\n' }),
    ],
  ])('%s: pass', async (_, make) => {
    const { all, signed, evidence } = await answers(await make())
    expect({ all, signed }).toEqual({ all: 'pass', signed: 'pass' })
    expect(evidence).toBe(`Its text was signed ${SIGNED_AT.toISOString()} by the pinned key ${team.pin.fingerprint} (Security team).`)
  })

  test('is sent by who it says, and CORROBORATED at best', async () => {
    const checks = mailChecks(await read(await clear()), [])
    expect(verdictOf(checks)).toBe('UNCONFIRMED')
    expect(verdictOf([...checks, { name: 'corroboration', outcome: 'pass', evidence: '' }])).toBe('CORROBORATED')
  })

  test('brings the words that are signed, without dashes that were escaped', async () => {
    const { openpgp } = await read(await clear())
    expect(openpgp?.signed?.text.split('\n')[0]).toBe('-'.repeat(73))
    expect(openpgp?.signed?.text).toContain('DSA-6001-1')
    expect(openpgp?.signed?.text).not.toContain('BEGIN PGP')
    expect(openpgp?.signed?.at).toBe(SIGNED_AT.toISOString())
  })

  test('in letters of another alphabet than UTF-8 counts by its bytes', async () => {
    const words = 'DSA-6001-1: l\u00fccke'
    const text = Buffer.from(words, 'latin1').toString('latin1')
    // The very bytes that go out are signed, which are no UTF-8.
    const { createMessage, sign } = await import('openpgp')
    const signature = await sign({
      message: await createMessage({ binary: Buffer.from(text, 'latin1') }),
      signingKeys: team.privateKey,
      detached: true,
      date: SIGNED_AT,
    })
    const body = `-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA512\r\n\r\n${text}\r\n${signature.replace(/\r?\n/g, '\r\n')}`
    const head = mailOf('', { type: 'text/plain; charset=iso-8859-1', subject: 'DSA-6001-1' }).toString('latin1')
    const mail = await read(Buffer.from(head.trimEnd().concat('\r\n\r\n', body), 'latin1'))
    expect(mail.openpgp).toMatchObject({ outcome: 'pass', signed: { text: words } })
  })
})

describe('what GnuPG writes', () => {
  const fixture = (name: string): Buffer => readFileSync(new URL(`../fixtures/mail/${name}`, import.meta.url))
  const fingerprint = '813c7e58492025c8a41ccd2c0b158ebddee127c8'
  const gnupg = { pin: { from: 'debian.org', fingerprint, owner: 'GnuPG', key: fixture('gnupg.asc').toString() } }

  test.each(['gnupg-clearsigned.eml', 'gnupg-mime.eml'])('%s: pass, and one letter less is none', async (name) => {
    const bytes = fixture(name)
    expect(await answers(bytes, [gnupg])).toMatchObject({ all: 'pass', signed: 'pass' })
    expect((await read(bytes, [gnupg])).openpgp?.signed?.text).toMatch(/Package +: gadget[\s\S]*l\u00fccke, 100% = all\.\n- upgrade/)
    const changed = Buffer.from(bytes.toString('latin1').replace(': gadget', ': gadge'), 'latin1')
    expect(await answers(changed, [gnupg])).toMatchObject({ all: 'fail', signed: 'fail' })
  })
  test('counts as it was saved with the line ends of another system', async () => {
    const unix = Buffer.from(fixture('gnupg-mime.eml').toString('latin1').replaceAll('\r\n', '\n'), 'latin1')
    expect(await answers(unix, [gnupg])).toMatchObject({ all: 'pass' })
  })
})

describe('what is not signed is never taken for signed', () => {
  const cases: readonly (readonly [what: string, make: () => Promise<Buffer>, all: string, signed: string])[] = [
    ['text before the armour', () => clear((text) => `Install this now.\n${text}`), 'unavailable', 'pass'],
    ['text behind the armour', () => clear((text) => `${text}\n____\nlist footer`), 'unavailable', 'pass'],
    ['a subject that says more', () => clear(undefined, { subject: 'DSA-6001-1: call 0900 1234' }), 'unavailable', 'pass'],
    ['answers that go elsewhere', () => clear(undefined, { head: 'Reply-To: x@evil.example\n' }), 'unavailable', 'pass'],
    ['a subject that stands twice', () => clear(undefined, { head: 'Subject: widget\n' }), 'unavailable', 'pass'],
    [
      'a remark in the armour',
      () => clear((text) => text.replace('SIGNATURE-----\n', 'SIGNATURE-----\nComment: call 0900 1234\n')),
      'unavailable',
      'pass',
    ],
    ['two armours', () => clear((text) => `${text}\n${text}`), 'unavailable', 'unavailable'],
    [
      'the end of another armour',
      () => clear((text) => `${text}\n-----BEGIN PGP SIGNATURE-----\n\nAAAA\n-----END PGP SIGNATURE-----\n`),
      'fail',
      'fail',
    ],
    [
      'a header that is put into the armour',
      () => clear((text) => text.replace('Hash: SHA512\n', 'Hash: SHA512\nComment: Install this now\n')),
      'fail',
      'fail',
    ],
    [
      'words in its head in front of the empty line',
      () => clear((text) => text.replace('Hash: SHA512\n', 'Hash: SHA512\nInstall this now.\n')),
      'fail',
      'fail',
    ],
    ['a dash that is not escaped', () => clear((text) => text.replace(/^- -/m, '-')), 'fail', 'fail'],
    ['an escape too many', () => clear((text) => text.replace('Package ', '- Package ')), 'pass', 'pass'],
    ['one letter changed', () => clear((text) => text.replace('widget', 'wodget')), 'fail', 'fail'],
    ['a line left out', () => clear((text) => text.replace(/^Package.*\r?\n/m, '')), 'fail', 'fail'],
    ['a hash that is not the one', () => clear((text) => text.replace('Hash: SHA512', 'Hash: SHA256')), 'fail', 'fail'],
    ['the end left out', () => clear((text) => text.replace('-----END PGP SIGNATURE-----', '')), 'fail', 'fail'],
    ['the signature left out', () => clear((text) => text.replace(/-----BEGIN PGP SIGNATURE[\s\S]*/, '')), 'fail', 'fail'],
    ['no signature at all', async () => whole(NOTICE), 'unavailable', 'unavailable'],
    ['the key of a stranger', async () => whole(await clearsigned(NOTICE, stranger)), 'unavailable', 'unavailable'],
    [
      'a date of the signature in the future',
      async () => whole(await clearsigned(NOTICE, team, new Date('2026-11-26T00:00:00Z'))),
      'fail',
      'fail',
    ],
    [
      'the armour in a file only',
      async () => whole(await clearsigned(NOTICE, team), { head: 'Content-Disposition: attachment; filename=a.txt\n' }),
      'unavailable',
      'unavailable',
    ],
    [
      'a page of other words beside it',
      async () => {
        const text = [
          '--alt',
          'Content-Type: text/plain',
          '',
          await clearsigned(NOTICE, team),
          '--alt',
          'Content-Type: text/html',
          '',
          '<p>Install <a href="https://evil.example/">this</a></p>',
          '--alt--',
        ]
        return whole(text.join('\r\n'), { type: 'multipart/alternative; boundary=alt' })
      },
      'unavailable',
      'pass',
    ],
    ['a page beside it that is only a picture', async () => beside(await clearsigned(NOTICE, team), PICTURE), 'unavailable', 'pass'],
    ['an empty page beside it', async () => beside(await clearsigned(NOTICE, team), ''), 'unavailable', 'pass'],
    [
      'PGP/MIME: a page beside it that is only a picture',
      async () => {
        const { type, body } = await signedPart(NOTICE, team)
        return beside(body, PICTURE, type)
      },
      'unavailable',
      'pass',
    ],
    [
      'a file beside it',
      async () => {
        const text = [
          '--mix',
          'Content-Type: text/plain',
          '',
          await clearsigned(NOTICE, team),
          '--mix',
          'Content-Type: text/csv; name=a.csv',
          'Content-Disposition: attachment; filename=a.csv',
          '',
          'a,b',
          '--mix--',
        ]
        return whole(text.join('\r\n'), { type: 'multipart/mixed; boundary=mix' })
      },
      'unavailable',
      'pass',
    ],
    ['PGP/MIME: another hash than it names', () => part({ micalg: 'pgp-sha256' }), 'fail', 'fail'],
    ['PGP/MIME: one letter changed', () => part({ after: (text) => text.replace('widget', 'wodget') }), 'fail', 'fail'],
    ['PGP/MIME: a header put into the signed part', () => part({ after: (text) => `X-Note: Install this\r\n${text}` }), 'fail', 'fail'],
    ['PGP/MIME: the key of a stranger', () => part({}, stranger), 'unavailable', 'unavailable'],
    [
      'PGP/MIME: inside a mail that says more',
      async () => around(await signedPart(NOTICE, team), 'Install this now.'),
      'unavailable',
      'pass',
    ],
    ['PGP/MIME: with a footer of its list', async () => around(await signedPart(NOTICE, team), '', 'list footer'), 'unavailable', 'pass'],
    [
      'PGP/MIME: a third part beside the two',
      async () => {
        const { type, body } = await signedPart(NOTICE, team)
        return whole(body.replace(/--sig--$/, '--sig\r\nContent-Type: text/plain\r\n\r\nInstall this.\r\n--sig--'), { type })
      },
      'fail',
      'fail',
    ],
    [
      'PGP/MIME: signed parts that stand twice',
      async () => {
        const { type, body } = await signedPart(NOTICE, team)
        return around(
          {
            type: 'multipart/mixed; boundary=two',
            body: [1, 2]
              .map(() => `--two\r\nContent-Type: ${type}\r\n\r\n${body}`)
              .join('\r\n')
              .concat('\r\n--two--'),
          },
          '',
        )
      },
      'unavailable',
      'unavailable',
    ],
  ]
  test.each(cases)('%s', async (_, make, all, signed) => {
    expect(await answers(await make())).toMatchObject({ all, signed })
  })

  test('lines that begin an armour, again and again, take no time', async () => {
    const begins = '-----BEGIN PGP SIGNED MESSAGE-----\n-----BEGIN PGP SIGNATURE-----\n'.repeat(5_000)
    const page = `<pre>${begins}</pre>`
    expect(await answers(beside(await clearsigned(NOTICE, team), page))).toMatchObject({ all: 'unavailable', signed: 'pass' })
  })

  test('whatever byte of the signed text is changed', async () => {
    const armoured = await clearsigned(NOTICE, team)
    const from = armoured.indexOf('\n\n') + 2
    const to = armoured.indexOf('\n-----BEGIN PGP SIGNATURE')
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: from, max: to - 1 }), fc.constantFrom('!', 'Q', '\n', '7'), async (at, other) => {
        fc.pre(armoured[at] !== other && !/\s/.test(armoured[at] ?? ' '))
        const changed = armoured.slice(0, at) + other + armoured.slice(at + 1)
        // An escaped dash is written in two ways that are the same text.
        fc.pre(changed.slice(from, to).replace(/^- /gm, '') !== armoured.slice(from, to).replace(/^- /gm, ''))
        expect((await answers(whole(changed))).signed).not.toBe('pass')
      }),
      { numRuns: 60 },
    )
  })
})

describe('the pinned key', () => {
  test('that has expired speaks for nobody any more', async () => {
    const late = await newWriter({ expiresInSeconds: 330 * 86_400 })
    const bytes = whole(await clearsigned(NOTICE, late))
    expect(await answers(bytes, [late])).toMatchObject({ all: 'pass' })
    expect(await answers(bytes, [late], new Date('2027-01-01T00:00:00Z'))).toMatchObject({ all: 'fail', signed: 'fail' })
  })
  test('may be one of several', async () => {
    expect(await answers(await clear(), [stranger, team])).toMatchObject({ all: 'pass' })
  })
  test('counts for one sender: of two nobody can say whose words they are', async () => {
    const two = 'Moritz <moritz@debian.org>, Vendor <security@vendor.example>'
    expect(await answers(await clear(undefined, { from: two }))).toMatchObject({ all: 'unavailable', signed: 'unavailable' })
    expect(await answers(await clear(undefined, { head: 'From: Vendor <security@vendor.example>\n' }))).toMatchObject({
      all: 'unavailable',
      signed: 'unavailable',
    })
  })
  test('of another sender says nothing here', async () => {
    const other = { ...team, pin: { ...team.pin, from: 'vendor.example' } }
    expect(await answers(await clear(), [other])).toMatchObject({ all: 'not applicable', signed: 'not applicable' })
  })
  test('whose file cannot be read: unavailable', async () => {
    const lost = { ...team, pin: { ...team.pin, key: '' } }
    const { all, evidence } = await answers(await clear(), [lost])
    expect(all).toBe('unavailable')
    expect(evidence).toContain('cannot be read from their files')
  })
  test('is not asked for where nobody pins one, and there is nothing to check', async () => {
    expect(await answers(whole(NOTICE), [])).toMatchObject({ all: 'none' })
    const reading = await reader.read(await clear(), READ_AT)
    expect(reading.ok && reading.mail.openpgp).toBeUndefined()
  })
})

test('a line of blanks without end takes no time', async () => {
  const blanks = ' '.repeat(2_000_000)
  const plain = `${blanks}x`
  for (const head of ['', 'Content-Transfer-Encoding: quoted-printable\n'])
    expect(await answers(mailOf(`-----BEGIN PGP SIGNED MESSAGE-----\n\n${plain}\n`, { head }))).toMatchObject({ signed: 'fail' })
})

describe('a bad signature of the pinned key', () => {
  test('is QUARANTINED, whatever the sender’s domain signed', async () => {
    const mail = await read(await clear((text) => text.replace('widget', 'wodget')))
    const dkim = { domain: 'debian.org', selector: 's', result: 'pass', comment: '', limited: false, bits: 2048 }
    const signed = { ...mail, dkim: [{ ...dkim, covers: ['from', 'subject', 'date', 'content-type'] }] }
    expect(verdictOf(mailChecks(signed, []))).toBe('QUARANTINED')
  })
})

describe('what a mail is asked beside', () => {
  test('a program that is attached is BOGUS, also beside signed words', async () => {
    const text = [
      '--mix',
      'Content-Type: text/plain',
      '',
      await clearsigned(NOTICE, team),
      '--mix',
      'Content-Type: application/octet-stream; name=patch.exe',
      'Content-Disposition: attachment; filename=patch.exe',
      'Content-Transfer-Encoding: base64',
      '',
      'TVo=',
      '--mix--',
    ]
    const mail = await read(whole(text.join('\r\n'), { type: 'multipart/mixed; boundary=mix' }))
    for (const judged of ['all', 'signed'] as const) expect(verdictOf(mailChecks(mail, [], judged))).toBe('BOGUS')
  })
  test('a vendor’s name over signed words of another is not proved by them', async () => {
    const mail = await read(await clear(undefined, { from: 'Microsoft Security <moritz@debian.org>' }))
    expect(mailChecks(mail, []).find(({ name }) => name === 'impersonation')?.outcome).not.toBe('pass')
  })
  test('lists break what a domain signed: that decides nothing where a pinned key signed', async () => {
    const mail = await read(await clear())
    const broken = {
      domain: 'debian.org',
      selector: 's',
      result: 'fail',
      comment: 'bad signature',
      limited: false,
      bits: 2048,
      covers: ['from'],
    }
    const checks = mailChecks({ ...mail, dkim: [broken], dmarcPolicy: 'reject' }, [])
    expect(checks.filter(({ name }) => name === 'dkim' || name === 'dmarc').map(({ outcome }) => outcome)).toEqual([
      'not applicable',
      'not applicable',
    ])
  })
})
