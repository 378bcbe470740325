import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Http } from '../../adapters/http.ts'
import { createPatchFiles } from '../../adapters/patchfile/look.ts'
import { factsOf } from '../../src/app/bulletins/open-change.ts'
import { checkPatchFile } from '../../src/app/change/patch-file.ts'
import { json, readChange } from '../../src/app/change/rows.ts'
import { answerDoubt } from '../../src/app/doors/doubt.ts'
import { handleIntent } from '../../src/app/doors/intents.ts'
import { type House, transact } from '../../src/app/house.ts'
import { orderQueue } from '../../src/app/jobs.ts'
import { haltDigest } from '../../src/core/change/decide-deploy.ts'
import { policySchema } from '../../src/core/policy.ts'
import { verifyAudit } from '../../src/db/audit.ts'
import { type BareHouse, bareHouse } from '../support/bare-house.ts'
import { aBulletin } from '../support/bulletin.ts'
import { DIGEST, evolved, NOW, opened, policy, UNTIL } from '../support/change.ts'
import { newSigner } from '../support/csaf.ts'
import { aDeb, anArchive, INDEX } from '../support/debian-archive.ts'
import { startTestHouse } from '../support/house.ts'
import { httpsServer, LOOPBACK, type TestServer, testHttp } from '../support/https-server.ts'
import { signedWords } from '../support/patch-files.ts'

let bare: BareHouse
let house: House
let server: TestServer
let http: Http
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'patchcrier-keys-'))
  server = await httpsServer()
  http = testHttp()
  const sources = policy.sources.map((source) => ({ ...source, allowNetworks: LOOPBACK }))
  bare = await bareHouse(policySchema.parse({ ...policy, sources }))
  house = { ...bare.house, patchFiles: createPatchFiles(http, { run: async () => null }) }
})
afterAll(async () => {
  await bare?.end()
  await http.close()
  await server.close()
  await rm(folder, { recursive: true })
})

const AT = new Date(NOW)
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const signal = new AbortController().signal

/** A change that waits for go, by a bulletin that names `fix.rpm` with the hash of this text. */
async function waiting(named: string): Promise<number> {
  const { id } = await house.db.change.create({ data: { phase: 'deciding', state: {}, createdAt: AT } })
  await house.db.change.update({ where: { id }, data: { state: json({ ...evolved(opened(), UNTIL.deciding), id }) } })
  const raw = Buffer.from(
    JSON.stringify({ hashes: [{ filename: 'fix.rpm', file_hashes: [{ algorithm: 'sha256', value: sha256(named) }] }] }),
  )
  await house.db.bulletin.create({
    data: {
      source: 'sample-csaf',
      vendorId: `RHSA-${id}`,
      revision: '1',
      updatedAt: AT,
      digest: `${id}`,
      fileName: `${id}.json`,
      raw,
      verdict: 'AUTHENTIC',
      verification: {},
      current: true,
      origin: 'new',
      seenAt: AT,
      changeId: id,
    },
  })
  return id
}

const press = (verb: string, change: number, more: object = {}) =>
  handleIntent(house, { actor: 'ana', verb, subject: `change:${change}`, inputs: {}, place: 'patch-team', ...more } as never)
const work = (change: number) => checkPatchFile(house, { change, url: server.at('/fix.rpm'), by: 'ana' }, signal)
const notes = (change: number) => house.db.post.count({ where: { subject: `change:${change}`, purpose: { startsWith: 'note:' } } })
const records = async (change: number, action: string) =>
  (await house.db.auditRecord.findMany()).filter(({ body }) => body.includes(`"change:${change}"`) && body.includes(`"${action}"`)).length

test('a file is asked for once, however often the press is delivered', async () => {
  const change = await waiting('abc')
  const asked = { inputs: { url: server.at('/fix.rpm') }, delivery: `ask-${change}` }
  expect(await press('check-patch-file', change, asked)).toEqual(await press('check-patch-file', change, asked))
  const jobs = await house.db.$queryRaw<{ data: unknown }[]>`SELECT data FROM pgboss.job WHERE name = 'check-patch-file'`
  expect(jobs.map(({ data }) => data)).toEqual([{ change, url: server.at('/fix.rpm'), by: 'ana' }])
  expect(await records(change, 'check-patch-file')).toBe(1)
})

