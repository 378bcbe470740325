import type { Card, Form } from '../../cards/card.ts'
import type { ButtonValue } from '../../core/intent.ts'
import { namedPeople } from '../../core/policy/groups.ts'
import type { ClockView, Doors, MessageRef } from '../../ports.ts'
import { openHome } from '../chat/homes.ts'
import { frozenCard } from '../chat/posts.ts'
import { renderPost } from '../chat/render.ts'
import type { House } from '../house.ts'
import { takeUpload } from '../inventory/upload.ts'
import { advanceRollout } from '../rollout/advance.ts'
import { takeReports } from '../rollout/reports.ts'
import { sparingly } from '../rollout/sparingly.ts'
import { answerDoubt } from './doubt.ts'
import { handleIntent } from './intents.ts'
import { overviewFor } from './overview.ts'
import { askForRole, recognise } from './people.ts'

/** Kinds of due rows that are worth moving the sample's clock to. */
const EVENTS = ['arrival', 'advance', 'silence', 'tell-end-users']

export interface DoorsOptions {
  readonly house: House
  readonly sample: boolean
  readonly moveClock: Doors['moveClock']
  readonly health: Doors['health']
  readonly metrics: Doors['metrics']
  readonly onPosts: Doors['onPosts']
}

/** The doors that adapters come in by. */
export function makeDoors({ house, sample, moveClock, health, metrics, onPosts }: DoorsOptions): Doors {
  // A thousand hosts report one by one, and a step looks at them all. What it leaves is due (reports.ts), and the next tick goes on with it.
  const advance = sparingly((changeId) => advanceRollout(house, changeId))
  return {
    handleIntent: (intent) => handleIntent(house, intent),
    recognise: (account) => recognise(house, account),
    askForRole: (account) => askForRole(house, account),
    doubt: (doubt) => answerDoubt(house, doubt),
    formFor: (button) => formFor(house, button),
    cardOf: (place, message) => cardOf(house, place, message),
    places: async () => house.inForce.policy.places.map(({ id, name, audience, platform }) => ({ id, name, audience, platform })),
    people: async () => namedPeople(house.inForce.policy.people).map(({ id, name, roles, zone }) => ({ id, name, roles, zone })),
    posts: async (placeId) => (house.inForce.policy.places.some((p) => p.id === placeId) ? postsOf(house, placeId) : null),
    openHome: (home) => openHome(house, home),
    overview: (person) => overviewFor(house, person),
    report: async (changeId, reports) => {
      const { known, moved, accepted, refused } = await takeReports(house, changeId, reports)
      if (moved) await advance(changeId)
      return { known, accepted, refused }
    },
    importInventory: (upload) => takeUpload(house, upload),
    clock: () => clockView(house, sample),
    moveClock,
    health,
    metrics,
    onPosts,
  }
}

async function postsOf(house: House, placeId: string) {
  const rows = await house.db.post.findMany({ where: { placeId, shown: { gt: 0 } }, orderBy: { id: 'asc' } })
  return rows.flatMap((row) =>
    row.card === null
      ? []
      : [
          {
            id: `${row.id}`,
            threadOf: row.parentId === null ? null : `${row.parentId}`,
            ...(row.ref === null ? {} : { ref: row.ref as unknown as MessageRef }),
            card: row.card as unknown as Card,
            updatedAt: row.updatedAt.toISOString(),
          },
        ],
  )
}

export async function clockView(house: House, sample: boolean): Promise<ClockView> {
  const next = await nextEvent(house)
  return { now: house.clock.now().toISOString(), sample, next: next && { at: next.dueAt.toISOString(), what: next.what } }
}

/** The next thing that happens by itself and that people would notice. */
export async function nextEvent(house: House): Promise<{ dueAt: Date; what: string } | null> {
  const row = await house.db.due.findFirst({
    where: { doneAt: null, kind: { in: EVENTS }, dueAt: { gt: house.clock.now() } },
    orderBy: { dueAt: 'asc' },
  })
  return row && { dueAt: row.dueAt, what: (row.payload as { what?: string } | null)?.what ?? row.kind }
}

/** The form behind a button as its subject is now: drawn anew from the posts of that subject. */
async function formFor(house: House, button: ButtonValue): Promise<Form | null> {
  const [, change] = /^failure:(\d+)\//.exec(button.id) ?? []
  const subject = change === undefined ? button.id : `change:${change}`
  const posts = await house.db.post.findMany({ where: { subject } })
  for (const post of posts) {
    const card = await renderPost(house, post)
    const action = card?.actions.find((a) => a.verb === button.verb && a.id === button.id && (a.digest ?? null) === (button.digest ?? null))
    if (action) return action.form ?? null
  }
  return null
}

/** The message as the deliverer would draw it now. */
async function cardOf(house: House, placeId: string, message: string): Promise<Card | null> {
  const post = await house.db.post.findFirst({ where: { placeId, ref: { path: ['message'], equals: message } } })
  return post && (frozenCard(post.payload) ?? (await renderPost(house, post)))
}
