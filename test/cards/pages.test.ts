import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { messageOf } from '../../adapters/teams/render.ts'
import { NOBODY } from '../../src/cards/adaptive/teams/audience.ts'
import { bytesOf, LIMITS } from '../../src/cards/adaptive/teams/limits.ts'
import { renderCard } from '../../src/cards/block-kit/card.ts'
import type { Card } from '../../src/cards/card.ts'
import { coverageCard, PRODUCTS_A_PAGE } from '../../src/cards/coverage.ts'
import { AFFECTED_A_PAGE, affectedCard, affectedLines, VULNERABILITIES_A_PAGE, vulnerabilitiesCard } from '../../src/cards/details.ts'
import { DROPPED_A_PAGE, droppedCard } from '../../src/cards/dropped.ts'
import { fullPlanCard, PLAN_A_PAGE } from '../../src/cards/full-plan.ts'
import { HOME_A_PAGE, homeCard } from '../../src/cards/home.ts'
import { hostGroupCard, INVENTORY_A_PAGE, HOSTS_A_PAGE as INVENTORY_HOSTS, inventoryCard } from '../../src/cards/inventory.ts'
import { BULLETINS_A_PAGE, bulletinsCard, CHANGES_A_PAGE, changesCard, STATUS_A_PAGE, statusCard } from '../../src/cards/lists.ts'
import { linesOf } from '../../src/cards/pages.ts'
import { ROLES_A_PAGE, rolesCard } from '../../src/cards/people.ts'
import { DIFFERENCES_A_PAGE, differencesCard, policyCard, VERSIONS_A_PAGE } from '../../src/cards/policy.ts'
import { failedHostsCard, HOSTS_A_PAGE, hostsCard } from '../../src/cards/progress.ts'
import { ACTS_A_PAGE, timelineCard } from '../../src/cards/review.ts'
import { SOURCES_A_PAGE, type SourceView, sourcesCard } from '../../src/cards/sources.ts'
import type { AffectedHost } from '../../src/core/assess/affected.ts'
import { type InventorySummary, summarise } from '../../src/core/assess/inventory.ts'
import type { ChangeState } from '../../src/core/change/state.ts'
import { newProgress } from '../../src/core/deploy/progress.ts'
import type { Plan } from '../../src/core/evaluate/plan.ts'
import { anAsset } from '../support/asset.ts'
import { complaints } from '../support/block-kit.ts'
import { aBulletin, aVulnerability } from '../support/bulletin.ts'
import { HOSTILE } from '../support/cards.ts'
import { aHost, PLAN, policy, T0 } from '../support/change.ts'
import { stateAt } from '../support/change-cards.ts'
import { aChange, anOverview } from '../support/overview.ts'

