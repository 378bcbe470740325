import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { changeSubject, json } from '../../src/app/change/rows.ts'
import { renderPost } from '../../src/app/chat/render.ts'
import { handleIntent } from '../../src/app/doors/intents.ts'
import { overviewFor } from '../../src/app/doors/overview.ts'
import { transact } from '../../src/app/house.ts'
import { writeAssets } from '../../src/app/inventory/write.ts'
import { orderQueue } from '../../src/app/jobs.ts'
import type { ChangeState } from '../../src/core/change/state.ts'
import type { Bulletin } from '../../src/core/identify/bulletin.ts'
import { verifyAudit } from '../../src/db/audit.ts'
import { anAsset } from '../support/asset.ts'
import { aBulletin, aVulnerability } from '../support/bulletin.ts'
import { evolved, haltOf, UNTIL } from '../support/change.ts'
import { wordsOf } from '../support/change-cards.ts'
import { type Intake, intake } from '../support/intake.ts'
import { rowPrints } from '../support/row-prints.ts'

const FEED = { kind: 'feed', url: 'https://ubuntu.com/security/notices/rss.xml', publisher: 'Ubuntu', domains: ['ubuntu.com'] }
const CSAF = { kind: 'csaf', provider: 'ubuntu.com', namespaces: ['ubuntu.com'] }

let house: Intake
beforeAll(async () => {
  house = await intake({ feed: [FEED, 'official'], csaf: [CSAF, 'signed'] })
  await transact(house.house, (unit) => writeAssets(unit.tx, [host]))
  for (const id of Object.keys(house.sources)) await house.poll(id)
})
afterAll(() => house?.end())

const openssl = { scheme: 'dpkg' as const, name: 'openssl', arch: 'amd64', epoch: 0, version: '3.0.2', release: '0ubuntu1.1' }
const host = anAsset({ host: 'web-01', installs: [openssl] })
const fixed = [
  {
    stream: 'Ubuntu:22.04',
    scheme: 'dpkg' as const,
    name: 'openssl',
    arch: '*',
    evr: { epoch: 0, version: '3.0.2', release: '0ubuntu1.9' },
    cves: [],
  },
]

let number = 8000
const bulletinOf = (source: 'feed' | 'csaf', own: Partial<Bulletin> = {}): Bulletin => {
  number += 1
  return aBulletin({
    source,
    vendorId: `USN-${number}-1`,
    names: [],
    fixed,
    vulnerabilities: [aVulnerability({ cve: `CVE-2026-${number}` })],
    ...(source === 'feed' ? { publisher: { name: 'Ubuntu', namespace: 'https://ubuntu.com', category: 'feed' } } : {}),
    ...own,
  })
}
const bring = async (id: string, ...bulletins: readonly Bulletin[]): Promise<void> => {
  const source = house.sources[id]
  if (!source) throw new Error(`no source ${id}`)
  source.next = { bulletins }
  await house.poll(id)
}
const changeOf = async ({ vendorId }: Bulletin): Promise<ChangeState> => {
  const rows = await house.house.db.change.findMany()
  const found = rows.map((r) => r.state as unknown as ChangeState).find((c) => c.bulletin.vendorId === vendorId)
  if (!found) throw new Error(`no change about ${vendorId}`)
  return found
}
const press = (actor: string, verb: string, subject: string, more: object = {}) =>
  handleIntent(house.house, { actor, place: 'patch-team', verb, subject, inputs: {}, ...more })
const decide = (verb: 'discard' | 'release', rowId: number, actor = 'dana', reason = 'I asked them on the phone.') =>
  press(actor, verb, `bulletin:${rowId}`, { inputs: { reason } })
const resume = async (one: Bulletin, actor: string) => {
  const state = await changeOf(one)
  return press(actor, 'resume', changeSubject(state.id), { digest: haltOf(state) })
}
const heldCardOf = async (rowId: number) => {
  const post = await house.house.db.post.findFirstOrThrow({ where: { subject: `bulletin:${rowId}`, purpose: 'held' } })
  const card = await renderPost(house.house, post)
  return { words: card ? wordsOf(card) : '', labels: card?.actions.map(({ label }) => label) ?? [] }
}
const rowOf = (where: object) => house.house.db.bulletin.findFirstOrThrow({ where, orderBy: { id: 'desc' } })
const stopOrders = async (id: number): Promise<number> => {
  const [row] = await house.house.db.$queryRaw<{ n: bigint }[]>`
    SELECT count(*) AS n FROM pgboss.job WHERE name = ${orderQueue.name} AND (data->>'change')::int = ${id}`
  return Number(row?.n ?? 0)
}

