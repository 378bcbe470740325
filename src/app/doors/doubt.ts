import type { Doubt, Outcome } from '../../ports.ts'
import type { House } from '../house.ts'
import { handleIntent } from './intents.ts'

/** The first link, or else the words, as `verify` reads them. */
export function answerDoubt(house: House, { actor, place, words, links }: Doubt): Promise<Outcome> {
  return handleIntent(house, { actor, place: place ?? '', verb: 'command', subject: '', inputs: { text: `verify ${links[0] ?? words}` } })
}
