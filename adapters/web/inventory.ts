import { randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import { type Answer, RequestError } from './answer.ts'
import { parse } from './request.ts'
import { bearsReportsToken, tokenPerson } from './tokens.ts'
import type { Web } from './web.ts'

/** Largest inventory file, in megabytes: twenty thousand hosts with four hundred packages each have less than 400. */
const MEGABYTES = 512
const CAP = MEGABYTES * 1024 * 1024

const query = z.strictObject({
  kind: z.string('expected the kind of the file, e.g. csv').min(1).max(40),
  name: z.string('expected the name of the file').min(1).max(300),
  host: z.string().max(300).optional(),
  place: z.string().max(100).optional(),
  /** Sample mode only: everybody may be anybody there. */
  person: z.string().max(100).optional(),
})

/**
 * An inventory file as the body. It is written down first: the import then goes on at its own pace, whatever becomes of the connection.
 * Answers when it is done; meanwhile its card shows how far it is.
 */
export async function postInventory(web: Web, request: IncomingMessage): Promise<Answer> {
  const url = URL.parse(request.url ?? '/', 'http://loopback')
  const { kind, name, host, place, person } = parse(query, Object.fromEntries(url?.searchParams ?? []))
  const by = importer(web, request, person)
  const file = join(tmpdir(), `patchcrier-inventory-${randomUUID()}`)
  try {
    await spool(request, file)
    const taken = await web.doors.importInventory({
      kind,
      fileName: name,
      by,
      bytes: createReadStream(file),
      ...(host === undefined ? {} : { host }),
      ...(place === undefined ? {} : { place }),
    })
    if (taken.ok) return { status: 200, body: { ok: true, import: taken.value } }
    const { code, text } = taken.refusal
    return { status: 200, body: { refusal: { code, text } } }
  } finally {
    await rm(file, { force: true })
  }
}

function importer(web: Web, request: IncomingMessage, person: string | undefined): string | null {
  if (bearsReportsToken(request, web.tokens)) return null
  if (web.sample && person !== undefined) return person
  if (person !== undefined) throw new RequestError(400, 'MALFORMED', 'person: expected nothing, because the token says who you are.')
  return tokenPerson(request, web.tokens)
}

/** Writes the body to a file of our own. 413 as soon as it is known to be too large. */
async function spool(request: IncomingMessage, file: string): Promise<void> {
  const tooLarge = new RequestError(413, 'BODY_TOO_LARGE', `Expected a file of at most ${MEGABYTES} MB; split it, by site for example.`, {
    connection: 'close',
  })
  if (Number(request.headers['content-length'] ?? 0) > CAP) throw tooLarge
  async function* capped(): AsyncGenerator<Buffer> {
    let size = 0
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > CAP) throw tooLarge
      yield chunk
    }
  }
  await pipeline(Readable.from(capped()), createWriteStream(file, { mode: 0o600, flags: 'wx' }))
}
