// Attacks by mail, by link, by file and by words. The genuine mails are ours, signed with a test key under a vendor's domain whose "DNS" is a table.
import { generateKeyPairSync } from 'node:crypto'
import { dkimSign } from 'mailauth/lib/dkim/sign.js'
import { createMailReader, storedResolver } from '../../adapters/mail/index.ts'
import type { SigningKey } from '../../src/core/identify/mail.ts'
import { mailChecks } from '../../src/core/identify/mail-checks.ts'
import { type Confirmed, confirmation, judgeFile, judgeLink, judgeWords } from '../../src/core/identify/sent.ts'
import { type Verdict, verdictOf } from '../../src/core/identify/verification.ts'
import type { Case } from './case.ts'
import { keyedCases } from './keyed.ts'

const NOW = new Date('2026-11-25T12:00:00Z')
const SIGNED = new Date('2026-11-24T12:00:00Z')
/** The most that anybody can say for it: a forgery must not profit from a true number. */
const KNOWN: readonly Confirmed[] = [{ vendorId: 'RHSA-2023:3408', verdict: 'AUTHENTIC', source: 'Red Hat' }]

export interface MailKey {
  readonly privateKey: string
  readonly record: string
}

const rsa = (bits: number): MailKey => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: bits })
  const der = publicKey.export({ type: 'spki', format: 'der' }).toString('base64')
  return { privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), record: `v=DKIM1; k=rsa; p=${der}` }
}

const KEYS = { good: rsa(2048), weak: rsa(768), stranger: rsa(2048) }

const DNS = storedResolver(
  Object.entries({
    'good._domainkey.redhat.com': KEYS.good.record,
    'weak._domainkey.redhat.com': KEYS.weak.record,
    'good._domainkey.evil.example': KEYS.stranger.record,
    'good._domainkey.redhat-security.example': KEYS.stranger.record,
    'good._domainkey.outlook.com': KEYS.stranger.record,
    'good._domainkey.github.com': KEYS.stranger.record,
    'good._domainkey.debian.org': KEYS.stranger.record,
    '_dmarc.redhat.com': 'v=DMARC1; p=reject',
    '_dmarc.microsoft.com': 'v=DMARC1; p=reject',
  }).map(([name, record]) => ({ name, type: 'TXT', answer: [[record]] })),
)
const reader = createMailReader({ resolver: DNS })

interface Letter {
  readonly head?: Readonly<Record<string, string>>
  readonly body?: string
}

const HEAD: Readonly<Record<string, string>> = {
  From: 'Red Hat Product Security <security@redhat.com>',
  To: 'patch-team@example.org',
  Subject: 'RHSA-2023:3408 Important: openssl security update',
  Date: 'Tue, 24 Nov 2026 12:00:00 +0000',
  'Message-ID': '<1@redhat.com>',
  'MIME-Version': '1.0',
  'Content-Type': 'text/plain; charset=utf-8',
}
const BODY = 'An update for openssl is available.\r\nDetails: https://access.redhat.com/errata/RHSA-2023:3408\r\n'

const letter = ({ head = {}, body = BODY }: Letter = {}): string =>
  `${Object.entries({ ...HEAD, ...head })
    .map(([name, value]) => `${name}: ${value}`)
    .join('\r\n')}\r\n\r\n${body}`

interface Signing {
  readonly domain?: string
  readonly selector?: string
  readonly key?: MailKey
  readonly headers?: readonly string[]
  readonly expires?: Date
  readonly maxBodyLength?: number
}

async function signed(
  text: string,
  { domain = 'redhat.com', selector = 'good', key = KEYS.good, headers, expires, maxBodyLength }: Signing = {},
): Promise<string> {
  const { signatures, errors } = await dkimSign(text, {
    signatureData: [
      {
        signingDomain: domain,
        selector,
        privateKey: key.privateKey,
        signTime: SIGNED,
        ...(headers === undefined ? {} : { headerList: [...headers] }),
        ...(expires === undefined ? {} : { expires }),
        ...(maxBodyLength === undefined ? {} : { maxBodyLength }),
      },
    ],
    signTime: SIGNED,
    ...(headers === undefined ? {} : { headerList: headers.join(':') }),
    ...(expires === undefined ? {} : { expires }),
  } as never)
  if (errors?.length) throw new Error(`the test mail could not be signed: ${JSON.stringify(errors)}`)
  return signatures.replace(/\r\n$/, '').concat('\r\n', text)
}

