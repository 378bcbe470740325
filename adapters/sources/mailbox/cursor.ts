import { z } from 'zod'

/** How far a folder was read. Numbers of mails mean something only under the validity that they were given under (RFC 3501, 2.3.1.1). */
export interface Position {
  readonly validity: string
  /** The highest number that was looked at. */
  readonly last: number
}

const schema = z.object({ v: z.literal(1), validity: z.string(), last: z.number().int().nonnegative() })

/** A cursor that is not ours counts as none. */
export const readPosition = (cursor: string | null): Position | null => {
  try {
    return cursor === null ? null : schema.parse(JSON.parse(cursor))
  } catch {
    return null
  }
}

export const writePosition = ({ validity, last }: Position): string => JSON.stringify({ v: 1, validity, last })
