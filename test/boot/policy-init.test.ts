import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { readPolicyText } from '../../src/boot/policy-text.ts'
import { answersSchema, readPerson } from '../../src/cli/init/answers.ts'
import { askAnswers } from '../../src/cli/init/ask.ts'
import { mailboxHint, readMailbox } from '../../src/cli/init/mailbox.ts'
import { readVendor, VENDORS } from '../../src/cli/init/vendors.ts'
import { readWindow, windowWords } from '../../src/cli/init/windows.ts'
import { policyText } from '../../src/cli/init/write.ts'
import { run } from '../../src/cli/run.ts'
import { PRESETS } from '../../src/core/evaluate/presets.ts'

let folder: string
let out: string
let err: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'patchcrier-init-'))
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text)
    return true
  })
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    err += String(text)
    return true
  })
})
beforeEach(() => {
  out = ''
  err = ''
})
afterAll(async () => {
  vi.restoreAllMocks()
  await rm(folder, { recursive: true, force: true })
})

const PEOPLE = [
  { name: 'Greta Vogel', email: 'greta@example.com', roles: ['manager'] },
  { name: 'Ana Ferreira', email: 'ana@example.com', roles: ['patch-team'] },
  { name: 'Ana Kim', email: 'kim@example.com', roles: ['security'] },
  { name: 'Emil "the boss": #1', email: 'emil@example.com', roles: ['operations', 'admin'], delegateOf: 'Greta@example.com' },
]
const ANSWERS = {
  organisation: 'Müller & Söhne: "Bagger" #1',
  zone: 'Europe/Berlin',
  people: PEOPLE,
  windows: ['Tuesday to Thursday 22:00 for 2 hours'],
  groups: [{ name: 'servers', window: 'last Saturday 20:00 for 4 hours' }],
  vendors: ['Red Hat', 'npm', 'pypi', 'https://example.org/security.rss'],
  tools: 'by hand\nhelpPlace: evil',
}

describe('when computers may be changed, in words', () => {
  test.each([
    ['Tuesday to Thursday 22:00 for 2 hours', { weekdays: [2, 3, 4], start: '22:00', minutes: 120 }],
    ['Mon-Fri 21:00-23:30', { weekdays: [1, 2, 3, 4, 5], start: '21:00', minutes: 150 }],
    ['second Tuesday 22:00 for 90 minutes', { weekdays: [2], nth: [2], start: '22:00', minutes: 90 }],
    ['first and third Sunday at 3:00 for 1.5 h', { weekdays: [7], nth: [1, 3], start: '03:00', minutes: 90 }],
    ['2nd and 4th Wed 01:00 for 60 min', { weekdays: [3], nth: [2, 4], start: '01:00', minutes: 60 }],
    ['last Saturday 20:00-02:00', { weekdays: [6], nth: [-1], start: '20:00', minutes: 360 }],
    ['every day 22:00 for 1 hour', { weekdays: [1, 2, 3, 4, 5, 6, 7], start: '22:00', minutes: 60 }],
    ['weekends 08:00 to 20:00', { weekdays: [6, 7], start: '08:00', minutes: 720 }],
    ['Sat, Sun and Wed 22:00 for 2h', { weekdays: [3, 6, 7], start: '22:00', minutes: 120 }],
    ['Fri to Mon 22:00 for 2 hours', { weekdays: [1, 5, 6, 7], start: '22:00', minutes: 120 }],
  ])('%s', (text, expected) => {
    const read = readWindow(text)
    expect(read).toEqual({ ok: true, value: expected })
    // What it was understood as is understood the same again.
    expect(read.ok && readWindow(windowWords(read.value))).toEqual(read)
  })

  test.each([
    '',
    'sometimes',
    'Tuesday',
    'Tuesday 22:00',
    'Someday 22:00 for 1 hour',
    'Tue 25:00 for 1 hour',
    'Tue 22:00 for 5 minutes',
    'Tue 22:00 for 30 hours',
  ])('"%s" is asked again', (text) => {
    expect(readWindow(text)).toMatchObject({ ok: false, refusal: { text: expect.stringMatching(/^Expected /) } })
  })
})

test.each([
  ['Ana Ferreira <ana@example.com>', { name: 'Ana Ferreira', email: 'ana@example.com' }],
  ['ben@Example.com', { name: 'ben', email: 'ben@example.com' }],
  ['"Ferreira, A." <ana@example.com>', { name: 'Ferreira, A.', email: 'ana@example.com' }],
])('a person: %s', (text, expected) => {
  expect(readPerson(text)).toEqual({ ok: true, value: expected })
  expect(readPerson('Ana').ok).toBe(false)
})

test('a vendor by its name, or a feed by its address; nothing that is not encrypted', () => {
  expect(readVendor('red hat')).toMatchObject({ ok: true, value: { id: 'redhat', kind: 'csaf' } })
  expect(readVendor('https://news.example.org/rss')).toMatchObject({ ok: true, value: { kind: 'feed', domains: ['news.example.org'] } })
  expect(readVendor('http://news.example.org/rss').ok).toBe(false)
})

