import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createMailProcess, type MailProcess } from '../../adapters/mail/index.ts'
import { createMailboxSource } from '../../adapters/sources/mailbox/index.ts'
import { createPoller } from '../../src/app/bulletins/poll.ts'
import { readSourceState } from '../../src/app/bulletins/source-state.ts'
import { SOURCES } from '../../src/app/doors/commands/sources.ts'
import { judgeAll } from '../../src/app/doubt/judge.ts'
import type { House } from '../../src/app/house.ts'
import { keptEvidence } from '../../src/cli/evidence.ts'
import { run } from '../../src/cli/run.ts'
import { verifyEvidence } from '../../src/cli/verify/evidence.ts'
import { ownedBy } from '../../src/core/identify/address.ts'
import { sealed } from '../../src/core/identify/evidence.ts'
import type { Judged } from '../../src/core/identify/sent.ts'
import type { SourceRuleOf } from '../../src/core/policy.ts'
import type { BulletinSource } from '../../src/ports.ts'
import { aBulletin, aVulnerability } from '../support/bulletin.ts'
import { LOOPBACK, TEST_AUTHORITY } from '../support/https-server.ts'
import { type ImapServer, imapServer } from '../support/imap-server.ts'
import { type Intake, intake } from '../support/intake.ts'
import { clearsigned, mailOf, NOTICE, newWriter, type Writer } from '../support/pgp-mail.ts'
import { VENDOR_DNS, vendorMail } from '../support/vendor-mail.ts'

let folder: string
let server: ImapServer
let mails: MailProcess
let made: Intake
let house: House

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'patchcrier-mailbox-'))
  server = await imapServer()
  mails = createMailProcess(VENDOR_DNS)
  team = await newWriter()
  made = await intake({
    box: [
      {
        kind: 'mailbox',
        host: 'vendor.example',
        port: server.port,
        tls: 'from the beginning',
        user: 'notices',
        allowNetworks: LOOPBACK,
        senders: [
          { from: 'vendor.example', publisher: 'Vendor', idPrefixes: ['VEND-'] },
          { from: 'debian.org', publisher: 'Debian', idPrefixes: ['DSA-'] },
        ],
      },
      'official',
    ],
    feed: [{ kind: 'feed', url: 'https://news.example/feed', publisher: 'News', domains: ['news.example'] }, 'official'],
  })
  const { policy } = made.house.inForce
  const rule = policy.sources.find((one): one is SourceRuleOf<'mailbox'> => one.kind === 'mailbox')
  if (!rule) throw new Error('no mailbox')
  const box: BulletinSource = createMailboxSource(rule, {
    mails,
    clock: made.house.clock,
    owned: ownedBy(policy.sources),
    signers: [team.pin, (await newWriter()).pin],
    way: {
      // Asked anew at every look, as a person would set it right.
      get password() {
        return password
      },
      ca: TEST_AUTHORITY,
      resolve: async () => ['127.0.0.1'],
    },
  })
  house = { ...made.house, sources: new Map([...made.house.sources, ['box', box]]) }
})
afterAll(async () => {
  await made?.end()
  await mails?.close()
  await server?.close()
  await rm(folder, { recursive: true })
})

let team: Writer
let password = 'correct horse'
const poll = (id = 'box'): Promise<void> => createPoller(house)(id, new AbortController().signal)
const bulletins = () => house.db.bulletin.findMany({ where: { source: 'box' }, orderBy: { id: 'asc' } })
const posts = () => house.db.post.count({ where: { subject: 'source:box' } })

