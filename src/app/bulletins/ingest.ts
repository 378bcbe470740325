import { note, quiet, textBlock } from '../../cards/words.ts'
import type { AffectedHost } from '../../core/assess/affected.ts'
import { bulletinsOf, sameBulletin } from '../../core/change/bulletins.ts'
import { isOver } from '../../core/change/guard.ts'
import type { BulletinFacts, ChangeState } from '../../core/change/state.ts'
import type { Bulletin } from '../../core/identify/bulletin.ts'
import type { KnownRevision } from '../../core/identify/history.ts'
import { type Checked, type Judgement, judge } from '../../core/identify/judge.ts'
import type { Verdict } from '../../core/identify/verification.ts'
import type { RawDocument } from '../../ports.ts'
import { json, lockChange } from '../change/rows.ts'
import { runCommand } from '../change/run-command.ts'
import { touchSubject } from '../chat/posts.ts'
import { reply, show } from '../chat/show.ts'
import { type House, transact, type Unit } from '../house.ts'
import { factsOf, hostsAfterRevision, matchedHosts, openChange } from './open-change.ts'
import { readSourceState, type SourceState, sourceSubject, writeSourceState } from './source-state.ts'

/**
 * Asks a source for what is new and takes it in, document by document, each in its own transaction. The cursor moves
 * last: a poll that was killed half way is done again, and what it had taken is `seen`. The first poll makes no noise.
 */
async function pollSource(house: House, id: string, signal: AbortSignal): Promise<void> {
  const source = house.sources.get(id)
  if (!source) return
  const before = await readSourceState(house, id)
  try {
    const batch = await source.fetch(before.cursor, signal)
    for (const raw of batch.documents) await takeDocument(house, id, raw, await source.check(raw, house.clock.now()), !before.firstPollDone)
    await transact(house, async (unit) => {
      const value = {
        cursor: batch.cursor,
        firstPollDone: true,
        lastGoodAt: unit.now.toISOString(),
        failingSince: null,
        dropped: [...batch.dropped],
      }
      await writeSourceState(unit, id, value)
      if (!before.firstPollDone) await show(unit, 'patch team', sourceSubject(id), 'history')
      if (before.failingSince) await sayRecovered(unit, id, before.failingSince)
    })
  } catch (error) {
    if (signal.aborted) throw error
    house.log.warn({ source: id, err: error }, 'source failed')
    await sayFailing(house, id, before, error instanceof Error ? error.message : String(error))
  }
}

export type Poll = (source: string, signal: AbortSignal) => Promise<void>

/** Polls of one source come one after the other: what is published during the first, silent poll must not vanish in it. */
export function createPoller(house: House): Poll {
  const last = new Map<string, Promise<void>>()
  return (source, signal) => {
    const before = last.get(source) ?? Promise.resolve()
    const mine = before.catch(() => undefined).then(() => pollSource(house, source, signal))
    last.set(source, mine)
    return mine
  }
}

const failingPurpose = (since: string): string => `failing:${since}`

/** A failing source is said once, in the admin place; its recovery answers there. */
async function sayFailing(house: House, id: string, before: SourceState, reason: string): Promise<void> {
  if (before.failingSince) return
  const name = house.inForce.policy.sources.find((s) => s.id === id)?.name ?? id
  await transact(house, async (unit) => {
    const since = unit.now.toISOString()
    await writeSourceState(unit, id, { ...before, failingSince: since })
    const card = note(
      `Source "${name}" is failing`,
      'warning',
      textBlock(reason),
      quiet('Nothing was taken from it. You are told when it works again.'),
    )
    await show(unit, 'admin', sourceSubject(id), failingPurpose(since), { frozen: card })
    unit.audit({ actor: 'patchcrier', action: 'source-failing', subject: sourceSubject(id), detail: { reason } })
  })
}

async function sayRecovered(unit: Unit, id: string, since: string): Promise<void> {
  await reply(unit, 'admin', sourceSubject(id), failingPurpose(since), `recovered:${since}`, { frozen: note('It works again', 'good') })
  unit.audit({ actor: 'patchcrier', action: 'source-recovered', subject: sourceSubject(id), detail: { since } })
}

/** One document: judged against what is known, stored with its verdict, matched, and told to whom it concerns. */
async function takeDocument(house: House, source: string, raw: RawDocument, checked: Checked, silent: boolean): Promise<void> {
  await transact(house, async (unit) => {
    // One at a time per source: two polls of one document must not both find it new.
    await unit.tx.$executeRaw`SELECT pg_advisory_xact_lock(7331, hashtext(${source}))`
    const judgement = judge({ checked, known: await knownRevisions(unit, source, checked, raw), now: unit.now.toISOString() })
    if (judgement.kind === 'seen') return
    const held = judgement.verification.verdict === 'QUARANTINED' || judgement.verification.verdict === 'BOGUS'
    const row = await store(unit, source, raw, checked, judgement, held ? 'held' : silent ? 'history' : judgement.kind)
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
    if (held || !checked.bulletin) return show(unit, 'security', `bulletin:${row}`, 'held')
    await tell(unit, row, checked.bulletin, judgement, silent)
  })
}

