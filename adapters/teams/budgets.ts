import type { Budget } from '../../src/core/budgets.ts'

/**
 * What Teams lets one bot do. Source: its page on rate limits for bots ("per bot per thread", "per app per tenant"). Sending and updating
 * count alike.
 */
export const TEAMS_BUDGETS: readonly Budget[] = [
  { calls: 'all', per: 'place', count: 7, perMs: 1_000 },
  { calls: 'all', per: 'place', count: 60, perMs: 30_000 },
  { calls: 'all', per: 'place', count: 1_800, perMs: 3_600_000 },
  // Cards of one place, the tick of the clock and people's own clicks share these: 50 are allowed.
  { calls: 'all', per: 'platform', count: 40, perMs: 1_000 },
]
