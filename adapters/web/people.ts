import type { IncomingMessage } from 'node:http'
import { mayRead } from '../../src/core/policy/readers.ts'
import type { PlaceView } from '../../src/ports.ts'
import { RequestError } from './answer.ts'
import { tokenPerson } from './tokens.ts'
import type { Web } from './web.ts'

/** Outside sample mode only people with a token, or a session that they got for it, may read. */
export function reader(web: Web, request: IncomingMessage): string | null {
  return web.sample ? null : tokenPerson(request, web.tokens)
}

/** Who somebody says to be, in sample mode. */
export async function samplePerson(web: Web, person: string | undefined): Promise<string> {
  const people = await web.doors.people()
  return oneOf(
    'person',
    person,
    people.map((one) => one.id),
  )
}

/** The places that somebody reads; in sample mode (null) everybody may look around everywhere. */
export async function readablePlaces(web: Web, reader: string | null): Promise<readonly PlaceView[]> {
  const places = await web.doors.places()
  if (reader === null) return places
  const roles = (await web.doors.people()).find((one) => one.id === reader)?.roles ?? []
  return places.filter(({ audience }) => mayRead(audience, roles))
}

/** The value, where it is a known one; 400 otherwise. */
export function oneOf(name: string, value: string | undefined, known: readonly string[]): string {
  if (value !== undefined && known.includes(value)) return value
  throw new RequestError(400, 'MALFORMED', `${name}: expected one of ${known.join(', ')}; got ${JSON.stringify(value) ?? 'nothing'}`)
}
