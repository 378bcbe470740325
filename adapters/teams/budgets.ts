import type { Budget } from '../../src/core/budgets.ts'

/**
 * What Teams lets one bot do. Source: its page on rate limits for bots ("per bot per thread", "per app per tenant"). Sending and updating
 * count alike.
 */
export const TEAMS_BUDGETS: readonly Budget[] = [
  { calls: 'all', per: 'place', count: 7, perMs: 1_000 },
  { calls: 'all', per: 'place', count: 60, perMs: 30_000 },
  { calls: 'all', per: 'place', count: 1_800, perMs: 3_600_000 },
  { calls: 'all', per: 'platform', count: 50, perMs: 1_000 },
  // What people's own clicks need is counted here, too, and finds room on the way.
  { calls: 'all', per: 'platform', count: 400, perMs: 10_000 },
]
