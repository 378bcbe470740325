import type { IncomingMessage } from 'node:http'
import { z } from 'zod'
import { fieldOf } from '../../src/cards/adaptive.ts'
import type { Intent } from '../../src/core/intent.ts'
import type { Outcome } from '../../src/ports.ts'
import { type Answer, RequestError } from './answer.ts'
import { pageCard } from './card.ts'
import { oneOf, readablePlaces, samplePerson } from './people.ts'
import { parse, readJson } from './request.ts'
import { tokenPerson } from './tokens.ts'
import type { Web } from './web.ts'

const intentBody = z
  .strictObject({
    person: z.string().min(1).max(100).optional(),
    place: z.string().min(1).max(100),
    verb: z.string().min(1).max(60).optional(),
    command: z.string().min(1).max(2000).optional(),
    subject: z.string().max(100).default(''),
    digest: z.string().max(200).nullish(),
    inputs: z.record(z.string().max(100), z.string().max(10_000)).default({}),
    /** Unique per click; the same again has no second effect. */
    delivery: z.string().min(1).max(100).optional(),
  })
  .refine((body) => (body.verb === undefined) !== (body.command === undefined), 'expected either verb or command')

type IntentBody = z.infer<typeof intentBody>

/** A click, a form or a typed command. A refusal is an answer (200), a malformed request is not (400). */
export async function postIntent(web: Web, request: IncomingMessage): Promise<Answer> {
  const owner = web.sample ? null : tokenPerson(request, web.tokens)
  const body = parse(intentBody, await readJson(request))
  const actor = owner === null ? await samplePerson(web, body.person) : tokenOwner(owner, body.person)
  oneOf(
    'place',
    body.place,
    (await readablePlaces(web, owner)).map((one) => one.id),
  )
  return { status: 200, body: outcomeJson(await web.doors.handleIntent(toIntent(body, actor))) }
}

function toIntent(body: IntentBody, actor: string): Intent {
  const inputs = Object.fromEntries(Object.entries(body.inputs).map(([id, value]) => [fieldOf(id), value]))
  return {
    actor,
    place: body.place,
    verb: body.verb ?? 'command',
    subject: body.subject,
    inputs: body.command === undefined ? inputs : { ...inputs, text: body.command },
    ...(typeof body.digest === 'string' ? { digest: body.digest } : {}),
    // Somebody else's delivery key must not swallow this one.
    ...(body.delivery === undefined ? {} : { delivery: `web:${actor}:${body.delivery}` }),
  }
}

function outcomeJson(outcome: Outcome): unknown {
  if (outcome.ok) return { ok: true, cards: outcome.cards.map(pageCard) }
  const { code, text } = outcome.refusal
  return { refusal: { code, text }, ...(outcome.field === undefined ? {} : { field: outcome.field }) }
}

function tokenOwner(owner: string, person: string | undefined): string {
  if (person === undefined) return owner
  throw new RequestError(400, 'MALFORMED', `person: expected nothing, because the token says who you are; got ${JSON.stringify(person)}`)
}
