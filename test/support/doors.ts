import type { Card } from '../../src/cards/card.ts'
import type { ImportView } from '../../src/cards/inventory.ts'
import { NO_FIGURES } from '../../src/core/assess/import/figures.ts'
import type { Intent } from '../../src/core/intent.ts'
import type { Overview } from '../../src/core/overview/view.ts'
import { allow, refuse } from '../../src/core/result.ts'
import type { Doors, HostReport, InventoryUpload, Outcome, PlaceView, PostView } from '../../src/ports.ts'
import { card } from './cards.ts'
import { anOverview } from './overview.ts'

/** A house with nobody in it: what a test puts in is what an adapter gets out. */
export interface TestHouse {
  readonly doors: Doors
  readonly intents: Intent[]
  readonly reports: { readonly changeId: number; readonly reports: readonly HostReport[] }[]
  /** Inventory files that came in, as text. */
  readonly uploads: (Omit<InventoryUpload, 'bytes'> & { readonly text: string })[]
  readonly posts: PostView[]
  /** What `handleIntent` answers. */
  answer: (intent: Intent) => Promise<Outcome> | Outcome
  healthy: boolean
  readonly places: PlaceView[]
  /** What stands in the overview of whoever acts. */
  overview: Overview
  /** How many listen for posts. */
  readonly listeners: () => number
  /** Puts a post into the team's place (or changes the one with this id) and says so, as a commit does. */
  say(id: string, card: Card, threadOf?: string): void
}

export const NOW = '2023-03-29T20:10:00.000Z'

/** What the test house answers to an inventory file. */
const IMPORTED: ImportView = {
  id: 1,
  fileName: 'fleet.csv',
  kind: 'csv',
  host: null,
  by: 'ana',
  startedAt: NOW,
  finishedAt: NOW,
  rows: 1,
  taken: 1,
  skipped: { count: 0, first: [] },
  figures: NO_FIGURES,
  status: 'done',
  reason: null,
}

export function testHouse(): TestHouse {
  const listeners = new Set<(places: readonly string[]) => void>()
  let now = new Date(NOW)
  const next = { at: '2023-03-29T21:00:00.000Z', what: 'ring 3 starts' }
  const view = () => ({ now: now.toISOString(), sample: true, next: now.toISOString() < next.at ? next : null })
  const house: TestHouse = {
    intents: [],
    reports: [],
    uploads: [],
    posts: [],
    answer: () => ({ ok: true, cards: [] }),
    healthy: true,
    overview: anOverview(),
    places: [
      { id: 'team', name: 'Patch team', audience: 'patch team', platform: 'web' },
      { id: 'people', name: 'Announcements', audience: 'end users', platform: 'web' },
    ],
    listeners: () => listeners.size,
    say(id, said, threadOf) {
      const post: PostView = { id, threadOf: threadOf ?? null, card: said, updatedAt: NOW }
      const index = house.posts.findIndex((one) => one.id === id)
      if (index >= 0) house.posts[index] = post
      else house.posts.push(post)
      for (const listener of listeners) listener(['team'])
    },
    doors: {
      async handleIntent(intent) {
        house.intents.push(intent)
        return house.answer(intent)
      },
      openHome: async () => undefined,
      recognise: async () => refuse('PERSON_UNKNOWN', 'Nobody here is known by an account.'),
      askForRole: async () => ({ ok: true, cards: [] }),
      doubt: async () => ({ ok: true, cards: [] }),
      formFor: async () => null,
      cardOf: async () => null,
      places: async () => house.places,
      people: async () => [
        { id: 'ana', name: 'Ana Duarte', roles: ['patch-team'], zone: 'Europe/Berlin' },
        { id: 'dana', name: 'Dana Okafor', roles: ['security'], zone: 'America/New_York' },
        { id: 'lena', name: 'Lena Brandt', roles: ['end-user'], zone: 'Europe/Berlin' },
        { id: 'nora', name: 'Nora Yilmaz', roles: ['admin'], zone: 'Europe/Berlin' },
      ],
      posts: async (place) => (place === 'team' ? house.posts : place === 'people' ? [] : null),
      overview: async (person) =>
        person === 'lena'
          ? { ok: false, refusal: { code: 'ROLE_MISSING', text: 'The overview is for those who act.' } }
          : { ok: true, value: house.overview },
      async report(changeId, reports) {
        if (changeId !== 12) return { known: false, accepted: 0, refused: [] }
        house.reports.push({ changeId, reports })
        const refused = reports.flatMap((one, index) => (one.host === 'stranger' ? [{ index, reason: 'not in this rollout' }] : []))
        return { known: true, accepted: reports.length - refused.length, refused }
      },
      async importInventory({ bytes, ...upload }) {
        const chunks: Uint8Array[] = []
        for await (const chunk of bytes) chunks.push(chunk)
        house.uploads.push({ ...upload, text: Buffer.concat(chunks).toString('utf8') })
        if (upload.kind !== 'csv') return refuse('FORMAT_UNKNOWN', `Expected csv as the kind, got "${upload.kind}".`)
        return allow(IMPORTED)
      },
      clock: async () => view(),
      async moveClock(to) {
        const wanted = to === 'next' ? new Date(next.at) : to
        if (wanted < now) return { code: 'CLOCK_BACKWARD', text: 'The clock only moves forward.' }
        now = wanted
        return view()
      },
      health: async () => ({ ok: house.healthy, detail: { database: house.healthy ? 'ok' : 'not migrated' } }),
      metrics: async () => '# no figures\n',
      onPosts(listener) {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    },
  }
  return house
}

/** A card with a form, as the alert has one. */
export const ALERT: Card = card({
  title: 'openssl: security update',
  blocks: [{ kind: 'facts', facts: [{ label: 'Start by', value: [{ time: '2023-03-30T12:05:00.000Z', style: 'date-time' }] }] }],
  actions: [
    {
      label: 'Classify...',
      verb: 'classify',
      id: 'change:12',
      digest: '9f3a',
      style: 'primary',
      form: {
        title: 'Classify change 12',
        submit: 'Save class',
        fields: [
          {
            kind: 'choice',
            id: 'class',
            label: 'Class',
            required: true,
            value: 'high',
            options: ['high', 'low'].map((value) => ({ value, label: value })),
          },
          { kind: 'text', id: 'reason', label: 'Reason', multiline: true, required: false, maxLength: 500 },
        ],
      },
    },
    { label: 'Details', verb: 'details', id: 'change:12', style: 'default' },
  ],
  summary: 'openssl: security update, proposed High',
})
