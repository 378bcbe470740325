import type { Card } from '../../cards/card.ts'
import type { Page } from '../../cards/pages.ts'
import { policyCard, type VersionView, versionCard } from '../../cards/policy.ts'
import { type PolicyDifference, policyDifferences } from '../../core/policy/differences.ts'
import type { House } from '../house.ts'
import { readVersion, readVersions, type Version, versionBefore } from './versions.ts'

const APPROVED = ['approved', 'announced', 'rolling out']

/** What people see of a version: drawn from its row, the one before it, and the changes that are open. */
async function viewOf(house: House, version: Version): Promise<VersionView> {
  const before = await versionBefore(house.db, version)
  const open = await house.db.change.findMany({
    where: { phase: { in: ['deciding', ...APPROVED] } },
    select: { id: true, phase: true },
    orderBy: { id: 'asc' },
  })
  return {
    version: { ...version, proposedAt: version.proposedAt.toISOString(), inForceAt: version.inForceAt?.toISOString() ?? null },
    // The first version that is bought off is judged by its own managers.
    judges: (before?.approvedAt ? before : version).policy,
    differences: before && policyDifferences(before.policy, version.policy),
    deciding: open.filter(({ phase }) => phase === 'deciding').map(({ id }) => id),
    approved: open.filter(({ phase }) => APPROVED.includes(phase)).map(({ id }) => id),
  }
}

export async function renderVersion(house: House, id: number): Promise<Card | null> {
  const version = await readVersion(house.db, id)
  return version && versionCard(await viewOf(house, version))
}

/** Null: there is no such version, or none before it. */
export async function differencesOf(house: House, id: number): Promise<readonly PolicyDifference[] | null> {
  const version = await readVersion(house.db, id)
  return version && (await viewOf(house, version)).differences
}

/** What is in force, what waits, and the versions of the page, newest first. */
export async function showPolicy(house: House, page: Page): Promise<Card> {
  const views = []
  for (const version of await readVersions(house.db, page.size, (page.number - 1) * page.size)) views.push(await viewOf(house, version))
  return policyCard(views, page)
}
