import type { Bulletin } from '../../../src/core/identify/bulletin.ts'
import { bulletinOf } from './bulletin.ts'
import { readFeed } from './items.ts'
import { revise } from './revise.ts'

/** What a file holds, for the command line. */
export interface ParsedFile {
  readonly bulletins: readonly Bulletin[]
  readonly dropped: readonly { readonly reason: string }[]
}

const NOWHERE = 'https://file.invalid/'

/** A feed in a file, without a policy: every link is kept that is https. `now` dates what has no date. */
export const parseFile = async (bytes: Uint8Array, fileName: string, now: Date): Promise<ParsedFile> => {
  const reading = await readFeed({ bytes, contentType: '' })
  if (!reading.ok) return { bulletins: [], dropped: [{ reason: `${fileName}: ${reading.problem}` }] }
  const rule = { id: fileName, publisher: fileName, url: NOWHERE }
  const bulletins = reading.items.flatMap((item) => {
    const { document } = revise({ ...item, link: /^https:\/\//i.test(item.link) ? item.link : '' }, undefined, now)
    return document === null ? [] : [bulletinOf(rule, document)]
  })
  return { bulletins, dropped: reading.dropped.map(({ reason }) => ({ reason })) }
}
