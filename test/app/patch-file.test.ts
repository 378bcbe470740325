import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Http } from '../../adapters/http.ts'
import { createPatchFiles } from '../../adapters/patchfile/look.ts'
import { factsOf } from '../../src/app/bulletins/open-change.ts'
import { checkPatchFile } from '../../src/app/change/patch-file.ts'
import { json, readChange } from '../../src/app/change/rows.ts'
import { handleIntent } from '../../src/app/doors/intents.ts'
import { type House, transact } from '../../src/app/house.ts'
import { orderQueue } from '../../src/app/jobs.ts'
import { haltDigest } from '../../src/core/change/decide-deploy.ts'
import { policySchema } from '../../src/core/policy.ts'
import { verifyAudit } from '../../src/db/audit.ts'
import { type BareHouse, bareHouse } from '../support/bare-house.ts'
import { aBulletin } from '../support/bulletin.ts'
import { DIGEST, evolved, NOW, opened, policy, UNTIL } from '../support/change.ts'
import { startTestHouse } from '../support/house.ts'
import { httpsServer, LOOPBACK, type TestServer, testHttp } from '../support/https-server.ts'

let bare: BareHouse
let house: House
let server: TestServer
let http: Http
beforeAll(async () => {
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

test('what a bulletin said before it was revised proves nothing, however long the file took', async () => {
  const change = await waiting('abc')
  server.pages.set('/fix.rpm', 'abc')
  const { id: _, ...old } = await house.db.bulletin.findFirstOrThrow({ where: { changeId: change } })
  let looks = 0
  const patchFiles: House['patchFiles'] = {
    ...house.patchFiles,
    look: async (...asked) => {
      const found = await house.patchFiles.look(...asked)
      if (++looks > 1) return found
      await house.db.bulletin.updateMany({ where: { changeId: change }, data: { current: false } })
      const raw = Buffer.from(Buffer.from(old.raw).toString().replace(sha256('abc'), sha256('new')))
      const revised = { ...old, raw, revision: '2', digest: `${change} revised`, document: {}, verification: {} }
      await house.db.bulletin.create({ data: revised as never })
      return found
    },
  }
  await checkPatchFile({ ...house, patchFiles }, { change, url: server.at('/fix.rpm'), by: 'ana' }, signal)
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
  const signedBy = (name: string) => async () => ({ code: 0, output: `Subject: /O=${name}/CN=x\nSignature verification: ok` })
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
