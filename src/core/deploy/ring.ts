import type { Asset } from '../assess/asset.ts'
import { Fault } from '../fault.ts'
import type { Policy, RingRule } from '../policy.ts'
import type { Instant } from '../result.ts'

/** What the order of the rings depends on. */
export type RingCandidate = Pick<
  Asset,
  'host' | 'environment' | 'criticality' | 'patchTeam' | 'managed' | 'lastSeen' | 'location' | 'ownership' | 'sponsor'
>

/** What of the policy decides who is planned, and how late. */
export type RingTerms = Pick<Policy, 'staleAfterDays' | 'foreign' | 'remote'> & { readonly now: Instant }

/** A planned ring. Its number is its place in the plan, from 1; ring 1 is the pilot. */
export interface Ring {
  readonly id: string
  readonly name: string
  /** In the order in which they were chosen. */
  readonly hosts: readonly string[]
  /** Minutes of observation after the ring before has settled. */
  readonly soakMinutes: number
  /** The rollout halts when more hosts than this failed. */
  readonly maxFailures: number
  /** Share of verified hosts, 0 to 1, below which the rollout halts once the ring has settled. */
  readonly minVerified: number
}

export interface RingPlan {
  /** Without empty rings. */
  readonly rings: readonly Ring[]
  readonly leftOut: readonly { readonly host: string; readonly reason: string }[]
  /** What a planner should know, e.g. that there is no ordinary production system to pilot on. */
  readonly notes: readonly string[]
}

const DAY = 86_400_000
type Rank = 'pilot' | 'test' | 'mission critical' | 'remote' | 'stale'
const ORDER: readonly Rank[] = ['pilot', 'test', 'mission critical', 'remote', 'stale']

/**
 * Puts every managed host into exactly one ring; the same input gives the same plan.
 * - The pilot is on production systems that are not mission critical and were seen lately, the patch team's own first (a pass on
 *   test systems alone proves little). Where there is none, it takes the fewest hosts possible of the others, and a note says so.
 * - Mission critical hosts go to the last ring, and so do remote ones (where the policy has it so) and stale ones: whether they can be reached is unknown, and a silent host in
 *   an early ring would hold up the others.
 * - Unmanaged hosts are left out, with the reason: no runner can reach them. So are foreign ones, as far as the policy says: `never`, or
 *   not without somebody of the organisation who answers for them, until a day that is at most `sponsorDays` away.
 * Throws STATE_CORRUPT when a host comes twice.
 */
export function planRings(hosts: readonly RingCandidate[], rules: readonly RingRule[], terms: RingTerms): RingPlan {
  if (new Set(hosts.map(({ host }) => host)).size !== hosts.length)
    throw new Fault('STATE_CORRUPT', 'Expected every host once in the ring plan.')
  const out = new Map(hosts.flatMap((host) => reasonOut(host, terms)))
  const ranked = hosts.filter(({ host }) => !out.has(host)).map((candidate) => ({ candidate, rank: rankOf(candidate, terms) }))
  ranked.sort(byRank)
  const taken = new Map<RingRule, readonly Ranked[]>()
  let left: readonly Ranked[] = ranked
  for (const [index, rule] of rules.entries()) {
    const here = index === rules.length - 1 ? left : choose(left, rule, index === 0)
    taken.set(rule, here)
    left = left.filter((one) => !here.includes(one))
  }
  const pilot = rules[0] === undefined ? [] : (taken.get(rules[0]) ?? [])
  return {
    rings: rules.map((rule) => toRing(rule, taken.get(rule) ?? [])).filter((ring) => ring.hosts.length > 0),
    leftOut: [...out].map(([host, reason]) => ({ host, reason })).sort((a, b) => (a.host < b.host ? -1 : 1)),
    notes: pilot.length > 0 && pilot.every(({ rank }) => rank !== 'pilot') ? [poorPilot(pilot)] : [],
  }
}

interface Ranked {
  readonly candidate: RingCandidate
  readonly rank: Rank
}

/** An unreadable or missing last sign of life counts as stale. */
function rankOf(candidate: RingCandidate, { now, staleAfterDays, remote }: RingTerms): Rank {
  if (!(Date.parse(candidate.lastSeen) >= Date.parse(now) - staleAfterDays * DAY)) return 'stale'
  if (candidate.location === 'remote' && remote.lastRing) return 'remote'
  if (candidate.criticality === 'mission-critical') return 'mission critical'
  return candidate.environment === 'production' ? 'pilot' : 'test'
}

function byRank(a: Ranked, b: Ranked): number {
  const rank = ORDER.indexOf(a.rank) - ORDER.indexOf(b.rank)
  const own = Number(b.candidate.patchTeam) - Number(a.candidate.patchTeam)
  return rank || own || (a.candidate.host < b.candidate.host ? -1 : 1)
}

/** The hosts of a ring that is not the last one. */
function choose(left: readonly Ranked[], rule: RingRule, pilot: boolean): readonly Ranked[] {
  const ordinary = left.filter(({ rank }) => rank === 'pilot' || (!pilot && rank === 'test'))
  if (pilot && ordinary.length === 0) return left.slice(0, rule.atLeast)
  return ordinary.slice(0, Math.max(rule.atLeast, Math.ceil(rule.share * left.length)))
}

function toRing(rule: RingRule, hosts: readonly Ranked[]): Ring {
  const { id, name, soakMinutes, maxFailures, minVerified } = rule
  return { id, name, hosts: hosts.map(({ candidate }) => candidate.host), soakMinutes, maxFailures, minVerified }
}

/** Why a host is not planned, under its name; nothing where it is. */
function reasonOut(
  { host, managed, ownership, sponsor }: RingCandidate,
  { now, foreign }: RingTerms,
): readonly (readonly [string, string])[] {
  if (!managed) return [[host, 'unmanaged: no runner can reach it']]
  if (ownership === 'company' || foreign.plan === 'always') return []
  const whose = `it belongs to ${OWNERS[ownership]}`
  if (foreign.plan === 'never') return [[host, `${whose}, and the policy plans no foreign hosts`]]
  if (sponsor === undefined) return [[host, `${whose}, and nobody of the organisation answers for it: it needs a sponsor`]]
  const left = Date.parse(sponsor.until) - Date.parse(now)
  const day = sponsor.until.slice(0, 10)
  // An unreadable end is none that could be relied on.
  if (!(left > 0)) return [[host, `${whose}, and its sponsor ${sponsor.email} answered for it until ${day}`]]
  // A sponsorship for good is none: somebody has to look at the host again within the days of the policy.
  return left <= foreign.sponsorDays * DAY
    ? []
    : [
        [
          host,
          `${whose}, and its sponsorship by ${sponsor.email} ends on ${day}, later than the ${foreign.sponsorDays} days that the policy allows`,
        ],
      ]
}

const OWNERS = { contractor: 'a contractor', customer: 'a customer', vendor: 'a vendor', home: "somebody's home" } as const

const poorPilot = (pilot: readonly Ranked[]): string =>
  `No ordinary production system to pilot on; the pilot is ${pilot.map(({ candidate, rank }) => `${candidate.host} (${rank})`).join(', ')}.`
