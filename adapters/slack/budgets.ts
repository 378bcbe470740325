import type { Budget } from '../../src/core/budgets.ts'

/**
 * What Slack lets one app do in one workspace. Source: its page on rate limits, by method. It tolerates some more; these stay below.
 * Not counted, because people cause them one by one: private answers, forms, look-ups of accounts (tier 4, 100 a minute each), of
 * addresses that cards name (users.lookupByEmail: tier 3, 50) and of user groups (usergroups.users.list: tier 2, 20). What is said of
 * people is kept for a minute, so that a group is read once in it: twenty groups fit. While none can be: `adapters/chat/last-read.ts`.
 */
export const SLACK_BUDGETS: readonly Budget[] = [
  // chat.postMessage: one a second in a channel, replies included.
  { calls: 'post', per: 'place', count: 1, perMs: 1_000 },
  // chat.postMessage: "several hundred a minute" in the workspace; about 525 were seen to pass.
  { calls: 'post', per: 'platform', count: 500, perMs: 60_000 },
  // chat.update: tier 3, 50 a minute in the workspace, channels together. Spread, so that a burst does not leave the rest of the minute
  // without: what somebody waits for is edited within ten seconds.
  { calls: 'edit', per: 'platform', count: 8, perMs: 10_000 },
  // conversations.history and conversations.replies: tier 3, 50 a minute each (1 a minute for an app that is sold outside Slack's
  // marketplace; ours is an organisation's own). One search may take several pages.
  { calls: 'find', per: 'platform', count: 25, perMs: 60_000 },
]

/** views.publish: tier 4, 100 a minute in the workspace and more. A page that changes often is drawn once in five seconds, so that it takes little of it. */
export const HOME_BUDGETS: readonly Budget[] = [
  { calls: 'all', per: 'platform', count: 15, perMs: 10_000 },
  { calls: 'all', per: 'place', count: 1, perMs: 5_000 },
]
