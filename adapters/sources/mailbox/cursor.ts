import { z } from 'zod'

/** How far a folder was read. Numbers of mails mean something only under the validity that they were given under (RFC 3501, 2.3.1.1). */
export interface Position {
  readonly validity: string
  /** The highest number that was looked at. */
  readonly last: number
  /** Mails below it that could not be judged, and how often they were tried. */
  readonly waiting: ReadonlyMap<number, number>
}

const count = z.number().int().nonnegative()
const schema = z.object({ v: z.literal(1), validity: z.string(), last: count, waiting: z.array(z.tuple([count, count])).default([]) })

/** A cursor that is not ours counts as none. */
export const readPosition = (cursor: string | null): Position | null => {
  try {
    if (cursor === null) return null
    const { waiting, ...rest } = schema.parse(JSON.parse(cursor))
    return { ...rest, waiting: new Map(waiting) }
  } catch {
    return null
  }
}

export const writePosition = ({ validity, last, waiting }: Position): string =>
  JSON.stringify({ v: 1, validity, last, waiting: [...waiting] })
