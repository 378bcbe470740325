import type { IncomingMessage } from 'node:http'
import { type Answer, RequestError } from './answer.ts'
import { reader, samplePerson } from './people.ts'
import type { Web } from './web.ts'

/** The cycle at a glance, for whom the session is of; in sample mode for `?person=`. 403 for those who do not act in it. */
export async function getOverview(web: Web, request: IncomingMessage): Promise<Answer> {
  const asked = URL.parse(request.url ?? '', 'http://loopback')?.searchParams.get('person') ?? undefined
  const person = reader(web, request) ?? (await samplePerson(web, asked))
  const overview = await web.doors.overview(person)
  if (!overview.ok) throw new RequestError(403, overview.refusal.code, overview.refusal.text)
  return { status: 200, body: overview.value }
}