test.each([
  ['no address', { inputs: { url: 'fix.rpm' } }, 'ADDRESS_NEEDED'],
  ['an address that is not https', { inputs: { url: 'http://vendor.example/fix.rpm' } }, 'ADDRESS_NEEDED'],
  ['somebody else', { actor: 'greta', inputs: { url: 'https://vendor.example/fix.rpm' } }, 'ROLE_MISSING'],
])('%s is refused', async (_, more, code) => {
  expect(await press('check-patch-file', await waiting('abc'), more)).toMatchObject({ ok: false, refusal: { code } })
})

test('the files that the bulletin names are asked for at one press', async () => {
  const change = await waiting('abc')
  expect(await press('check-named-files', change)).toMatchObject({ ok: false, refusal: { code: 'NO_FILES_NAMED' } })
  const { id } = await house.db.bulletin.findFirstOrThrow({ where: { changeId: change } })
  const link = 'https://cdn.vendor.example/x/fix.rpm'
  const row = await house.db.bulletin.findUniqueOrThrow({ where: { id } })
  const raw = Buffer.from(JSON.stringify({ ...JSON.parse(Buffer.from(row.raw).toString()), references: [{ url: link }] }))
  await house.db.bulletin.update({ where: { id }, data: { raw, document: json(aBulletin({})), verification: { reason: 'signed' } } })
  const facts = await transact(house, (unit) => factsOf(unit, id))
  expect(facts.files).toEqual([{ name: 'fix.rpm', url: link }])
  const state = json({ ...evolved(opened(facts), UNTIL.deciding), id: change })
  await house.db.change.update({ where: { id: change }, data: { state } })
  expect(await press('check-named-files', change, { actor: 'greta' })).toMatchObject({ ok: false, refusal: { code: 'ROLE_MISSING' } })
  expect(await press('check-named-files', change)).toMatchObject({ ok: true })
  const jobs = await house.db.$queryRaw<{ data: unknown }[]>`
    SELECT data FROM pgboss.job WHERE name = 'check-patch-file' AND (data->>'change')::int = ${change}`
  expect(jobs.map(({ data }) => data)).toEqual([{ change, url: link, by: 'ana' }])
  const typed = { actor: 'ana', verb: 'command', subject: '', inputs: { text: `patch-file ${change}` }, place: 'patch-team' } as never
  expect(await handleIntent(house, typed)).toMatchObject({ ok: true, cards: [{ title: 'The file is being fetched and checked' }] })
  await house.db.bulletin.update({ where: { id }, data: { verdict: 'CORROBORATED' } })
  expect((await transact(house, (unit) => factsOf(unit, id))).files).toBeUndefined()
})

test('the result stands on the change, in its thread and in the audit, once, however often the job runs', async () => {
  const change = await waiting('abc')
  server.pages.set('/fix.rpm', 'abc')
  await Promise.all([work(change), work(change)])
  await work(change)
  const [file, ...more] = (await readChange(house.db, change))?.patchFiles ?? []
  expect(more).toEqual([])
  expect(file).toMatchObject({ name: 'fix.rpm', sha256: sha256('abc'), host: server.host })
  expect(file?.checks.map(({ outcome }) => outcome)).toEqual(['pass', 'unavailable'])
  expect(await notes(change)).toBe(1)
  expect(await records(change, 'note-patch-file')).toBe(1)
})

test.each([
  ['fetched', (of: House, change: number) => checkPatchFile(of, { change, url: server.at('/fix.rpm'), by: 'ana' }, signal)],
  [
    'sent',
    (of: House, change: number) =>
      answerDoubt(of, {
        actor: 'ana',
        place: null,
        words: `patch-file ${change}`,
        links: [],
        files: [{ name: 'fix.rpm', bytes: Buffer.from('abc') }],
      }),
  ],
])('what a bulletin said before it was revised proves nothing of a file that is %s, however long the look took', async (_how, check) => {
  const change = await waiting('abc')
  server.pages.set('/fix.rpm', 'abc')
  const { id: _, ...old } = await house.db.bulletin.findFirstOrThrow({ where: { changeId: change } })
  let looks = 0
  const revise = async (): Promise<void> => {
    if (++looks > 1) return
    await house.db.bulletin.updateMany({ where: { changeId: change }, data: { current: false } })
    const raw = Buffer.from(Buffer.from(old.raw).toString().replace(sha256('abc'), sha256('new')))
    const revised = { ...old, raw, revision: '2', digest: `${change} revised`, document: {}, verification: {} }
    await house.db.bulletin.create({ data: revised as never })
  }
  const patchFiles: House['patchFiles'] = {
    ...house.patchFiles,
    look: async (...asked) => {
      const found = await house.patchFiles.look(...asked)
      await revise()
      return found
    },
    lookAt: async (...asked) => {
      const found = await house.patchFiles.lookAt(...asked)
      await revise()
      return found
    },
  }
  await check({ ...house, patchFiles }, change)
  const [file, ...more] = (await readChange(house.db, change))?.patchFiles ?? []
  expect([looks, more, file?.checks[0]]).toEqual([2, [], expect.objectContaining({ name: 'patch-hash', outcome: 'fail' })])
})

