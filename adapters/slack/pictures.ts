import { createHash } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import type { Card, Picture } from '../../src/cards/card.ts'
import { plainLine, shorten } from '../../src/cards/text.ts'
import { pngOf } from '../picture.ts'
import { type Client, call, isSlacks } from './client.ts'
import type { Log } from './log.ts'
import type { FileOf } from './render/card.ts'
import { LIMITS } from './render/limits.ts'

/** Slack's files for the pictures of a card. Never throws: the words of a picture are shown where it cannot be one. */
export type Pictures = (card: Card) => Promise<FileOf>

const MOST_KEPT = 500
/** Slack looks at a file before a message may show it; until then its type is empty. Three seconds in all. */
const READY_AFTER_MS = [0, 200, 400, 800, 1600]

interface Sources {
  readonly client: Client
  readonly apiUrl: string
  /** Milliseconds that a message waits for its pictures. One that comes later is there for the next edit. */
  readonly withinMs: number
  readonly log: Log
}

/** Uploads each picture once: the same figures are the same file, in every message and every edit. A failure is kept for nobody. */
export function slackPictures(slack: Sources): Pictures {
  const files = new Map<string, Promise<string>>()
  const fileOf = (picture: Picture): Promise<string> => {
    const key = keyOf(picture)
    const file = files.get(key) ?? upload(slack, picture)
    files.delete(key)
    files.set(key, file)
    const [oldest] = files.keys()
    if (files.size > MOST_KEPT && oldest !== undefined) files.delete(oldest)
    file.catch(() => files.delete(key))
    return file
  }
  return async ({ blocks }) => {
    const pictures = blocks.filter((block) => block.kind === 'picture')
    const found = await Promise.all(pictures.map(async (one) => [keyOf(one), await soon(fileOf(one), slack)] as const))
    const known = new Map(found)
    return (picture) => known.get(keyOf(picture)) ?? null
  }
}

/** What is drawn depends on nothing else. */
const keyOf = ({ chart }: Picture): string => createHash('sha256').update(JSON.stringify(chart)).digest('base64')

async function soon(file: Promise<string>, { withinMs, log }: Sources): Promise<string | null> {
  const answered = new AbortController()
  const late = pause(withinMs, null, { signal: answered.signal }).catch(() => null)
  try {
    return await Promise.race([file, late])
  } catch (error) {
    log.warn({ err: error }, 'slack: a picture could not be uploaded; its words are shown')
    return null
  } finally {
    answered.abort()
  }
}

const ticket = z.object({ upload_url: z.string(), file_id: z.string() })

/** Shared with no channel: whoever may see a message may see the picture in it. Throws. */
async function upload({ client, apiUrl, withinMs }: Sources, picture: Picture): Promise<string> {
  const png = pngOf(picture)
  const alt_text = shorten(plainLine(picture.alt), LIMITS.imageAlt)
  const asked = { filename: 'chart.png', length: png.byteLength, alt_text }
  const { upload_url, file_id } = ticket.parse(await call('files.getUploadURLExternal', () => client.files.getUploadURLExternal(asked)))
  if (!isSlacks(upload_url, apiUrl)) throw new Error('the address for the upload is not one of Slack')
  const init = { method: 'POST', body: Buffer.from(png), redirect: 'error', signal: AbortSignal.timeout(withinMs) } as const
  const { ok, status } = await fetch(upload_url, init)
  if (!ok) throw new Error(`the upload was answered with HTTP ${status}`)
  const title = shorten(plainLine(picture.chart.title), LIMITS.imageTitle)
  await call('files.completeUploadExternal', () => client.files.completeUploadExternal({ files: [{ id: file_id, title }] }))
  // Where Slack does not say whether it is ready, the message is tried with it.
  await ready(client, file_id).catch(() => undefined)
  return file_id
}

/** Waits until Slack says what kind of file it is, or long enough. */
async function ready(client: Client, file: string): Promise<void> {
  for (const waitMs of READY_AFTER_MS) {
    await pause(waitMs)
    const { file: seen } = await call('files.info', () => client.files.info({ file }))
    if (seen?.mimetype) return
  }
}
