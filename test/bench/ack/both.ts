import { bench as slack } from '../ack.ts'
import type { Bench } from '../bench.ts'
import { bench as teams } from './teams.ts'

/** A click in Slack, then a press in Teams: one after the other, so that neither takes the other's processor. */
export async function bench(): Promise<Bench> {
  const [one, other] = [await slack(), await teams()]
  return { rows: [...one.rows, ...other.rows], figures: { ...one.figures, ...other.figures } }
}
