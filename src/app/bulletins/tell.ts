import type { AffectedHost } from '../../core/assess/affected.ts'
import { bulletinsOf, sameBulletin } from '../../core/change/bulletins.ts'
import { isOver } from '../../core/change/guard.ts'
import type { BulletinFacts, ChangeState } from '../../core/change/state.ts'
import type { Bulletin } from '../../core/identify/bulletin.ts'
import { differences as differencesOf } from '../../core/identify/differences.ts'
import type { Judgement } from '../../core/identify/judge.ts'
import { storyOf } from '../../core/identify/story.ts'
import { rungOf, type Verdict } from '../../core/identify/verification.ts'
import { lockChange } from '../change/rows.ts'
import { runCommand } from '../change/run-command.ts'
import { touchSubject } from '../chat/redraws.ts'
import type { Unit } from '../house.ts'
import { namedHere, saidBefore } from './named.ts'
import { mayAlert, type Noise } from './noise.ts'
import { factsOf, hostsAfterRevision, matchedHosts, openChange } from './open-change.ts'
import { sourceSubject } from './source-state.ts'

/** A change for what matches, a revision for what is known, a line for the rest. */
export async function tell(unit: Unit, rowId: number, came: Bulletin, judgement: Judgement, noise: Noise): Promise<void> {
  const bulletin = await saidBefore(unit, rowId, came)
  const hosts = await matchedHosts(unit, bulletin)
  const named = hosts.length > 0 ? [] : await namedHere(unit.tx, bulletin)
  const matched = hosts.length || Math.max(0, ...named.map((n) => n.hosts))
  await unit.tx.bulletin.update({ where: { id: rowId }, data: { matched } })
  const change = await changeOf(unit, bulletin)
  const leading = change && bulletinsOf(change).find((b) => sameBulletin(b, bulletin))
  if (change && leading && leading.source !== bulletin.source)
    return anotherOrigin(unit, rowId, change, leading, bulletin, hosts, judgement)
  if (change && takesRevision(change, hosts)) return revise(unit, rowId, change, hosts, judgement)
  const nothingNew = judgement.previous !== null && judgement.differences.length === 0
  if (!noise.silent && matched > 0 && !nothingNew && mayAlert(bulletin, noise))
    return void (await openChange(unit, rowId, { differences: judgement.differences, earlier: change?.id ?? null }))
  if (change) await unit.tx.bulletin.update({ where: { id: rowId }, data: { changeId: change.id } })
  await touchSubject(unit.tx, sourceSubject(bulletin.source))
}

/** The latest change about a bulletin, whoever told of it, locked. */
async function changeOf(unit: Unit, bulletin: Pick<Bulletin, 'source' | 'vendorId'>): Promise<ChangeState | null> {
  const row = await unit.tx.bulletin.findFirst({
    where: { story: storyOf(bulletin), changeId: { not: null } },
    orderBy: { changeId: 'desc' },
  })
  return row?.changeId ? lockChange(unit.tx, row.changeId) : null
}

/**
 * The same bulletin from another source. The better proved one leads: what it says becomes what the change is about, its clocks keep
 * their beginning, and the thread says so. The other is kept as one more origin.
 */
async function anotherOrigin(
  unit: Unit,
  rowId: number,
  change: ChangeState,
  leading: BulletinFacts,
  bulletin: Bulletin,
  hosts: readonly AffectedHost[],
  judgement: Judgement,
): Promise<void> {
  await unit.tx.bulletin.update({ where: { id: rowId }, data: { changeId: change.id } })
  const row = await unit.tx.bulletin.findUnique({ where: { id: leading.rowId } })
  const before = row?.document as Bulletin | null | undefined
  if (!before || !takesRevision(change, hosts) || !outranks(judgement.verification.verdict, bulletin, leading.verdict, before)) return
  const facts = await factsOf(unit, rowId)
  const name = (id: string): string => unit.house.inForce.policy.sources.find((s) => s.id === id)?.name ?? id
  const differences = [
    `told by ${name(bulletin.source)} now, before by ${name(leading.source)}: ${leading.verdict} -> ${facts.verdict}`,
    ...differencesOf(before, bulletin),
  ]
  const all = hasBegun(change) ? change.hosts : await hostsAfterRevision(unit, change, facts, hosts)
  await runCommand(unit, change, { kind: 'revise', bulletin: facts, hosts: all, differences }, null)
}

/**
 * Better proved; or as well proved, and it says which versions are fixed where the other does not, or is the later word of one publisher. One that does not say it never takes
 * the place of one that does: the change would lose its hosts.
 */
function outranks(verdict: Verdict, bulletin: Bulletin, than: Verdict, other: Bulletin): boolean {
  const more = rungOf(verdict) - rungOf(than)
  const [says, said] = [bulletin.fixed.length > 0, other.fixed.length > 0]
  if (more === 0 && says === said) return isLaterWord(bulletin, other)
  return more > 0 ? says || !said : more === 0 && says && !said
}

/** A publisher that tells of one part of a release in two places: what it changed last is what it says now. */
const isLaterWord = (bulletin: Bulletin, than: Bulletin): boolean =>
  bulletin.release !== undefined &&
  bulletin.release === than.release &&
  bulletin.publisher.name === than.publisher.name &&
  bulletin.updatedAt > than.updatedAt

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
