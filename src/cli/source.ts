import { resetSource } from '../app/bulletins/reset.ts'
import { besideBot } from '../boot/beside.ts'
import { readConfig } from '../config.ts'
import { arg, type Given, GOOD, Misuse, say, text } from './command.ts'

/** Forgets how far a source was read, beside a running bot or without one. */
export async function sourceReset(given: Given): Promise<number> {
  const [id, by, reason] = [arg(given, 0), text(given, 'by') ?? 'patchcrier', text(given, 'reason') ?? '']
  const reset = await besideBot(readConfig(), (house) => resetSource(house, id, { by, reason }))
  if (!reset.ok) throw new Misuse(reset.refusal.text)
  say(`The next poll of ${id} takes what it lists as it is.\n`)
  return GOOD
}
