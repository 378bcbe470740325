import type { IncomingMessage } from 'node:http'
import { z } from 'zod'
import type { PersonView, PostView } from '../../src/ports.ts'
import { type Answer, RequestError } from './answer.ts'
import { pageCard } from './card.ts'
import { postIntent } from './intents.ts'
import { postInventory } from './inventory.ts'
import { getOverview } from './overview.ts'
import { readablePlaces, reader } from './people.ts'
import { postReports } from './reports.ts'
import { parse, readJson } from './request.ts'
import { signIn, signOut } from './sign-in.ts'
import type { Web } from './web.ts'

type Handler = (web: Web, request: IncomingMessage, id: string) => Promise<Answer>

export interface Route {
  readonly path: RegExp
  readonly methods: Readonly<Record<string, Handler>>
}

export const ROUTES: readonly Route[] = [
  { path: /^\/healthz$/, methods: { GET: health } },
  { path: /^\/metrics$/, methods: { GET: metrics } },
  { path: /^\/api\/me$/, methods: { GET: me } },
  { path: /^\/api\/session$/, methods: { POST: signIn, DELETE: signOut } },
  { path: /^\/api\/people$/, methods: { GET: people } },
  { path: /^\/api\/places$/, methods: { GET: places } },
  { path: /^\/api\/places\/([^/]+)\/posts$/, methods: { GET: posts } },
  { path: /^\/api\/overview$/, methods: { GET: getOverview } },
  { path: /^\/api\/intents$/, methods: { POST: postIntent } },
  { path: /^\/api\/clock$/, methods: { GET: clock, POST: moveClock } },
  { path: /^\/api\/inventory$/, methods: { POST: postInventory } },
  { path: /^\/api\/rollouts\/([^/]+)\/reports$/, methods: { POST: postReports } },
]

async function health(web: Web): Promise<Answer> {
  const { ok, detail } = await web.doors.health()
  return { status: ok ? 200 : 503, body: { ok, role: 'active', detail } }
}

/** For programs on this machine; figures only, so no token is asked for. */
async function metrics(web: Web): Promise<Answer> {
  return { status: 200, body: await web.doors.metrics(), type: 'text/plain; version=0.0.4; charset=utf-8' }
}

/** Whether this is sample mode, and outside of it who is there. */
async function me(web: Web, request: IncomingMessage): Promise<Answer> {
  const id = reader(web, request)
  if (id === null) return { status: 200, body: { sample: web.sample, person: null } }
  const person = (await web.doors.people()).find((one) => one.id === id)
  if (!person) throw new RequestError(403, 'PERSON_UNKNOWN', `The policy knows nobody called ${JSON.stringify(id)} (any more).`)
  return { status: 200, body: { sample: web.sample, person: personJson(person) } }
}

async function people(web: Web): Promise<Answer> {
  if (!web.sample) throw notFound('People are listed in sample mode only.')
  return { status: 200, body: { people: (await web.doors.people()).map(personJson) } }
}

async function places(web: Web, request: IncomingMessage): Promise<Answer> {
  const all = await readablePlaces(web, reader(web, request))
  return { status: 200, body: { places: all.map(({ id, name, audience }) => ({ id, name, audience })) } }
}

async function posts(web: Web, request: IncomingMessage, id: string): Promise<Answer> {
  const readable = await readablePlaces(web, reader(web, request))
  const all = readable.some((place) => place.id === id) ? await web.doors.posts(id) : null
  if (all === null) throw notFound(`There is no place ${JSON.stringify(id.slice(0, 80))}.`)
  return { status: 200, body: { posts: all.map(postJson) } }
}

async function clock(web: Web): Promise<Answer> {
  if (!web.sample) throw notFound('The clock is shown in sample mode only.')
  return { status: 200, body: await web.doors.clock() }
}

const move = z.strictObject({
  to: z.union([z.literal('next'), z.iso.datetime({ offset: true })], 'expected "next" or an ISO 8601 time such as 2026-11-23T14:05:00Z'),
})

async function moveClock(web: Web, request: IncomingMessage): Promise<Answer> {
  if (!web.sample || web.doors.moveClock === null) throw notFound('The clock can be moved in sample mode only.')
  const { to } = parse(move, await readJson(request))
  const moved = await web.doors.moveClock(to === 'next' ? to : new Date(to))
  if ('code' in moved) return { status: 200, body: { refusal: { code: moved.code, text: moved.text } } }
  web.events.send('clock', moved)
  return { status: 200, body: { ok: true, ...moved } }
}

/** Where a post stands on another platform is nothing for the page. */
function postJson({ id, threadOf, card, updatedAt }: PostView) {
  return { id, threadOf, card: pageCard(card), updatedAt }
}

function personJson({ id, name, roles, zone }: PersonView): PersonView {
  return { id, name, roles, zone }
}

function notFound(text: string): RequestError {
  return new RequestError(404, 'NOT_FOUND', text)
}