/** A bulletin whose pilot is being patched. */
async function rollingOut(source: 'feed' | 'csaf'): Promise<Bulletin> {
  const one = bulletinOf(source)
  await bring(source, one)
  const { id } = await changeOf(one)
  if (source === 'feed')
    expect(await press('dana', 'vouch', changeSubject(id), { inputs: { reason: 'I looked.' } })).toMatchObject({ ok: true })
  const state = json(evolved(await changeOf(one), UNTIL.pilotRuns))
  await house.house.db.change.update({ where: { id }, data: { phase: 'rolling out', state } })
  return one
}
/** The same id, version and date with other bytes. */
const contradicting = (one: Bulletin): Bulletin => ({ ...one, title: `${one.title}, as somebody else tells it` })

describe('given a rollout, when its source brings the same id, version and date with other bytes', () => {
  let one: Bulletin
  let copy: { id: number }
  beforeAll(async () => {
    one = await rollingOut('csaf')
    await bring('csaf', contradicting(one))
    copy = await rowOf({ vendorId: one.vendorId })
  })

  test('then the rollout is held with the reason, its runner hears of it, and what it rests on stays', async () => {
    const { id, rollout, bulletin } = await changeOf(one)
    expect(rollout).toMatchObject({ status: 'halted', halt: { by: null, cause: 'bulletin', number: 1 } })
    expect(rollout?.halt?.reason).toContain('QUARANTINED: The same id and version came with other content.')
    expect([bulletin.title, bulletin.verdict, await stopOrders(id)]).toEqual([one.title, 'AUTHENTIC', 1])
  })

  test('then security has its card, with what each answer means, and it waits for security', async () => {
    const { id } = await changeOf(one)
    const { words, labels } = await heldCardOf(copy.id)
    expect(words).toContain(`Change ${id} is about the bulletin that it says it is. Until you decide nothing goes on there.`)
    expect(labels).toEqual(['Evidence', 'Discard'])
    const overview = await overviewFor(house.house, 'dana')
    const waits = overview.ok ? overview.value.waitsForYou.map(({ text }) => text) : []
    expect(waits).toContain('Decide on the document that is held against it')
  })

  test('when it is sent again at the next polls, then nothing is written but the health of the source', async () => {
    const before = await rowPrints(house.house.db)
    await house.poll('csaf')
    await house.poll('csaf')
    const after = await rowPrints(house.house.db)
    expect(Object.keys(after).filter((name) => after[name] !== before[name])).toEqual(['Setting'])
  })

  test('then the quorum cannot resume it before security has decided, by name and with a reason', async () => {
    expect(await resume(one, 'emil')).toMatchObject({ ok: false, refusal: { code: 'DOCUMENT_HELD' } })
    expect(await decide('discard', copy.id, 'emil')).toMatchObject({ ok: false, refusal: { code: 'ROLE_MISSING' } })
    expect(await decide('discard', copy.id, 'dana', ' ')).toMatchObject({ ok: false, refusal: { code: 'REASON_NEEDED' } })
    expect(await decide('release', copy.id)).toMatchObject({ ok: false, refusal: { code: 'NOT_GENUINE' } })
    expect(await decide('discard', copy.id)).toMatchObject({ ok: true })
    expect((await changeOf(one)).rollout?.status).toBe('halted')
    expect(await resume(one, 'emil')).toMatchObject({ ok: true })
    expect(await resume(one, 'dana')).toMatchObject({ ok: true })
    expect((await changeOf(one)).rollout?.status).toBe('running')
    expect((await heldCardOf(copy.id)).labels).toEqual(['Evidence'])
  })
})

describe('given a rollout, when the document that it rests on cannot be handled any more', () => {
  test('then it is held by its name, and goes on when the same bytes verify after all and the quorum says so', async () => {
    const one = await rollingOut('csaf')
    const later = { ...one, revision: '9', updatedAt: '2026-11-24T00:00:00.000Z' }
    house.sources.csaf?.broken.add(`${one.vendorId}.json`)
    for (const _ of [1, 2, 3]) await bring('csaf', later)
    expect((await changeOf(one)).rollout).toMatchObject({ status: 'halted', halt: { cause: 'bulletin' } })
    const before = await rowPrints(house.house.db)
    for (const _ of [1, 2, 3]) await bring('csaf', later)
    const after = await rowPrints(house.house.db)
    expect(Object.keys(after).filter((name) => after[name] !== before[name])).toEqual(['Setting'])
    house.sources.csaf?.broken.clear()
    await bring('csaf', later)
    const { held, rollout } = await changeOf(one)
    expect(held?.map(({ decided }) => [decided?.by, decided?.goesOn])).toEqual([['patchcrier', true]])
    expect(rollout?.status).toBe('halted')
    expect(await resume(one, 'emil')).toMatchObject({ ok: true })
  })
})

