import { plainLine, shorten } from '../../src/cards/text.ts'
import { allow, type Ruled, refuse } from '../../src/core/result.ts'
import type { Doubt } from '../../src/ports.ts'
import { readCapped } from '../http/capped.ts'

/** A file that somebody sent, as the platform tells of it. It may name any address. */
export interface SentFile {
  readonly name: string
  readonly url: string | undefined
  /** Bytes, where the platform says. */
  readonly size?: number | undefined
  /** Its media type, where the platform says: a web page in place of anything else is one to sign in at. */
  readonly type?: string
}

/** Where a platform keeps what people send in it. */
export interface FileStore {
  /** What people call the platform. */
  readonly name: string
  readonly keeps: (url: string) => boolean
  /** Go to those addresses alone. */
  readonly headers?: Readonly<Record<string, string>>
}

/** Fetches what was sent; says why where it cannot. All of them or none: a verdict on a part would be taken for one on the whole. */
export type FetchFiles = (files: readonly SentFile[]) => Promise<Ruled<Doubt['files']>>

const MOST_BYTES = 10_000_000
const MOST_FILES = 5
const WITHIN_MS = 15_000

export const fileFetcher =
  (store: FileStore): FetchFiles =>
  async (files) => {
    if (files.length > MOST_FILES)
      return refuse('FILES_TOO_MANY', `These are ${files.length} files. Please send at most ${MOST_FILES} at once.`)
    const fetched: { readonly name: string; readonly bytes: Uint8Array }[] = []
    for (const file of files) {
      const name = shorten(plainLine(file.name), 200) || 'a file'
      const bytes = await contentOf(store, file)
      if (typeof bytes === 'string') return refuse('FILE_UNREAD', `I could not read ${name}: ${bytes}. Nothing was checked.`)
      fetched.push({ name, bytes })
    }
    return allow(fetched)
  }

const TOO_LARGE = `it is larger than ${MOST_BYTES / 1_000_000} MB`

/** The bytes, or why not. No redirect is followed: it could lead anywhere, with the headers. */
async function contentOf({ name, keeps, headers = {} }: FileStore, { url, size = 0, type }: SentFile): Promise<Uint8Array | string> {
  if (url === undefined || !keeps(url)) return `it is not kept by ${name}; please upload the file itself`
  if (size > MOST_BYTES) return TOO_LARGE
  try {
    const answer = await fetch(url, { headers, redirect: 'error', signal: AbortSignal.timeout(WITHIN_MS) })
    if (!answer.ok || answer.body === null || isSignIn(answer, type)) return `${name} does not give it to me`
    return (await readCapped(answer.body, MOST_BYTES)) ?? TOO_LARGE
  } catch {
    return `${name} did not answer`
  }
}

const isSignIn = (answer: Response, type: string | undefined): boolean =>
  type !== undefined && !type.includes('html') && (answer.headers.get('content-type') ?? '').includes('text/html')