/** Every list by its number of items; the items are named `item-0` and so on. `extra` is foreign text in each of them. */
const LISTS: Readonly<Record<string, (items: number, number: number, extra: string) => Card>> = {
  'versions of the policy': (total, number, extra) => {
    const page = { number, size: VERSIONS_A_PAGE, total }
    const rejection = { by: 'emil', at: T0, reason: extra }
    const version = { status: 'rejected', policy, approvals: [], proposedAt: T0, inForceAt: null, approvedAt: null, rejection } as const
    const views = names(total).map((hash, i) => ({
      version: { ...version, id: total - i, hash },
      judges: policy,
      differences: null,
      deciding: [],
      approved: [],
    }))
    return policyCard(linesOf(views, page), page)
  },
  'hosts of the inventory': (total, number, extra) => {
    const page = { number, size: INVENTORY_HOSTS, total }
    const hosts = names(total).map((host) => ({ ...anAsset({ host }), operatingSystem: `Linux ${extra}` }))
    return hostGroupCard('not seen lately', hosts, page)
  },
  bulletins: (total, number, extra) => {
    const page = { number, size: BULLETINS_A_PAGE, total }
    const lines = names(total).map((vendorId) => ({
      vendorId,
      revision: '1',
      title: `Important: security update ${extra}`,
      verdict: 'AUTHENTIC',
      origin: 'new',
      matched: 3,
      changeId: null,
      seenAt: T0,
    }))
    return bulletinsCard(linesOf(lines, page), page)
  },
  changes: (total, number, extra) => {
    const page = { number, size: CHANGES_A_PAGE, total }
    const state = stateAt('pilotRuns')
    const all = names(total).map((vendorId, id) => ({ ...state, id, bulletin: { ...state.bulletin, vendorId, title: `openssl ${extra}` } }))
    return changesCard(linesOf(all, page), page)
  },
  coverage: (total, number, extra) => {
    const gaps = names(total).map((name) => ({
      scheme: 'generic' as const,
      stream: '',
      name,
      hosts: 2,
      broken: [],
      proposal: `Ask its vendor. ${extra}`,
    }))
    return coverageCard(gaps, 4, { number, size: PRODUCTS_A_PAGE, total })
  },
  'dropped items': (total, number, extra) => {
    const items = names(total).map((fileName, id) => ({
      id,
      fileName,
      reason: `It is cut off. ${extra}`,
      at: T0,
      size: id,
      notProved: id % 2 === 0,
    }))
    return droppedCard({ id: 'rhel', name: 'Red Hat' }, items, { number, size: DROPPED_A_PAGE, total })
  },
  'hosts of a rollout': (total, number, extra) => {
    // Each in a ring of its own, because they are shown by ring.
    const hosts = names(total).map((host, ring) => ({ ...newProgress(host, ring + 1, []), cause: extra }))
    return hostsCard(12, hosts, PLAN, { number, size: HOSTS_A_PAGE, total })
  },
  'what waits for somebody': (total, number, extra) => {
    const waitsForYou = names(total).map((about) => ({ text: 'Classify it', about: `${about} ${extra}`, due: T0, card: null }))
    return homeCard(anOverview({ waitsForYou, changes: [] }), undefined, { number, size: HOME_A_PAGE, total })
  },
  'open changes, after what waits': (total, number, extra) => {
    const half = Math.floor(total / 2)
    const waitsForYou = names(half).map((about) => ({ text: 'Classify it', about, due: null, card: null }))
    const changes = names(total)
      .slice(half)
      .map((name) => aChange({ name, phaseWords: extra }))
    const way = () => 'https://t.slack.com/archives/C1/p1'
    return homeCard(anOverview({ waitsForYou, changes }), way, { number, size: HOME_A_PAGE, total })
  },
  sources: (total, number, extra) => {
    const all = names(total).map((name) => aSource({ name, reason: extra, failingSince: T0, dropped: [{ fileName: 'a', reason: extra }] }))
    return sourcesCard(all, { number, size: SOURCES_A_PAGE, total })
  },
  'sources and open changes of the status': (total, number, extra) => {
    const half = Math.floor(total / 2)
    const state = stateAt('pilotRuns')
    const sources = names(half).map((name) => ({ name, lastGoodAt: T0, failingSince: null, dropped: 2 }))
    const open = names(total)
      .slice(half)
      .map((what, id) => ({ ...state, id, awaiting: { what: `${what} ${extra}`, kind: 'later' } }) as unknown as ChangeState)
    return statusCard({ open, closed: 0, hosts: 1, bulletins: 1, held: 0, sources }, { number, size: STATUS_A_PAGE, total })
  },
  'holders of roles': (total, number, extra) => {
    // Eight stand in one line.
    const inLines = names(total * 8)
    const holders = inLines.map((name, i) =>
      i % 8 === 0 ? `item-${i / 8}. ${extra.slice(0, 40)}` : `person ${name.replace('item', 'no')}`,
    )
    const roles = total === 0 ? [] : [{ role: 'end-user' as const, holders, delegates: [], weak: false }]
    return rolesCard(roles, true, { number, size: ROLES_A_PAGE, total })
  },
  vulnerabilities: (total, number, extra) => {
    const vulnerabilities = names(total).map((cve) => aVulnerability({ cve, cvss: { version: '3.1', vector: extra, score: 7.5 } }))
    return vulnerabilitiesCard(aBulletin({ vulnerabilities }), 4, { number, size: VULNERABILITIES_A_PAGE, total })
  },
  'who did what': (total, number, extra) => {
    const acts = names(total).map((what) => ({ what: `${what} ${extra}`, who: 'ana', at: T0 }))
    return timelineCard({ id: 12, acts }, policy, { number, size: ACTS_A_PAGE, total })
  },
  'a plan’s packages and hosts left out': (total, number, extra) => {
    const state = stateAt('approved')
    const left = Math.floor(total / 3)
    const all = names(total)
    const hosts = spread(total, extra, left).map(({ host, packages }) => ({ host, packages }))
    const plan = {
      ...PLAN,
      rings: [{ ...PLAN.rings[0], name: `ring ${extra.slice(0, 30)}`, hosts: hosts.map(({ host }) => host) }],
      hosts,
      leftOut: all.slice(0, left).map((host) => ({ host, reason: extra })),
    } as unknown as Plan
    return fullPlanCard(state, { ...state.submission, plan } as never, { number, size: PLAN_A_PAGE, total })
  },
  'what a policy says differently': (total, number, extra) => {
    const differences = names(total).map((path) => ({ path, from: extra, to: extra }))
    return differencesCard(3, differences, { number, size: DIFFERENCES_A_PAGE, total })
  },
  'systems and disagreements of the inventory': (total, number, extra) => {
    const half = Math.floor(total / 2)
    const fresh = { hosts: 3, seenLately: 3, oldest: null, names: [] }
    const systems = names(half).map((name) => ({ name, fresh, versions: [{ name: extra, hosts: 3 }] }))
    const conflicts = names(total)
      .slice(half)
      .map((host) => ({ host, fact: 'exposure' as const, said: [{ origin: extra, value: 'internet' }], counts: 'internet' }))
    return inventoryCard({ ...NOTHING_KNOWN, systems, conflicts } as InventorySummary, [], { number, size: INVENTORY_A_PAGE, total })
  },
  'hosts that failed for one reason': (total, number, extra) => {
    const hosts = names(total).map((host) => ({ ...newProgress(host, 1, []), cause: extra }))
    const group = { key: 'ring-1-abcd', cause: extra, hosts: names(total), open: [], again: [] }
    return failedHostsCard(12, group, hosts, PLAN, { number, size: HOSTS_A_PAGE, total })
  },
  'affected packages': (total, number, extra) => affectedPage(spread(total, extra), number),
}