test('another file stops the go until security lets it pass', async () => {
  const change = await waiting('abc')
  server.pages.set('/fix.rpm', 'abd')
  await work(change)
  const approve = () => press('approve', change, { actor: 'dana', digest: DIGEST })
  expect(await approve()).toMatchObject({ ok: false, refusal: { code: 'PATCH_FILE_BAD' } })
  const pass = { digest: sha256('abd'), inputs: { reason: 'our mirror signs anew' } }
  expect(await press('accept-patch-file', change, pass)).toMatchObject({ ok: false, refusal: { code: 'ROLE_MISSING' } })
  expect(await press('accept-patch-file', change, { ...pass, actor: 'dana' })).toMatchObject({ ok: true })
  expect(await approve()).toMatchObject({ ok: true })
})

test('a bad file that is found while hosts are patched holds the rollout, once, and its runner hears of it', async () => {
  const change = await waiting('abc')
  const state = json({ ...evolved(opened(), UNTIL.pilotRuns), id: change })
  await house.db.change.update({ where: { id: change }, data: { phase: 'rolling out', state } })
  server.pages.set('/fix.rpm', 'abd')
  await Promise.all([work(change), work(change)])
  const held = await readChange(house.db, change)
  expect(held?.rollout).toMatchObject({ status: 'halted', halt: { number: 1, by: null, cause: 'patch file' } })
  expect(await notes(change)).toBe(2)
  const orders = await house.db.$queryRaw<{ n: bigint }[]>`
    SELECT count(*) AS n FROM pgboss.job WHERE name = ${orderQueue.name} AND (data->>'change')::int = ${change}`
  expect(Number(orders[0]?.n)).toBe(1)
  const resume = () => press('resume', change, { actor: 'emil', digest: held?.rollout ? haltDigest(held.rollout) : '' })
  expect(await resume()).toMatchObject({ ok: false, refusal: { code: 'PATCH_FILE_BAD' } })
  const pass = { actor: 'dana', digest: sha256('abd'), inputs: { reason: 'our mirror signs anew' } }
  expect(await press('accept-patch-file', change, pass)).toMatchObject({ ok: true })
  expect(await resume()).toMatchObject({ ok: true })
})

test('a file that somebody else than the vendor signed stops the go, and is said to be that', async () => {
  const change = await waiting('abc')
  const document = json(aBulletin({ publisher: { name: 'MSRC', namespace: 'https://msrc.microsoft.com', category: 'vendor' } }))
  await house.db.bulletin.updateMany({ where: { changeId: change }, data: { document } })
  server.pages.set('/fix.exe', 'MZ abd')
  const signedBy = (name: string) => async () => ({ code: 0, output: signedWords(`/O=${name}/CN=x`) })
  const looked = async (name: string) => {
    const patchFiles = createPatchFiles(http, { run: signedBy(name) })
    await checkPatchFile({ ...house, patchFiles }, { change, url: server.at('/fix.exe'), by: 'ana' }, signal)
    return (await readChange(house.db, change))?.patchFiles?.[0]?.checks.map(({ name: of, outcome }) => `${of} ${outcome}`)
  }
  expect(await looked('Evil Ltd')).toEqual(['patch-hash unavailable', 'code-signature pass', 'code-signer fail'])
  const refused = await press('approve', change, { actor: 'dana', digest: DIGEST })
  expect(refused).toMatchObject({ ok: false, refusal: { code: 'PATCH_FILE_BAD', text: expect.stringContaining('WRONG SIGNER') } })
  expect(await looked('Microsoft Corporation')).toEqual(['patch-hash unavailable', 'code-signature pass', 'code-signer pass'])
  expect(await press('approve', change, { actor: 'dana', digest: DIGEST })).toMatchObject({ ok: true })
})

