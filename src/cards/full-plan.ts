import type { ChangeState, SubmittedPlan } from '../core/change/state.ts'
import { type Plan, shortDigest } from '../core/evaluate/plan.ts'
import type { Block, Card } from './card.ts'
import { firstPage, linesOf, moreButton, type Page, pageBlocks } from './pages.ts'
import { count, quiet, rehearsalBadge, textBlock, whisper } from './words.ts'

/** Hosts that are left out, which nobody who approves may overlook, and then packages of hosts, on one page of a plan. */
export const PLAN_A_PAGE = 20

const packagesOf = ({ rings, hosts }: Plan) =>
  rings.flatMap((ring) =>
    ring.hosts.flatMap((host) =>
      (hosts.find((h) => h.host === host)?.packages ?? []).map((of, i) => ({ ring: ring.name, host, of, first: i === 0 })),
    ),
  )

export const planLines = (plan: Plan): number => packagesOf(plan).length + plan.leftOut.length

/** Everything that the digest covers, for who wants to read it before saying yes. A page names the host of its first line again. */
export function fullPlanCard(
  state: ChangeState,
  { plan, digest }: SubmittedPlan,
  page: Page = firstPage(PLAN_A_PAGE, planLines(plan)),
): Card {
  const lines = linesOf([...plan.leftOut, ...packagesOf(plan)], page)
  const packages = lines.flatMap((line) => ('of' in line ? [line] : []))
  const leftOut = lines.flatMap((line) => ('of' in line ? [] : [line]))
  return whisper(
    `Plan ${shortDigest(digest)} of change ${state.id}`,
    [
      textBlock('Digest: ', digest),
      ...(leftOut.length > 0 ? [{ kind: 'list' as const, items: leftOut.map((l) => [`left out: ${l.host}, ${l.reason}`]) }] : []),
      ...(packages.length > 0 ? [packagesTable(packages)] : []),
      ...pageBlocks(page),
      ...(page.number === 1 ? [ringsTable(plan), ...hashesList(plan)] : []),
      quiet(
        `Bulletins: ${plan.bulletins.map((b) => `${b.vendorId} rev ${b.revision}`).join(', ')} · runner ${plan.runner} · policy ${plan.policyHash.slice(0, 8)}`,
      ),
    ],
    {
      badges: rehearsalBadge(state),
      actions: moreButton(page, (next) => ({ verb: 'full-plan', id: `change:${state.id}/page-${next}`, digest })),
    },
  )
}

const packagesTable = (lines: ReturnType<typeof packagesOf>): Block => ({
  kind: 'table',
  columns: ['Ring', 'Host', 'Package', 'From', 'To'],
  rows: lines.map(({ ring, host, of, first }, i) => [...(first || i === 0 ? [ring, host] : ['', '']), of.name, of.from, of.to]),
})

const ringsTable = ({ rings }: Plan): Block => ({
  kind: 'table',
  columns: ['Ring', 'Soak', 'Halts above', 'Goes on from'],
  rows: rings.map((r) => [
    r.name,
    `${r.soakMinutes} min`,
    count(r.maxFailures, 'failure'),
    `${Math.round(r.minVerified * 100)} % verified`,
  ]),
})

const hashesList = ({ patchHashes }: Plan): readonly Block[] =>
  patchHashes.length === 0 ? [] : [{ kind: 'list', items: patchHashes.map((sha256) => [`patch file that was proved: SHA-256 ${sha256}`]) }]