const NOTHING_KNOWN = summarise({
  hosts: [],
  software: { products: 0, versions: 0, widespread: [], scattered: [] },
  unpatched: new Set(),
  now: new Date(T0),
  staleAfterDays: 7,
})

const aSource = (own: Partial<SourceView>): SourceView => ({
  id: 'rhel',
  name: 'Red Hat',
  kind: 'csaf',
  everyMinutes: 30,
  lastGoodAt: T0,
  failingSince: null,
  silentSince: null,
  listed: 10,
  usualMs: 3_600_000,
  trend: { from: 12, to: 10 },
  reason: null,
  bulletins: 4,
  held: 1,
  lastNewsAt: T0,
  firstKeys: [],
  dropped: [],
  doubted: 0,
  latestDoubted: [],
  ...own,
})

const names = (n: number): readonly string[] => Array.from({ length: n }, (_, i) => `item-${i}.`)

/** Hosts with 1, 2, 3, 4, 5, 1, ... packages. */
function spread(total: number, extra: string, from = 0): readonly AffectedHost[] {
  const hosts: AffectedHost[] = []
  const left = names(total).slice(from)
  const [like] = aHost('x').packages
  while (like && left.length > 0) {
    const packages = left.splice(0, (hosts.length % 5) + 1).map((name) => ({ ...like, name }))
    hosts.push(aHost(`host-${hosts.length}`, { packages, assetClass: `web ${extra}`, missionCritical: true, remote: true }))
  }
  return hosts
}

const affectedPage = (hosts: readonly AffectedHost[], number: number): Card =>
  affectedCard('openssl', hosts, 'change:12', { number, size: AFFECTED_A_PAGE, total: affectedLines(hosts) })

const itemsOf = (text: string): readonly string[] => [...new Set(text.match(/item-\d+\./g) ?? [])]

/** Presses "Show more" until there is none. */
function walked(list: (number: number) => Card): readonly Card[] {
  const cards = [list(1)]
  for (let more = cards[0]?.actions[0]; more; more = cards.at(-1)?.actions[0]) cards.push(list(Number(/page[ -](\d+)$/.exec(more.id)?.[1])))
  return cards
}

describe.each(Object.entries(LISTS))('the list of %s', (_, list) => {
  test('walked to its end shows every item exactly once, in order', () => {
    fc.assert(
      fc.property(fc.nat(130), (total) => {
        const cards = walked((number) => list(total, number, ''))
        expect(cards.flatMap((card) => itemsOf(JSON.stringify(card.blocks)))).toEqual(names(total))
      }),
      { numRuns: 25, examples: [[0], [1], [10], [11], [20], [21], [40], [41], [80]] },
    )
  })

  test('says which part it is where it is not the whole', () => {
    const [first, ...others] = walked((number) => list(50, number, ''))
    expect(JSON.stringify(first)).toMatch(/"1-\d+ of 50"/)
    expect(JSON.stringify(others.at(-1))).toMatch(/"\d+-50 of 50"/)
    expect(JSON.stringify(list(3, 1, ''))).not.toMatch(/ of 3"/)
  })

  test('a full page is whole on Slack and on Teams, with its button', () => {
    const page = list(200, 2, 'kernel-rt and others')
    const slack = renderCard(page)
    expect(complaints(slack, 50)).toEqual([])
    const teams = messageOf(page, NOBODY)
    for (const rendered of [slack, teams].map((one) => JSON.stringify(one))) {
      expect(itemsOf(rendered)).toEqual(itemsOf(JSON.stringify(page.blocks)))
      expect(rendered).toContain('Show more')
    }
  })

  test.each(HOSTILE)('a full page of %j is within the limits, and can be gone on from', (text) => {
    const page = list(200, 2, text.repeat(20))
    const slack = renderCard(page)
    expect(complaints(slack, 50)).toEqual([])
    const teams = messageOf(page, NOBODY)
    expect(bytesOf(teams)).toBeLessThanOrEqual(LIMITS.messageBytes)
    for (const rendered of [slack, teams]) expect(JSON.stringify(rendered)).toContain('Show more')
  })
})

test('a page of affected hosts that begins amid a host names it again', () => {
  const [like] = aHost('x').packages
  const packages = names(AFFECTED_A_PAGE + 1).map((name) => ({ ...like, name }))
  const page = affectedPage([aHost('web-01', { packages: packages as never })], 2)
  expect(JSON.stringify(page.blocks)).toMatch(/\["web-01","web servers","item-20\."/)
})