test('a Debian package is looked up in the archive that the policy names for the source, and its answer stands beside the others', async () => {
  const signer = await newSigner()
  const change = await waiting('abc')
  const deb = aDeb('the package', 'fix_1.0_amd64.deb')
  const { release, index } = await anArchive([deb], signer, '')
  await writeFile(join(folder, 'keys.asc'), signer.keyArmored)
  server.pages.set('/d/dists/stable/InRelease', release)
  server.pages.set(`/d/dists/stable/${INDEX}`, Buffer.from(index))
  const rules = house.inForce.policy.sources.map((source) => ({
    ...source,
    archives: [server.at('/d/dists/stable/InRelease')],
    packageKeys: [signer.rule.keyFingerprint ?? ''],
    packageKeyFile: 'keys.asc',
  }))
  const looked = async (content: string) => {
    const patchFiles = createPatchFiles(http, { run: async () => null, folder })
    const inForce = { ...house.inForce, policy: { ...house.inForce.policy, sources: rules } }
    server.pages.set('/d/pool/fix_1.0_amd64.deb', content)
    const url = server.at('/d/pool/fix_1.0_amd64.deb')
    const changed: House = Object.assign(Object.create(house), { patchFiles, inForce })
    await checkPatchFile(changed, { change, url, by: 'ana' }, signal)
    return (await readChange(house.db, change))?.patchFiles?.[0]?.checks.map(({ name, outcome }) => `${name} ${outcome}`)
  }
  expect(await looked('the package')).toEqual(['patch-hash unavailable', 'code-signature unavailable', 'archive pass'])
  expect(await looked('a trojan')).toEqual(['patch-hash unavailable', 'code-signature unavailable', 'archive fail'])
  const refused = await press('approve', change, { actor: 'dana', digest: DIGEST })
  expect(refused).toMatchObject({ ok: false, refusal: { code: 'PATCH_FILE_BAD', text: expect.stringContaining('the file has') } })
})

test('what cannot be fetched is said on the card, and never counts as good', async () => {
  const change = await waiting('abc')
  server.pages.set('/fix.rpm', '<!doctype html><html></html>')
  await work(change)
  const [file] = (await readChange(house.db, change))?.patchFiles ?? []
  expect(file).toMatchObject({ name: 'fix.rpm', sha256: '' })
  expect(file?.checks).toEqual([
    { name: 'patch-hash', outcome: 'unavailable', evidence: expect.stringContaining('a web page instead of a file') },
  ])
})

test('a job that is called off leaves nothing, and is done again', async () => {
  const change = await waiting('abc')
  await expect(checkPatchFile(house, { change, url: server.at('/fix.rpm'), by: 'ana' }, AbortSignal.abort())).rejects.toThrow()
  expect((await readChange(house.db, change))?.patchFiles).toBeUndefined()
})

test('the audit chain is whole', async () => {
  expect(await verifyAudit(house.db)).toMatchObject({ ok: true })
})

test('a running bot does the job that a typed command asked for', async () => {
  const running = await startTestHouse()
  try {
    const { db } = running.house
    const { id } = await db.change.create({ data: { phase: 'deciding', state: {}, createdAt: AT } })
    await db.change.update({ where: { id }, data: { state: json({ ...evolved(opened(), UNTIL.deciding), id }) } })
    const typed = { text: `patch-file ${id} https://vendor.example/fix.rpm` }
    const asked = { actor: 'ana', verb: 'command', subject: '', inputs: typed, place: 'patch-team' } as never
    expect(await handleIntent(running.house, asked)).toMatchObject({ ok: true })
    const file = await vi.waitFor(
      async () => {
        const [first] = (await readChange(db, id))?.patchFiles ?? []
        if (!first) throw new Error('not yet')
        return first
      },
      { timeout: 20_000, interval: 100 },
    )
    expect(file.checks[0]).toMatchObject({ outcome: 'unavailable', evidence: expect.stringContaining('this test reaches no network') })
  } finally {
    await running.end()
  }
})

