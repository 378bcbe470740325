import { createHash } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import type { FileOf } from '../../src/cards/block-kit/card.ts'
import { LIMITS } from '../../src/cards/block-kit/limits.ts'
import type { Card, Picture } from '../../src/cards/card.ts'
import { plainLine, shorten } from '../../src/cards/text.ts'
import { kept } from '../chat/kept.ts'
import type { Log } from '../chat/log.ts'
import { within } from '../chat/soon.ts'
import { pngOf } from '../picture.ts'
import { type Client, isSlacks } from './client.ts'

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
  const files = kept<string>({ most: MOST_KEPT, now: Date.now })
  return async ({ blocks }) => {
    const pictures = blocks.filter((block) => block.kind === 'picture')
    const found = pictures.map(async (one) => {
      const key = keyOf(one)
      const file = files.get(key, () => upload(slack, one))
      return [key, await soon(file, slack)] as const
    })
    const known = new Map(await Promise.all(found))
    return (picture) => known.get(keyOf(picture)) ?? null
  }
}

/** What is drawn depends on nothing else. */
const keyOf = ({ chart }: Picture): string => createHash('sha256').update(JSON.stringify(chart)).digest('base64')

async function soon(file: Promise<string>, { withinMs, log }: Sources): Promise<string | null> {
  try {
    const found = await within(file, withinMs)
    return found === 'late' ? null : found
  } catch (error) {
    log.warn({ err: error }, 'slack: a picture could not be uploaded; its words are shown')
    return null
  }
}

const ticket = z.object({ upload_url: z.string(), file_id: z.string() })

/** Shared with no channel: whoever may see a message may see the picture in it. Throws. */
async function upload({ client, apiUrl, withinMs }: Sources, picture: Picture): Promise<string> {
  const png = pngOf(picture)
  // Slack's documentation calls it so; its client's types say alt_text.
  const alt_txt = shorten(plainLine(picture.alt), LIMITS.fileAlt)
  const asked = { filename: 'chart.png', length: png.byteLength, alt_txt }
  const { upload_url, file_id } = ticket.parse(await client.files.getUploadURLExternal(asked))
  if (!isSlacks(upload_url, apiUrl)) throw new Error('the address for the upload is not one of Slack')
  const init = { method: 'POST', body: Buffer.from(png), redirect: 'error', signal: AbortSignal.timeout(withinMs) } as const
  const { ok, status } = await fetch(upload_url, init)
  if (!ok) throw new Error(`the upload was answered with HTTP ${status}`)
  const title = shorten(plainLine(picture.chart.title), LIMITS.imageTitle)
  await client.files.completeUploadExternal({ files: [{ id: file_id, title }] })
  // Where Slack does not say whether it is ready, the message is tried with it.
  await ready(client, file_id).catch(() => undefined)
  return file_id
}

/** Waits until Slack says what kind of file it is, or long enough. */
async function ready(client: Client, file: string): Promise<void> {
  for (const waitMs of READY_AFTER_MS) {
    await pause(waitMs)
    const { file: seen } = await client.files.info({ file })
    if (seen?.mimetype) return
  }
}
