import type { IncomingMessage } from 'node:http'
import { z } from 'zod'
import { toAdaptiveCard } from '../../src/cards/adaptive.ts'
import type { Doors, PersonView } from '../../src/ports.ts'
import { type Answer, RequestError } from './answer.ts'
import type { EventHub } from './events.ts'
import { postIntent } from './intents.ts'
import { postInventory } from './inventory.ts'
import { postReports } from './reports.ts'
import { parse, readJson } from './request.ts'
import { tokenPerson, type WebTokens } from './tokens.ts'

/** What every route may use. */
export interface Web {
  readonly doors: Doors
  readonly sample: boolean
  readonly tokens: WebTokens
  readonly events: EventHub
}

type Handler = (web: Web, request: IncomingMessage, id: string) => Promise<Answer>

export interface Route {
  readonly path: RegExp
  readonly methods: Readonly<Record<string, Handler>>
}

export const ROUTES: readonly Route[] = [
  { path: /^\/healthz$/, methods: { GET: health } },
  { path: /^\/api\/me$/, methods: { GET: me } },
  { path: /^\/api\/people$/, methods: { GET: people } },
  { path: /^\/api\/places$/, methods: { GET: places } },
  { path: /^\/api\/places\/([^/]+)\/posts$/, methods: { GET: posts } },
  { path: /^\/api\/intents$/, methods: { POST: postIntent } },
  { path: /^\/api\/clock$/, methods: { GET: clock, POST: moveClock } },
  { path: /^\/api\/inventory$/, methods: { POST: postInventory } },
  { path: /^\/api\/rollouts\/([^/]+)\/reports$/, methods: { POST: postReports } },
]

/** Outside sample mode only people with a token may read. */
export function reader(web: Web, request: IncomingMessage): string | null {
  return web.sample ? null : tokenPerson(request, web.tokens)
}

async function health(web: Web): Promise<Answer> {
  const { ok, detail } = await web.doors.health()
  return { status: ok ? 200 : 503, body: { ok, detail } }
}

/** Whether this is sample mode, and outside of it whom the token belongs to. */
async function me(web: Web, request: IncomingMessage): Promise<Answer> {
  const id = reader(web, request)
  const person = (await web.doors.people()).find((one) => one.id === id)
  return { status: 200, body: { sample: web.sample, person: person ? personJson(person) : null } }
}

async function people(web: Web): Promise<Answer> {
  if (!web.sample) throw notFound('People are listed in sample mode only.')
  return { status: 200, body: { people: (await web.doors.people()).map(personJson) } }
}

async function places(web: Web, request: IncomingMessage): Promise<Answer> {
  reader(web, request)
  const all = await web.doors.places()
  return { status: 200, body: { places: all.map(({ id, name, audience }) => ({ id, name, audience })) } }
}

async function posts(web: Web, request: IncomingMessage, id: string): Promise<Answer> {
  reader(web, request)
  const all = await web.doors.posts(id)
  if (all === null) throw notFound(`There is no place ${JSON.stringify(id.slice(0, 80))}.`)
  return { status: 200, body: { posts: all.map((post) => ({ ...post, card: toAdaptiveCard(post.card) })) } }
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

function personJson({ id, name, roles, zone }: PersonView): PersonView {
  return { id, name, roles, zone }
}

function notFound(text: string): RequestError {
  return new RequestError(404, 'NOT_FOUND', text)
}