describe('a patch file that is sent for a change', () => {
  /** The change's message in the place of the patch team, and what we said below it. */
  const shownAs = async (change: number, message: string): Promise<void> => {
    const own = { placeId: 'patch-team', createdAt: AT, updatedAt: AT }
    const ref = { place: 'C1', message }
    const root = await house.db.post.create({ data: { ...own, subject: `bulletin:${change}`, purpose: 'alert', ref } })
    const below = { ...own, subject: `change:${change}`, purpose: 'decision', parentId: root.id }
    await house.db.post.create({ data: { ...below, ref: { place: 'C1', message: `${message}-below`, thread: message } } })
  }
  const send = (content: string, more: object = {}) =>
    answerDoubt(house, {
      actor: 'ana',
      place: 'patch-team',
      words: '',
      links: [],
      files: [{ name: 'fix.rpm', bytes: Buffer.from(content) }],
      ...more,
    })
  const standing = async (change: number) => {
    const files = (await readChange(house.db, change))?.patchFiles ?? []
    return files.map(({ name, host, checks }) => `${name} from ${host}: ${checks[0]?.outcome}`)
  }

  test('in its thread is checked against its bulletin, and stands on it before the go, once however often it is sent', async () => {
    const change = await waiting('abc')
    await shownAs(change, `t${change}`)
    const outcome = await send('abc', { thread: `t${change}` })
    expect(outcome).toMatchObject({ ok: true, cards: [{ title: 'The file was checked' }] })
    await send('abc', { thread: `t${change}` })
    const name = house.inForce.policy.people.find(({ id }) => id === 'ana')?.name
    expect(await standing(change)).toEqual([`fix.rpm from a message of ${name}: pass`])
    expect(await notes(change)).toBe(1)
    expect(await records(change, 'note-patch-file')).toBe(1)
    expect(await press('approve', change, { actor: 'dana', digest: DIGEST })).toMatchObject({ ok: true })
  })

  test('that is another than the one of the bulletin stops the go, also after the right one was sent', async () => {
    const change = await waiting('abc')
    await shownAs(change, `t${change}`)
    await send('abd', { thread: `t${change}` })
    await send('abc', { thread: `t${change}` })
    expect((await standing(change)).map((one) => one.split(': ')[1])).toEqual(['fail', 'pass'])
    const refused = await press('approve', change, { actor: 'dana', digest: DIGEST })
    expect(refused).toMatchObject({ ok: false, refusal: { code: 'PATCH_FILE_BAD' } })
  })

  test('with the number of the change is checked for it, in private, too', async () => {
    const change = await waiting('abc')
    await send('abc', { place: null, words: `patch-file ${change}` })
    expect(await standing(change)).toHaveLength(1)
    const refused = await send('abc', { place: null, words: `patch-file ${change}`, actor: 'greta' })
    expect(refused).toMatchObject({ ok: false, refusal: { code: 'ROLE_MISSING' } })
  })

  test.each([
    ['in a thread of nothing of ours', { thread: 'elsewhere' }],
    ['in no thread', {}],
    ['in that thread, but in another place', { place: 'security', thread: 'mine' }],
    ['in that thread, by somebody who has no say in it', { actor: 'greta', thread: 'mine' }],
    ['in that thread, as a mail', { thread: 'mine', files: [{ name: 'a.eml', bytes: Buffer.from('From: x@y.example\n\nabc') }] }],
    ['with the number of no change', { words: 'patch-file 99999999' }],
  ])('%s is only asked about', async (_, more) => {
    const change = await waiting('abc')
    await house.db.post.deleteMany({ where: { ref: { path: ['message'], equals: 'mine' } } })
    await shownAs(change, 'mine')
    expect(await send('abc', more)).toMatchObject({ ok: true })
    expect(await standing(change)).toEqual([])
  })

  test('in a thread that several changes share is of none of them', async () => {
    const [one, two] = [await waiting('abc'), await waiting('abc')]
    const root = await house.db.post.create({
      data: {
        placeId: 'patch-team',
        createdAt: AT,
        updatedAt: AT,
        subject: `release:${one}`,
        purpose: 'alert',
        ref: { place: 'C1', message: 'shared' },
      },
    })
    for (const change of [one, two])
      await house.db.post.create({
        data: { placeId: 'patch-team', createdAt: AT, updatedAt: AT, subject: `change:${change}`, purpose: 'x', parentId: root.id },
      })
    await send('abc', { thread: 'shared' })
    expect([await standing(one), await standing(two)]).toEqual([[], []])
  })
})