describe('the file that is written', () => {
  test.each(PRESETS)('has nothing wrong, with every vendor: %s', (preset) => {
    const answers = answersSchema.parse({ ...ANSWERS, preset, vendors: VENDORS.map(({ id }) => id) })
    const read = readPolicyText(policyText(answers))
    expect(read.ok ? [] : read.problems).toEqual([])
    expect(read.ok && read.policy).toMatchObject({ preset, organisation: ANSWERS.organisation })
    expect(read.ok && read.policy.sources).toHaveLength(VENDORS.length + 1)
  })

  test('says what was answered, and nothing that somebody typed becomes anything but a text', () => {
    const read = readPolicyText(policyText(answersSchema.parse(ANSWERS)))
    if (!read.ok) throw new Error(JSON.stringify(read.problems))
    const { people, windows, sources, helpPlace } = read.policy
    expect(people.map(({ id }) => id)).toEqual(['greta', 'ana', 'ana-2', 'emil'])
    expect(people.at(-1)).toMatchObject({ name: 'Emil "the boss": #1', delegateOf: 'greta' })
    expect(windows.at(-1)).toMatchObject({ nth: [-1], weekdays: [6], hosts: { assetClasses: ['servers'] } })
    expect(sources.map(({ id }) => id)).toEqual(['redhat', 'npm', 'pypi', 'example-org', 'kev'])
    expect(helpPlace).toBe('the IT help desk')
  })
})

describe('a mailbox where vendors’ notices arrive', () => {
  const senders = [{ from: 'psirt@vendor.com', publisher: 'Vendor', idPrefixes: ['VEND-'] }]
  test.each([
    ['imap.example.com', undefined, /wants MAILBOX_PASSWORD_VENDOR_MAIL in the environment/],
    ['outlook.office365.com', { grant: 'client credentials' }, /wants MAILBOX_CLIENT_SECRET_VENDOR_MAIL in.*takes no passwords/],
    ['imap.gmail.com', { grant: 'refresh token' }, /MAILBOX_CLIENT_SECRET_VENDOR_MAIL and MAILBOX_REFRESH_TOKEN_VENDOR_MAIL/],
  ])('at %s is a source, without any secret in the file', (host, oauth, hint) => {
    const mailbox = { user: 'notices@example.com', host, senders }
    const read = readPolicyText(policyText(answersSchema.parse({ ...ANSWERS, mailbox })))
    expect(read.ok ? [] : read.problems).toEqual([])
    const found = read.ok ? read.policy.sources.find(({ kind }) => kind === 'mailbox') : undefined
    expect(found).toMatchObject({
      id: 'vendor-mail',
      host,
      user: 'notices@example.com',
      senders,
      ...(oauth === undefined ? {} : { oauth }),
    })
    expect(mailboxHint(mailbox)).toMatch(hint)
  })

  test.each([
    ['notices@example.com at imap.example.com', true],
    ['Notices@example.com AT IMAP.Example.com', true],
    ['notices@example.com at imap.example.com:993', false],
    ['notices@example.com at imaps://imap.example.com', false],
    ['notices@example.com at imap_1.example.com', false],
    ['notices@example.com at .example.com', false],
    ['notices@example.com at mail', false],
    ['notices@example.com', false],
  ])('"%s" is asked again unless the policy takes it: %s', (typed, taken) => {
    const read = readMailbox(typed)
    expect(read.ok).toBe(taken)
    if (!read.ok) return
    const text = policyText(answersSchema.parse({ ...ANSWERS, mailbox: { ...read.value, senders } }))
    expect(readPolicyText(text).ok).toBe(true)
  })
})

