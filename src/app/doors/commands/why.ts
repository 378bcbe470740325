import type { Text } from '../../../cards/card.ts'
import type { WhyLine } from '../../../cards/lists.ts'
import { at, nameOf } from '../../../cards/words.ts'
import { isOver, phaseWords } from '../../../core/change/guard.ts'
import type { ChangeState, SubmittedPlan } from '../../../core/change/state.ts'
import { stoodAt } from '../../../core/change/stood.ts'
import type { HostProgress } from '../../../core/deploy/progress.ts'
import type { Instant } from '../../../core/result.ts'
import type { HostReport, Order } from '../../../ports.ts'
import { changeSubject } from '../../change/rows.ts'
import type { House } from '../../house.ts'

/**
 * Everything that is known to have happened to a host, oldest first, each line with its source; `asOf`: until then, and how it stood at
 * that moment. Null: no such host.
 */
export async function whyHost(house: House, host: string, asOf: Instant | null = null): Promise<readonly WhyLine[] | null> {
  const asset = await house.db.asset.findUnique({ where: { host } })
  if (!asset) return null
  const rows = await house.db.change.findMany({ orderBy: { id: 'asc' } })
  const states = rows.map((r) => r.state as unknown as ChangeState).filter((s) => concerns(s, host))
  const lines = await Promise.all(states.map((s) => aboutChange(house, s, host, asOf)))
  const seen: WhyLine = { at: asset.lastSeen.toISOString(), what: ['last sign of life'], source: 'inventory' }
  return [...lines.flat(), seen].filter((line) => asOf === null || line.at <= asOf).sort((a, b) => Date.parse(a.at) - Date.parse(b.at))
}

const plansOf = (state: ChangeState): readonly SubmittedPlan[] => [
  ...state.pastSubmissions,
  ...(state.submission ? [state.submission] : []),
]

/** A revision may have dropped a host that an earlier plan was for. */
const concerns = (state: ChangeState, host: string): boolean =>
  state.hosts.some((h) => h.host === host) || plansOf(state).some(({ plan }) => plan.hosts.some((h) => h.host === host))

async function aboutChange(house: House, state: ChangeState, host: string, asOf: Instant | null): Promise<readonly WhyLine[]> {
  const row = await house.db.rolloutHost.findUnique({ where: { changeId_host: { changeId: state.id, host } } })
  const progress = row ? (row.state as unknown as HostProgress) : null
  return [
    ...decisions(house, state, host),
    ...(await orders(house, state.id, host)),
    ...(await reports(house, state.id, host)),
    ...(progress ? outcomes(house, state.id, progress) : []),
    ...(await delays(house, state.id, host)),
    ...(asOf === null ? whereItStands(house, state, progress) : whereItStood(state, progress, asOf)),
  ]
}

function decisions(house: House, state: ChangeState, host: string): readonly WhyLine[] {
  const source = `change ${state.id}`
  const name = (id: string): string => nameOf(house.inForce.policy, id)
  const packages = state.hosts.find((h) => h.host === host)?.packages ?? []
  const { classification, notRelevant, bulletin } = state
  return [
    {
      at: state.openedAt,
      what: [`needs ${bulletin.vendorId}: ${packages.map((p) => `${p.name} ${p.from} -> ${p.to}`).join(', ') || 'not any more'}`],
      source: `bulletin ${bulletin.vendorId}, inventory`,
    },
    ...(classification
      ? [{ at: classification.at, what: [`classified ${classification.class} by ${name(classification.by)}`], source }]
      : []),
    ...changesOfCourse(state, host, name),
    ...(notRelevant ? [{ at: notRelevant.at, what: [`not relevant, says ${name(notRelevant.by)}: ${notRelevant.reason}`], source }] : []),
    ...plansOf(state).flatMap((submission) => planLines(submission, host, name)),
  ]
}

/** What kept the host from a plan of this change: it waited, it went on elsewhere, somebody patched it without us. */
function changesOfCourse(
  { id, awaiting, joinedInto, elsewhere }: ChangeState,
  host: string,
  name: (id: string) => string,
): readonly WhyLine[] {
  const source = `change ${id}`
  return [
    ...(awaiting ? [{ at: awaiting.since, what: [`left to wait for ${awaiting.what}, by ${name(awaiting.by)}`], source }] : []),
    ...(joinedInto ? [{ at: joinedInto.at, what: [`change ${id} goes on as part of change ${joinedInto.change}`], source }] : []),
    ...elsewhere
      .filter((e) => e.host === host)
      .flatMap((e): readonly WhyLine[] => [
        { at: e.when, what: [`patched outside Patchcrier, says ${name(e.by)}: ${e.reason}`], source },
        ...(e.seenAt ? [{ at: e.seenAt, what: ['seen at the fixed version'], source: 'inventory' }] : []),
      ]),
  ]
}

