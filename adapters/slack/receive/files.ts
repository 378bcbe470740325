import type { z } from 'zod'
import { plainLine, shorten } from '../../../src/cards/text.ts'
import { allow, type Ruled, refuse } from '../../../src/core/result.ts'
import { readCapped } from '../../http/capped.ts'
import { isSlacks } from '../client.ts'
import type { sharedFile } from './payload.ts'

const MOST_BYTES = 10_000_000
const MOST_FILES = 5
const WITHIN_MS = 15_000

export type SharedFile = z.infer<typeof sharedFile>

interface Fetched {
  readonly name: string
  readonly bytes: Uint8Array
}

/** Fetches a file that was shared with the bot; says why where it cannot. */
export type FetchFile = (file: SharedFile) => Promise<Ruled<Fetched>>

/** All of them or none: a verdict on a part would be taken for one on the whole. */
export async function fetchFiles(fetchFile: FetchFile, files: readonly SharedFile[]): Promise<Ruled<readonly Fetched[]>> {
  if (files.length > MOST_FILES)
    return refuse('FILES_TOO_MANY', `These are ${files.length} files. Please send at most ${MOST_FILES} at once.`)
  const fetched: Fetched[] = []
  for (const file of files) {
    const one = await fetchFile(file)
    if (!one.ok) return one
    fetched.push(one.value)
  }
  return allow(fetched)
}

/** The token goes to Slack alone: a message may name any address, and a redirect lead to one. */
export function slackFiles(token: string, apiUrl: string): FetchFile {
  return async (file) => {
    const name = shorten(plainLine(file.name), 200) || 'a file'
    const unread = (why: string) => refuse('FILE_UNREAD', `I could not read ${name}: ${why}. Nothing was checked.`)
    const url = file.url_private_download ?? file.url_private
    if (url === undefined || !isSlacks(url, apiUrl)) return unread('it is not kept by Slack; please upload the file itself')
    if ((file.size ?? 0) > MOST_BYTES) return unread(`it is larger than ${MOST_BYTES / 1_000_000} MB`)
    try {
      const headers = { authorization: `Bearer ${token}` }
      const answer = await fetch(url, { headers, redirect: 'error', signal: AbortSignal.timeout(WITHIN_MS) })
      // Without the scope Slack answers 200 with a page to sign in.
      if (!answer.ok || answer.body === null || (isPage(answer) && !file.mimetype?.includes('html')))
        return unread('Slack does not give it to me')
      const bytes = await readCapped(answer.body, MOST_BYTES)
      return bytes === null ? unread(`it is larger than ${MOST_BYTES / 1_000_000} MB`) : allow({ name, bytes })
    } catch {
      return unread('Slack did not answer')
    }
  }
}

const isPage = (answer: Response): boolean => (answer.headers.get('content-type') ?? '').includes('text/html')