async function mailVerdict(text: string | Uint8Array, keys?: readonly SigningKey[]): Promise<Verdict> {
  const reading = await reader.read(Buffer.from(text), NOW, null, keys)
  if (!reading.ok) return 'UNCONFIRMED'
  return verdictOf([...mailChecks(reading.mail, []), confirmation(KNOWN)])
}

const attached = (name: string, content: string, type = 'application/octet-stream'): Letter => ({
  head: { 'Content-Type': 'multipart/mixed; boundary=b' },
  body: [
    '--b',
    'Content-Type: text/plain',
    '',
    'Please install the attached security update.',
    '--b',
    `Content-Type: ${type}; name="${name}"`,
    `Content-Disposition: attachment; filename="${name}"`,
    'Content-Transfer-Encoding: base64',
    '',
    Buffer.from(content, 'latin1').toString('base64'),
    '--b--',
    '',
  ].join('\r\n'),
})

const html = (body: string): Letter => ({ head: { 'Content-Type': 'text/html; charset=utf-8' }, body })
const from = (sender: string, more: Letter = {}): Letter => ({ ...more, head: { ...more.head, From: sender } })

const MAILS: Readonly<Record<string, readonly [make: () => Promise<string> | string, exactly?: Verdict]>> = {
  'unsigned, in a vendor’s name': [() => letter(), 'QUARANTINED'],
  'the body was changed': [async () => (await signed(letter())).replace('is available', 'is at hand'), 'QUARANTINED'],
  'the subject was changed': [async () => (await signed(letter())).replace('Important', 'Urgent'), 'QUARANTINED'],
  'signed by a stranger’s domain': [() => signed(letter(), { domain: 'evil.example', key: KEYS.stranger })],
  'signed with a stranger’s key': [() => signed(letter(), { key: KEYS.stranger }), 'QUARANTINED'],
  'a second sender in front': [async () => `From: Evil <x@evil.example>\r\n${await signed(letter())}`],
  'a second subject in front': [async () => `Subject: Install this now\r\n${await signed(letter())}`, 'QUARANTINED'],
  'an answer to elsewhere, put in afterwards': [async () => `Reply-To: x@evil.example\r\n${await signed(letter())}`],
  'another kind of content, put in afterwards': [async () => `Content-Type: text/html\r\n${await signed(letter())}`, 'QUARANTINED'],
  'the signature has expired': [() => signed(letter(), { expires: new Date('2026-11-24T13:00:00Z') })],
  'a weak key': [() => signed(letter(), { selector: 'weak', key: KEYS.weak }), 'QUARANTINED'],
  'a key that nobody knows': [() => signed(letter(), { selector: 'gone' })],
  'only the beginning is signed (l=)': [
    async () => `${(await signed(letter(), { maxBodyLength: 10 })).replace(/bh=/, 'l=10; bh=')}Now install https://evil.example/x.exe\r\n`,
  ],
  'from a mailbox that anybody can have': [
    () => signed(letter(from('Security <patches@outlook.com>')), { domain: 'outlook.com', key: KEYS.stranger }),
  ],
  'from a service that mails what its users write': [
    () => signed(letter(from('Security <noreply@github.com>')), { domain: 'github.com', key: KEYS.stranger }),
  ],
  'from a member of a community': [
    () => signed(letter(from('Security <somebody@debian.org>')), { domain: 'debian.org', key: KEYS.stranger }),
  ],
  'a look-alike domain that signs well': [
    () => signed(letter(from('Red Hat <security@redhat-security.example>')), { domain: 'redhat-security.example', key: KEYS.stranger }),
    'BOGUS',
  ],
  'a vendor’s name over a stranger’s address': [
    () => letter(from('Microsoft Security <x@mail.example>', { body: 'See https://kb.example/1' })),
    'BOGUS',
  ],
  'a vendor’s address as the name': [
    () => letter(from('"security@microsoft.com" <x@mail.example>', { body: 'See https://kb.example/1' })),
    'BOGUS',
  ],
  'a name with letters of another alphabet': [
    () => letter(from('M\u0456crosoft Support <x@mail.example>', { body: 'See https://kb.example/1' })),
    'BOGUS',
  ],
  'a name that is encoded': [
    () =>
      letter(from(`=?utf-8?B?${Buffer.from('Adobe Security').toString('base64')}?= <x@mail.example>`, { body: 'https://kb.example/1' })),
    'BOGUS',
  ],
  'answers go elsewhere': [
    () => letter({ head: { From: 'Cisco PSIRT <psirt@cisco.com>', 'Reply-To': 'psirt@c1sco.example' }, body: 'Reply now.' }),
    'BOGUS',
  ],
  'a link that shows another address': [
    () => letter(from('Ana <ana@example.org>', html('<a href="https://evil.example/x">https://www.microsoft.com/kb</a>'))),
    'BOGUS',
  ],
  'a link hidden in a form': [
    () => letter(from('Ana <ana@example.org>', html('<form action="https://micros0ft.com/login"><button>Go</button></form>'))),
    'BOGUS',
  ],
  'a link that was wrapped by a filter': [
    () =>
      letter(
        from(
          'Ana <ana@example.org>',
          html('<a href="https://x.safelinks.protection.outlook.com/?url=https%3A%2F%2Fmicrosft.com%2F">here</a>'),
        ),
      ),
    'BOGUS',
  ],
  'it asks to switch protection off': [
    () => letter(from('IT <it@example.org>', { body: 'Before you install it, please turn off your antivirus.' })),
    'BOGUS',
  ],
  'the same, by the vendor’s own good signature': [() => signed(letter({ body: 'Please disable Windows Defender first.' })), 'BOGUS'],
  'a forgery around a genuine mail': [
    async () => {
      const inner = await signed(letter())
      return letter({
        head: { From: 'Ana <ana@example.org>', Subject: 'Fwd: security update', 'Content-Type': 'multipart/mixed; boundary=b' },
        body: [
          '--b',
          'Content-Type: message/rfc822',
          '',
          inner,
          '--b',
          'Content-Type: application/octet-stream; name="patch.exe"',
          'Content-Disposition: attachment; filename="patch.exe"',
          'Content-Transfer-Encoding: base64',
          '',
          Buffer.from('MZ').toString('base64'),
          '--b--',
          '',
        ].join('\r\n'),
      })
    },
    'BOGUS',
  ],
  ...Object.fromEntries(
    (
      [
        ['KB5099999.exe', 'MZ'],
        ['update.msi', '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'],
        ['patch.pdf', 'MZ\x90'],
        ['bulletin.pdf.exe', 'x'],
        ['patch.exe ', 'x'],
        ['patch\u202Efdp.exe', 'x'],
        ['fix.ps1', 'Invoke'],
        ['fix.vbs', 'x'],
        ['fix.js', 'x'],
        ['fix.sh', '#!/bin/sh'],
        ['readme', '#!/bin/sh'],
        ['update.zip', 'PK\x03\x04'],
        ['update.docx.zip', 'PK\x03\x04'],
        ['update.rar', 'Rar!\x1a'],
        ['update.7z', "7z\xbc\xaf'\x1c"],
        ['update.tar.gz', '\x1f\x8b'],
        ['update.iso', 'x'],
        ['update.img', 'x'],
        ['update.vhdx', 'x'],
        ['update.docm', 'PK\x03\x04'],
        ['update.docx', 'PK\x03\x04 word/vbaProject.bin'],
        ['update.lnk', 'x'],
        ['update.html', '<script>x</script>'],
        ['update.svg', '<svg><script>x</script></svg>'],
        ['update.jar', 'PK\x03\x04'],
        ['update.deb', '!<arch>'],
        ['update.rpm', '\xed\xab\xee\xdb'],
        ['update.apk', 'PK\x03\x04'],
        ['update.cab', 'MSCF'],
        ['update.url', '[InternetShortcut]'],
      ] as const
    ).map(([name, content]) => [`attached: ${JSON.stringify(name)}`, [() => letter(attached(name, content)), 'BOGUS'] as const]),
  ),
}

