import { createHash } from 'node:crypto'
import type { Bulletin } from '../../core/identify/bulletin.ts'
import type { KnownRevision } from '../../core/identify/history.ts'
import { aloneBy, type Checked, type Judgement, judge } from '../../core/identify/judge.ts'
import { storyOf } from '../../core/identify/story.ts'
import { type Check, reasonOf, type Verdict, type Verification, verdictOf } from '../../core/identify/verification.ts'
import type { RawDocument } from '../../ports.ts'
import { json } from '../change/rows.ts'
import { show } from '../chat/show.ts'
import { type House, transact, type Unit } from '../house.ts'
import { told as toldByCatalogue } from './catalogue.ts'
import { corroborate } from './corroborate.ts'
import { settleHeld, tellHeld } from './held.ts'
import { oneDocumentAtATime } from './in-turn.ts'
import type { Noise } from './noise.ts'
import { tell } from './tell.ts'

/**
 * One document: judged against what is known, stored with its verdict, matched, and told to whom it concerns. False: it was known, and
 * nothing was written.
 */
export function takeDocument(house: House, source: string, raw: RawDocument, found: Checked, noise: Noise): Promise<boolean> {
  return transact(house, async (unit) => {
    await oneDocumentAtATime(unit)
    const checked = found.bulletin ? { ...found, bulletin: await toldByCatalogue(unit, found.bulletin) } : found
    const judgement = judge({ checked, known: await knownRevisions(unit, source, checked, raw), now: unit.now.toISOString() })
    if (judgement.kind === 'seen') return false
    const held = judgement.verification.verdict === 'QUARANTINED' || judgement.verification.verdict === 'BOGUS'
    const row = await store(unit, source, raw, checked, judgement, held ? 'held' : noise.silent ? 'history' : judgement.kind)
    unit.audit({
      actor: 'patchcrier',
      action: 'take-bulletin',
      subject: `bulletin:${row}`,
      detail: {
        file: raw.fileName,
        digest: checked.digest,
        kind: judgement.kind,
        verdict: judgement.verification.verdict,
        reason: judgement.verification.reason,
      },
    })
    if (held || !checked.bulletin) {
      await show(unit, 'security', `bulletin:${row}`, 'held')
      await tellHeld(unit, row)
      return true
    }
    await settleHeld(unit, row)
    await tell(unit, row, checked.bulletin, judgement, noise)
    await corroborate(unit, row)
    return true
  })
}

const POISON = 'It cannot be taken: '

/** Was it held because its handling broke, not for anything that it says? */
export const isPoison = (checks: readonly Check[]): boolean =>
  checks.some(({ name, evidence }) => name === 'schema' && evidence.startsWith(POISON))

/** A document whose handling breaks again and again: kept as it came, for security to look at. */
export async function holdPoison(house: House, source: string, raw: RawDocument, reason: string): Promise<void> {
  const digest = createHash('sha256').update(raw.bytes).digest('hex')
  const checks = [{ name: 'schema', outcome: 'fail', evidence: `${POISON}${reason}` }] as const
  const verification = { verdict: verdictOf(checks), checks, reason: reasonOf(checks), checkedAt: house.clock.now().toISOString() }
  await transact(house, async (unit) => {
    const judgement = { verification, kind: 'new', differences: [], previous: null } as const
    const row = await store(unit, source, raw, { bulletin: null, digest, checks }, judgement, 'held')
    await show(unit, 'security', `bulletin:${row}`, 'held')
    await tellHeld(unit, row)
    unit.audit({ actor: 'patchcrier', action: 'hold-document', subject: `bulletin:${row}`, detail: { file: raw.fileName, digest, reason } })
  })
}

async function knownRevisions(unit: Unit, source: string, checked: Checked, raw: RawDocument): Promise<readonly KnownRevision[]> {
  const vendorId = checked.bulletin?.vendorId
  const rows = await unit.tx.bulletin.findMany({ where: { source, OR: [{ fileName: raw.fileName }, ...(vendorId ? [{ vendorId }] : [])] } })
  return Promise.all(
    rows.map(async (row) => ({
      vendorId: row.vendorId,
      revision: row.revision,
      updatedAt: row.updatedAt.toISOString(),
      digest: row.digest,
      verdict: row.verdict as Verdict,
      ...aloneBy((row.verification as unknown as Verification).checks),
      bulletin: row.document ? await toldByCatalogue(unit, row.document as unknown as Bulletin) : null,
    })),
  )
}

async function store(
  unit: Unit,
  source: string,
  raw: RawDocument,
  checked: Checked,
  judgement: Judgement,
  origin: string,
): Promise<number> {
  const { bulletin } = checked
  const counts = origin !== 'held' && bulletin !== null
  if (counts) await unit.tx.bulletin.updateMany({ where: { source, vendorId: bulletin.vendorId, current: true }, data: { current: false } })
  const data = {
    vendorId: bulletin?.vendorId ?? raw.fileName,
    revision: bulletin?.revision ?? '',
    updatedAt: new Date(bulletin?.updatedAt ?? unit.now),
    raw: Uint8Array.from(raw.bytes),
    signature: raw.signature ?? null,
    sha256: raw.sha256 ?? null,
    sha512: raw.sha512 ?? null,
    url: raw.url ?? null,
    redirectedFrom: raw.redirectedFrom ?? null,
    ...(checked.pinned ? { pinned: json(checked.pinned) } : {}),
    ...(checked.sent ? { sent: json(checked.sent) } : {}),
    ...(bulletin ? { document: json(bulletin), story: storyOf(bulletin) } : {}),
    verdict: judgement.verification.verdict,
    verification: json(judgement.verification),
    current: counts,
    origin,
    seenAt: unit.now,
  }
  const key = { source, fileName: raw.fileName, digest: checked.digest }
  const row = await unit.tx.bulletin.upsert({ where: { source_fileName_digest: key }, create: { ...key, ...data }, update: data })
  const cves = [...new Set(bulletin?.vulnerabilities.map(({ cve }) => cve))]
  await unit.tx.bulletinCve.createMany({ data: cves.map((cve) => ({ bulletinId: row.id, cve })), skipDuplicates: true })
  return row.id
}