describe('a mailbox in the house', () => {
  test('what is proved is a bulletin; what is not is kept, counted, and no doubt of anybody', async () => {
    server.mails.set(1, await vendorMail())
    server.mails.set(2, await vendorMail({ signedBy: null, subject: 'VEND-2026-009: forged' }))
    await poll()
    expect((await bulletins()).map(({ vendorId, verdict }) => [vendorId, verdict])).toEqual([['VEND-2026-001', 'UNCONFIRMED']])
    const kept = await house.db.droppedItem.findMany({ where: { kind: 'not proved' } })
    expect(kept).toEqual([expect.objectContaining({ source: 'box', fileName: 'security@vendor.example: VEND-2026-009: forged' })])
    expect(Buffer.from(kept[0]?.head ?? [])).toEqual(Buffer.from(server.mails.get(2) ?? []))
    expect((await readSourceState(house, 'box')).doubted).toBe(1)
    expect(await house.db.doubt.count()).toBe(0)
  })

  test('who asks for the sources sees what was not proved, and why', async () => {
    const shown = JSON.stringify(await SOURCES.sources?.run({ house, argument: '' } as never))
    expect(shown).toMatch(/"Not proved".*1 item in all.*security@vendor\.example: VEND-2026-009: forged \(HELD: .* disowns mail like this/)
  })

  test('what is not proved can be looked at, as it came', async () => {
    vi.stubEnv('DATABASE_URL', made.url)
    const out = vi.spyOn(process.stdout, 'write').mockImplementation(() => true)
    const err = vi.spyOn(process.stderr, 'write').mockImplementation(() => true)
    const { id } = await house.db.droppedItem.findFirstOrThrow()
    expect(await run(['dropped', 'box', join(folder, 'kept')])).toBe(0)
    expect(await readFile(join(folder, 'kept', `${id}.bin`))).toEqual(Buffer.from(server.mails.get(2) ?? []))
    const [listed] = JSON.parse(await readFile(join(folder, 'kept', 'dropped.json'), 'utf8'))
    expect(listed).toMatchObject({ file: `${id}.bin`, kind: 'not proved', cut: false })
    out.mockRestore()
    err.mockRestore()
    vi.unstubAllEnvs()
  })

  test('polled again it writes no bulletin, no audit record, no doubt; nor when its numbers begin anew', async () => {
    const audits = await house.db.auditRecord.count()
    await poll()
    server.validity = 2
    await poll()
    expect(await bulletins()).toHaveLength(1)
    expect(await house.db.auditRecord.count()).toBe(audits)
    expect((await readSourceState(house, 'box')).doubted).toBe(1)
  })

  test('an unproved mail confirms nobody; a proved one confirms, and is confirmed', async () => {
    await poll('feed')
    const told = aBulletin({
      source: 'feed',
      vendorId: 'NEWS-1',
      publisher: { name: 'News', namespace: 'https://news.example', category: 'feed' },
      names: ['gadget'],
      fixed: [],
      vulnerabilities: [aVulnerability({ cve: 'CVE-2026-5001' })],
    })
    const source = made.sources.feed
    if (!source) throw new Error('no feed')
    source.next = { bulletins: [told] }
    await poll('feed')
    source.next = {}
    const verdict = async (vendorId: string) => (await house.db.bulletin.findFirstOrThrow({ where: { vendorId, current: true } })).verdict
    const letter = { subject: 'VEND-2026-002: gadget security update', body: 'CVE-2026-5001 is fixed in 3.0.' }
    server.mails.set(3, await vendorMail({ ...letter, signedBy: null }))
    await poll()
    expect(await verdict('NEWS-1')).toBe('UNCONFIRMED')
    server.mails.set(4, await vendorMail(letter))
    await poll()
    expect([await verdict('NEWS-1'), await verdict('VEND-2026-002')]).toEqual(['CORROBORATED', 'CORROBORATED'])
  })

  test('its evidence agrees later, without network, and says that who confirmed it is not in it; a changed byte shows', async () => {
    const row = await house.db.bulletin.findFirstOrThrow({ where: { vendorId: 'VEND-2026-002' } })
    const file = join(folder, 'mail.json')
    const evidence = keptEvidence(row)
    expect(evidence.kind).toBe('mail')
    await writeFile(file, JSON.stringify(evidence))
    const given = { args: [], options: { json: true } }
    const out = vi.spyOn(process.stdout, 'write').mockImplementation(() => true)
    expect(await verifyEvidence(given, file)).toBe(1)
    expect(JSON.parse(String(out.mock.calls.at(-1)?.[0]))).toMatchObject({
      agrees: true,
      verdict: 'CORROBORATED',
      proved: 'UNCONFIRMED',
      doubts: [expect.stringContaining('Who confirmed it is not in the evidence')],
    })
    const forged = Buffer.from(evidence.bytes, 'base64').toString('latin1').replace('in 3.0', 'in 2.0')
    await writeFile(file, (await readFile(file, 'utf8')).replace(evidence.bytes, Buffer.from(forged, 'latin1').toString('base64')))
    expect(await verifyEvidence(given, file)).toBe(1)
    expect(JSON.parse(String(out.mock.calls.at(-1)?.[0]))).toMatchObject({ agrees: false })
    out.mockRestore()
  })

  test('a notice that a pinned key signed brings that key in its evidence, and nothing else of its head counts', async () => {
    server.mails.set(5, mailOf(`${await clearsigned(NOTICE, team)}\nlist footer`))
    await poll()
    const row = await house.db.bulletin.findFirstOrThrow({ where: { vendorId: 'DSA-6001-1' } })
    expect(row.verdict).toBe('UNCONFIRMED')
    const evidence = keptEvidence(row)
    expect(evidence.openpgp).toMatchObject({ keys: [{ fingerprint: team.pin.fingerprint }], judged: 'signed' })
    const said = async (kept: object, fingerprint: string): Promise<{ agrees: boolean; flaws: readonly string[] }> => {
      const file = join(folder, 'keyed.json')
      await writeFile(file, JSON.stringify(kept))
      const out = vi.spyOn(process.stdout, 'write').mockImplementation(() => true)
      await verifyEvidence({ args: [], options: { json: true, fingerprint } }, file)
      const [[text = ''] = []] = out.mock.calls
      out.mockRestore()
      return JSON.parse(String(text))
    }
    expect(await said(evidence, team.pin.fingerprint)).toMatchObject({ agrees: true, flaws: [] })
    expect((await said(evidence, 'a'.repeat(40))).flaws).toEqual([expect.stringMatching(/not the expected a{40}/)])
    const { seal: _seal, format: _format, v: _v, rules: _rules, ...rest } = evidence
    const forged = Buffer.from(evidence.bytes, 'base64').toString('latin1').replace(': widget', ': wodget')
    const changed = sealed({ ...rest, bytes: Buffer.from(forged, 'latin1').toString('base64') })
    expect((await said(changed, team.pin.fingerprint)).flaws).toContain('Check "openpgp-signature" was pass; made again it is fail.')
  })

  test('the keys that a mailbox pins count for a mail that a person was sent, too, and there for all that they see', async () => {
    const armoured = await clearsigned(NOTICE, team)
    const judged = async (bytes: Uint8Array) => (await judgeAll(house, { words: '', links: [], files: [{ name: 'fwd.eml', bytes }] }))[0]
    const of = (one: Judged | undefined) => one?.checks.find(({ name }) => name === 'openpgp-signature')?.outcome
    const [whole, more] = [await judged(mailOf(armoured)), await judged(mailOf(`Call 0900 1234.\n${armoured}`))]
    expect([of(whole), of(more)]).toEqual(['pass', 'unavailable'])
    expect(whole).toMatchObject({ verdict: 'UNCONFIRMED', reason: 'Really sent by who it says; what it says is not confirmed' })
  })

  test('a wrong password is said once in the admin place, without it, and its end once', async () => {
    const before = await posts()
    password = 'not the password'
    await poll()
    await poll()
    expect(await posts()).toBe(before + 1)
    expect((await readSourceState(house, 'box')).failingSince).not.toBeNull()
    const said = await house.db.post.findMany({ where: { subject: 'source:box' } })
    const audit = await house.db.auditRecord.findMany({ where: { body: { contains: 'source-failing' } } })
    expect(JSON.stringify([said, audit.map(({ body }) => body)])).not.toMatch(/not the password|correct horse/)
    expect(audit.at(-1)?.body).toMatch(/refuses the user or the password/)
    password = 'correct horse'
    await poll()
    await poll()
    expect(await posts()).toBe(before + 2)
    expect((await readSourceState(house, 'box')).failingSince).toBeNull()
  })
})