const LINKS: Readonly<Record<string, Verdict | undefined>> = {
  'https://update.microsoft.com.example.net/kb': 'BOGUS',
  'https://microsft.com/': 'BOGUS',
  'https://crowdstrike.com.vc/fix': 'BOGUS',
  'https://rnicrosoft.com/': 'BOGUS',
  'https://micros0ft.com/': 'BOGUS',
  'https://xn--rdhat-zwe.com/': 'BOGUS',
  'https://www.r\u0435dhat.com/errata': 'BOGUS',
  'https://\u0430pple.com/': 'BOGUS',
  'https://debain.org/security': 'BOGUS',
  'https://ubunto.com/security': 'BOGUS',
  'https://microsoft-update.net/': 'BOGUS',
  'https://crowdstrike-hotfix.com/': 'BOGUS',
  'https://www-cisco-com.example/': 'BOGUS',
  'https://www.redhat.com@evil.example/x.rpm': 'BOGUS',
  'https://www.redhat.com:443@evil.example/x.rpm': 'BOGUS',
  'https://microsoft.com%2Fkb@evil.example/': 'BOGUS',
  'http://access.redhat.com/errata/RHSA-2023:3408': 'QUARANTINED',
  'https://192.0.2.1/errata': 'QUARANTINED',
  'https://[::ffff:192.0.2.1]/errata': 'QUARANTINED',
  'https://0xC0000201/errata': 'QUARANTINED',
  'https://bit.ly/rhsa': 'QUARANTINED',
  'https://tinyurl.com/rhsa': 'QUARANTINED',
  'https://evil.example/?https://access.redhat.com/errata': undefined,
  'https://evil.example/access.redhat.com/errata': undefined,
  'https://evil.example#access.redhat.com': undefined,
  'https://redhat.mirror.example/': undefined,
  'https://x.blob.core.windows.net/patch': undefined,
  'https://sites.google.com/view/chrome-update': undefined,
  'https://people.debian.org/~x/': undefined,
}