describe('on the command line', () => {
  const write = async (name: string, value: unknown): Promise<string> => {
    const file = join(folder, name)
    await writeFile(file, typeof value === 'string' ? value : JSON.stringify(value))
    return file
  }

  test('init writes a file that check accepts, and never over one that is there', async () => {
    const answers = await write('answers.json', ANSWERS)
    const file = join(folder, 'new.yaml')
    const init = ['policy', 'init', '--preset', 'essential-eight', '--answers', answers, '--out', file]
    expect(await run(init)).toBe(0)
    expect(out).toMatch(/new\.yaml is written[\s\S]*policy check[\s\S]*which hosts face the internet/)
    expect(await readFile(file, 'utf8')).toMatch(/^preset: essential-eight$/m)
    out = ''
    expect(await run(['policy', 'check', file])).toBe(0)
    expect(out).toMatch(/^ok: Müller & Söhne/)
    await writeFile(file, 'mine')
    expect(await run(init)).toBe(1)
    expect(err).toMatch(/is there already and stays as it is/)
    expect(await readFile(file, 'utf8')).toBe('mine')
  })

  test('check: 1 with every problem and its line, 2 when used wrongly, data with --json', async () => {
    const file = await write('bad.yaml', 'organisation: ""\nzone: nowhere\npreset: chapter\n')
    expect(await run(['policy', 'check', file])).toBe(1)
    expect(out).toMatch(/bad\.yaml:1: organisation: .*\n.*bad\.yaml:2: zone: expected an IANA zone/)
    out = ''
    expect(await run(['policy', 'check', file, '--json'])).toBe(1)
    expect(JSON.parse(out)).toMatchObject({
      ok: false,
      problems: expect.arrayContaining([expect.objectContaining({ line: 2, path: 'zone' })]),
    })
    expect(await run(['policy', 'check'])).toBe(2)
    expect(await run(['policy'])).toBe(2)
    expect(await run(['policy', 'check', join(folder, 'nowhere')])).toBe(1)
    out = ''
    expect(await run(['policy', 'check', 'manifests/sample/policy.json', '--json'])).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ ok: true, preset: 'chapter', problems: [] })
  })

  test('check: notes who could give themselves a role that decides, and has nothing against it', async () => {
    const groups = 'groups:\n  - { platform: slack, ref: S0123ABCD, name: Security on call, roles: [security] }\n'
    const file = await write('groups.yaml', (await readFile('manifests/policy/chapter.yaml', 'utf8')).concat('\n', groups))
    expect(await run(['policy', 'check', file])).toBe(0)
    expect(out).toMatch(/^ok: .*\nnote: Whoever may edit the group "Security on call" on slack can give themselves security/)
    out = ''
    expect(await run(['policy', 'check', file, '--json'])).toBe(0)
    expect(JSON.parse(out).notes).toHaveLength(1)
  })

  test('init: answers that cannot be read, or that could not work, write nothing', async () => {
    const file = join(folder, 'none.yaml')
    const init = async (answers: unknown): Promise<number> =>
      run(['policy', 'init', '--out', file, '--answers', await write('wrong.json', answers)])
    expect(await init('{')).toBe(1)
    expect(await init({ ...ANSWERS, windows: ['sometimes'], zone: 'MEZ', vendors: ['acme'] })).toBe(1)
    expect(err).toMatch(/zone: expected an IANA zone[\s\S]*windows\.0: Expected a day[\s\S]*vendors\.0: Expected redhat/)
    expect(await init({ ...ANSWERS, people: PEOPLE.slice(0, 1) })).toBe(1)
    expect(err).toMatch(/nothing was written[\s\S]*classes\.critical\.quorum: expected somebody with the role patch-team or operations/)
    expect(await run(['policy', 'init', '--preset', 'none', '--out', file])).toBe(2)
    await expect(readFile(file)).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

test('asked on a terminal: what is usual is the default, what cannot be read is asked again', async () => {
  const typed = [
    '',
    'Example Ltd',
    'Berlin',
    'Europe/Berlin',
    '',
    'Greta <greta@example.com>',
    'Ana <ana@example.com>, Ben <ben@example>',
    'Ana <ana@example.com>, Ben <ben@example.com>',
    'dana@example.com',
    'Ben <ben@example.com>',
    '-',
    'Greta <greta@example.com>',
    'at night',
    'last Sat 20:00 for 4 h; Tue 22:00-23:00',
    'servers: second Tuesday 22:00 for 1 hour',
    '',
    'Red_Hat',
    'redhat, ubuntu',
    'somewhere',
    'Notices@example.com at IMAP.example.com',
    'psirt@vendor.com',
    'psirt@vendor.com: Vendor, VEND-; debian.org: Debian, DSA-, DLA-',
    'slack',
    '#help',
  ]
  const told: string[] = []
  const questions: string[] = []
  const answers = await askAnswers(
    {
      question: async (text) => {
        questions.push(text)
        const next = typed.shift()
        if (next === undefined) throw new Error(`no answer to: ${text}`)
        return next
      },
      tell: (text) => told.push(text),
    },
    { preset: 'chapter', here: 'Europe/London' },
  )
  expect(typed).toEqual([])
  expect(questions.join('\n')).toMatch(/time zone do you work\? \[Europe\/London\]/)
  expect(told.join('')).toMatch(
    /Please answer this one[\s\S]*Expected an IANA zone[\s\S]*got "Ben <ben@example>"[\s\S]*Expected a day[\s\S]*understood: last Saturday 20:00 for 4 hours[\s\S]*Expected redhat[\s\S]*Expected USER at HOST[\s\S]*Expected SENDER: PUBLISHER/,
  )
  expect(answersSchema.parse(answers)).toMatchObject({
    mailbox: {
      user: 'Notices@example.com',
      host: 'imap.example.com',
      senders: [
        { from: 'psirt@vendor.com', publisher: 'Vendor', idPrefixes: ['VEND-'] },
        { from: 'debian.org', publisher: 'Debian', idPrefixes: ['DSA-', 'DLA-'] },
      ],
    },
    organisation: 'Example Ltd',
    people: [
      { email: 'greta@example.com', roles: ['manager', 'admin'] },
      { email: 'ana@example.com', roles: ['patch-team'] },
      { email: 'ben@example.com', roles: ['patch-team', 'operations'] },
      { name: 'dana', roles: ['security'] },
    ],
    chat: 'slack',
    tools: 'by hand',
  })
  const read = readPolicyText(policyText(answersSchema.parse(answers)))
  expect(read.ok ? [] : read.problems).toEqual([])
})
