import type { AffectedHost } from '../../core/assess/affected.ts'
import type { Asset } from '../../core/assess/asset.ts'
import { matchBulletin } from '../../core/assess/match.ts'
import { unseenHosts } from '../../core/change/decide-elsewhere.ts'
import type { ChangeState } from '../../core/change/state.ts'
import { newProgress, sameVersion, versionAfter } from '../../core/deploy/progress.ts'
import type { Intent } from '../../core/intent.ts'
import type { Person } from '../../core/policy.ts'
import type { HostReport, Outcome } from '../../ports.ts'
import { readSubject } from '../doors/subject.ts'
import { type House, transact, type Unit } from '../house.ts'
import { readAssetsWith } from '../inventory/read.ts'
import { takeOver } from '../inventory/write.ts'
import { documentsOf } from './documents.ts'
import { lockChange, readChange } from './rows.ts'
import { runCommand } from './run-command.ts'

/**
 * To be called after anything that has changed the inventory, once that is committed (changes are locked before hosts, never after).
 * Answers the changes of which it showed something.
 */
export const inventoryChanged = (house: House): Promise<readonly number[]> => transact(house, seeElsewhere)

/** Looks at every host that is reported as done elsewhere: the inventory may show by now what people have said. */
async function seeElsewhere(unit: Unit): Promise<readonly number[]> {
  const rows = await unit.tx.$queryRaw<{ id: number }[]>`
    SELECT "id" FROM "Change" WHERE jsonb_path_exists("state", '$.elsewhere[*] ? (!exists(@.seenAt))')
      AND "phase" NOT IN ('closed', 'not relevant', 'merged', 'superseded') ORDER BY "id"`
  const moved: number[] = []
  for (const { id } of rows) {
    const state = await lockChange(unit.tx, id)
    const hosts = state ? await shownFixed(unit, state) : []
    if (!state || hosts.length === 0) continue
    await runCommand(unit, state, { kind: 'seen-fixed', hosts }, null)
    moved.push(id)
  }
  return moved
}

/** A person asks the inventory again, and is told when it shows nothing new. */
export async function lookAgain(unit: Unit, intent: Intent, actor: Person): Promise<Outcome> {
  const subject = readSubject(intent.subject, ['change'])
  if (!subject.ok) return subject
  if (!actor.roles.some((r) => r === 'patch-team' || r === 'security' || r === 'operations'))
    return { ok: false, refusal: { code: 'ROLE_MISSING', text: 'The patch team, security or operations look after this.' } }
  const moved = await seeElsewhere(unit)
  if (moved.includes(subject.value.number)) return { ok: true, cards: [] }
  const state = await readChange(unit.tx, subject.value.number)
  const open = state ? unseenHosts(state).join(', ') : ''
  return { ok: false, refusal: { code: 'NOT_SEEN', text: `The inventory does not show the fixed version yet on: ${open || 'no host'}.` } }
}

/** Reported hosts that the inventory shows at the fixed versions. One that it no longer has, or without the packages, shows nothing. */
async function shownFixed(unit: Unit, state: ChangeState): Promise<readonly string[]> {
  const unseen = new Set(unseenHosts(state))
  const hosts = state.hosts.filter((h) => unseen.has(h.host))
  const documents = await documentsOf(unit.tx, state)
  const assets = new Map(
    (
      await readAssetsWith(
        unit.tx,
        hosts.flatMap((h) => h.packages.map((p) => p.name)),
      )
    ).map((a) => [a.host, a]),
  )
  return hosts
    .filter((h) => {
      const asset = assets.get(h.host)
      return asset !== undefined && hasAll(asset, h) && documents.every((d) => matchBulletin(d, [asset]).length === 0)
    })
    .map((h) => h.host)
}

const hasAll = (asset: Asset, host: AffectedHost): boolean =>
  host.packages.every((p) => asset.installs.some((i) => i.name === p.name && i.arch === p.arch))

/** Reports of hosts that no rollout knows: a check that found the fixed version shows what people have said. */
export async function hearElsewhere(unit: Unit, state: ChangeState, reports: readonly HostReport[]): Promise<readonly string[]> {
  const unseen = new Set(unseenHosts(state))
  const found = state.hosts.filter((h) =>
    reports.some(
      (r) =>
        unseen.has(h.host) &&
        r.host === h.host &&
        r.step === 'verified' &&
        r.version !== undefined &&
        sameVersion(r.version, versionAfter(h.packages)),
    ),
  )
  if (found.length === 0) return []
  await takeOver(
    unit.tx,
    found.map((h) => ({ ...newProgress(h.host, 1, h.packages), status: 'verified' as const })),
    false,
  )
  const hosts = found.map((h) => h.host)
  await runCommand(unit, state, { kind: 'seen-fixed', hosts }, null)
  return hosts
}