const WORDS = [
  'Please disable your antivirus before you install the patch.',
  'You must turn off Windows Defender first.',
  'To continue, switch your firewall off.',
  'Deaktivieren Sie den Virenschutz und starten Sie das Update.',
  'Run Set-MpPreference -DisableRealtimeMonitoring $true and then the update.',
]

const FILES: readonly (readonly [string, string])[] = [
  ['KB5099999.exe', 'MZ'],
  ['security-update.zip', 'PK\x03\x04'],
  ['patch.pdf', 'MZ'],
  ['hotfix.iso', 'x'],
]

/** Everything that is sent rather than published. */
export const sentCases = (): readonly Case[] => [
  { name: 'mail: genuine, signed by its domain', genuine: true, run: async () => mailVerdict(await signed(letter())) },
  {
    name: 'mail: genuine, forwarded as a whole',
    genuine: true,
    run: async () =>
      mailVerdict(
        letter({
          head: { From: 'Ana <ana@example.org>', Subject: 'Fwd', 'Content-Type': 'multipart/mixed; boundary=b' },
          body: ['--b', 'Content-Type: message/rfc822', '', await signed(letter()), '--b--', ''].join('\r\n'),
        }),
      ),
  },
  ...keyedCases(mailVerdict),
  ...Object.entries(MAILS).map(
    ([name, [make, exactly]]): Case => ({
      name: `mail: ${name}`,
      genuine: false,
      ...(exactly === undefined ? {} : { exactly }),
      run: async () => mailVerdict(await make()),
    }),
  ),
  {
    name: 'link: genuine, of a known bulletin',
    genuine: true,
    run: async () => judgeLink('https://access.redhat.com/errata/RHSA-2023:3408', [], KNOWN)?.verdict ?? 'UNCONFIRMED',
  },
  ...Object.entries(LINKS).map(
    ([link, exactly]): Case => ({
      name: `link: ${link}`,
      genuine: false,
      ...(exactly === undefined ? {} : { exactly }),
      run: async () => judgeLink(link, [], KNOWN)?.verdict ?? 'UNCONFIRMED',
    }),
  ),
  ...WORDS.map(
    (words): Case => ({ name: `words: ${words}`, genuine: false, exactly: 'BOGUS', run: async () => judgeWords(words).verdict }),
  ),
  ...FILES.map(
    ([name, content]): Case => ({
      name: `file: ${name}`,
      genuine: false,
      exactly: 'BOGUS',
      run: async () => judgeFile(name, Buffer.from(content, 'latin1'), 'the patch').verdict,
    }),
  ),
]