async function knownRevisions(unit: Unit, source: string, checked: Checked, raw: RawDocument): Promise<readonly KnownRevision[]> {
  const vendorId = checked.bulletin?.vendorId
  const rows = await unit.tx.bulletin.findMany({ where: { source, OR: [{ fileName: raw.fileName }, ...(vendorId ? [{ vendorId }] : [])] } })
  return rows.map((row) => ({
    vendorId: row.vendorId,
    revision: row.revision,
    updatedAt: row.updatedAt.toISOString(),
    digest: row.digest,
    verdict: row.verdict as Verdict,
    bulletin: row.document as Bulletin | null,
  }))
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
    ...(bulletin ? { document: json(bulletin) } : {}),
    verdict: judgement.verification.verdict,
    verification: json(judgement.verification),
    current: counts,
    origin,
    seenAt: unit.now,
  }
  const key = { source, fileName: raw.fileName, digest: checked.digest }
  const row = await unit.tx.bulletin.upsert({ where: { source_fileName_digest: key }, create: { ...key, ...data }, update: data })
  return row.id
}

/** A change for what matches, a revision for what is known, a line for the rest. */
async function tell(unit: Unit, rowId: number, bulletin: Bulletin, judgement: Judgement, silent: boolean): Promise<void> {
  const hosts = await matchedHosts(unit, bulletin)
  await unit.tx.bulletin.update({ where: { id: rowId }, data: { matched: hosts.length } })
  const change = await changeOf(unit, bulletin)
  if (change && takesRevision(change, hosts)) return revise(unit, rowId, change, hosts, judgement)
  const nothingNew = judgement.previous !== null && judgement.differences.length === 0
  if (!silent && hosts.length > 0 && !nothingNew)
    return void (await openChange(unit, rowId, { differences: judgement.differences, earlier: change?.id ?? null }))
  if (change) await unit.tx.bulletin.update({ where: { id: rowId }, data: { changeId: change.id } })
  await touchSubject(unit.tx, sourceSubject(bulletin.source))
}

/** The latest change about a bulletin, locked. */
async function changeOf(unit: Unit, bulletin: Pick<Bulletin, 'source' | 'vendorId'>): Promise<ChangeState | null> {
  const row = await unit.tx.bulletin.findFirst({
    where: { source: bulletin.source, vendorId: bulletin.vendorId, changeId: { not: null } },
    orderBy: { changeId: 'desc' },
  })
  return row?.changeId ? lockChange(unit.tx, row.changeId) : null
}

const hasBegun = ({ phase }: ChangeState): boolean => phase === 'rolling out' || phase === 'reviewing'

/**
 * A change that is over takes no revision. One whose rollout has begun stays with the builds that were approved: builds that its plan
 * does not bring need a change of their own.
 */
function takesRevision(change: ChangeState, hosts: readonly AffectedHost[]): boolean {
  if (isOver(change)) return false
  if (!hasBegun(change)) return true
  const planned = new Set(change.submission?.plan.hosts.flatMap((h) => h.packages.map((p) => `${p.name} ${p.to}`)))
  return hosts.every((h) => h.packages.every((p) => p.from === p.to || planned.has(`${p.name} ${p.to}`)))
}

async function revise(
  unit: Unit,
  rowId: number,
  state: ChangeState,
  hosts: readonly AffectedHost[],
  { kind, differences }: Judgement,
): Promise<void> {
  await unit.tx.bulletin.update({ where: { id: rowId }, data: { changeId: state.id } })
  const facts = await factsOf(unit, rowId)
  const nothingNew = differences.length === 0
  const command = {
    kind: 'revise',
    // Where no fact changed the card stays as it is; its evidence has the new date.
    bulletin: kind === 'regenerated' && nothingNew ? { ...facts, updatedAt: shownDate(state, facts) } : facts,
    // Hosts that the rollout has patched meanwhile are still hosts of this change.
    hosts: nothingNew || hasBegun(state) ? state.hosts : await hostsAfterRevision(unit, state, facts, hosts),
    differences,
  } as const
  await runCommand(unit, state, command, null)
}

const shownDate = (state: ChangeState, facts: BulletinFacts): string =>
  bulletinsOf(state).find((b) => sameBulletin(b, facts))?.updatedAt ?? facts.updatedAt
