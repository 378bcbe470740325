import type { Card } from '../../cards/card.ts'
import { note, textBlock } from '../../cards/words.ts'
import { type AffectedHost, affectedHosts } from '../../core/assess/affected.ts'
import { matchBulletin, productsOf } from '../../core/assess/match.ts'
import { sameBulletin } from '../../core/change/bulletins.ts'
import { freshChange } from '../../core/change/fresh.ts'
import { MOST_FILES } from '../../core/change/patch-files.ts'
import type { BulletinFacts, ChangeState } from '../../core/change/state.ts'
import { uniteHosts } from '../../core/change/unite.ts'
import type { Bulletin } from '../../core/identify/bulletin.ts'
import { type NamedFile, namedFiles } from '../../core/identify/named-files.ts'
import type { Verdict } from '../../core/identify/verification.ts'
import { documentsOf } from '../change/documents.ts'
import { takeOverAwaiting } from '../change/joining.ts'
import { changeSubject, json } from '../change/rows.ts'
import { touchSubject } from '../chat/redraws.ts'
import { reply, show } from '../chat/show.ts'
import type { Unit } from '../house.ts'
import { pagesWith } from '../inventory/read.ts'
import { sourceSubject } from './source-state.ts'

/** The hosts that a bulletin's fixes are for, as the inventory is now. */
export async function matchedHosts(unit: Unit, bulletin: Bulletin): Promise<readonly AffectedHost[]> {
  const { staleAfterDays } = unit.house.inForce.policy
  const pages: (readonly AffectedHost[])[] = []
  for await (const page of pagesWith(unit.tx, productsOf(bulletin)))
    pages.push(affectedHosts(matchBulletin(bulletin, page), page, unit.now, staleAfterDays))
  return pages.flat().sort((a, b) => (a.host < b.host ? -1 : 1))
}

/** The hosts of a change whose bulletin was revised: what the revision matches, with what its other bulletins match now. */
export async function hostsAfterRevision(
  unit: Unit,
  state: ChangeState,
  revised: Pick<Bulletin, 'source' | 'vendorId'>,
  matched: readonly AffectedHost[],
): Promise<readonly AffectedHost[]> {
  const others = (await documentsOf(unit.tx, state)).filter((b) => !sameBulletin(b, revised))
  const lists = await Promise.all(others.map((b) => matchedHosts(unit, b)))
  return lists.reduce((hosts, more) => uniteHosts(more, hosts).hosts, matched)
}

/** What a revision that gets a change of its own has to do with what was known before. */
interface Revised {
  readonly differences: readonly string[]
  /** The change about the revision before, where there is one. */
  readonly earlier: number | null
  /** Why it is told now, where it is not the bulletin that is new. */
  readonly why?: string
}

/** Opens a change for a stored bulletin and alerts the patch team. Answers its number. */
export async function openChange(unit: Unit, rowId: number, revised: Revised = { differences: [], earlier: null }): Promise<number> {
  const row = await unit.tx.bulletin.findUniqueOrThrow({ where: { id: rowId } })
  const bulletin = row.document as unknown as Bulletin
  const created = await unit.tx.change.create({ data: { phase: 'alerted', state: {}, createdAt: unit.now } })
  const state = freshChange(created.id, unit.now.toISOString(), await factsOf(unit, rowId), await matchedHosts(unit, bulletin))
  await unit.tx.change.update({ where: { id: created.id }, data: { state: json(state) } })
  await unit.tx.bulletin.update({ where: { id: rowId }, data: { changeId: created.id } })
  await show(unit, 'patch team', changeSubject(created.id), 'alert')
  if (revised.why !== undefined)
    await reply(unit, 'patch team', changeSubject(created.id), 'alert', 'why', { frozen: whyNote(revised.why, revised.earlier) })
  if (revised.differences.length > 0)
    await reply(unit, 'patch team', changeSubject(created.id), 'alert', 'revised', { frozen: revisedNote(bulletin.revision, revised) })
  await takeOverAwaiting(unit, created.id)
  await touchSubject(unit.tx, sourceSubject(bulletin.source))
  unit.audit({
    actor: 'patchcrier',
    action: 'open-change',
    subject: changeSubject(created.id),
    detail: {
      bulletin: bulletin.vendorId,
      revision: bulletin.revision,
      hosts: state.hosts.map((h) => h.host),
      ...(revised.why === undefined ? {} : { why: revised.why }),
    },
  })
  return created.id
}

const revisedNote = (revision: string, { differences, earlier }: Revised): Card =>
  note(
    `Revision ${revision}`,
    'warning',
    ...(earlier === null ? [] : [textBlock(`Change ${earlier} was about the revision before. What is new:`)]),
    { kind: 'list', items: differences.map((d) => [d]) },
  )

const whyNote = (why: string, earlier: number | null): Card =>
  note('Why now', 'warning', textBlock(why), ...(earlier === null ? [] : [textBlock(`Change ${earlier} was about it before.`)]))

/** What a change keeps of a stored bulletin. */
export async function factsOf(unit: Unit, rowId: number): Promise<BulletinFacts> {
  const row = await unit.tx.bulletin.findUniqueOrThrow({ where: { id: rowId } })
  const bulletin = row.document as unknown as Bulletin
  const verification = row.verification as { reason: string; signedBy?: string }
  const files = row.verdict === 'AUTHENTIC' ? filesNamedIn(row.raw) : []
  const { source, vendorId, revision, title, publishedAt, updatedAt, severity, updateType, vulnerabilities, restart } = bulletin
  return {
    rowId,
    source,
    vendorId,
    revision,
    digest: row.digest,
    title,
    publisher: bulletin.publisher.name,
    ...(bulletin.url === undefined ? {} : { url: bulletin.url }),
    publishedAt,
    updatedAt,
    severity,
    updateType,
    vulnerabilities,
    restart,
    verdict: row.verdict as Verdict,
    verdictReason: verification.reason,
    ...(verification.signedBy === undefined ? {} : { signedBy: verification.signedBy }),
    ...(files.length === 0 ? {} : { files }),
  }
}

/** Most documents name no file: those are not read again for it. */
function filesNamedIn(raw: Uint8Array): readonly NamedFile[] {
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength)
  if (!bytes.includes('file_hashes') && !bytes.includes('checksum=')) return []
  try {
    return namedFiles(JSON.parse(bytes.toString()), MOST_FILES)
  } catch {
    return []
  }
}
