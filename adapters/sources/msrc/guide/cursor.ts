import { z } from 'zod'
import { type MsrcState, readState, writeState } from '../cursor.ts'

/** How far the guide has been followed. `since`: changes from then on are asked for; null: nothing has been asked yet. */
export interface GuideState extends MsrcState {
  readonly since: string | null
}

const schema = z.object({ v: z.literal(1), since: z.iso.datetime().nullable(), state: z.string() })

/** A cursor that is not ours counts as none. */
export const readGuide = (text: string | null): GuideState => {
  try {
    const { since, state } = schema.parse(JSON.parse(text ?? ''))
    return { since, ...readState(state) }
  } catch {
    return { since: null, ...readState(null) }
  }
}

export const writeGuide = ({ since, ...state }: GuideState): string => JSON.stringify({ v: 1, since, state: writeState(state) })
