import { describe, expect, test } from 'vitest'
import { type ImportView, importCard, inventoryCard } from '../../src/cards/inventory.ts'
import { NO_FIGURES } from '../../src/core/assess/import/figures.ts'
import { summarise } from '../../src/core/assess/inventory.ts'
import { asset } from '../core/assess-support.ts'
import { HOSTILE } from '../support/cards.ts'
import { policy } from '../support/change.ts'
import { expectShowable, wordsOf } from '../support/change-cards.ts'

const NOW = new Date('2026-11-24T12:00:00.000Z')

const view = (more: Partial<ImportView> = {}): ImportView => ({
  id: 3,
  fileName: 'fleet.csv',
  kind: 'csv',
  host: null,
  by: 'ana',
  startedAt: '2026-11-24T12:00:00.000Z',
  finishedAt: '2026-11-24T12:01:00.000Z',
  rows: 20,
  taken: 18,
  skipped: { count: 0, first: [] },
  figures: { ...NO_FIGURES, added: 3, changed: 5, same: 10 },
  status: 'done',
  reason: null,
  ...more,
})

describe('an import', () => {
  test('that is done says what it did, and what it means for changes', () => {
    const matched = {
      opened: [7],
      reopened: [{ earlier: 2, change: 8 }],
      renewed: [4, 5],
      late: [{ change: 6, hosts: ['web-09', 'web-10'] }],
      history: 2,
      listed: 3,
    }
    const words = wordsOf(importCard(view({ figures: { ...NO_FIGURES, added: 3, changed: 5, same: 10, matched } }), policy))
    for (const line of [
      'fleet.csv is imported',
      'Hosts: 18 of 20 taken: 3 new, 5 changed, 10 as before',
      'change 7 opened: nothing matched before; change 8 opened, because hosts changed since change 2 was over; hosts of changes 4, 5 renewed; 3 bulletins more match now and share the card of their source: they are not urgent; 2 bulletins of before the sources were connected match now: see the cards of the sources',
      'Change 6: has its plan already, and web-09, web-10 need it, too',
    ])
      expect(words).toContain(line)
  })

  test('that skipped lines shows the first ones', () => {
    const first = Array.from({ length: 12 }, (_, i) => ({ line: i + 2, reason: 'host: expected a host name, got nothing' }))
    const words = wordsOf(importCard(view({ skipped: { count: 40, first } }), policy))
    expect(words).toContain('40 lines could not be taken, or not whole:')
    expect(words).toContain('Line 11: host: expected a host name, got nothing')
    expect(words).not.toContain('Line 12:')
    expect(words).toContain('and 30 more')
  })

  test.each([
    ['running', 'fleet.csv is being imported', 'info'],
    ['failed', 'fleet.csv could not be imported whole', 'danger'],
    ['broken off', 'fleet.csv was broken off', 'danger'],
  ] as const)('that is %s says so', (status, title, tone) => {
    expect(importCard(view({ status, reason: 'the disk is full' }), policy)).toMatchObject({ title, tone })
  })

  test.each(HOSTILE)('can be shown whatever a file holds: %j', (hostile) => {
    const conflict = { host: hostile, fact: 'exposure' as const, said: [{ origin: hostile, value: 'internet' }], counts: 'internet' }
    const figures = { ...NO_FIGURES, notes: [hostile], renamed: { count: 1, first: [hostile] }, conflicts: { count: 1, first: [conflict] } }
    expectShowable(
      importCard(view({ fileName: hostile, by: hostile, skipped: { count: 1, first: [{ line: 1, reason: hostile }] }, figures }), policy),
    )
  })
})

describe('the inventory', () => {
  test('that is empty says what to do', () => {
    const nothing = { products: 0, versions: 0, widespread: [], scattered: [] }
    const card = inventoryCard(summarise({ hosts: [], software: nothing, unpatched: new Set(), now: NOW, staleAfterDays: 7 }), [])
    expect(wordsOf(card)).toContain('import a file: csv, json, rpm-qa or dpkg-l')
    expectShowable(card)
  })

  test.each(HOSTILE)('can be shown whatever its hosts are called: %j', (hostile) => {
    const hosts = [asset(hostile, [], { operatingSystem: hostile, streams: [hostile] })]
    const product = { scheme: 'generic' as const, name: hostile, hosts: 1, versions: 2 }
    const software = { products: 1, versions: 2, widespread: [product], scattered: [product] }
    expectShowable(
      inventoryCard(summarise({ hosts, software, unpatched: new Set([hostile]), now: NOW, staleAfterDays: 7 }), [
        view({ fileName: hostile }),
      ]),
    )
  })
})