function planLines({ plan, digest, submitted, decided }: SubmittedPlan, host: string, name: (id: string) => string): readonly WhyLine[] {
  const source = `plan ${digest.slice(0, 8)}`
  const out = plan.leftOut.find((l) => l.host === host)
  const ring = plan.rings.findIndex((r) => r.hosts.includes(host)) + 1
  const place: Text = out ? [`left out of the plan: ${out.reason}`] : [`planned into ring ${ring} for `, at(plan.window.start)]
  return [
    ...(out || ring > 0 ? [{ at: submitted.at, what: [...place, `, by ${name(submitted.by)}`], source }] : []),
    ...(decided
      ? [
          {
            at: decided.at,
            what: [`plan ${decided.verdict} by ${decided.by.map(name).join(' and ')}${decided.reason ? `: ${decided.reason}` : ''}`],
            source,
          },
        ]
      : []),
  ]
}

async function orders(house: House, changeId: number, host: string): Promise<readonly WhyLine[]> {
  const rows = await house.db.runnerOrder.findMany({ where: { changeId }, orderBy: { storedAt: 'asc' } })
  return rows
    .map((row) => ({ row, order: row.body as unknown as Order }))
    .filter(({ order }) => order.hosts.some((h) => h.host === host))
    .map(({ row, order }) => ({
      at: row.storedAt.toISOString(),
      what: [`${order.action} ordered${row.status === 'withdrawn' ? ', and withdrawn before it went out' : ''}`],
      source: `order ${order.id}`,
    }))
}

/** From the audit, which keeps every report that counted; the host's own row knows only its last try. */
async function reports(house: House, changeId: number, host: string): Promise<readonly WhyLine[]> {
  const subject = changeSubject(changeId)
  const rows = await house.db.auditRecord.findMany({
    where: { AND: [`"subject":"${subject}"`, '"action":"take-reports"', `"host":"${host}"`].map((part) => ({ body: { contains: part } })) },
    orderBy: { seq: 'asc' },
  })
  return rows.flatMap(({ seq, body }) =>
    (JSON.parse(body) as { detail: { reports: HostReport[] } }).detail.reports
      .filter((r) => r.host === host)
      .map((r) => ({
        at: r.at,
        what: [`reported ${r.step}${r.version ? ` (${r.version})` : ''}${r.cause ? `: ${r.cause}` : ''}`],
        source: `host report, audit record ${seq}`,
      })),
  )
}

function outcomes(house: House, changeId: number, { status, cause, excluded, facts }: HostProgress): readonly WhyLine[] {
  const source = `change ${changeId}`
  const news = Object.values(facts).sort().at(-1)
  return [
    ...(excluded
      ? [{ at: excluded.at, what: [`excluded by ${nameOf(house.inForce.policy, excluded.by)}: ${excluded.reason}`], source }]
      : []),
    // A report may be counted as something else than what it says: a wrong version is a failure.
    ...(status === 'failed' && news ? [{ at: news, what: [`counts as failed: ${cause ?? 'no cause given'}`], source }] : []),
  ]
}

async function delays(house: House, changeId: number, host: string): Promise<readonly WhyLine[]> {
  const rows = await house.db.delayRequest.findMany({ where: { changeId }, orderBy: { id: 'asc' } })
  const name = (id: string): string => nameOf(house.inForce.policy, id)
  return rows
    .filter((r) => (r.hosts as string[]).includes(host))
    .flatMap((r): readonly WhyLine[] => {
      const source = `delay request ${r.id}`
      const asked = {
        at: r.askedAt.toISOString(),
        what: ['delay until ', at(r.until.toISOString()), ` asked by ${name(r.person)}: ${r.reason}`],
        source,
      }
      if (!r.decidedAt || !r.decidedBy) return [asked]
      const decided = `delay ${r.granted ? 'granted' : 'refused'} by ${name(r.decidedBy)}${r.note ? `: ${r.note}` : ''}`
      return [asked, { at: r.decidedAt.toISOString(), what: [decided], source }]
    })
}

/** The answer to "and why not yet?": what the change waits for, where the host is not through with it. */
function whereItStands(house: House, state: ChangeState, progress: HostProgress | null): readonly WhyLine[] {
  if (isOver(state) || progress?.status === 'verified') return []
  const host = progress ? `the host is ${progress.status}, ` : ''
  return [
    { at: house.clock.now().toISOString(), what: [`not patched yet: ${host}change ${state.id} ${phaseWords(state.phase)}`], source: 'now' },
  ]
}

/** The same of a moment that is past. */
function whereItStood(state: ChangeState, progress: HostProgress | null, asOf: Instant): readonly WhyLine[] {
  const words = stoodAt(state, asOf)
  const verified = progress?.facts.verifiedAt
  if (words === null || (verified !== undefined && verified <= asOf)) return []
  return [{ at: asOf, what: [`not patched by then: change ${state.id} ${words}`], source: 'as it was' }]
}