describe('given a rollout of what somebody vouched for, when an independent origin contradicts it', () => {
  const { publisher } = aBulletin({})
  const against = (one: Bulletin, own: Partial<Bulletin> = {}): Bulletin => ({
    ...one,
    source: 'csaf',
    publisher,
    fixed: [],
    vulnerabilities: [aVulnerability({ cve: 'CVE-2020-9999' })],
    ...own,
  })

  test('then it is held; released by security it counts as UNCONFIRMED again, the vouch holds, and the quorum resumes it', async () => {
    const one = await rollingOut('feed')
    await bring('csaf', against(one))
    const { id, bulletin, rollout } = await changeOf(one)
    expect([bulletin.verdict, rollout?.status, rollout?.halt?.cause]).toEqual(['QUARANTINED', 'halted', 'bulletin'])
    const { words, labels } = await heldCardOf(bulletin.rowId)
    expect(words).toContain(`Change ${id} has it.`)
    expect(labels).toEqual(['Evidence', 'Release', 'Reject'])
    const before = await rowPrints(house.house.db)
    await bring('feed', one)
    const after = await rowPrints(house.house.db)
    expect(Object.keys(after).filter((name) => after[name] !== before[name])).toEqual(['Setting'])
    expect(await resume(one, 'emil')).toMatchObject({ refusal: { code: 'DOCUMENT_HELD' } })
    expect(await decide('release', bulletin.rowId, 'emil')).toMatchObject({ refusal: { code: 'ROLE_MISSING' } })
    expect(await decide('release', bulletin.rowId)).toMatchObject({ ok: true })
    const released = await changeOf(one)
    expect([released.bulletin.verdict, released.vouch?.by, released.rollout?.status]).toEqual(['UNCONFIRMED', 'dana', 'halted'])
    expect((await heldCardOf(bulletin.rowId)).words).toContain('Released by Dana Kowalska: I asked them on the phone.')
    expect(await resume(one, 'emil')).toMatchObject({ ok: true })
  })

  test('then what security released is not held again by the same contradiction', async () => {
    const one = await rollingOut('feed')
    await bring('csaf', against(one))
    expect(await decide('release', (await changeOf(one)).bulletin.rowId)).toMatchObject({ ok: true })
    await bring('csaf', against(one, { revision: '8', updatedAt: '2026-11-24T00:00:00.000Z' }))
    expect((await changeOf(one)).bulletin.verdict).toBe('UNCONFIRMED')
  })

  test('then, rejected by security, nobody resumes it: it can be rolled back', async () => {
    const one = await rollingOut('feed')
    await bring('csaf', against(one))
    const { id, bulletin } = await changeOf(one)
    expect(await decide('discard', bulletin.rowId)).toMatchObject({ ok: true })
    expect(await resume(one, 'emil')).toMatchObject({ refusal: { code: 'DOCUMENT_HELD', text: expect.stringContaining('has rejected') } })
    expect((await heldCardOf(bulletin.rowId)).words).toContain('Rejected by Dana Kowalska')
    // Another of security has an older card, which still offers it.
    expect(await decide('release', bulletin.rowId, 'farah')).toMatchObject({ refusal: { code: 'ALREADY_DONE' } })
    expect((await changeOf(one)).bulletin.verdict).toBe('QUARANTINED')
    const back = { inputs: { reason: 'It is forged.' } }
    expect(await press('chiara', 'roll-back', changeSubject(id), back)).toMatchObject({ ok: true })
  })
})

test('given a copy that is told beside the leading bulletin, when it contradicts it, then the rollout of the leading one is held, too', async () => {
  const one = await rollingOut('csaf')
  const told = { ...one, source: 'feed', publisher: { name: 'Ubuntu', namespace: 'https://ubuntu.com', category: 'feed' } }
  await bring('feed', { ...told, fixed: [], vulnerabilities: [aVulnerability({ cve: 'CVE-2020-1111' })] })
  const { rollout, held, bulletin } = await changeOf(one)
  expect([rollout?.status, bulletin.verdict, held?.map(({ own }) => own)]).toEqual(['halted', 'AUTHENTIC', [false]])
  const copy = await rowOf({ source: 'feed', vendorId: one.vendorId })
  expect([copy.origin, copy.current]).toEqual(['held', false])
  expect(await decide('discard', copy.id)).toMatchObject({ ok: true })
  expect(await resume(one, 'emil')).toMatchObject({ ok: true })
})

test('the audit chain is whole after all of it', async () => {
  expect(await verifyAudit(house.house.db)).toMatchObject({ ok: true })
})
